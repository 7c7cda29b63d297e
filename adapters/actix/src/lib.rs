#![doc = include_str!("../README.md")]

mod extract;
mod read;
mod rejection;
mod service;

pub use extract::{Sentry, SentryWebhook};
pub use rejection::SentryRejection;
pub use sentry_hooks::Receiver;
pub use service::webhook;
