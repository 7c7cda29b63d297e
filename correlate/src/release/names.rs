//! Release names against tags and commits.

use super::ReleaseRule;
use super::version::{Version, split_version};

/// A tag that a release name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagMatch {
    /// Index into the tags that were given.
    pub index: usize,
    /// The rule that found it.
    pub rule: ReleaseRule,
}

/// Finds the tag that a release name means.
///
/// A tag of that very name comes first, then one with the package and the version, then one with
/// the version behind a word such as `v`, `release-` or `rel_`. Where the release names no package,
/// the version behind any other prefix will do if only one tag has it.
///
/// ```
/// use sentry_correlate::release::{ReleaseRule, find_tag};
///
/// let tags = ["v1.3.0", "v1.4.0", "docs-1.4.0"];
/// let found = find_tag("shop@1.4.0", &tags).unwrap();
/// assert_eq!((tags[found.index], found.rule), ("v1.4.0", ReleaseRule::VersionTag));
/// assert!(find_tag("shop@9.9.9", &tags).is_none());
/// ```
#[must_use]
pub fn find_tag<T: AsRef<str>>(release: &str, tags: &[T]) -> Option<TagMatch> {
    let release = release.trim();
    let found = |index, rule| Some(TagMatch { index, rule });
    if release.is_empty() {
        return None;
    }
    if let Some(index) = tags.iter().position(|tag| tag.as_ref() == release) {
        return found(index, ReleaseRule::ExactTag);
    }
    let name = Name::read(release)?;
    if let Some(package) = name.package {
        let index =
            tags.iter().position(|tag| is_package_tag(tag.as_ref(), package, &name.version));
        if let Some(index) = index {
            return found(index, ReleaseRule::PackageTag);
        }
    }
    let same_version = tags.iter().enumerate().filter_map(|(index, tag)| {
        let (prefix, version) = split_version(tag.as_ref())?;
        (version == name.version).then_some((index, prefix))
    });
    let same_version: Vec<(usize, &str)> = same_version.collect();
    let plain = same_version
        .iter()
        .filter(|(_, prefix)| is_plain(prefix))
        .min_by_key(|(index, prefix)| (prefix.len(), *index));
    match (plain, same_version.as_slice()) {
        (Some(&(index, _)), _) => found(index, ReleaseRule::VersionTag),
        (None, &[(index, _)]) if name.package.is_none() => found(index, ReleaseRule::VersionTag),
        _ => None,
    }
}

/// The parts of a release name that may be (abbreviated) commit names: 7 to 40 hex digits, the
/// longest first, in lower case. Whether they are is for the repository to say.
///
/// Digits alone count only where they are the whole version, otherwise they are dates and build
/// numbers.
///
/// ```
/// use sentry_correlate::release::shas_in;
///
/// assert_eq!(shas_in("shop@e4f5a6b"), ["e4f5a6b"]);
/// assert_eq!(shas_in("1.4.0-12-ge4f5a6b0"), ["e4f5a6b0"]);
/// assert!(shas_in("shop@1.4.0+20260525").is_empty());
/// ```
#[must_use]
pub fn shas_in(release: &str) -> Vec<String> {
    let version = package_and_rest(release.trim()).1;
    let mut shas: Vec<String> = version
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|part| {
            let described = part.strip_prefix('g').filter(|rest| is_hex(rest));
            let hex = described.or_else(|| Some(part).filter(|part| is_hex(part)))?;
            let digits_only = hex.bytes().all(|b| b.is_ascii_digit());
            (!digits_only || hex == version || described.is_some())
                .then(|| hex.to_ascii_lowercase())
        })
        .collect();
    shas.sort_by_key(|sha| std::cmp::Reverse(sha.len()));
    shas
}

/// The tags most like a release name that was not found, for a message: same version numbers
/// first, then the longest common beginning or end.
#[must_use]
pub fn nearest_names<T: AsRef<str>>(release: &str, tags: &[T], most: usize) -> Vec<String> {
    let wanted = package_and_rest(release).1;
    let likeness = |tag: &str| {
        let begin = wanted.bytes().zip(tag.bytes()).take_while(|(a, b)| a == b).count();
        let end = wanted.bytes().rev().zip(tag.bytes().rev()).take_while(|(a, b)| a == b).count();
        let inside = split_version(tag).map_or(0, |(prefix, _)| {
            wanted.bytes().zip(tag[prefix.len()..].bytes()).take_while(|(a, b)| a == b).count()
        });
        begin.max(end).max(inside)
    };
    let mut ranked: Vec<(usize, &str)> =
        tags.iter().map(|tag| (likeness(tag.as_ref()), tag.as_ref())).collect();
    ranked.sort_by(|a, b| b.cmp(a));
    ranked.into_iter().take(most).map(|(_, tag)| tag.to_owned()).collect()
}

/// Whether two names mean the same release: equal, or equal in package and version.
pub(super) fn same_release(release: &str, other: &str) -> bool {
    find_tag(release, &[other]).is_some() || find_tag(other, &[release]).is_some()
}

/// A release name taken apart.
struct Name<'a> {
    package: Option<&'a str>,
    version: Version,
}

