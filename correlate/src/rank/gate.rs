//! Whether the fault lies off the stack, told from the crash alone.
//!
//! An error about a full pool, a refused connection or a missing setting is rarely the fault of
//! the lines in its trace; a failed assertion mostly is. The gate is a logistic regression over
//! the classes of the error, and its answer *g* mixes two sets of weights: a signal counts
//! `(1 − g)·on + g·off`. So the score stays a sum.

use super::query::Query;
use crate::facts::ErrorClass as C;

/// What the gate looks at, in the order of its inputs.
pub(crate) const INPUTS: [&str; 8] = [
    "operational",
    "schema",
    "interface",
    "missing",
    "value",
    "attribute",
    "internal",
    "ends-in-foreign-code",
];

/// The inputs for an incident.
pub(crate) fn inputs(query: &Query) -> [f64; INPUTS.len()] {
    let any =
        |classes: &[C]| if classes.iter().any(|&class| query.is_surely(class)) { 1.0 } else { 0.0 };
    [
        any(&[
            C::PoolExhausted,
            C::TooManyClients,
            C::RateLimited,
            C::OutOfMemory,
            C::LimitExceeded,
            C::Timeout,
            C::TlsFailed,
            C::Unauthenticated,
            C::PermissionDenied,
            C::ConnectionFailed,
            C::NotFound,
            C::RemoteFailed,
            C::Locked,
            C::Locale,
        ]),
        any(&[C::ConstraintViolated, C::SchemaMismatch]),
        any(&[C::BadArgument, C::ImportFailed]),
        any(&[C::MissingKey, C::NullValue]),
        any(&[C::TypeMismatch, C::InvalidValue, C::Decoding]),
        any(&[C::MissingAttribute]),
        any(&[C::Crash, C::Assertion, C::OutOfRange]),
        // Aborting is the library's part, whoever's fault it was.
        if query.has_own
            && !query.ends_in_own
            && !query.is_surely(C::Crash)
            && !query.is_surely(C::Assertion)
        {
            1.0
        } else {
            0.0
        },
    ]
}
