//! The answer for people and programs: what broke it, how sure we are, and what speaks for it.
//!
//! A [`Report`] is built from an [`Incident`], the [`Window`] that was looked at and the [`Ranking`]
//! over it. It holds sentences of typed [`Span`]s, never finished text; a renderer of [`render`]
//! is the only way out, and escapes everything that came from outside for its medium.
//!
//! Secrets that stand in the diff, in the source around frames, in the event's texts or in commit
//! messages are `***` wherever the report would show or quote them. They are known by their names
//! (`DB_PASSWORD = "…"`) and by well-known forms (`ghp_…`, `postgres://user:…@host`); one that is
//! neither named nor of such a form is shown as it is.
//!
//! ```
//! use sentry_correlate::report::{Report, Style, render};
//! use sentry_correlate::{Decisive, Incident, Ranking, Silence, Verdict, Window};
//!
//! let ranking = Ranking {
//!     hypotheses: vec![],
//!     none: 1.0,
//!     none_contributions: vec![],
//!     classes: vec![],
//!     verdict: Verdict::NoSuspect {
//!         reason: Silence::NoCandidates,
//!         decisive: Decisive::Candidates,
//!     },
//!     calibrated: true,
//! };
//! let report = Report::new(&Incident::default(), &Window::default(), &ranking);
//! let text = render::text(&report, Style::plain());
//! assert!(text.starts_with("No suspect: there is no change to suspect"));
//! ```

mod coverage;
mod evidence;
mod excerpt;
mod fact;
mod hide;
mod key;
mod mask;
mod quantity;
pub mod render;
mod secrets;
mod span;
mod statement;
mod subject;
mod suspect;
mod timeline;
mod url;

pub use coverage::{Covered, Status};
pub use excerpt::{DiffLine, Excerpt, FrameLines, HunkLines, Side, SourceLine};
pub use render::Style;
pub use span::{Commit, Number, Sentence, Span};
pub use subject::{Page, Subject};
pub use suspect::{DiffPlace, FramePlace, Reason, Seen, Suspect};
pub use timeline::{Entry, Happening};
pub use url::SafeUrl;

use std::collections::HashMap;

use secrets::Secrets;

use crate::source::Coverage;
use crate::{Change, Impact, Incident, Ranking, Window};

/// The whole answer for one incident, ready to be rendered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The answer in one sentence, with its percentage.
    pub headline: Sentence,
    /// Whether a change is named, and if not, why.
    pub answer: Answer,
    /// What broke.
    pub subject: Subject,
    /// How much it hurts.
    pub impact: Impact,
    /// Every candidate, best first.
    pub suspects: Vec<Suspect>,
    /// "None of these".
    pub none: NoneOfThese,
    /// What the percentages mean.
    pub meaning: Sentence,
    /// Whether they were measured against what happened, as the weights' figures say.
    pub calibrated: bool,
    /// What happened when, oldest first.
    pub timeline: Vec<Entry>,
    /// Which sources were asked, and how much of the answer they gave.
    pub coverage: Vec<Covered>,
}

/// Whether a change is named.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The first suspect is more likely than "none of these".
    Suspect,
    /// No change is likely enough.
    NoSuspect {
        /// Why.
        reason: Sentence,
        /// The one observation that would decide it.
        decider: Sentence,
    },
}

/// The share of "none of these changes".
#[derive(Debug, Clone, PartialEq)]
pub struct NoneOfThese {
    /// Probability, 0 to 1.
    pub p: f64,
    /// What raised and lowered it.
    pub reasons: Vec<Reason>,
}

/// Suspects that are shown with their evidence, and on the timeline.
pub(crate) const SHOWN: usize = 3;

impl Report {
    /// Builds the report. Nothing is looked up: the same input gives the same words.
    #[must_use]
    pub fn new(incident: &Incident, window: &Window, ranking: &Ranking) -> Self {
        let changes: HashMap<&str, &Change> =
            window.changes.iter().map(|change| (change.sha.as_str(), change)).collect();
        let secrets = Secrets::of(incident, ranking, &changes);
        let suspects: Vec<Suspect> = ranking
            .hypotheses
            .iter()
            .enumerate()
            .map(|(at, hypothesis)| {
                let change = changes.get(hypothesis.sha.as_str()).copied();
                Suspect::new(incident, change, hypothesis, &secrets, at < SHOWN)
            })
            .collect();
        let answer = statement::answer(ranking);
        let headline = statement::headline(&answer, suspects.first());
        let shown: Vec<&str> =
            ranking.hypotheses.iter().take(SHOWN).map(|h| h.sha.as_str()).collect();
        let mut report = Self {
            headline,
            answer,
            subject: Subject::new(incident),
            impact: incident.impact,
            none: NoneOfThese {
                p: ranking.none,
                reasons: suspect::amounts(&ranking.none_contributions),
            },
            meaning: statement::meaning(ranking),
            calibrated: ranking.calibrated,
            timeline: timeline::timeline(incident, window, &shown),
            suspects,
            coverage: Vec::new(),
        };
        hide::hide(&mut report, &secrets);
        report
    }

    /// Adds what was and was not covered, as `gather` returned it.
    #[must_use]
    pub fn with_coverage(mut self, coverage: &[Coverage]) -> Self {
        self.coverage = coverage.iter().map(Covered::new).collect();
        hide::coverage(&mut self.coverage);
        self
    }
}
