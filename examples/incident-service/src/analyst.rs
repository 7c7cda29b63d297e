//! Ranking for the REST service: the same investigator that answers deliveries.

use std::sync::Arc;

use async_trait::async_trait;
use sentry_api_service::{Analyst, AnalystError, Case, HypothesisView, RankingView};
use sentry_correlate::report::{Report, render};
use sentry_correlate::source::Query;
use sentry_correlate::{Impact, Incident, Onset, OnsetBasis};
use tokio::sync::Semaphore;

use crate::pipeline::Investigator;

/// Ranks the changes of the service's repository for an issue.
///
/// One issue at a time, whoever asks: the processors are for deliveries too, for which Sentry waits
/// one second.
#[derive(Debug, Clone)]
pub struct RepositoryAnalyst {
    investigator: Arc<Investigator>,
    place: Arc<Semaphore>,
}

impl RepositoryAnalyst {
    /// An analyst with a place of its own, beside the worker that shares the investigator.
    #[must_use]
    pub fn new(investigator: Arc<Investigator>) -> Self {
        Self { investigator, place: Arc::new(Semaphore::new(1)) }
    }
}

#[async_trait]
impl Analyst for RepositoryAnalyst {
    async fn rank(&self, case: &Case) -> Result<RankingView, AnalystError> {
        let place = Arc::clone(&self.place).acquire_owned();
        let place = tokio::time::timeout(self.investigator.patience(), place).await;
        // It is never closed.
        let Ok(Ok(place)) = place else {
            return Err(AnalystError::new("too many others are analysed; ask again later"));
        };
        let (investigator, incident) = (Arc::clone(&self.investigator), incident(case));
        // A caller that goes away does not stop the work, so it must not free the place.
        let analysis = tokio::spawn(async move {
            let query = Query::of(&incident);
            let analysis = investigator.look_into(incident, &query).await;
            drop(place);
            analysis
        });
        // Where nothing could be read, the coverage says why.
        match analysis.await {
            Ok(analysis) => Ok(view(&analysis.report)),
            Err(_) => Err(AnalystError::new("the analysis failed")),
        }
    }
}

/// The incident of an issue: its newest event, and the numbers that Sentry keeps of the issue.
fn incident(case: &Case) -> Incident {
    let issue = &case.issue;
    let mut incident = case.event.as_ref().map(Incident::from_event).unwrap_or_default();
    incident.issue_id = Some(issue.id.to_string());
    if incident.title.is_empty() {
        incident.title = issue.title.as_deref().unwrap_or_default().to_owned();
    }
    if incident.release.is_none() {
        incident.release = case.release.as_ref().map(|release| release.version.clone());
    }
    let since = issue.first_seen();
    incident.impact = Impact { events: issue.count, users: issue.user_count, since };
    if let Some(at) = since {
        incident.onset = Some(Onset { at, basis: OnsetBasis::FirstSeen });
    }
    if let Some(page) = issue.page() {
        incident.links.issue = Some(page.to_owned());
    }
    incident
}

fn view(report: &Report) -> RankingView {
    let hypotheses = report.suspects.iter().map(|suspect| HypothesisView {
        sha: suspect.sha.clone(),
        p: suspect.p,
        statement: render::plain(&suspect.statement),
    });
    let coverage = report.coverage.iter().flat_map(|covered| {
        let whole = render::plain(&covered.sentence);
        let whole = format!("{} ({}): {whole}", covered.source, covered.status.word());
        std::iter::once(whole).chain(covered.missing.iter().map(render::plain))
    });
    RankingView {
        hypotheses: hypotheses.collect(),
        none: report.none.p,
        coverage: coverage.collect(),
    }
}
