//! Everything about an issue at once, with whoever ranks the suspects plugged in.

use async_trait::async_trait;
use sentry_client::Release;
use sentry_client::model::{Event, Issue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::views::{EventView, IssueView, ReleaseView};

/// Ranks what may have caused an issue.
///
/// # Contract
///
/// The case may lack its event or release: a partial ranking that says so in its coverage beats
/// none. An analyst ends its work in time by itself.
#[async_trait]
pub trait Analyst: Send + Sync + std::fmt::Debug {
    /// The ranking for a case.
    ///
    /// # Errors
    ///
    /// [`AnalystError`]; the answer then goes without a ranking.
    async fn rank(&self, case: &Case) -> Result<RankingView, AnalystError>;
}

/// What an [`Analyst`] gets.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Case {
    /// The issue.
    pub issue: Issue<'static>,
    /// Its newest event, where it has one.
    pub event: Option<Event<'static>>,
    /// The release of that event, where Sentry knows it.
    pub release: Option<Release>,
}

/// The ranking failed. The text goes to callers, so it must not hold secrets or event text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnalystError(&'static str);

impl AnalystError {
    /// With a fixed sentence.
    #[must_use]
    pub fn new(sentence: &'static str) -> Self {
        Self(sentence)
    }
}

/// A ranking: the probabilities of the hypotheses and of `none` sum to one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RankingView {
    /// Best first.
    pub hypotheses: Vec<HypothesisView>,
    /// Probability that none of them is the cause.
    pub none: f64,
    /// What was looked at, and what was not.
    pub coverage: Vec<String>,
}

/// "This commit caused it."
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HypothesisView {
    /// The commit.
    pub sha: String,
    /// Probability, 0 to 1.
    pub p: f64,
    /// The hypothesis in a sentence.
    pub statement: String,
}

/// All about an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnalysisView {
    /// The issue.
    pub issue: IssueView,
    /// Its newest event with stack trace; null when it has none any more.
    pub event: Option<EventView>,
    /// The release of that event; null when unknown.
    pub release: Option<ReleaseView>,
    /// What may have caused it; null when nobody ranks or the ranking failed.
    pub ranking: Option<RankingView>,
    /// What is missing here, and why.
    pub notes: Vec<String>,
}
