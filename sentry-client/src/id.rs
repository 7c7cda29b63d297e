//! Names of Sentry's things, checked before they become part of a URL.

use std::fmt;
use std::str::FromStr;

/// A text that cannot be what it should be. It names the thing and the rule, never the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {what}: expected {expected}")]
pub struct Invalid {
    what: &'static str,
    expected: &'static str,
}

impl Invalid {
    pub(crate) fn new(what: &'static str, expected: &'static str) -> Self {
        Self { what, expected }
    }

    /// What was given, e.g. `issue id`.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            /// # Errors
            ///
            /// [`Invalid`] when the text breaks the rule above.
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(Invalid::new($what, $expected)) }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Invalid;

            fn try_from(text: &str) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// An issue: its numeric id, or its short id such as `SHOP-12` in any case.
    ///
    /// ```
    /// use sentry_client::IssueRef;
    /// let issue: IssueRef = "SHOP-12".parse()?;
    /// assert!(issue.is_short_id());
    /// assert!("../SHOP-12".parse::<IssueRef>().is_err());
    /// # Ok::<(), sentry_client::Invalid>(())
    /// ```
    IssueRef,
    "issue id",
    "digits, or a short id such as SHOP-12",
    |text| {
        let digits = text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit());
        let short = text.len() <= 128
            && text.rsplit_once('-').is_some_and(|(project, number)| {
                !project.is_empty() && slug_characters(project) && base32(number)
            });
        !text.is_empty() && (digits || short)
    }
);

impl IssueRef {
    /// Whether this is a short id, which Sentry has to resolve.
    #[must_use]
    pub fn is_short_id(&self) -> bool {
        self.0.contains('-')
    }
}

name!(
    /// An event: 32 hex digits, with or without dashes. Longer and other ids occur on old and
    /// foreign servers, so up to 64 letters, digits and dashes are taken.
    EventId,
    "event id",
    "1 to 64 letters, digits and dashes",
    |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && text.bytes().any(|b| b != b'-')
    }
);

impl EventId {
    /// Without the dashes of the UUID form, in lower case: how Sentry writes it in paths.
    #[must_use]
    pub fn simple(&self) -> String {
        self.0.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect()
    }
}

name!(
    /// An organization or project: its slug, or its numeric id.
    Slug,
    "slug",
    "1 to 100 letters, digits, dashes and underscores",
    |text| (1..=100).contains(&text.len()) && slug_characters(text)
);

name!(
    /// A release version: up to 250 bytes without `/`, `\`, line breaks or tabs, and neither `.`
    /// nor `..` (Sentry's own rule).
    Version,
    "release version",
    "up to 250 bytes without slashes, line breaks and tabs",
    |text| {
        (1..=250).contains(&text.len())
            && !text.chars().any(|c| matches!(c, '/' | '\\') || c.is_control())
            && !matches!(text.trim(), "" | "." | "..")
    }
);

name!(
    /// A tag's key, e.g. `environment`.
    TagKey,
    "tag key",
    "1 to 200 letters, digits, dots, dashes, colons and underscores",
    |text| {
        (1..=200).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:".contains(&b))
            && !matches!(text, "." | "..")
    }
);

fn slug_characters(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The number of a short id: Crockford's base 32, of which every letter and digit is let through.
fn base32(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn good_names() {
        for text in ["1", "6507376925", "SHOP-12", "shop-1a", "CLOUDFLARE-MCP-41", "my_app-9Z"] {
            assert!(text.parse::<IssueRef>().is_ok(), "{text}");
        }
        assert_eq!(
            "7CA573C0-F481-4912-AAA9-BDC77D1A7D51".parse::<EventId>().unwrap().simple(),
            "7ca573c0f4814912aaa9bdc77d1a7d51"
        );
        for text in ["shop@1.2.3+4", "a b:c", "17642328ead24b51867165985996d04b29310337", "…"] {
            assert!(text.parse::<Version>().is_ok(), "{text}");
        }
    }

    #[test]
    fn bad_names() {
        for text in ["", "-", "-1", "SHOP-", "SHOP", "1/2", "..", "1?x", "1%2f", "SHOP-1#"] {
            assert!(text.parse::<IssueRef>().is_err(), "{text}");
        }
        for text in ["", ".", "..", "a/b", "a\\b", "a\nb", "\t"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert!("---".parse::<EventId>().is_err());
        assert!("a/../b".parse::<Slug>().is_err());
    }

    proptest! {
        #[test]
        fn no_accepted_id_can_leave_its_path_segment(text in "\\PC{0,20}") {
            if let Ok(issue) = text.parse::<IssueRef>() {
                prop_assert!(!issue.as_str().contains(['/', '?', '#', '%', '\\', '.']));
            }
        }
    }
}
