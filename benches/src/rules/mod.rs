//! Rules that people use today to say which change caused an error, and the ranker as one more.
//!
//! Each is written from its public description, one file each, so that the ranker can be compared
//! with what it would replace. A rule sees what the ranker sees: an [`Incident`] and a [`Window`].

mod blame;
mod clouseau;
mod crash_line;
mod culprit;
mod datadog;
mod file_hit;
mod git_stacktrace;
mod last_deploy;
mod newest;
mod ours;
mod predator;
mod sentry_release;
mod sentry_scm;
mod stack;

#[cfg(test)]
mod authored;

use sentry_correlate::{Change, Incident, Window};

pub use clouseau::Clouseau;
pub use crash_line::CrashLine;
pub use culprit::Culprit;
pub use datadog::Datadog;
pub use file_hit::FileHit;
pub use git_stacktrace::GitStacktrace;
pub use last_deploy::LastDeploy;
pub use newest::Newest;
pub use ours::Ours;
pub use predator::Predator;
pub use sentry_release::SentryRelease;
pub use sentry_scm::SentryScm;

/// A way to say which change caused an error.
///
/// # Contract
///
/// The answer depends on the set of changes, not on their order, and is the same every time.
pub trait Rule: Sync {
    /// Its key in JSON and its row in tables, e.g. `newest`.
    fn name(&self) -> &'static str;

    /// What it has to say about one incident.
    fn answer(&self, incident: &Incident, window: &Window) -> Answer;
}

/// A ranked list, perhaps empty, perhaps with probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    suspects: Vec<Suspect>,
    none: Option<f64>,
}

/// A change that a rule names.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Object name; perhaps of a commit that is no candidate (blame may name an older one).
    pub sha: String,
    /// The higher, the more suspect. Equal scores are a tie: the rule does not order them.
    pub score: f64,
}

impl Answer {
    /// The rule names nobody.
    #[must_use]
    pub fn abstain() -> Self {
        Self::ranked([])
    }

    /// The rule orders these changes and says nothing of the others. A change that is given
    /// twice keeps its best score.
    #[must_use]
    pub fn ranked(scored: impl IntoIterator<Item = (String, f64)>) -> Self {
        Self { suspects: sort(scored.into_iter().collect()), none: None }
    }

    /// The rule states a probability for each change and one for "none of these".
    #[must_use]
    pub fn probabilities(scored: impl IntoIterator<Item = (String, f64)>, none: f64) -> Self {
        Self { suspects: sort(scored.into_iter().collect()), none: Some(none) }
    }

    /// The named changes, best first, ties in the order of their object names.
    #[must_use]
    pub fn suspects(&self) -> &[Suspect] {
        &self.suspects
    }

    /// The stated probability that none of the candidates is the cause; `None` where the rule
    /// states no probabilities.
    #[must_use]
    pub fn none(&self) -> Option<f64> {
        self.none
    }

    /// Whether the answer is "none of these": nobody is named, or "none" is at least as probable
    /// as every change.
    #[must_use]
    pub fn says_none(&self) -> bool {
        match (self.suspects.first(), self.none) {
            (None, _) => true,
            (Some(top), Some(none)) => none >= top.score,
            (Some(_), None) => false,
        }
    }
}

/// The rules in use, in the order in which tables print them.
#[must_use]
pub fn in_use() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Newest),
        Box::new(LastDeploy),
        Box::new(FileHit),
        Box::new(CrashLine),
        Box::new(Culprit),
        Box::new(Datadog),
        Box::new(SentryScm::default()),
        Box::new(SentryRelease::AsCoded),
        Box::new(SentryRelease::PutRight),
        Box::new(Clouseau),
        Box::new(GitStacktrace),
        Box::new(Predator::Shown),
        Box::new(Predator::Whole),
    ]
}

/// Whether a change touches a file of the trace: what file-based rules can see at all.
#[must_use]
pub fn touches_trace(incident: &Incident, change: &Change) -> bool {
    let stack = stack::Stack::of(incident);
    change.files.iter().any(|file| stack.hits(file).next().is_some())
}

fn sort(mut scored: Vec<(String, f64)>) -> Vec<Suspect> {
    scored.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    scored.dedup_by(|later, earlier| later.0 == earlier.0);
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    scored.into_iter().map(|(sha, score)| Suspect { sha, score }).collect()
}

#[cfg(test)]
mod tests;
