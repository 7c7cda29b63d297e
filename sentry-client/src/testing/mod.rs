//! A Sentry without Sentry: [`FakeSentry`] in memory, the same behind a socket, and the suite that
//! every [`SentryClient`](crate::SentryClient) has to pass.
//!
//! ```
//! use sentry_client::testing::{FakeEvent, FakeIssue, FakeSentry};
//! use sentry_client::{Resolution, SentryClient, SentryClientExt, StatusChange};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let sentry = FakeSentry::new("acme");
//! let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: pool exhausted"));
//! sentry.add_event(&issue, FakeEvent::new().release("shop@2.0.0"));
//! sentry.set_status(&issue, StatusChange::Resolve(Resolution::Now)).await?;
//! sentry.add_event(&issue, FakeEvent::new().release("shop@2.0.1"));
//! let issue = sentry.issue(&issue).await?;
//! assert_eq!(issue.substatus.as_deref(), Some("regressed"));
//! # Ok::<(), sentry_client::Error>(())
//! # }).unwrap();
//! ```

mod build;
pub mod conformance;
mod fake;
mod fill;
mod issue;
mod lists;
mod lookups;
mod server;
mod state;
mod tokens;
mod wire;

pub use build::{FakeEvent, FakeIssue, Fault};
pub use fake::FakeSentry;
pub use server::FakeServer;
