//! What to list.

use std::str::FromStr;

use time::OffsetDateTime;

use crate::{Invalid, Slug};

#[cfg(feature = "reqwest")]
/// Name and value of a URL's query.
pub(crate) type Pairs = Vec<(&'static str, String)>;

/// A span of time up to now, in Sentry's form: `24h`, `14d`, `30m`, `2w`, `90s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatsPeriod(String);

impl StatsPeriod {
    /// The span as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StatsPeriod {
    type Err = Invalid;

    /// # Errors
    ///
    /// [`Invalid`] unless it is a whole number followed by `s`, `m`, `h`, `d` or `w`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = text.strip_suffix(['s', 'm', 'h', 'd', 'w']).unwrap_or_default();
        if (1..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("stats period", "a number followed by s, m, h, d or w"))
    }
}

/// The order of an issue list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueSort {
    /// Last seen first.
    #[default]
    LastSeen,
    /// Newest first: by the time of the first event.
    FirstSeen,
    /// Most events first.
    Events,
    /// Most users first.
    Users,
    /// Steepest trend first.
    Trends,
}

impl IssueSort {
    /// Sentry's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LastSeen => "date",
            Self::FirstSeen => "new",
            Self::Events => "freq",
            Self::Users => "user",
            Self::Trends => "trends",
        }
    }
}

/// Which issues, in Sentry's search words. There is no default: without a query Sentry lists
/// unresolved issues only, so each constructor says what it means.
///
/// ```
/// use sentry_client::{IssueQuery, IssueSort};
/// let worst = IssueQuery::matching("is:unresolved release:shop@2.0.0")
///     .stats_period("24h".parse()?)
///     .sort(IssueSort::Users)
///     .limit(10);
/// # Ok::<(), sentry_client::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueQuery {
    pub(crate) query: String,
    pub(crate) projects: Vec<Slug>,
    pub(crate) environments: Vec<String>,
    pub(crate) span: Option<Span>,
    pub(crate) sort: IssueSort,
    pub(crate) limit: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    Last(StatsPeriod),
    Between(OffsetDateTime, OffsetDateTime),
}

impl IssueQuery {
    /// Every issue, resolved ones too.
    #[must_use]
    pub fn everything() -> Self {
        Self::matching("")
    }

    /// Unresolved issues.
    #[must_use]
    pub fn unresolved() -> Self {
        Self::matching("is:unresolved")
    }

    /// Issues that match a search.
    #[must_use]
    pub fn matching(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            projects: Vec::new(),
            environments: Vec::new(),
            span: None,
            sort: IssueSort::LastSeen,
            limit: 100,
        }
    }

    /// Of this project (repeatable); without it, of every project that the token sees.
    #[must_use]
    pub fn project(mut self, project: Slug) -> Self {
        self.projects.push(project);
        self
    }

    /// With events in this environment (repeatable).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environments.push(name.into());
        self
    }

    /// With events in this span up to now. Counts then cover the span; a lifetime is longer.
    #[must_use]
    pub fn stats_period(mut self, span: StatsPeriod) -> Self {
        self.span = Some(Span::Last(span));
        self
    }

    /// With events between two times.
    #[must_use]
    pub fn between(mut self, start: OffsetDateTime, end: OffsetDateTime) -> Self {
        self.span = Some(Span::Between(start, end));
        self
    }

    /// The order.
    #[must_use]
    pub fn sort(mut self, sort: IssueSort) -> Self {
        self.sort = sort;
        self
    }

    /// How many per page: 1 to 100, which is Sentry's most; others are brought into that range.
    #[must_use]
    pub fn limit(mut self, per_page: u8) -> Self {
        self.limit = per_page.clamp(1, 100);
        self
    }

    /// Sentry's query. An empty search is sent: leaving it out means "unresolved". Other empty
    /// values are left out: Sentry refuses them.
    #[cfg(feature = "reqwest")]
    pub(crate) fn pairs(&self) -> Pairs {
        let mut pairs = vec![("query", self.query.clone()), ("limit", self.limit.to_string())];
        pairs.push(("sort", self.sort.as_str().to_owned()));
        pairs.extend(self.projects.iter().map(|project| ("project", project.to_string())));
        environments(&self.environments, &mut pairs);
        span(self.span.as_ref(), &mut pairs);
        pairs
    }
}

/// Which events of an issue.
///
/// ```
/// let slim = sentry_client::EventQuery::new().without_bodies().limit(20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    pub(crate) query: String,
    pub(crate) environments: Vec<String>,
    pub(crate) span: Option<Span>,
    pub(crate) full: bool,
    pub(crate) limit: u8,
}

