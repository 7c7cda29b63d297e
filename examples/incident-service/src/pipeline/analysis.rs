//! From an incident to its report.

use std::time::Duration;

use sentry_correlate::rank::Ranker;
use sentry_correlate::source::{Asked, Outcome, Query};
use sentry_correlate::{Gathered, Incident, Report, Sources, gather};

/// A report and what it was made from.
#[derive(Debug)]
pub struct Analysis {
    /// What the sources gave.
    pub gathered: Gathered,
    /// The answer.
    pub report: Report,
}

/// Asks the sources for at most `patience`, ranks what they gave, and writes the report.
pub async fn analyse(
    incident: &Incident,
    sources: &Sources<'_>,
    query: &Query,
    ranker: &Ranker,
    patience: Duration,
) -> Analysis {
    let gathered = gather(sources, query, tokio::time::sleep(patience)).await;
    let ranking = ranker.rank(incident, &gathered.window);
    let report =
        Report::new(incident, &gathered.window, &ranking).with_coverage(&gathered.coverage);
    Analysis { gathered, report }
}

impl Analysis {
    /// Why it is worth trying again: no change came, and a source says that it may later.
    #[must_use]
    pub fn try_again(&self) -> Option<String> {
        self.failure(true)
    }

    /// Why no change came, where a source failed.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        self.failure(false)
    }

    fn failure(&self, retryable: bool) -> Option<String> {
        if !self.gathered.window.changes.is_empty() {
            return None;
        }
        let asked_for_changes = |asked: &Asked| !matches!(asked, Asked::Deployments);
        self.gathered.coverage.iter().filter(|entry| asked_for_changes(&entry.asked)).find_map(
            |entry| match &entry.outcome {
                Outcome::Failed(error) if !retryable || error.is_retryable() => {
                    Some(format!("{}: {error}", entry.source))
                }
                Outcome::Cut => Some(format!("{}: not done in time", entry.source)),
                _ => None,
            },
        )
    }
}
