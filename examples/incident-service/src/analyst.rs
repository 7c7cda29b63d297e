//! Ranking for the REST service: the same investigator that answers deliveries.

use std::sync::Arc;

use async_trait::async_trait;
use sentry_api_service::{Analyst, AnalystError, Case, HypothesisView, RankingView};
use sentry_correlate::report::{Report, render};
use sentry_correlate::source::Query;
use sentry_correlate::{Impact, Incident, Onset, OnsetBasis};

use crate::pipeline::Investigator;

/// Ranks the changes of the service's repository for an issue.
#[derive(Debug, Clone)]
pub struct RepositoryAnalyst(pub Arc<Investigator>);

#[async_trait]
impl Analyst for RepositoryAnalyst {
    async fn rank(&self, case: &Case) -> Result<RankingView, AnalystError> {
        let incident = incident(case);
        let query = Query::of(&incident);
        // Where nothing could be read, the coverage says why.
        Ok(view(&self.0.look_into(&incident, &query).await.report))
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
