//! Sentry's suspect commit, as computed where GitHub or GitLab is connected.

use sentry_correlate::{Incident, Window};
use time::Duration;

use super::{Answer, Rule, blame};

/// The newest commit that blame names for a frame of the program, strictly within the days before
/// the error began. Depth, message and size play no part, and there is no runner-up.
///
/// Given here is its best case: blame at the release. Sentry itself blames the head of the default
/// branch with the event's line numbers.
#[derive(Debug, Clone, Copy)]
pub struct SentryScm {
    /// How long before the onset a commit may have been made.
    pub reach: Duration,
}

impl Default for SentryScm {
    fn default() -> Self {
        Self { reach: Duration::days(60) }
    }
}

impl Rule for SentryScm {
    fn name(&self) -> &'static str {
        "sentry-scm"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let Some(onset) = incident.onset else { return Answer::abstain() };
        let mut best = None;
        let mut best_date = onset.at - self.reach;
        for blame in blame::innermost_first(incident, window) {
            if best_date < blame.committed_at && blame.committed_at < onset.at {
                best = Some(&blame.sha);
                best_date = blame.committed_at;
            }
        }
        best.map_or_else(Answer::abstain, |sha| Answer::ranked([(sha.clone(), 1.0)]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{blame, incident, named, window};
    use super::*;

    fn suspects(blamed: &[(usize, &str, i64)]) -> Vec<String> {
        let incident = incident(&[("a.py", "f", 1), ("b.py", "g", 2)]);
        let blamed: Vec<_> = blamed.iter().map(|(f, sha, days)| blame(*f, sha, *days)).collect();
        named(&SentryScm::default(), &incident, &window(&[], &blamed))
    }

    #[test]
    fn the_newest_within_reach_wins_whatever_its_depth() {
        assert_eq!(suspects(&[(0, "outer", 2), (1, "inner", 9)]), ["outer"]);
        assert_eq!(suspects(&[(0, "outer", 90), (1, "inner", 9)]), ["inner"]);
    }

    #[test]
    fn of_equal_dates_the_innermost_wins() {
        assert_eq!(suspects(&[(0, "outer", 9), (1, "inner", 9)]), ["inner"]);
    }

    #[test]
    fn both_ends_are_strict_and_nothing_inside_is_no_answer() {
        assert!(suspects(&[(0, "a", 60), (1, "b", 0), (1, "future", -3)]).is_empty());
        assert!(suspects(&[]).is_empty());
    }

    #[test]
    fn frames_of_libraries_do_not_count() {
        let mut incident = incident(&[("a.py", "f", 1)]);
        incident.exceptions[0].frames[0].in_app = false;
        let window = window(&[], &[blame(0, "a", 1)]);
        assert!(SentryScm::default().answer(&incident, &window).says_none());
    }
}
