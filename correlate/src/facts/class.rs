//! What class of error an incident is, read from its types and messages.

use super::phrases;
use crate::Incident;
use crate::rank::words::parts;

/// A class of error. One incident can be of several: "connection timed out while waiting for the
/// pool" is [`ErrorClass::PoolExhausted`] and [`ErrorClass::Timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorClass {
    /// No connection, worker or other shared resource was free.
    PoolExhausted,
    /// A server has as many clients as it takes: they are too many, or it takes fewer.
    TooManyClients,
    /// Something took longer than it was allowed to.
    Timeout,
    /// Memory ran out.
    OutOfMemory,
    /// A bound other than time and memory was exceeded: files, fields, depth, size, clients.
    LimitExceeded,
    /// Too many requests in too little time.
    RateLimited,
    /// A key, setting or variable was not there.
    MissingKey,
    /// An attribute, method or function was not there.
    MissingAttribute,
    /// A value was null, none, nil or undefined.
    NullValue,
    /// A function was called with arguments it does not take.
    BadArgument,
    /// A module, package, class or symbol could not be loaded.
    ImportFailed,
    /// A value had the wrong type or could not be parsed as a number or the like.
    TypeMismatch,
    /// A value was well-formed, and not among those allowed.
    InvalidValue,
    /// Text could not be decoded or had the wrong format.
    Decoding,
    /// Something about language, calendars or time zones.
    Locale,
    /// A database constraint was violated.
    ConstraintViolated,
    /// A table or column was not there.
    SchemaMismatch,
    /// A lock was held by another, or a deadlock was broken.
    Locked,
    /// Nobody answered at the address, or the name did not resolve.
    ConnectionFailed,
    /// Somebody answered that there is no such thing (404, missing file, unknown database).
    NotFound,
    /// The other side failed (5xx), or trying again did not help.
    RemoteFailed,
    /// Who asks is not known (401, wrong password).
    Unauthenticated,
    /// Who asks may not (403, read-only, no permission).
    PermissionDenied,
    /// The other side's certificate was not trusted, or the handshake failed.
    TlsFailed,
    /// An assertion or internal check of the program failed.
    Assertion,
    /// The process died of a signal: a bad address, an abort.
    Crash,
    /// An index or iterator ran past its end.
    OutOfRange,
}

impl ErrorClass {
    /// The classes of an incident, from specific to general: those that the wording is sure of
    /// before those that it only hints at; empty where nothing is recognised.
    ///
    /// ```
    /// use sentry_correlate::{Exception, Incident, facts::ErrorClass};
    ///
    /// let incident = Incident {
    ///     exceptions: vec![Exception {
    ///         ty: Some("TimeoutError".into()),
    ///         value: Some("QueuePool limit of size 5 overflow 0 reached".into()),
    ///         ..Exception::default()
    ///     }],
    ///     ..Incident::default()
    /// };
    /// let classes = ErrorClass::of(&incident);
    /// assert_eq!(classes[0], ErrorClass::PoolExhausted);
    /// assert!(classes.contains(&ErrorClass::Timeout));
    /// ```
    #[must_use]
    pub fn of(incident: &Incident) -> Vec<Self> {
        Self::with_certainty(incident).0
    }

    /// The same, and how many of them the wording is sure of.
    pub(crate) fn with_certainty(incident: &Incident) -> (Vec<Self>, usize) {
        let mut text = String::new();
        for exception in &incident.exceptions {
            for part in [&exception.ty, &exception.value].into_iter().flatten() {
                // Queries and dumps quoted in a message are not the message.
                let head = part.split("[SQL:").next().unwrap_or(part);
                text.extend(head.chars().take(400).flat_map(char::to_lowercase));
                text.push_str(": ");
            }
        }
        if incident.exceptions.is_empty() {
            for part in [&incident.message, &incident.title] {
                text.extend(part.chars().take(400).flat_map(char::to_lowercase));
                text.push_str(": ");
            }
        }
        // Drivers write this of any statement that is refused.
        let text = text.replace("syntax error or access violation", "");
        let (mut classes, mut sure) = phrases::classes(&text);
        if classes[..sure].contains(&Self::Timeout)
            && let Some(class) = waited_for(incident)
            && !classes.contains(&class)
        {
            classes.insert(0, class);
            sure += 1;
        }
        (classes, sure)
    }
}

/// Frames nearest to the crash that show what was waited for.
const NEAREST: usize = 3;

/// What a time-out waited for, as the libraries' functions nearest to the crash say.
fn waited_for(incident: &Incident) -> Option<ErrorClass> {
    let nearest = incident
        .exceptions
        .iter()
        .flat_map(|exception| exception.frames.iter().rev().take(NEAREST));
    let names = nearest.filter(|frame| !frame.in_app).flat_map(|frame| {
        let file = frame.filename.as_deref().and_then(|path| path.rsplit('/').next());
        [frame.function.as_deref(), file].into_iter().flatten().flat_map(parts)
    });
    let mut found = None;
    for name in names {
        match name.as_str() {
            "pool" | "acquire" | "checkout" => return Some(ErrorClass::PoolExhausted),
            "handshake" | "tls" => found = Some(ErrorClass::TlsFailed),
            "lock" => found = Some(ErrorClass::Locked),
            _ => {}
        }
    }
    found
}
