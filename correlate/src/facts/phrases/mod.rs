//! What runtimes, drivers, servers and libraries write when something goes wrong, by class.
//!
//! Phrases are in lower case, as they stand in types (`recordtoolargeexception`) and messages. A
//! *sure* phrase is the wording of one class of error; a *hint* is a word that many messages use in
//! passing. Numeric codes are read by [`codes`], where they stand as codes.

mod codes;
mod data;
mod program;
mod resources;
mod services;

use super::ErrorClass;
use ErrorClass as C;

/// The phrases of one class.
struct Phrases {
    class: ErrorClass,
    sure: &'static [&'static str],
    hints: &'static [&'static str],
}

const TABLES: [&[Phrases]; 4] =
    [resources::PHRASES, services::PHRASES, data::PHRASES, program::PHRASES];

/// The classes from specific to general: a message of an early one often has words of later ones.
const ORDER: [C; 27] = [
    C::TooManyClients,
    C::PoolExhausted,
    C::RateLimited,
    C::OutOfMemory,
    C::LimitExceeded,
    C::TlsFailed,
    C::Locked,
    C::Unauthenticated,
    C::PermissionDenied,
    C::ConstraintViolated,
    C::SchemaMismatch,
    C::ImportFailed,
    C::Timeout,
    C::BadArgument,
    C::MissingAttribute,
    C::NullValue,
    C::MissingKey,
    C::Locale,
    C::ConnectionFailed,
    C::Decoding,
    C::TypeMismatch,
    C::NotFound,
    C::InvalidValue,
    C::RemoteFailed,
    C::OutOfRange,
    C::Assertion,
    C::Crash,
];

/// The classes of a text in lower case: those that its wording is sure of, then those that it only
/// hints at, each from specific to general; and how many are sure.
pub(super) fn classes(text: &str) -> (Vec<ErrorClass>, usize) {
    let codes = codes::classes(text);
    let mut sure: Vec<ErrorClass> = Vec::new();
    let mut hinted: Vec<ErrorClass> = Vec::new();
    for Phrases { class, sure: phrases, hints } in TABLES.into_iter().flatten() {
        if codes.contains(class) || phrases.iter().any(|phrase| holds(text, phrase)) {
            sure.push(*class);
        } else if hints.iter().any(|phrase| holds(text, phrase)) {
            hinted.push(*class);
        }
    }
    let place = |class: &C| ORDER.iter().position(|known| known == class);
    sure.sort_by_key(place);
    hinted.sort_by_key(place);
    let count = sure.len();
    sure.append(&mut hinted);
    (sure, count)
}

/// Whether `text` holds `phrase`; a short one must stand alone.
fn holds(text: &str, phrase: &str) -> bool {
    let alone = phrase.len() <= 4;
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !alone
            || (before.is_none_or(|c| !c.is_alphanumeric())
                && after.is_none_or(|c| !c.is_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_can_be_found_and_every_class_has_some() {
        let mut classes = Vec::new();
        for Phrases { class, sure, hints } in TABLES.into_iter().flatten() {
            assert!(!classes.contains(class), "{class:?} stands in one place");
            classes.push(*class);
            for phrase in sure.iter().chain(*hints) {
                assert_eq!(*phrase, phrase.to_lowercase(), "phrases are compared in lower case");
                assert!(!hints.contains(phrase) || !sure.contains(phrase), "{phrase} is one kind");
            }
        }
        assert!(ORDER.iter().all(|class| classes.contains(class)));
        assert_eq!(classes.len(), ORDER.len());
    }

    #[test]
    fn the_wording_of_many_ecosystems() {
        for (text, class) in [
            (
                "hikaripool-1 - connection is not available, request timed out after 30000ms",
                C::PoolExhausted,
            ),
            (
                "prismaclientknownrequesterror: timed out fetching a new connection from the connection pool",
                C::PoolExhausted,
            ),
            ("pq: sorry, too many clients already", C::TooManyClients),
            ("rejectedexecutionexception: task rejected from threadpoolexecutor", C::PoolExhausted),
            (
                "recordtoolargeexception: the message is 2097232 bytes when serialized",
                C::LimitExceeded,
            ),
            (
                "rpc error: code = resourceexhausted desc = grpc: received message larger than max (5 vs. 4)",
                C::LimitExceeded,
            ),
            ("commitfailedexception: offset commit cannot be completed", C::Timeout),
            ("rpc error: code = deadlineexceeded desc = x", C::Timeout),
            ("misconf redis is configured to save rdb snapshots", C::LimitExceeded),
            ("oom command not allowed when used memory > 'maxmemory'", C::OutOfMemory),
            (
                "javax.net.ssl.sslhandshakeexception: received fatal alert: protocol_version",
                C::TlsFailed,
            ),
            (
                "dpy-6005: connect call failed ('db', 1521): [errno 111] connection refused",
                C::ConnectionFailed,
            ),
            ("precondition_failed - inequivalent arg 'durable' for queue 'x'", C::InvalidValue),
            ("mongoservererror: not authorized on shop to execute command", C::PermissionDenied),
            ("topicauthorizationexception: not authorized to access topics", C::PermissionDenied),
            (
                "unsupportedclassversionerror: x has been compiled by a more recent version",
                C::ImportFailed,
            ),
            ("/lib/x86_64-linux-gnu/libc.so.6: version `glibc_2.34' not found", C::ImportFailed),
            ("invalidkeyid: the aws access key id you provided does not exist", C::Unauthenticated),
            ("unknowntimezoneerror: 'us/pacific-new'", C::Locale),
            ("actionview::template::error: could not find table 'carts'", C::SchemaMismatch),
            ("disallowedhost: invalid http_host header: 'shop.example'", C::PermissionDenied),
            ("org.postgresql.util.psqlexception: fatal: x sqlstate: 53300", C::TooManyClients),
            ("(1205, 'lock wait timeout exceeded')", C::Locked),
            ("request failed with status code 413", C::LimitExceeded),
        ] {
            let (found, sure) = classes(text);
            assert!(found[..sure].contains(&class), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_only_hinted_at_comes_last() {
        let found = classes("unknown: connection refused");
        assert_eq!(found, (vec![C::ConnectionFailed, C::InvalidValue], 1));
    }
}
