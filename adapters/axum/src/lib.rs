#![doc = include_str!("../README.md")]

mod extract;
mod rejection;
mod route;

pub use extract::{Sentry, SentryWebhook};
pub use rejection::SentryRejection;
pub use route::webhook;
pub use sentry_hooks::Receiver;
