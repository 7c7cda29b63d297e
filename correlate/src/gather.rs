//! Asking every source at once, within a deadline, and keeping what came.

mod merge;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::OnceLock;

use futures_util::future::{BoxFuture, Either, join_all, select};

use crate::release::{self, Resolution};
use crate::source::{
    Asked, ChangeSource, Collected, Counts, Coverage, DeploymentSource, Outcome, Query, Sink,
    SourceError,
};
use crate::{Deployment, Window};

/// Which sources to ask.
///
/// ```
/// use sentry_correlate::Sources;
///
/// let nobody = Sources::new();
/// assert!(nobody.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sources<'a> {
    changes: Vec<&'a dyn ChangeSource>,
    deployments: Vec<&'a dyn DeploymentSource>,
}

impl<'a> Sources<'a> {
    /// No sources yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks `source` for changes. Where two sources know the same commit, the one with more of its
    /// diff counts; where they order two commits differently, the one that was added first.
    #[must_use]
    pub fn changes(mut self, source: &'a dyn ChangeSource) -> Self {
        self.changes.push(source);
        self
    }

    /// Asks `source` for deployments.
    #[must_use]
    pub fn deployments(mut self, source: &'a dyn DeploymentSource) -> Self {
        self.deployments.push(source);
        self
    }

    /// Whether there is nobody to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.deployments.is_empty()
    }
}

/// What the sources gave, and what they did not.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Gathered {
    /// Candidates, blame, deployments and file paths, for the ranker.
    pub window: Window,
    /// One entry for each question to a source.
    pub coverage: Vec<Coverage>,
    /// Which window was chosen and by which rules; `None` when no source got that far.
    pub resolution: Option<Resolution>,
}

/// Asks every source at once and gives back what came until `deadline` was ready.
///
/// The deadline is any future, so no runtime is assumed: a sleep of yours, or
/// [`std::future::pending`] for none. When it is ready first, blocking sources are told to stop, and
/// what each had handed over by then is kept and listed as cut. A source that fails costs its own
/// part alone.
///
/// Where the deploy history of the incident's environment shows another window than the release
/// name led to, the change sources are asked again for that window, and it replaces the first one
/// if any of them knows it.
///
/// ```
/// use sentry_correlate::source::Query;
/// use sentry_correlate::{Sources, gather};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let gathered = gather(&Sources::new(), &Query::default(), std::future::pending()).await;
/// assert!(gathered.window.changes.is_empty());
/// # }
/// ```
pub async fn gather<D>(sources: &Sources<'_>, query: &Query, deadline: D) -> Gathered
where
    D: Future<Output = ()>,
{
    let mut deadline = pin!(deadline);
    let deployments: Vec<Ask> =
        sources.deployments.iter().map(|s| Ask::new(s.name(), Asked::Deployments)).collect();
    let first = Ask::for_changes(sources, query);
    let questions = ask_deployments(sources, query, &deployments)
        .chain(ask_changes(sources, query, &first))
        .collect();
    let in_time = wave(questions, deadline.as_mut()).await;

    let (deployments, mut coverage) = close_all(deployments);
    let (first, first_coverage) = close_all(first);
    let deployments = merge::deployments(deployments);
    let mut gathered = Gathered::default();
    let refined = if in_time { refine(query, &first, &deployments) } else { None };
    let second = match &refined {
        Some(window) => ask_again(sources, query, window, deadline).await,
        None => Vec::new(),
    };
    let (second, mut second_coverage) = close_all(second);
    for entry in second_coverage.iter_mut().filter(|entry| entry.resolution.is_some()) {
        entry.resolution.clone_from(&refined);
    }
    let replaced = second_coverage.iter().any(|entry| {
        matches!(entry.outcome, Outcome::Complete | Outcome::Partial(_)) && entry.counts.changes > 0
    });
    gathered.resolution = if replaced { refined } else { None };
    let kept: Vec<Collected> =
        if replaced { second } else { first.into_iter().chain(second).collect() };
    if !replaced {
        gathered.resolution = kept.iter().find_map(|part| part.resolution.clone());
        coverage.extend(first_coverage);
    }
    coverage.extend(second_coverage);
    gathered.coverage = coverage;
    gathered.window = merge::window(kept, deployments);
    gathered
}

/// One question to one source.
#[derive(Debug)]
struct Ask {
    source: String,
    asked: Asked,
    sink: Sink,
    outcome: OnceLock<Result<(), SourceError>>,
}

impl Ask {
    fn new(source: &str, asked: Asked) -> Self {
        Self { source: source.to_owned(), asked, sink: Sink::new(), outcome: OnceLock::new() }
    }

    fn for_changes(sources: &Sources<'_>, query: &Query) -> Vec<Self> {
        let asked = match (&query.range, &query.release) {
            (Some(range), _) => Asked::Range(range.clone()),
            (None, Some(release)) => Asked::Release(release.clone()),
            (None, None) => Asked::UnnamedRelease,
        };
        sources.changes.iter().map(|source| Self::new(source.name(), asked.clone())).collect()
    }

    fn close(self) -> (Collected, Coverage) {
        let collected = self.sink.close();
        let outcome = match self.outcome.into_inner() {
            None => Outcome::Cut,
            Some(Err(error)) => Outcome::Failed(error),
            Some(Ok(())) if collected.gaps.is_empty() => Outcome::Complete,
            Some(Ok(())) => Outcome::Partial(collected.gaps.clone()),
        };
        let counts = Counts {
            changes: collected.changes.len(),
            merges: collected.merges,
            deployments: collected.deployments.len(),
            blamed: collected.blame.len(),
            mapped: collected.paths.iter().filter(|path| path.mapping.path().is_some()).count(),
        };
        let resolution = collected.resolution.clone();
        let coverage =
            Coverage { source: self.source, asked: self.asked, outcome, resolution, counts };
        (collected, coverage)
    }
}

fn close_all(asks: Vec<Ask>) -> (Vec<Collected>, Vec<Coverage>) {
    asks.into_iter().map(Ask::close).unzip()
}

fn ask_changes<'q>(
    sources: &'q Sources<'_>,
    query: &'q Query,
    asks: &'q [Ask],
) -> impl Iterator<Item = BoxFuture<'q, ()>> {
    sources.changes.iter().zip(asks).map(move |(source, ask)| {
        Box::pin(async move {
            let _ = ask.outcome.set(source.changes(query, &ask.sink).await);
        }) as BoxFuture<'q, ()>
    })
}

