//! Ways around the verification. What comes out of here is somebody's claim.
//!
//! For inspection of recorded bodies, for tests, and for Sentry's one unsigned mechanism: the legacy
//! plugin. Where you use it on requests, protect the address by other means (a long random path, a
//! private network), and never act on its content alone.

use bytes::Bytes;

use crate::{Delivery, Headers, LegacyWebhook, ParseError, Provenance, Verified, json};

/// Bytes that nobody has verified, as if somebody had.
#[must_use]
pub fn unverified(body: Bytes) -> Verified {
    Verified { body, provenance: Provenance::Nobody }
}

/// A delivery that nobody has verified.
///
/// ```
/// use bytes::Bytes;
/// use sentry_hooks::{Headers, danger};
///
/// let body = Bytes::from_static(br#"{"action":"created","data":{"comment_id":1,"issue_id":7}}"#);
/// let delivery = danger::unverified_delivery(Headers::default(), body);
/// assert_eq!(delivery.webhook()?.resource().as_str(), "comment");
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[must_use]
pub fn unverified_delivery(headers: Headers, body: Bytes) -> Delivery {
    Delivery::new(headers, unverified(body))
}

/// Reads a body of the legacy plugin, which signs nothing.
///
/// # Errors
///
/// [`ParseError`] when the body is not valid JSON or not an object.
pub fn legacy_plugin(body: &[u8]) -> Result<LegacyWebhook<'_>, ParseError> {
    let mut scanner = json::Scanner::from_bytes(body)?;
    let text = scanner.skip()?;
    scanner.finish()?;
    LegacyWebhook::read(text).ok_or(ParseError::NotAnObject)
}
