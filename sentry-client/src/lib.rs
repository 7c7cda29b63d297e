#![doc = include_str!("../README.md")]

mod circle;
mod client;
mod date;
mod error;
mod ext;
#[cfg(feature = "reqwest")]
mod http;
mod id;
mod lifecycle;
#[cfg(feature = "reqwest")]
mod link;
mod page;
mod pager;
mod query;
mod rate_limit;
#[cfg(any(feature = "reqwest", feature = "testing"))]
mod read;
mod records;
pub mod scope;
mod secret;
mod stacktrace;
mod summary;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
mod update;

pub use client::{ResolvedEvent, SentryClient, Which};
pub use error::{Error, Result};
pub use ext::SentryClientExt;
#[cfg(feature = "reqwest")]
pub use http::{BuildError, HttpClient, HttpClientBuilder, RetryPolicy};
pub use id::{EventId, Invalid, IssueRef, Slug, TagKey, Version};
pub use lifecycle::{Archive, IssueState, NotAllowed, Open, Resolution, StatusChange, Until};
pub use page::{Cursor, Page};
pub use pager::{Entry, Pager};
pub use query::{EventQuery, IssueQuery, IssueSort, ReleaseQuery, StatsPeriod};
pub use rate_limit::{LimitedBy, RateLimit};
pub use records::{
    Author, CodeMapping, Commit, Committer, Deploy, IssueHash, NewDeploy, NewRef, NewRelease,
    Release, ReleaseProject, Repository, TagSummary, TagValue, TokenInfo,
};
pub use secret::Secret;
pub use sentry_hooks::model;
pub use stacktrace::{PlainFrame, PlainFrames, PlainStacktrace};
pub use summary::{FingerprintSummary, Summaries};
pub use token::{OrgTokenClaims, TokenKind, TokenProvider, TokenStore};
pub use update::{Assignee, BulkOutcome, IssueIds, IssueUpdate, Priority};