fn ask_deployments<'q>(
    sources: &'q Sources<'_>,
    query: &'q Query,
    asks: &'q [Ask],
) -> impl Iterator<Item = BoxFuture<'q, ()>> {
    sources.deployments.iter().zip(asks).map(move |(source, ask)| {
        Box::pin(async move {
            let _ = ask.outcome.set(source.deployments(query, &ask.sink).await);
        }) as BoxFuture<'q, ()>
    })
}

/// Runs all questions; `false` when the deadline came first.
async fn wave<D>(questions: Vec<BoxFuture<'_, ()>>, deadline: Pin<&mut D>) -> bool
where
    D: Future<Output = ()>,
{
    matches!(select(join_all(questions), deadline).await, Either::Left(_))
}

/// The window that the deploy history shows, where it differs from every source's own choice.
fn refine(query: &Query, first: &[Collected], deployments: &[Deployment]) -> Option<Resolution> {
    if query.range.is_some() {
        return None;
    }
    let chosen: Vec<&Resolution> =
        first.iter().filter_map(|part| part.resolution.as_ref()).collect();
    let known = chosen.first().map(|resolution| resolution.new.sha.as_str());
    let refined = release::by_history(query, known, deployments)?;
    let differs = chosen.iter().all(|resolution| resolution.range() != refined.range());
    differs.then_some(refined)
}

/// Asks the change sources for the window that the deploy history shows.
async fn ask_again<D>(
    sources: &Sources<'_>,
    query: &Query,
    window: &Resolution,
    deadline: Pin<&mut D>,
) -> Vec<Ask>
where
    D: Future<Output = ()>,
{
    let Some(range) = window.range() else { return Vec::new() };
    let query = query.clone().with_range(range);
    let asks = Ask::for_changes(sources, &query);
    wave(ask_changes(sources, &query, &asks).collect(), deadline).await;
    asks
}

#[cfg(test)]
mod tests;
