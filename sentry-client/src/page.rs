//! One page of a list, and the cursor that names a place in it.

use std::fmt;
use std::str::FromStr;

use crate::Invalid;

/// A place in a list, made by Sentry. Opaque: keep it, hand it back, do not read it.
///
/// ```
/// let cursor: sentry_client::Cursor = "0:100:0".parse()?;
/// assert_eq!(cursor.to_string(), "0:100:0");
/// # Ok::<(), sentry_client::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl Cursor {
    const LONGEST: usize = 512;

    /// The cursor as Sentry wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Cursor {
    type Err = Invalid;

    /// # Errors
    ///
    /// [`Invalid`] when the text is empty, longer than 512 bytes or holds control characters.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > Self::LONGEST || text.chars().any(char::is_control) {
            return Err(Invalid::new("cursor", "1 to 512 printable characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One page of a list. It may be shorter than asked for, or empty, while more follow: only
/// [`Page::next`] tells.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
    /// Where the previous page begins; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many entries match, where Sentry says so (`X-Hits`); it may be an estimate.
    pub hits: Option<u64>,
    /// Up to where Sentry counts (`X-Max-Hits`).
    pub max_hits: Option<u64>,
    /// Sentry took the query for one event or short id and answered with that issue
    /// (`X-Sentry-Direct-Hit`).
    pub direct_hit: bool,
}

impl<T> Page<T> {
    /// A page with nothing before it.
    #[must_use]
    pub fn new(items: Vec<T>, next: Option<Cursor>) -> Self {
        Self { items, next, previous: None, hits: None, max_hits: None, direct_hit: false }
    }

    /// The same page with other items.
    #[must_use]
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
            previous: self.previous,
            hits: self.hits,
            max_hits: self.max_hits,
            direct_hit: self.direct_hit,
        }
    }
}
