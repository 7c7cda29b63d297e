//! The one form of errors.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::trouble::Trouble;

/// An error as callers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({ "error": "not_found", "message": "Issue 99999 not found",
    "status_code": 404, "details": { "issue_id": "99999" } }))]
pub struct ErrorBody {
    /// What kind: `not_found`, `unauthorized`, `forbidden`, `rate_limited`, `invalid`,
    /// `unavailable`, `method_not_allowed` or `too_large`.
    pub error: String,
    /// For people. Never holds text that Sentry wrote.
    pub message: String,
    /// The HTTP status once more.
    pub status_code: u16,
    /// What it is about, by name.
    pub details: BTreeMap<String, String>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct ApiError {
    kind: ErrorKind,
    message: String,
    details: BTreeMap<String, String>,
    retry_after: Option<u64>,
    trouble: Option<Trouble>,
}

/// The kinds of [`ApiError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 404
    NotFound,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 429, with `Retry-After`
    RateLimited,
    /// 400
    Invalid,
    /// 503
    Unavailable,
    /// 405, with `Allow`
    MethodNotAllowed,
    /// 413
    TooLarge,
}

impl ErrorKind {
    /// Its word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Invalid => "invalid",
            Self::Unavailable => "unavailable",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::TooLarge => "too_large",
        }
    }

    /// Its HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// What a call is about, for messages and details.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    Issue(&'a str),
    Event(&'a str),
    Project(&'a str, &'a str),
    Issues,
    Projects,
}

impl Subject<'_> {
    fn name(self) -> String {
        match self {
            Self::Issue(id) => format!("Issue {id}"),
            Self::Event(id) => format!("Event {id}"),
            Self::Project(organization, project) => format!("Project {organization}/{project}"),
            Self::Issues => "The list of issues".to_owned(),
            Self::Projects => "The list of projects".to_owned(),
        }
    }

    fn details(self) -> BTreeMap<String, String> {
        let pairs: &[(&str, &str)] = match self {
            Self::Issue(id) => &[("issue_id", id)],
            Self::Event(id) => &[("event_id", id)],
            Self::Project(organization, project) => {
                &[("organization", organization), ("project", project)]
            }
            Self::Issues | Self::Projects => &[],
        };
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }
}

impl ApiError {
    /// The longest wait that callers are told, in seconds: an hour. Sentry's own windows last
    /// seconds; a wait of years, from whatever stands before Sentry, would end an agent for good.
    pub const LONGEST_RETRY_AFTER: u64 = 3600;

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            details: BTreeMap::new(),
            retry_after: None,
            trouble: None,
        }
    }

    pub(crate) fn invalid(name: &str, expected: &str) -> Self {
        let message = format!("{name} is not valid: expected {expected}");
        Self::new(ErrorKind::Invalid, message).detail("parameter", name)
    }

    pub(crate) fn not_found(subject: Subject<'_>) -> Self {
        let mut error = Self::new(ErrorKind::NotFound, format!("{} not found", subject.name()));
        error.details = subject.details();
        error
    }

    pub(crate) fn detail(mut self, name: &str, value: &str) -> Self {
        self.details.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The error of Sentry's client, in our words.
    pub(crate) fn from_sentry(error: &sentry_client::Error, subject: Subject<'_>) -> Self {
        let name = subject.name();
        let (kind, message) = if error.is_not_found() {
            return Self::not_found(subject);
        } else if error.is_unauthorized() {
            (ErrorKind::Unauthorized, "Sentry does not accept this service's token".to_owned())
        } else if error.is_forbidden() {
            (ErrorKind::Forbidden, format!("{name}: this service's token may not do that"))
        } else if error.is_rate_limited() {
            (ErrorKind::RateLimited, "Sentry is asked too often; try again later".to_owned())
        } else if error.is_invalid() || error.is_conflict() {
            (ErrorKind::Invalid, format!("{name}: the request was refused"))
        } else if error.is_redirected() {
            let message = "What is at Sentry's address redirects elsewhere: its base URL is wrong, \
                           or a proxy wants somebody to sign in";
            (ErrorKind::Unavailable, message.to_owned())
        } else {
            (ErrorKind::Unavailable, "Sentry cannot be reached or does not answer well".to_owned())
        };
        let mut mapped = Self::new(kind, message);
        mapped.details = subject.details();
        mapped.details.insert("origin".to_owned(), "sentry".to_owned());
        // Other names in a refusal are text of whoever answered, which no caller is told.
        let fields: Vec<&str> = error.sent_fields().collect();
        if !fields.is_empty() {
            mapped.details.insert("fields".to_owned(), fields.join(","));
        }
        mapped.trouble = Trouble::of(error);
        let wait =
            error.retry_after().map(|wait| wait.as_secs().clamp(1, Self::LONGEST_RETRY_AFTER));
        mapped.retry_after = match kind {
            ErrorKind::RateLimited => Some(wait.unwrap_or(1)),
            ErrorKind::Unavailable => wait,
            _ => None,
        };
        mapped
    }

    /// The service did not come to an end in time.
    pub(crate) fn too_slow(method: &http::Method) -> Self {
        let message = if method == http::Method::GET {
            "No answer in time; try again later"
        } else {
            "No answer in time; whether anything was changed is not known"
        };
        Self::new(ErrorKind::Unavailable, message)
    }

    /// What the operator should be told.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Seconds to wait, for `Retry-After`: at most [`LONGEST_RETRY_AFTER`](Self::LONGEST_RETRY_AFTER).
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            error: self.kind.as_str().to_owned(),
            message: self.message.clone(),
            status_code: self.kind.status().as_u16(),
            details: self.details.clone(),
        }
    }
}
