#![doc = include_str!("../README.md")]

mod extract;
mod receiver;
mod rejection;
mod route;

pub use extract::{Sentry, SentryWebhook};
pub use receiver::Receiver;
pub use rejection::SentryRejection;
pub use route::webhook;
