//! Datadog's suspect commit.

use sentry_correlate::{Incident, Window};
use time::{Duration, OffsetDateTime};

use super::{Answer, Rule, blame};

const REACH: Duration = Duration::days(90);

/// The newest commit that changed a line of the stack and was authored before the first occurrence,
/// at most 90 days before.
#[derive(Debug, Clone, Copy)]
pub struct Datadog;

impl Rule for Datadog {
    fn name(&self) -> &'static str {
        "datadog"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let Some(onset) = incident.onset.map(|onset| onset.at) else { return Answer::abstain() };
        // Blame dates a commit by its committer; the window knows when it was authored.
        let authored = |sha: &str, committed: OffsetDateTime| {
            let change = window.changes.iter().find(|change| change.sha == sha);
            change.map_or(committed, |change| change.authored_at)
        };
        let newest = blame::innermost_first(incident, window)
            .into_iter()
            .map(|blame| (authored(&blame.sha, blame.committed_at), blame))
            .filter(|(at, _)| *at < onset && onset - *at <= REACH)
            .map(|(at, blame)| (blame.sha.clone(), at.unix_timestamp() as f64))
            .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        newest.map_or_else(Answer::abstain, |suspect| Answer::ranked([suspect]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{blame, change, incident, named, window};
    use super::*;

    #[test]
    fn the_newest_of_ninety_days_by_the_day_it_was_written() {
        let incident = incident(&[("a.py", "f", 1), ("b.py", "g", 2)]);
        let mut late_merge = change("old", 1, &[]);
        late_merge.authored_at -= Duration::days(100);
        let window = window(&[late_merge], &[blame(1, "old", 1), blame(0, "recent", 80)]);
        assert_eq!(named(&Datadog, &incident, &window), ["recent"]);
    }

    #[test]
    fn nothing_within_reach_is_no_answer() {
        let incident = incident(&[("a.py", "f", 1)]);
        assert!(Datadog.answer(&incident, &window(&[], &[blame(0, "a", 91)])).says_none());
    }
}
