//! Versions as tags write them: `1.4.0`, `1_4_0`, `2026-05-25`, `1.0.0b4`, `3.0.0-rc.1`.

/// A version that can be compared. Trailing zeros do not count: `1.4` equals `1.4.0`.
///
/// The order is that of Semantic Versioning for what it covers (`1.0.0-alpha` < `1.0.0-rc.1` <
/// `1.0.0`) and follows the Python rule for post-releases (`1.0.0` < `1.0.0.post1`).
///
/// ```
/// use sentry_correlate::release::Version;
///
/// let version = |text| Version::parse(text).unwrap();
/// assert!(version("1.10.0") > version("1.9.3"));
/// assert!(version("1_0_0_b3") < version("1.0.0"));
/// assert_eq!(version("1.4"), version("1.4.0"));
/// assert!(Version::parse("main").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    numbers: Vec<u64>,
    stage: Stage,
}

/// What follows the numbers. The order of the variants is their order in time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Pre(Vec<Word>),
    Final,
    Post(Vec<Word>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Word {
    rank: u8,
    word: String,
    number: u64,
}

impl Version {
    /// Reads a version; `None` where the text is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut numbers, rest) = numbers(text)?;
        let mut words = words(rest, numbers.len())?;
        words.retain(|word| word.rank != FINAL);
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        let stage = match words.first() {
            None => Stage::Final,
            Some(word) if word.rank == POST => Stage::Post(words),
            Some(_) => Stage::Pre(words),
        };
        Some(Self { numbers, stage })
    }

    /// Whether this is a pre-release (`b1`, `-rc.2`, `.dev3`).
    #[must_use]
    pub fn is_pre_release(&self) -> bool {
        matches!(self.stage, Stage::Pre(_))
    }
}

/// Splits a name into what comes before its version, and the version: `rel_1_4_0` is `rel_` and
/// 1.4.0.
///
/// ```
/// use sentry_correlate::release::{Version, split_version};
///
/// let (prefix, version) = split_version("oauth2-proxy-v7.4.0").unwrap();
/// assert_eq!(prefix, "oauth2-proxy-v");
/// assert_eq!(Some(version), Version::parse("7.4.0"));
/// ```
#[must_use]
pub fn split_version(name: &str) -> Option<(&str, Version)> {
    let bytes = name.as_bytes();
    (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()))
        .take(8)
        .find_map(|at| Some((&name[..at], Version::parse(&name[at..])?)))
}

const FINAL: u8 = 4;
const POST: u8 = 5;

/// The leading numbers, and what follows them. Separators may change once, from a dot to another
/// one (`1.4.0-1`); `3-1.4.0` is a name that ends in a digit, and a version.
fn numbers(text: &str) -> Option<(Vec<u64>, &str)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    let mut separator = None;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            return None;
        }
        numbers.push(rest[..digits].parse().ok()?);
        rest = &rest[digits..];
        let mut following = rest.chars();
        let (Some(next @ ('.' | '_' | '-')), Some('0'..='9')) =
            (following.next(), following.next())
        else {
            return Some((numbers, rest));
        };
        match separator {
            Some(before) if before != next && before != '.' => return None,
            _ => separator = Some(next),
        }
        rest = &rest[1..];
    }
}

/// The words after the numbers. Unknown words are taken only after a dash behind at least two
/// numbers, where Semantic Versioning puts them.
fn words(text: &str, numbers: usize) -> Option<Vec<Word>> {
    let mut words: Vec<Word> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let separator = rest.chars().next().filter(|c| matches!(c, '.' | '_' | '-'));
        rest = &rest[usize::from(separator.is_some())..];
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (name, after) = rest.split_at(letters);
        let gap = after.starts_with(['.', '_', '-'])
            && after.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        let after = &after[usize::from(gap)..];
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if letters + digits == 0 {
            return None;
        }
        let (number, after) = after.split_at(digits);
        let number = if digits == 0 { 0 } else { number.parse().ok()? };
        let semantic = separator == Some('-') && numbers >= 2 || !words.is_empty();
        let (rank, word) = match known_word(name) {
            Some(known) => known,
            None if semantic => (MIDDLE, name.to_ascii_lowercase()),
            None => return None,
        };
        words.push(Word { rank, word, number });
        rest = after;
    }
    Some(words)
}

/// Between alpha and release candidate: beta, milestone and words of one's own, in the order of the
/// alphabet.
const MIDDLE: u8 = 2;

/// Where a well-known word stands in the order of stages, and its long form.
fn known_word(name: &str) -> Option<(u8, String)> {
    let lower = name.to_ascii_lowercase();
    let (rank, long) = match lower.as_str() {
        "dev" | "snapshot" | "nightly" | "canary" => (0, lower.as_str()),
        "a" | "alpha" => (1, "alpha"),
        "b" | "beta" => (MIDDLE, "beta"),
        "m" | "milestone" => (MIDDLE, "milestone"),
        "c" | "rc" | "pre" | "preview" => (3, "rc"),
        "final" | "ga" | "release" | "stable" => (FINAL, "final"),
        "post" | "p" | "patch" | "hotfix" | "sp" => (POST, "post"),
        _ => return None,
    };
    Some((rank, long.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn versions_are_ordered() {
        let ascending = [
            "0.9",
            "1.0.0.dev1",
            "1.0.0a1",
            "1.0.0b1",
            "1.0.0-beta.2",
            "1_0_0_b3",
            "1.0.0rc1",
            "1.0.0",
            "1.0.0.post1",
            "1.0.1",
            "1.2",
            "1.10",
            "2026-05-18",
            "2026.05.25",
        ];
        let versions: Vec<Version> =
            ascending.iter().map(|text| Version::parse(text).expect(text)).collect();
        for (at, pair) in versions.windows(2).enumerate() {
            assert!(pair[0] < pair[1], "{} < {}", ascending[at], ascending[at + 1]);
        }
    }

    #[test]
    fn names_that_are_no_versions() {
        for text in
            ["", "main", "v1.0", "1.0 beta", "2-proxy", "1..2", "1.", "99999999999999999999"]
        {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn prefixes_are_split_off() {
        let split = |name| split_version(name).map(|(prefix, _)| prefix);
        assert_eq!(split("rel_0_8_0b1"), Some("rel_"));
        assert_eq!(split("py3-1.4.0"), Some("py3-"));
        assert_eq!(split("deploy_main_2019_07_01"), Some("deploy_main_"));
        assert_eq!(split("shop@1.4.0"), Some("shop@"));
        assert_eq!(split("nightly"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*") {
            let _ = Version::parse(&text);
            if let Some((prefix, _)) = split_version(&text) {
                prop_assert!(text.starts_with(prefix));
            }
        }

        #[test]
        fn separators_do_not_matter(a in 0u32..99, b in 0u32..99, c in 0u32..99) {
            let dots = Version::parse(&format!("{a}.{b}.{c}"));
            prop_assert!(dots.is_some());
            prop_assert_eq!(&dots, &Version::parse(&format!("{a}_{b}_{c}")));
            prop_assert_eq!(&dots, &Version::parse(&format!("{a}-{b}-{c}")));
        }
    }
}
