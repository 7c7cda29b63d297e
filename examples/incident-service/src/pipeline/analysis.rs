//! From an incident to its report.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sentry_correlate::rank::Ranker;
use sentry_correlate::source::{Asked, Outcome, Query};
use sentry_correlate::{
    ChangeSource, DeploymentSource, Gathered, Incident, Report, SourceError, Sources, gather,
};

use super::windows::Windows;

/// Looks into incidents: asks the sources, ranks what they gave, writes the report.
pub struct Investigator {
    changes: Arc<dyn ChangeSource>,
    deployments: Arc<dyn DeploymentSource>,
    patience: Duration,
    reader: Arc<Reader>,
}

/// What ranks. Its work takes a processor for a while, so it has no place on the runtime's threads.
struct Reader {
    ranker: Ranker,
    windows: Windows,
}

impl fmt::Debug for Investigator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Investigator")
            .field("changes", &self.changes.name())
            .finish_non_exhaustive()
    }
}

impl Investigator {
    /// Asks `source` for changes and deployments, for at most `patience` an incident.
    pub fn new<S>(source: S, patience: Duration) -> Self
    where
        S: ChangeSource + DeploymentSource + Clone + 'static,
    {
        let reader = Reader { ranker: Ranker::default(), windows: Windows::default() };
        let changes = Arc::new(source.clone());
        Self { changes, deployments: Arc::new(source), patience, reader: Arc::new(reader) }
    }

    /// How long it gathers for one incident.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Looks into an incident; `query` says in which window.
    ///
    /// It takes threads of its own, for as long as it gathers and ranks: whoever calls this for
    /// others must bound how many of them it calls it for at the same time.
    pub async fn look_into(&self, incident: Incident, query: &Query) -> Analysis {
        let sources = Sources::new().changes(&self.changes).deployments(&self.deployments);
        let gathered = gather(&sources, query, tokio::time::sleep(self.patience)).await;
        let reader = Arc::clone(&self.reader);
        let analysis = tokio::task::spawn_blocking(move || reader.analyse(&incident, gathered));
        match analysis.await {
            Ok(analysis) => analysis,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends, and whatever runs on it.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Reader {
    fn analyse(&self, incident: &Incident, gathered: Gathered) -> Analysis {
        let prepared = self.windows.read(&gathered.window);
        let ranking = self.ranker.rank_shared(incident, &prepared, &gathered.window);
        let report =
            Report::new(incident, &gathered.window, &ranking).with_coverage(&gathered.coverage);
        Analysis { gathered, report }
    }
}

/// A report and what it was made from.
#[derive(Debug)]
pub struct Analysis {
    /// What the sources gave.
    pub gathered: Gathered,
    /// The answer.
    pub report: Report,
}

impl Analysis {
    /// Why there is no answer at all: no change came, and a source did not answer in time or could
    /// not read its data.
    #[must_use]
    pub fn unanswered(&self) -> Option<String> {
        use SourceError::{NotARepository, Unreadable};
        self.failure(|error| {
            error.is_retryable() || matches!(error, NotARepository { .. } | Unreadable { .. })
        })
    }

    /// Why no change came, where the source may learn of the window later: a clone that lags behind
    /// the deploy.
    #[must_use]
    pub fn unresolved(&self) -> Option<String> {
        use SourceError::{NoPredecessor, UnknownRelease, UnknownRevision};
        self.failure(|error| {
            matches!(error, NoPredecessor { .. } | UnknownRelease { .. } | UnknownRevision { .. })
        })
    }

    /// Why no change came, where a source failed.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        self.failure(|_| true)
    }

    fn failure(&self, which: impl Fn(&SourceError) -> bool) -> Option<String> {
        if !self.gathered.window.changes.is_empty() {
            return None;
        }
        let asked_for_changes = |asked: &Asked| !matches!(asked, Asked::Deployments);
        let asked = self.gathered.coverage.iter().filter(|entry| asked_for_changes(&entry.asked));
        let mut failed = asked.filter_map(|entry| match &entry.outcome {
            Outcome::Failed(error) if which(error) => Some(format!("{}: {error}", entry.source)),
            Outcome::Cut if which(&SourceError::Interrupted) => {
                Some(format!("{}: not done in time", entry.source))
            }
            _ => None,
        });
        failed.next()
    }
}
