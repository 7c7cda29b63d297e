//! What an environment ran, by its deploy history.

use super::names::{same_release, shas_in};
use super::resolution::{Endpoint, PredecessorRule, ReleaseRule, Resolution};
use crate::Deployment;
use crate::source::Query;

/// The window that the deploy history shows: what the environment ran at the onset, and what it
/// ran before.
///
/// Only deployments that name their environment count: tags say that a release exists, not that it
/// ran anywhere. Where the query names a release, the deployment must be of that release (by name,
/// by the commit in the name, or by `known`, the commit that the release is known to be). `None`
/// where the history does not tell.
///
/// ```
/// use sentry_correlate::{Deployment, release::by_history, source::Query};
/// use time::macros::datetime;
///
/// let ran = |name: &str, sha: &str, live_at| Deployment {
///     name: name.into(),
///     sha: sha.repeat(40),
///     environment: Some("production".into()),
///     live_at,
///     source: "deploy log".into(),
/// };
/// let history = [
///     ran("12", "a", datetime!(2026-03-01 10:00 UTC)),
///     ran("13", "b", datetime!(2026-03-02 10:00 UTC)),
/// ];
/// let query = Query {
///     environment: Some("production".into()),
///     onset: Some(datetime!(2026-03-02 10:05 UTC)),
///     ..Query::default()
/// };
/// let window = by_history(&query, None, &history).unwrap();
/// assert_eq!(window.new.name, "13");
/// assert_eq!(window.old.unwrap().name, "12");
/// ```
#[must_use]
pub fn by_history(
    query: &Query,
    known: Option<&str>,
    deployments: &[Deployment],
) -> Option<Resolution> {
    let matches = |at: &Deployment| match &query.release {
        Some(release) => is_of(at, release, known),
        None => true,
    };
    let environment = match &query.environment {
        Some(environment) => environment.as_str(),
        None => only_environment(deployments.iter().filter(|at| matches(at)))?,
    };
    let mut ran: Vec<&Deployment> = deployments
        .iter()
        .filter(|at| at.environment.as_deref().is_some_and(|e| e.eq_ignore_ascii_case(environment)))
        .collect();
    ran.sort_by_key(|at| at.live_at);
    let current = running(&ran, query, matches)?;
    let before = ran[..current].iter().rev().find(|at| at.sha != ran[current].sha)?;
    let endpoint = |at: &Deployment| Endpoint { name: at.name.clone(), sha: at.sha.clone() };
    Some(Resolution {
        new: endpoint(ran[current]),
        old: Some(endpoint(before)),
        release_rule: ReleaseRule::DeployHistory,
        predecessor_rule: PredecessorRule::DeployHistory,
    })
}

/// The last matching deployment up to the onset. A named release may also be recorded as live a
/// little after its first error, so there the first one after the onset will do.
fn running(
    ran: &[&Deployment],
    query: &Query,
    matches: impl Fn(&Deployment) -> bool,
) -> Option<usize> {
    let Some(onset) = query.onset else {
        query.release.as_ref()?;
        return ran.iter().rposition(|at| matches(at));
    };
    let until_onset = ran.iter().rposition(|at| at.live_at <= onset && matches(at));
    until_onset.or_else(|| {
        query.release.as_ref()?;
        ran.iter().position(|at| matches(at))
    })
}

fn is_of(at: &Deployment, release: &str, known: Option<&str>) -> bool {
    known.is_some_and(|sha| at.sha.eq_ignore_ascii_case(sha))
        || same_release(release, &at.name)
        || shas_in(release).iter().any(|sha| at.sha.to_ascii_lowercase().starts_with(sha))
}

fn only_environment<'a>(deployments: impl Iterator<Item = &'a Deployment>) -> Option<&'a str> {
    let mut names = deployments.filter_map(|at| at.environment.as_deref());
    let first = names.next()?;
    names.all(|name| name.eq_ignore_ascii_case(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::*;

    const START: OffsetDateTime = datetime!(2026-03-01 00:00 UTC);

    fn ran(name: &str, environment: Option<&str>, hour: i64) -> Deployment {
        Deployment {
            name: name.to_owned(),
            sha: name.chars().last().unwrap().to_string().repeat(40),
            environment: environment.map(str::to_owned),
            live_at: START + Duration::hours(hour),
            source: "test".to_owned(),
        }
    }

    fn asked(release: Option<&str>, environment: Option<&str>, hour: i64) -> Query {
        Query {
            release: release.map(str::to_owned),
            environment: environment.map(str::to_owned),
            onset: Some(START + Duration::hours(hour)),
            ..Query::default()
        }
    }

    fn names(
        query: &Query,
        known: Option<&str>,
        history: &[Deployment],
    ) -> Option<(String, String)> {
        let window = by_history(query, known, history)?;
        Some((window.old?.name, window.new.name))
    }

    #[test]
    fn another_environment_does_not_count() {
        let p = Some("production");
        let history =
            [ran("1.1", p, 0), ran("1.2", Some("staging"), 1), ran("1.3", p, 2), ran("1.4", p, 9)];
        let expected = Some(("1.1".to_owned(), "1.3".to_owned()));
        assert_eq!(names(&asked(None, p, 3), None, &history), expected);
        assert_eq!(names(&asked(Some("shop@1.3"), p, 3), None, &history), expected);
        assert_eq!(names(&asked(Some("shop@3333333"), p, 3), None, &history), expected);
        assert_eq!(names(&asked(Some("odd"), p, 3), Some(&"3".repeat(40)), &history), expected);
        assert_eq!(names(&asked(Some("shop@7"), p, 3), None, &history), None);
        assert_eq!(names(&asked(Some("shop@1.2"), None, 3), None, &history), None);
    }

    #[test]
    fn tags_are_no_deployments_of_an_environment() {
        let history = [ran("1.1", None, 0), ran("1.2", None, 1)];
        assert_eq!(names(&asked(Some("1.2"), Some("production"), 2), None, &history), None);
        assert_eq!(names(&asked(Some("1.2"), None, 2), None, &history), None);
    }

    #[test]
    fn a_record_that_came_late_is_still_the_release() {
        let p = Some("production");
        let history = [ran("1.1", p, 0), ran("1.2", p, 2)];
        let expected = Some(("1.1".to_owned(), "1.2".to_owned()));
        assert_eq!(names(&asked(Some("1.2"), p, 1), None, &history), expected);
        assert_eq!(names(&asked(None, p, 1), None, &history), None);
    }
}
