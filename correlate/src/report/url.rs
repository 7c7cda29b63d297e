//! Addresses that may stand in a report.

use std::fmt;

/// An `http` or `https` address made of characters that need no escaping in any of our outputs.
///
/// Nothing here fetches it; it is shown. Addresses with user names, brackets, quotes, blanks or
/// non-ASCII characters are refused rather than repaired.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SafeUrl(String);

impl SafeUrl {
    const MAX: usize = 2000;

    /// Accepts a well-formed address, `None` for anything else.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        (url.len() <= Self::MAX && is_authority(authority) && tail.bytes().all(is_tail_byte))
            .then(|| Self(url.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').map_or((authority, None), |(h, p)| (h, Some(p)));
    let label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label)
        && port.is_none_or(|p| p.parse::<u16>().is_ok() && p.bytes().all(|b| b.is_ascii_digit()))
}

fn is_tail_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"/?#-._~%=&+:,".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_pages_pass() {
        for good in [
            "https://github.com/o/r/commit/e4f5a6b",
            "https://sentry.io/organizations/acme/issues/1170820242/?project=1&query=is%3Aopen",
            "http://127.0.0.1:9000/issues/7#latest",
        ] {
            assert_eq!(SafeUrl::parse(good).map(|u| u.to_string()).as_deref(), Some(good));
        }
    }

    #[test]
    fn anything_that_could_break_out_is_refused() {
        for bad in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///x",
            "https://user@evil.example/",
            "https://github.com@evil.example/",
            "https://-x.example/",
            "https://a.example:99999/",
            "https://a.example/)[x](y",
            "https://a.example/\"onload=",
            "https://a.example/<b>",
            "https://a.example/a b",
            "https://a.example/a\nb",
            "https://a.example/\u{202e}gpj",
            "https://bücher.example/",
            "https://a.example\\evil",
        ] {
            assert_eq!(SafeUrl::parse(bad), None, "{bad:?}");
        }
    }
}
