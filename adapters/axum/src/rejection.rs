//! A failed extraction.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use sentry_hooks::{ReceiveError, Reply};

/// Why a request was not taken; as a response it says no more than its status.
///
/// The [`ReceiveError`] travels in the response's extensions, where a layer can count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentryRejection(ReceiveError);

impl SentryRejection {
    /// The reason, for logs and metrics; not for the sender.
    #[must_use]
    pub fn reason(&self) -> ReceiveError {
        self.0
    }

    /// The status that the sender gets.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.reply().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The text that the sender gets: fixed, the same for every bad signature.
    #[must_use]
    pub fn body_text(&self) -> &'static str {
        self.0.reply().body
    }
}

impl From<ReceiveError> for SentryRejection {
    fn from(error: ReceiveError) -> Self {
        Self(error)
    }
}

impl fmt::Display for SentryRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SentryRejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl IntoResponse for SentryRejection {
    fn into_response(self) -> Response {
        let content_type = [(CONTENT_TYPE, Reply::CONTENT_TYPE)];
        let mut response = (self.status(), content_type, self.body_text()).into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}
