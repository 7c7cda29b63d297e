#![doc = include_str!("../README.md")]

mod blame;
mod cache;
mod commit;
mod history;
mod ignored;
mod likeness;
mod order;
mod releases;
mod repository;
mod source;
mod thread;
mod window;

pub use repository::GitRepository;
