#![doc = include_str!("../README.md")]

mod error;
mod json;
pub mod model;
mod wire;

pub use error::ParseError;
pub use json::MAX_DEPTH;
