#![doc = include_str!("../README.md")]

mod answers;
mod blame;
mod cache;
mod commit;
mod history;
mod ignored;
mod likeness;
mod limits;
mod missing;
mod order;
mod place;
mod presence;
mod releases;
mod repository;
mod source;
mod thread;
mod web;
mod window;

pub use repository::GitRepository;
pub use web::{InvalidWebUrl, WebUrl};
