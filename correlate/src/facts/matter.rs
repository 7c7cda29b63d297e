//! What an error or a setting is about besides its family: of all limits that of the header, of all
//! formats that of dates. A larger body explains no deep recursion.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A set of [`MATTERS`], one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Matters(u32);

/// Words of messages and keys in lower case without plural `s`, by what they are about. Words that
/// stand in most messages are left out.
#[rustfmt::skip]
const MATTERS: &[&[&str]] = &[
    // Text and time
    &["zone", "timezone", "tz", "tzdata", "zoneinfo", "zoneid", "tzinfo", "utc", "dst", "daylight"],
    &["locale", "language", "culture", "globalization", "icu", "translation", "i18n", "invariant"],
    &["currency", "rounding", "decimal", "thousand", "price"],
    &["encoding", "charset", "codec", "utf", "utf8", "unicode", "ascii", "latin", "latin1", "ioencoding", "collation"],
    &["date", "datetime", "strptime", "strftime", "month", "calendar"],
    &["delimiter", "csv", "separator"],
    // What is bounded
    &["fd", "nofile", "descriptor", "emfile", "file"],
    &["body", "upload", "entity", "multipart", "filesize", "post", "payload", "content"],
    &["header", "cookie"],
    &["depth", "recursion", "nesting", "nested", "stack", "xss", "recursionlimit"],
    &["redirect", "hop"],
    &["message", "msg", "packet", "frame", "record"],
    &["page", "paging", "row", "result", "window"],
    &["thread", "pid", "nproc", "task", "process"],
    &["disk", "storage", "space", "volume", "emptydir", "tmp", "tmpfs", "quota", "nospace"],
    &["shm", "shared"],
    &["metaspace", "class"],
    &["variable", "var", "argument"],
    // Who and what is trusted
    &["audience", "aud"], &["issuer", "iss"], &["origin", "csrf", "cors", "referer"],
    &["password", "login"],
    &["redirecturi", "callback", "redirect"],
    &["expired", "expiry", "leeway", "skew", "iat", "nbf", "tolerance"],
];

static BY_WORD: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut matters = HashMap::new();
    for (bit, words) in MATTERS.iter().enumerate() {
        for word in *words {
            *matters.entry(*word).or_default() |= 1 << bit;
        }
    }
    matters
});

impl Matters {
    /// What words in lower case are about.
    pub(crate) fn of(parts: &[String]) -> Self {
        let bits = |part: &String| BY_WORD.get(part.as_str()).copied().unwrap_or(0);
        Self(parts.iter().fold(0, |found, part| found | bits(part)))
    }

    /// How much a setting of these matters has to do with an error of others, 0 to 1.
    pub(crate) fn beside(self, error: Self) -> f64 {
        match (self.0, error.0) {
            (0, 0) => 1.0,
            (0, _) => 0.9,
            (_, 0) => 0.85,
            (own, others) if own & others != 0 => 1.0,
            _ => 0.6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::words::parts;

    #[test]
    fn settings_of_the_errors_matter_count_more() {
        let beside =
            |setting, error| Matters::of(&parts(setting)).beside(Matters::of(&parts(error)));
        assert_eq!(beside("ulimits.nofile", "too many open files"), 1.0);
        assert!(beside("max_upload_size", "too many open files") < 0.7);
        assert!(beside("currency", "unknown time zone Europe/Vienna") < 0.7);
        assert_eq!(
            beside("server.max-http-request-header-size", "Request header is too large"),
            1.0
        );
    }
}
