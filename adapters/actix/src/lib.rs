#![doc = include_str!("../README.md")]

mod extract;
mod receiver;
mod rejection;
mod service;

pub use extract::{Sentry, SentryWebhook};
pub use receiver::Receiver;
pub use rejection::SentryRejection;
pub use service::webhook;
