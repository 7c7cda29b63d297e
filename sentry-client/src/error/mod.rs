//! What can go wrong when Sentry is asked, and what to do then.

mod body;
mod sent;
mod show;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use self::body::ErrorBody;
use crate::{Invalid, LimitedBy, NotAllowed, RateLimit};

/// The result of a call to Sentry.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed call. Opaque: ask it with its predicates, so that a new kind never breaks a caller.
///
/// Neither `Display` nor `Debug` shows a token, a URL's query, or text that Sentry or a proxy
/// wrote, but for a short [`Error::code`]; that text is kept for [`Error::upstream_message`] and
/// [`Error::fields`] alone. `Debug` shows the cause besides, on one bounded line.
///
/// | kind | answers | retryable |
/// | --- | --- | --- |
/// | not found | 404, 410, a project of which Sentry says that it moved | no |
/// | unauthorized | 401 | no: a token that can be renewed was renewed already |
/// | forbidden | 403, a missing scope | no |
/// | rate limited | 429 | yes, at [`Error::retry_at`] |
/// | invalid | 400, 422, other 4xx; an argument that was refused before sending | no |
/// | conflict | 409 | no |
/// | unavailable | 5xx, 408, time-outs, no connection | yes, with growing pauses |
/// | unavailable, redirected | any other 3xx: a proxy's sign-in page, a wrong base URL | no |
/// | unreadable | a success whose body is not what it should be | no |
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: Kind,
    operation: &'static str,
    status: Option<u16>,
    body: ErrorBody,
    retry: Option<Retry>,
    attempts: u32,
    elapsed: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy)]
struct Retry {
    after: Duration,
    at: Option<OffsetDateTime>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    NotFound,
    Moved,
    Redirected,
    Unauthorized,
    Forbidden,
    MissingScope(String),
    RateLimited(LimitedBy),
    Invalid,
    Argument(String),
    Conflict,
    Unavailable,
    Timeout,
    Connect,
    Unreadable(String),
}

impl Error {
    /// The error that an answer with this status is. `header` looks a header up by lower-case
    /// name, `now` is the time of the answer. For implementations of
    /// [`SentryClient`](crate::SentryClient) over other transports.
    #[must_use]
    pub fn from_answer<'h>(
        operation: &'static str,
        status: u16,
        header: impl Fn(&'static str) -> Option<&'h str>,
        body: &[u8],
        now: OffsetDateTime,
    ) -> Self {
        let limit = RateLimit::read(header);
        let body = ErrorBody::read(body);
        let kind = match status {
            // Sentry redirects for one reason alone. Whatever else does is not Sentry, and knows
            // nothing of what is there.
            300..=399 if body.code.as_deref() == Some("resource-moved") => Kind::Moved,
            300..=399 => Kind::Redirected,
            401 => Kind::Unauthorized,
            403 => Kind::Forbidden,
            404 | 410 => Kind::NotFound,
            408 => Kind::Timeout,
            409 => Kind::Conflict,
            429 => Kind::RateLimited(limit.limited_by()),
            400..=499 => Kind::Invalid,
            200..=299 => Kind::Unreadable("an answer of this status was not expected".to_owned()),
            _ => Kind::Unavailable,
        };
        let wait = match status {
            429 => Some(limit.wait(now.unix_timestamp())),
            _ => limit.retry_after.map(Duration::from_secs),
        };
        let retry = wait.map(|after| Retry {
            after,
            at: now.checked_add(after.try_into().unwrap_or_default()),
        });
        Self::build(kind, operation, Some(status), body, retry, None)
    }

    /// Nothing was answered in time; whether the server acted is unknown.
    #[must_use]
    pub fn timeout(operation: &'static str) -> Self {
        Self::new(Kind::Timeout, operation)
    }

    /// No connection, so nothing was sent. `source` must not print secrets: it is shown as the
    /// cause.
    #[must_use]
    pub fn connect(operation: &'static str, source: Box<dyn StdError + Send + Sync>) -> Self {
        Self::build(Kind::Connect, operation, None, ErrorBody::default(), None, Some(source))
    }

    /// The connection broke after something was sent; whether the server acted is unknown.
    #[must_use]
    pub fn broken(operation: &'static str, source: Box<dyn StdError + Send + Sync>) -> Self {
        Self::build(Kind::Unavailable, operation, None, ErrorBody::default(), None, Some(source))
    }

