//! What a receiver answers. One table for every framework, so that all answer alike.

use crate::{ParseError, SignatureError};

/// How many bytes of a body to accept where nothing else is said: Sentry limits events to about
/// one megabyte as it takes them in, and states no limit for webhooks.
pub const DEFAULT_BODY_LIMIT: usize = 5 * 1024 * 1024;

/// Why a request was not accepted, and what to answer.
///
/// | error | status | body |
/// | --- | --- | --- |
/// | `Signature` (missing, malformed, mismatch) | 401 | `unauthorized` |
/// | `Parse` (broken JSON, nested too deeply, header and body contradict each other) | 400 | `bad request` |
/// | `Interrupted` (the client went away) | 400 | `bad request` |
/// | `Timeout` (the body came too slowly) | 408 | `request timeout` |
/// | `TooLarge` | 413 | `payload too large` |
/// | `Encoded` (any `Content-Encoding`) | 415 | `unsupported media type` |
/// | `OtherResource` (verified, but not what the route asked for) | 200 | `ignored` |
///
/// What is accepted is answered with [`Reply::ACCEPTED`]. A resource or an action that we do not
/// know is no error. Sentry takes everything below 400 for success and never repeats a 4xx.
///
/// ```
/// use sentry_hooks::{ReceiveError, SignatureError};
///
/// let error = ReceiveError::from(SignatureError::Mismatch);
/// assert_eq!((error.reply().status, error.reply().body), (401, "unauthorized"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The signature is missing, malformed or wrong.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The signature is good, the body is not.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The body is larger than the limit.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body is compressed.
    #[error("the body has a content encoding")]
    Encoded,
    /// The body did not come in time.
    #[error("the body came too slowly")]
    Timeout,
    /// The body could not be read to its end.
    #[error("the body could not be read")]
    Interrupted,
    /// The delivery is of another resource than the one asked for.
    #[error("the delivery is of another resource than {expected}")]
    OtherResource {
        /// The resource asked for, in Sentry's word.
        expected: &'static str,
    },
}

/// An answer: status and fixed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body. Always fixed text, sent as [`Reply::CONTENT_TYPE`].
    pub body: &'static str,
}

impl Reply {
    /// The answer to what was accepted.
    pub const ACCEPTED: Self = Self { status: 200, body: "accepted" };
    /// The `Content-Type` of every answer.
    pub const CONTENT_TYPE: &'static str = "text/plain; charset=utf-8";
}

impl ReceiveError {
    /// What to answer.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let (status, body) = match self {
            Self::Signature(_) => (401, "unauthorized"),
            Self::Parse(_) | Self::Interrupted => (400, "bad request"),
            Self::Timeout => (408, "request timeout"),
            Self::TooLarge { .. } => (413, "payload too large"),
            Self::Encoded => (415, "unsupported media type"),
            Self::OtherResource { .. } => (200, "ignored"),
        };
        Reply { status, body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_signature_is_answered_alike() {
        let replies =
            [SignatureError::Missing, SignatureError::Malformed, SignatureError::Mismatch]
                .map(|e| ReceiveError::from(e).reply());
        assert!(replies.iter().all(|r| *r == Reply { status: 401, body: "unauthorized" }));
    }
}