impl<'a> Name<'a> {
    fn read(release: &'a str) -> Option<Self> {
        let (package, rest) = package_and_rest(release);
        // Build metadata says nothing about the version.
        let text = rest.split('+').next().unwrap_or(rest);
        let (prefix, version) = split_version(text)?;
        let package = package.or_else(|| {
            let word = prefix.trim_end_matches(['-', '_', '/', '.', 'v', 'V']);
            (!is_plain(prefix) && !word.is_empty()).then_some(word)
        });
        Some(Self { package, version })
    }
}

/// `shop@1.4.0` is `shop` and `1.4.0`; scoped packages keep their first `@`.
fn package_and_rest(release: &str) -> (Option<&str>, &str) {
    match release.rsplit_once('@') {
        Some((package, rest)) if !package.is_empty() && !rest.is_empty() => (Some(package), rest),
        _ => (None, release),
    }
}

fn is_package_tag(tag: &str, package: &str, version: &Version) -> bool {
    let last = package.rsplit(['/', '.']).next().unwrap_or(package);
    [package, last].iter().any(|package| {
        let Some(rest) = strip_prefix_ignore_case(tag, package) else { return false };
        let Some(rest) = rest.strip_prefix(['@', '-', '_', '/', '.']) else { return false };
        split_version(rest).is_some_and(|(prefix, found)| is_plain(prefix) && found == *version)
    })
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    (!prefix.is_empty() && head.eq_ignore_ascii_case(prefix)).then(|| &text[prefix.len()..])
}

/// Whether a prefix says no more than "this is a release".
pub(super) fn is_plain(prefix: &str) -> bool {
    const WORDS: [&str; 11] = [
        "v",
        "ver",
        "version",
        "r",
        "rel",
        "release",
        "releases",
        "tag",
        "deploy",
        "prod",
        "production",
    ];
    prefix
        .split(['-', '_', '/', '.', '@'])
        .filter(|word| !word.is_empty())
        .all(|word| WORDS.iter().any(|plain| plain.eq_ignore_ascii_case(word)))
}

fn is_hex(text: &str) -> bool {
    (7..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn releases_are_found_by_each_form_of_tag() {
        let cases = [
            ("shop@1.4.0", "shop@1.4.0", ReleaseRule::ExactTag),
            ("shop@1.4.0", "shop-1.4.0", ReleaseRule::PackageTag),
            ("shop@1.4.0", "shop/v1.4.0", ReleaseRule::PackageTag),
            ("@acme/shop@1.4.0", "shop_1_4_0", ReleaseRule::PackageTag),
            ("shop-1.4.0", "shop@1.4.0", ReleaseRule::PackageTag),
            ("shop@1.4.0", "1.4.0", ReleaseRule::VersionTag),
            ("shop@1.4.0", "v1.4.0", ReleaseRule::VersionTag),
            ("shop@1.4.0+77", "release-1.4", ReleaseRule::VersionTag),
            ("sqlalchemy@2.0.30", "rel_2_0_30", ReleaseRule::VersionTag),
            ("sqlalchemy@1.0.0b3", "rel_1_0_0_b3", ReleaseRule::VersionTag),
            ("v1.4.0", "shop-1.4.0", ReleaseRule::VersionTag),
        ];
        for (release, tag, rule) in cases {
            let found = find_tag(release, &["v0.1.0", tag]);
            assert_eq!(found, Some(TagMatch { index: 1, rule }), "{release} {tag}");
        }
    }

    #[test]
    fn releases_of_other_packages_are_not_taken() {
        assert_eq!(find_tag("shop@1.4.0", &["docs-1.4.0"]), None);
        assert_eq!(find_tag("shop@1.4.0", &["shop-api-1.4.0"]), None);
        assert_eq!(find_tag("1.4.0", &["a-1.4.0", "b-1.4.0"]), None);
        assert_eq!(find_tag("", &["v1"]), None);
    }

    #[test]
    fn commits_are_seen_in_names() {
        let full = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(shas_in(full), [full]);
        assert_eq!(shas_in(&format!("shop@1.4.0+{full}")), [full]);
        assert_eq!(shas_in("shop@DEADBEEF"), ["deadbeef"]);
        assert_eq!(shas_in("shop@1234567"), ["1234567"]);
        assert!(shas_in("shop@1.4.0").is_empty());
        assert!(shas_in("deadbeef@1.4.0").is_empty());
    }

    #[test]
    fn likely_names_are_suggested() {
        let tags = ["v1.3.0", "v1.4.1", "docs"];
        assert_eq!(nearest_names("shop@1.4.0", &tags, 1), ["v1.4.1"]);
    }

    proptest! {
        #[test]
        fn any_names_are_compared_without_panic(
            release in "\\PC{0,40}",
            tags in prop::collection::vec("\\PC{0,20}", 0..4),
        ) {
            if let Some(found) = find_tag(&release, &tags) {
                prop_assert!(found.index < tags.len());
            }
            for sha in shas_in(&release) {
                prop_assert!(is_hex(&sha));
            }
            prop_assert!(nearest_names(&release, &tags, 3).len() <= 3);
        }

        #[test]
        fn a_tag_of_that_very_name_always_wins(
            tags in prop::collection::vec("[a-z@._0-9-]{1,12}", 1..6),
            pick in any::<prop::sample::Index>(),
        ) {
            let wanted = pick.get(&tags).clone();
            let found = find_tag(&wanted, &tags).unwrap();
            prop_assert_eq!(&tags[found.index], &wanted);
            prop_assert_eq!(found.rule, ReleaseRule::ExactTag);
        }
    }
}
