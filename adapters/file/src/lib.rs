#![doc = include_str!("../README.md")]

mod cooldown;
mod envelope;
mod error;
mod inbox;
mod lock;
mod log;
mod safe;
mod waiting;

pub use cooldown::FileCooldown;
pub use error::StoreFileError;
pub use inbox::{Inbox, Kept};
