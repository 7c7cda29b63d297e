#![doc = include_str!("../README.md")]

mod body;
mod deadline;
mod layer;
mod read;
mod service;
#[cfg(feature = "testing")]
pub mod testing;

pub use body::VerifiedBody;
pub use deadline::{BodyDeadline, NoDeadline};
pub use layer::VerifyLayer;
pub use read::read_delivery;
pub use service::Verify;
