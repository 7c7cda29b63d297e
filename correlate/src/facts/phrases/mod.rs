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

use std::sync::LazyLock;

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

/// A phrase, its class's row among all tables, and whether it is sure.
#[derive(Debug, Clone, Copy)]
struct Entry {
    phrase: &'static str,
    row: usize,
    sure: bool,
}

/// Number of buckets of the index, a power of two.
const BUCKETS: usize = 4_096;
/// Bytes by which phrases are found; none is shorter.
const START: usize = 3;

/// All phrases by the hash of their first bytes, so that a text is read once.
static INDEX: LazyLock<Vec<Vec<Entry>>> = LazyLock::new(|| {
    let mut index = vec![Vec::new(); BUCKETS];
    for (row, Phrases { sure, hints, .. }) in TABLES.into_iter().flatten().enumerate() {
        for (phrases, sure) in [(sure, true), (hints, false)] {
            for phrase in *phrases {
                if let Some(start) = phrase.as_bytes().first_chunk() {
                    index[bucket(*start)].push(Entry { phrase, row, sure });
                }
            }
        }
    }
    index
});

fn bucket([a, b, c]: [u8; START]) -> usize {
    let word = u32::from_le_bytes([a, b, c, 0]);
    (word.wrapping_mul(0x9e37_79b1) >> 20) as usize % BUCKETS
}

/// The classes of a text in lower case: those that its wording is sure of, then those that it only
/// hints at, each from specific to general; and how many are sure.
pub(super) fn classes(text: &str) -> (Vec<ErrorClass>, usize) {
    let rows = TABLES.into_iter().flatten().count();
    let mut found = vec![(false, false); rows];
    for (at, start) in text.as_bytes().windows(START).enumerate() {
        let &[a, b, c] = start else { continue };
        for entry in &INDEX[bucket([a, b, c])] {
            let (sure, hinted) = found[entry.row];
            let news = if entry.sure { !sure } else { !hinted };
            if news && stands(text, at, entry.phrase) {
                found[entry.row] = (sure || entry.sure, hinted || !entry.sure);
            }
        }
    }
    let codes = codes::classes(text);
    let mut sure: Vec<ErrorClass> = Vec::new();
    let mut hinted: Vec<ErrorClass> = Vec::new();
    for (Phrases { class, .. }, found) in TABLES.into_iter().flatten().zip(found) {
        match found {
            _ if codes.contains(class) => sure.push(*class),
            (true, _) => sure.push(*class),
            (false, true) => hinted.push(*class),
            (false, false) => {}
        }
    }
    let place = |class: &C| ORDER.iter().position(|known| known == class);
    sure.sort_by_key(place);
    hinted.sort_by_key(place);
    let count = sure.len();
    sure.append(&mut hinted);
    (sure, count)
}

/// Names of errors of systems, which words such as `FileNotFound` and `openFile` hold inside.
#[rustfmt::skip]
const ERRNO: &[&str] = &[
    "e2big", "eacces", "eagain", "ebusy", "edquot", "efbig", "einval", "emfile", "enfile", "enoent", "enomem", "enospc",
    "enotdir", "enotfound", "epipe", "eperm", "erofs",
];

/// Whether `phrase` stands at a byte of `text`; a short one must stand alone, and the name of an
/// error must begin a word.
fn stands(text: &str, at: usize, phrase: &str) -> bool {
    let bytes = text.as_bytes();
    if !bytes[at..].starts_with(phrase.as_bytes()) {
        return false;
    }
    let end = at + phrase.len();
    let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    if phrase.len() > 4 && phrase.starts_with('e') && ERRNO.contains(&phrase) {
        return free(text[..at].chars().next_back());
    }
    phrase.len() > 4 || free(text[..at].chars().next_back()) && free(text[end..].chars().next())
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
                assert!(
                    phrase.len() >= START && phrase.is_ascii(),
                    "{phrase} is found by its start"
                );
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
    fn a_text_of_any_letters_is_read() {
        assert_eq!(classes("ä oom ö").0, [C::OutOfMemory]);
        assert_eq!(classes("zoom: 漢字"), (Vec::new(), 0));
        assert_eq!(classes("ab"), (Vec::new(), 0));
        assert_eq!(classes("openfile"), (Vec::new(), 0));
        assert_eq!(classes("resourceaccessexception"), (Vec::new(), 0));
        assert_eq!(classes("filenotfounderror: x").0, [C::NotFound]);
        assert_eq!(classes("error: queryaaaa enotfound db").0[0], C::ConnectionFailed);
    }

    #[test]
    fn what_is_only_hinted_at_comes_last() {
        let found = classes("unknown: connection refused");
        assert_eq!(found, (vec![C::ConnectionFailed, C::InvalidValue], 1));
    }
}
