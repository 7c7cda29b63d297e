//! Query parameters, read with an answer for each mistake.

use sentry_client::{Cursor, EventQuery, IssueQuery, IssueSort, Slug};
use utoipa::IntoParams;

use crate::ApiError;

/// What a list of issues is asked for. Documents the parameters; values are read by [`Query`].
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the documentation of the parameters")]
pub(crate) struct IssuesParams {
    /// Sentry's search; empty: every issue.
    #[param(default = "is:unresolved", max_length = 2000)]
    query: Option<String>,
    /// With events in this environment.
    #[param(max_length = 200)]
    environment: Option<String>,
    /// With events in this span up to now, e.g. `24h` or `14d`.
    #[param(pattern = "^[0-9]{1,4}[smhdw]$", example = "24h")]
    stats_period: Option<String>,
    /// The order.
    #[param(inline)]
    sort: Option<SortParam>,
    /// How many per page.
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u8>,
    /// Where the page begins: `next_cursor` of the page before. The pattern is how Sentry writes
    /// cursors today; any `next_cursor` is taken.
    #[param(pattern = "^[0-9]{1,15}(\\.[0-9]{1,9})?:[0-9]{1,9}:[01]$", example = "0:25:0")]
    cursor: Option<String>,
}

/// The orders.
#[derive(Debug, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "its variants are the documentation of the parameter")]
pub(crate) enum SortParam {
    LastSeen,
    FirstSeen,
    Events,
    Users,
}

/// What a list of events or projects is asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the documentation of the parameters")]
pub(crate) struct PageParams {
    /// How many per page.
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u8>,
    /// Where the page begins: `next_cursor` of the page before. The pattern is how Sentry writes
    /// cursors today; any `next_cursor` is taken.
    #[param(pattern = "^[0-9]{1,15}(\\.[0-9]{1,9})?:[0-9]{1,9}:[01]$", example = "0:25:0")]
    cursor: Option<String>,
}

/// Where a list of projects begins.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its field is the documentation of the parameter")]
pub(crate) struct CursorParams {
    /// Where the page begins: `next_cursor` of the page before. The pattern is how Sentry writes
    /// cursors today; any `next_cursor` is taken.
    #[param(pattern = "^[0-9]{1,15}(\\.[0-9]{1,9})?:[0-9]{1,9}:[01]$", example = "0:25:0")]
    cursor: Option<String>,
}

/// A URL's query, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Every parameter of any route; others mean nothing.
    const KNOWN: &[&str] = &["cursor", "environment", "limit", "query", "sort", "stats_period"];

    /// The parameters that mean something, sorted by name.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut known: Vec<_> =
            pairs.filter(|(name, _)| Self::KNOWN.contains(&name.as_str())).collect();
        known.sort();
        Self(known)
    }

    /// The one value of a parameter; twice is a mistake.
    fn one(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(ApiError::invalid(name, "one value")),
            (value, None) => Ok(value.map(String::as_str)),
        }
    }

    fn limit(&self) -> Result<u8, ApiError> {
        let Some(text) = self.one("limit")? else { return Ok(25) };
        let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
        limit.ok_or_else(|| ApiError::invalid("limit", "1 to 100"))
    }

    /// Whatever Sentry may have given as a cursor; what it did not give is its to refuse.
    pub(crate) fn cursor(&self) -> Result<Option<Cursor>, ApiError> {
        let Some(text) = self.one("cursor")? else { return Ok(None) };
        let cursor = text.parse();
        cursor.map(Some).map_err(|_| ApiError::invalid("cursor", "the next_cursor of a page"))
    }

    pub(crate) fn issues(&self, project: Option<Slug>) -> Result<IssueQuery, ApiError> {
        let search = self.one("query")?.unwrap_or("is:unresolved");
        let mut query = IssueQuery::matching(text("query", search, 2000)?).limit(self.limit()?);
        if let Some(name) = self.one("environment")?.filter(|it| !it.is_empty()) {
            query = query.environment(text("environment", name, 200)?);
        }
        if let Some(span) = self.one("stats_period")? {
            let short = span.len() <= 5;
            let span = span.parse().ok().filter(|_| short);
            query = query.stats_period(span.ok_or_else(|| {
                ApiError::invalid("stats_period", "a number followed by s, m, h, d or w")
            })?);
        }
        query = query.sort(match self.one("sort")? {
            None | Some("last_seen") => IssueSort::LastSeen,
            Some("first_seen") => IssueSort::FirstSeen,
            Some("events") => IssueSort::Events,
            Some("users") => IssueSort::Users,
            Some(_) => {
                return Err(ApiError::invalid("sort", "last_seen, first_seen, events or users"));
            }
        });
        Ok(match project {
            Some(project) => query.project(project),
            None => query,
        })
    }

    pub(crate) fn events(&self) -> Result<EventQuery, ApiError> {
        Ok(EventQuery::new().limit(self.limit()?))
    }
}

/// Text that goes to Sentry's search: not endless.
fn text<'t>(name: &str, text: &'t str, most: usize) -> Result<&'t str, ApiError> {
    if text.chars().count() > most {
        return Err(ApiError::invalid(name, &format!("up to {most} characters")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_name_their_parameter() {
        for (query, name) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=x", "limit"),
            ("cursor=", "cursor"),
            ("cursor=%00", "cursor"),
            ("cursor=1&cursor=2", "cursor"),
            ("sort=", "sort"),
            ("stats_period=null", "stats_period"),
            ("limit=1&limit=2", "limit"),
        ] {
            let query = Query::parse(query);
            let error = query.issues(None).and_then(|_| query.cursor()).unwrap_err();
            assert_eq!(error.body().details["parameter"], name);
        }
        let good = Query::parse("query=&limit=3&sort=users&stats_period=24h&cursor=1.5:25:0&x=y");
        assert!(good.issues(None).is_ok() && good.cursor().unwrap().is_some());
    }

    #[test]
    fn every_cursor_that_a_page_may_name_is_taken() {
        for text in ["0:25:0", "-1.5:0:1", "1730000000123456:100:0", "b2Zmc2V0OjI1", "a b&c=…"] {
            let cursor: Cursor = text.parse().unwrap();
            let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let read = Query::parse(&format!("cursor={query}")).cursor().unwrap();
            assert_eq!(read, Some(cursor));
        }
    }
}
