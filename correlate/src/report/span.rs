//! Sentences made of typed pieces.
//!
//! Prose is `&'static str`: it can only come from this program's source. Everything that came from
//! outside (a key, a path, a name, an error's text) is a [`Span`] of its own kind, and each renderer
//! decides how that kind is escaped. So no text of an event can turn into markup by accident.

use time::OffsetDateTime;

use super::url::SafeUrl;

/// One piece of a sentence.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Span {
    /// Prose of this crate.
    Word(&'static str),
    /// Text from outside that is shown verbatim: a key, a path, a function, a value.
    Code(String),
    /// A person's or deployment's name, or other prose from outside.
    Name(String),
    /// A count or a measured number with its unit, if any.
    Number(Number),
    /// A line number.
    Line(u32),
    /// A probability between 0 and 1, printed as a percentage.
    Percent(f64),
    /// A factor, printed as `×3.2`.
    Factor(f64),
    /// A divisor, printed as `÷3.2`.
    Divisor(f64),
    /// A commit.
    Commit(Commit),
    /// A moment, printed in UTC.
    Time(OffsetDateTime),
    /// A link with this crate's words and a validated address.
    Link {
        /// What is shown.
        text: &'static str,
        /// Where it leads.
        url: SafeUrl,
    },
}

/// A number with an optional unit; both were read from typed facts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The value.
    pub value: f64,
    /// The unit's sign, e.g. `s` or `MiB`.
    pub unit: Option<&'static str>,
}

/// A commit whose name was checked to be hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    sha: String,
    url: Option<SafeUrl>,
}

impl Commit {
    /// Digits that a person gets to see.
    const SHORT: usize = 7;

    /// Takes an object name of 7 to 64 hex digits; `None` for anything else.
    #[must_use]
    pub fn new(sha: &str, url: Option<&str>) -> Option<Self> {
        let hex = sha.bytes().all(|b| b.is_ascii_hexdigit());
        (hex && (Self::SHORT..=64).contains(&sha.len()))
            .then(|| Self { sha: sha.to_ascii_lowercase(), url: url.and_then(SafeUrl::parse) })
    }

    /// The whole object name, lower case.
    #[must_use]
    pub fn sha(&self) -> &str {
        &self.sha
    }

    /// The first seven digits.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.sha[..Self::SHORT]
    }

    /// The change's page, where its provider gave a well-formed one.
    #[must_use]
    pub fn url(&self) -> Option<&SafeUrl> {
        self.url.as_ref()
    }
}

/// A sentence or phrase: spans in reading order.
///
/// ```
/// use sentry_correlate::report::{Sentence, render};
///
/// let sentence = Sentence::new().code("http.client.timeout").word("was removed");
/// assert_eq!(render::plain(&sentence), "`http.client.timeout` was removed");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sentence {
    spans: Vec<Span>,
}

impl Sentence {
    /// An empty sentence.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The spans in reading order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Appends a span.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }

    /// Appends prose of this program. A word that begins with punctuation joins what precedes it.
    #[must_use]
    pub fn word(self, word: &'static str) -> Self {
        self.span(Span::Word(word))
    }

    /// Appends text from outside, shown verbatim.
    #[must_use]
    pub fn code(self, text: impl Into<String>) -> Self {
        self.span(Span::Code(text.into()))
    }

    /// Appends a name from outside.
    #[must_use]
    pub fn name(self, text: impl Into<String>) -> Self {
        self.span(Span::Name(text.into()))
    }

    /// Appends a count.
    #[must_use]
    pub fn count(self, count: impl TryInto<u32>) -> Self {
        let value = count.try_into().map_or(f64::from(u32::MAX), f64::from);
        self.span(Span::Number(Number { value, unit: None }))
    }

    /// Appends a line number, never grouped in thousands.
    #[must_use]
    pub fn line(self, line: u32) -> Self {
        self.span(Span::Line(line))
    }

    /// Appends a probability.
    #[must_use]
    pub fn percent(self, p: f64) -> Self {
        self.span(Span::Percent(p))
    }

    /// Appends a moment.
    #[must_use]
    pub fn time(self, at: OffsetDateTime) -> Self {
        self.span(Span::Time(at))
    }

    /// Appends a commit; a name that is no hexadecimal is shown as code.
    #[must_use]
    pub fn commit(self, sha: &str, url: Option<&str>) -> Self {
        match Commit::new(sha, url) {
            Some(commit) => self.span(Span::Commit(commit)),
            None => self.code(sha),
        }
    }

    /// Puts other text in the place of every text from outside.
    pub(super) fn rewrite(&mut self, text: &dyn Fn(&str) -> String) {
        for span in &mut self.spans {
            if let Span::Code(outside) | Span::Name(outside) = span {
                *outside = text(outside);
            }
        }
    }

    /// Appends another sentence's spans.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_hexadecimal() {
        assert!(Commit::new("e4f5a6b", None).is_some());
        for bad in ["", "e4f5a6", "HEAD", "e4f5a6b](x)", &"a".repeat(65)] {
            assert_eq!(Commit::new(bad, None), None, "{bad}");
        }
        let sentence = Sentence::new().commit("not-a-sha", None);
        assert_eq!(sentence.spans(), [Span::Code("not-a-sha".into())]);
    }

    #[test]
    fn a_commit_keeps_only_a_well_formed_page() {
        let url = |u| Commit::new("e4f5a6b0", Some(u)).and_then(|c| c.url().cloned());
        assert!(url("https://github.com/o/r/commit/e4f5a6b0").is_some());
        assert_eq!(url("javascript:alert(1)"), None);
    }
}