    /// A success whose body could not be read. `why` must hold none of the body's text.
    #[must_use]
    pub fn unreadable(operation: &'static str, why: impl Into<String>) -> Self {
        Self::new(Kind::Unreadable(why.into()), operation)
    }

    /// An argument that was refused before anything was sent.
    #[must_use]
    pub fn argument(operation: &'static str, why: impl Into<String>) -> Self {
        Self::new(Kind::Argument(why.into()), operation)
    }

    /// What was asked for does not exist in the organization of this client.
    #[must_use]
    pub fn not_found(operation: &'static str) -> Self {
        Self::new(Kind::NotFound, operation)
    }

    pub(crate) fn new(kind: Kind, operation: &'static str) -> Self {
        Self::build(kind, operation, None, ErrorBody::default(), None, None)
    }

    fn build(
        kind: Kind,
        operation: &'static str,
        status: Option<u16>,
        body: ErrorBody,
        retry: Option<Retry>,
        source: Option<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            operation,
            status,
            body,
            retry,
            attempts: 0,
            elapsed: None,
            source,
        }))
    }

    /// Records how often and how long it was tried.
    #[cfg(feature = "reqwest")]
    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.attempts = attempts;
            inner.elapsed = Some(elapsed);
        }
        self
    }

    /// Drops the upstream words when `tainted` says that they hold a secret.
    #[cfg(feature = "reqwest")]
    pub(crate) fn scrub(mut self, tainted: impl Fn(&str) -> bool) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            let body = &mut inner.body;
            if body.message.as_deref().is_some_and(&tainted) {
                body.message = None;
            }
            if body.code.as_deref().is_some_and(&tainted) {
                body.code = None;
            }
            if body.new_slug.as_deref().is_some_and(&tainted) {
                body.new_slug = None;
            }
            body.fields.retain(|field| !tainted(field));
        }
        self
    }

    /// There is no such thing, or not for this token, or not in this organization.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.0.kind, Kind::NotFound | Kind::Moved)
    }

    /// The token is missing, wrong, expired or revoked.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.0.kind == Kind::Unauthorized
    }

    /// The token is good and may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self.0.kind, Kind::Forbidden | Kind::MissingScope(_))
    }

    /// Too many requests; see [`Error::limited_by`].
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        matches!(self.0.kind, Kind::RateLimited(_))
    }

    /// The request was refused for what it says.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.kind, Kind::Invalid | Kind::Argument(_))
    }

    /// The thing is in a state that does not allow this.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.0.kind == Kind::Conflict
    }

    /// Sentry could not be reached in time, or failed, or something before it
    /// [redirected](Self::is_redirected) the call.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self.0.kind, Kind::Unavailable | Kind::Timeout | Kind::Connect | Kind::Redirected)
    }

    /// The call was sent elsewhere by an answer that is not Sentry's word of a moved project: by a
    /// proxy that wants somebody to sign in, or because the base URL is not that of the API.
    /// Redirects are never followed.
    ///
    /// ```
    /// use sentry_client::Error;
    ///
    /// let now = time::OffsetDateTime::UNIX_EPOCH;
    /// let error = Error::from_answer("get issue", 302, |_| None, b"<html>Sign in</html>", now);
    /// assert!(error.is_redirected() && error.is_unavailable() && !error.is_not_found());
    /// assert_eq!(error.to_string(), "get issue: redirected elsewhere: check the base URL, status 302");
    /// ```
    #[must_use]
    pub fn is_redirected(&self) -> bool {
        self.0.kind == Kind::Redirected
    }

    /// Sentry answered with success and a body that could not be read.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(self.0.kind, Kind::Unreadable(_))
    }

    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.is_rate_limited() || (self.is_unavailable() && !self.is_redirected())
    }

    /// Whether nothing can have happened on the server, so that even a call which must not be
    /// made twice may be repeated.
    #[must_use]
    pub fn is_refused_unprocessed(&self) -> bool {
        self.is_rate_limited() || self.0.kind == Kind::Connect
    }

    /// How long to wait, counted from the answer, where the answer told.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry.map(|retry| retry.after)
    }

    /// When to try again, where the answer told.
    #[must_use]
    pub fn retry_at(&self) -> Option<OffsetDateTime> {
        self.0.retry.and_then(|retry| retry.at)
    }

    /// Which limit was met, for [`Error::is_rate_limited`].
    #[must_use]
    pub fn limited_by(&self) -> Option<LimitedBy> {
        match self.0.kind {
            Kind::RateLimited(by) => Some(by),
            _ => None,
        }
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What was tried, e.g. `get issue`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Sentry's code, e.g. `sso-required` or `invalid_grant`: a short word of lower-case letters.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.body.code.as_deref()
    }

    /// The fields that Sentry refused, e.g. `statusDetails.inRelease`: at most 16 names of at most
    /// 60 letters, digits and `._[]-`. Outside text: whoever answered may have made the names up.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.0.body.fields
    }

    /// Those of the refused fields that this crate sends, in its own words.
    pub fn sent_fields(&self) -> impl Iterator<Item = &'static str> {
        self.0.body.sent_fields()
    }

    /// The scope that the token lacks, where the check at start found it.
    #[must_use]
    pub fn missing_scope(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::MissingScope(scope) => Some(scope),
            _ => None,
        }
    }

    /// What Sentry said. Outside text: it may hold anything that whoever wrote the event, or a
    /// proxy, put there, so show it to an operator and to nobody else.
    #[must_use]
    pub fn upstream_message(&self) -> Option<&str> {
        self.0.body.message.as_deref()
    }

    /// The slug that a project has now, when it answered that it moved.
    #[must_use]
    pub fn new_slug(&self) -> Option<&str> {
        self.0.body.new_slug.as_deref().filter(|_| self.0.kind == Kind::Moved)
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts.max(1)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::argument("read argument", invalid.to_string())
    }
}

