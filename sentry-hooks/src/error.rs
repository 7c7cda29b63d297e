//! Why bytes could not be read.

/// Why a body, an event or an issue could not be read.
///
/// Nothing of the body's text is in it: a body may hold secrets and free text of strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The bytes are not UTF-8.
    #[error("not UTF-8 after byte {valid_up_to}")]
    Utf8 {
        /// Number of leading bytes which are UTF-8.
        valid_up_to: usize,
    },
    /// The text is not JSON.
    #[error("invalid JSON at byte {offset}: expected {expected}")]
    Syntax {
        /// Where, in bytes from the start.
        offset: usize,
        /// What should have stood there.
        expected: &'static str,
    },
    /// Arrays and objects are nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("JSON nested too deeply at byte {offset}")]
    TooDeep {
        /// Where, in bytes from the start.
        offset: usize,
    },
    /// The body is empty, as that of a `select_options` request.
    #[error("the body is empty")]
    Empty,
    /// The JSON is valid, but it is not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// The JSON object has none of the keys by which an event is known, in either wire form.
    #[error("not a Sentry event")]
    NotAnEvent,
    /// The JSON object has none of the keys by which an issue is known.
    #[error("not a Sentry issue")]
    NotAnIssue,
    /// The header names one resource, the body has the shape of another. The header is not signed,
    /// so it must not decide how a body is understood.
    #[error("the header says {header}, the body has the shape of {shape}")]
    Contradiction {
        /// What `Sentry-Hook-Resource` says.
        header: &'static str,
        /// What the body's keys say.
        shape: &'static str,
    },
}
