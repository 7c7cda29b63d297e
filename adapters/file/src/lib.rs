#![doc = include_str!("../README.md")]

mod cooldown;
mod error;
mod inbox;
mod lock;
mod safe;

pub use cooldown::FileCooldown;
pub use error::StoreFileError;
pub use inbox::{Inbox, Kept};