impl From<NotAllowed> for Error {
    fn from(refused: NotAllowed) -> Self {
        Self::argument("update issue", refused.to_string())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn answer(status: u16, body: &str) -> Error {
        Error::from_answer(
            "get issue",
            status,
            |_| None,
            body.as_bytes(),
            datetime!(2026-01-01 0:00 UTC),
        )
    }

    #[test]
    fn the_mapping() {
        assert!(answer(404, "").is_not_found());
        assert!(answer(410, "").is_not_found());
        assert!(answer(401, "").is_unauthorized());
        assert!(answer(403, "<html>").is_forbidden());
        assert!(answer(400, "").is_invalid());
        assert!(answer(422, "").is_invalid());
        assert!(answer(409, "").is_conflict());
        for status in [500, 502, 503, 504, 524, 408] {
            assert!(answer(status, "").is_unavailable() && answer(status, "").is_retryable());
        }
        let limited = answer(429, "\"slow\"");
        assert!(limited.is_rate_limited() && limited.is_retryable());
        assert_eq!(limited.retry_at(), Some(datetime!(2026-01-01 0:00:01 UTC)));
    }

    #[test]
    fn only_sentrys_word_of_a_moved_project_is_not_found() {
        let moved = r#"{"detail":{"code":"resource-moved","extra":{"slug":"new"}}}"#;
        let other = r#"{"detail":{"code":"sso-required","extra":{"slug":"new"}}}"#;
        for status in [301, 302, 303, 307, 308] {
            let error = answer(status, moved);
            assert!(error.is_not_found() && !error.is_redirected());
            assert_eq!(error.new_slug(), Some("new"));
            for body in ["", "<html>Sign in</html>", "{}", other] {
                let error = answer(status, body);
                assert!(error.is_redirected() && error.is_unavailable(), "{status} {body}");
                assert!(!error.is_not_found() && !error.is_retryable(), "{status} {body}");
                assert_eq!(error.new_slug(), None);
            }
        }
        assert_eq!(answer(400, moved).new_slug(), None);
    }

    #[test]
    fn upstream_text_stays_inside() {
        let error = answer(400, r#"{"detail":"canary-in-detail","x":1}"#);
        assert_eq!(error.upstream_message(), Some("canary-in-detail"));
        assert!(!format!("{error} {error:?} {error:#?}").contains("canary"));
        let field = answer(400, r#"{"statusDetails":{"inRelease":["canary"]}}"#);
        assert_eq!(
            field.to_string(),
            "get issue: invalid request, status 400, refused: statusDetails.inRelease"
        );
    }
}