impl Default for EventQuery {
    fn default() -> Self {
        Self::new()
    }
}

impl EventQuery {
    /// All events, whole, a hundred per page.
    #[must_use]
    pub fn new() -> Self {
        Self { query: String::new(), environments: Vec::new(), span: None, full: true, limit: 100 }
    }

    /// Events that match a search.
    #[must_use]
    pub fn matching(mut self, query: impl Into<String>) -> Self {
        self.query = query.into();
        self
    }

    /// In this environment (repeatable).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environments.push(name.into());
        self
    }

    /// In this span up to now.
    #[must_use]
    pub fn stats_period(mut self, span: StatsPeriod) -> Self {
        self.span = Some(Span::Last(span));
        self
    }

    /// Between two times.
    #[must_use]
    pub fn between(mut self, start: OffsetDateTime, end: OffsetDateTime) -> Self {
        self.span = Some(Span::Between(start, end));
        self
    }

    /// Leaves out stack traces, requests and breadcrumbs: much less to carry.
    #[must_use]
    pub fn without_bodies(mut self) -> Self {
        self.full = false;
        self
    }

    /// How many per page: 1 to 100; others are brought into that range.
    #[must_use]
    pub fn limit(mut self, per_page: u8) -> Self {
        self.limit = per_page.clamp(1, 100);
        self
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn pairs(&self) -> Pairs {
        let mut pairs = vec![("full", self.full.to_string()), ("per_page", self.limit.to_string())];
        if !self.query.is_empty() {
            pairs.push(("query", self.query.clone()));
        }
        environments(&self.environments, &mut pairs);
        span(self.span.as_ref(), &mut pairs);
        pairs
    }
}

/// Which releases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseQuery {
    pub(crate) projects: Vec<Slug>,
    pub(crate) environments: Vec<String>,
    pub(crate) containing: Option<String>,
    pub(crate) limit: Option<u8>,
}

impl ReleaseQuery {
    /// Every release.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Of this project (repeatable).
    #[must_use]
    pub fn project(mut self, project: Slug) -> Self {
        self.projects.push(project);
        self
    }

    /// Seen in this environment (repeatable).
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environments.push(name.into());
        self
    }

    /// Whose version contains this text, in any case.
    #[must_use]
    pub fn containing(mut self, text: impl Into<String>) -> Self {
        self.containing = Some(text.into());
        self
    }

    /// How many per page: 1 to 100; others are brought into that range.
    #[must_use]
    pub fn limit(mut self, per_page: u8) -> Self {
        self.limit = Some(per_page.clamp(1, 100));
        self
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn pairs(&self) -> Pairs {
        let mut pairs = Pairs::new();
        pairs.extend(self.projects.iter().map(|project| ("project", project.to_string())));
        environments(&self.environments, &mut pairs);
        pairs.extend(
            self.containing.iter().filter(|it| !it.is_empty()).map(|it| ("query", it.clone())),
        );
        pairs.extend(self.limit.map(|limit| ("per_page", limit.to_string())));
        pairs
    }
}

#[cfg(feature = "reqwest")]
fn environments(names: &[String], pairs: &mut Pairs) {
    let named = names.iter().filter(|name| !name.is_empty());
    pairs.extend(named.map(|name| ("environment", name.clone())));
}

#[cfg(feature = "reqwest")]
fn span(span: Option<&Span>, pairs: &mut Pairs) {
    match span {
        None => {}
        Some(Span::Last(period)) => pairs.push(("statsPeriod", period.as_str().to_owned())),
        Some(Span::Between(start, end)) => {
            pairs.push(("start", crate::date::write(*start)));
            pairs.push(("end", crate::date::write(*end)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods() {
        for good in ["24h", "14d", "1w", "90s", "5m"] {
            assert!(good.parse::<StatsPeriod>().is_ok(), "{good}");
        }
        for bad in ["", "h", "null", "24", "-1h", "1y", "1.5h", "24hh"] {
            assert!(bad.parse::<StatsPeriod>().is_err(), "{bad}");
        }
    }

    #[cfg(feature = "reqwest")]
    #[test]
    fn the_empty_search_is_sent_and_other_empty_values_are_not() {
        let pairs = IssueQuery::everything().environment("").limit(0).pairs();
        assert_eq!(
            pairs,
            [("query", String::new()), ("limit", "1".to_owned()), ("sort", "date".to_owned())]
        );
        assert!(!EventQuery::new().pairs().iter().any(|(_, value)| value.is_empty()));
    }
}
