//! One candidate of the ranking, in words.

use time::OffsetDateTime;

use super::excerpt::{Excerpt, frame_at};
use super::secrets::Secrets;
use super::span::{Commit, Sentence};
use super::{evidence, fact, statement, timeline};
use crate::{
    Change, Contribution, Counterfactual, Direction, Evidence, Hypothesis, Incident, Provenance,
};

/// One candidate change with its share and what speaks for and against it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Suspect {
    /// The change's object name as the ranking gives it.
    pub sha: String,
    /// The commit with its page; `None` when the name is no hexadecimal.
    pub commit: Option<Commit>,
    /// Probability, 0 to 1.
    pub p: f64,
    /// What the change did, without the percentage.
    pub statement: Sentence,
    /// Author's name; empty when the change is not in the window.
    pub author: String,
    /// When it was committed.
    pub committed_at: Option<OffsetDateTime>,
    /// First line of its message, without secrets.
    pub summary: String,
    /// What raised and lowered it, the largest amount first.
    pub reasons: Vec<Reason>,
    /// What the probability would be without its strongest signals, as the ranker says.
    pub counterfactuals: Vec<Counterfactual>,
    /// What the change does that matters here, in clauses.
    pub facts: Vec<Sentence>,
    /// The lines to compare; filled for the suspects that are shown.
    pub excerpt: Option<Excerpt>,
}

/// What one signal added, and what it saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The signal's name.
    pub signal: &'static str,
    /// What it added to the score; negative speaks against.
    pub amount: f64,
    /// Whether its weight was fitted on labelled cases.
    pub measured: bool,
    /// What it saw, the strongest first.
    pub seen: Vec<Seen>,
}

/// One observation in words, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The observation.
    pub sentence: Sentence,
    /// Which way it points.
    pub direction: Direction,
    /// Strength between 0 and 1.
    pub strength: f64,
    /// Where the piece of evidence came from, beside the event.
    pub provenance: Provenance,
    /// The frame it is about: file, function and line as the event names them.
    pub frame: Option<FramePlace>,
    /// The place in the change it is about.
    pub place: Option<DiffPlace>,
}

/// Where in the stack something was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FramePlace {
    /// Index of the exception, the cause first.
    pub exception: usize,
    /// Index of the frame, the oldest call first.
    pub frame: usize,
    /// File as the event names it.
    pub file: Option<String>,
    /// Function as the event names it.
    pub function: Option<String>,
    /// Line, counted from 1.
    pub line: Option<u32>,
}

/// Where in a change something was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffPlace {
    /// Path after the change.
    pub path: String,
    /// First line of the hunk in the new file, where one hunk is meant.
    pub line: Option<u32>,
}

impl Suspect {
    pub(super) fn new(
        incident: &Incident,
        change: Option<&Change>,
        hypothesis: &Hypothesis,
        secrets: &Secrets,
        shown: bool,
    ) -> Self {
        let url = change.and_then(|change| change.url.as_deref());
        Self {
            sha: hypothesis.sha.clone(),
            commit: Commit::new(&hypothesis.sha, url),
            p: hypothesis.p,
            statement: statement::statement(incident, change, hypothesis),
            author: change.map(|c| c.author.clone()).unwrap_or_default(),
            committed_at: change.map(|c| c.committed_at),
            summary: change.map(|c| timeline::summary(&c.message)).unwrap_or_default(),
            reasons: reasons_of(hypothesis, change, incident, secrets),
            counterfactuals: hypothesis.counterfactuals.clone(),
            facts: hypothesis.facts.iter().map(|fact| fact::clause(fact, change)).collect(),
            excerpt: change
                .filter(|_| shown)
                .and_then(|change| Excerpt::choose(incident, change, hypothesis)),
        }
    }
}

impl Suspect {
    /// Whether what speaks most for it has a weight that was never measured on labelled cases.
    #[must_use]
    pub fn is_unmeasured(&self) -> bool {
        self.reasons.iter().find(|reason| reason.amount > 0.0).is_some_and(|r| !r.measured)
    }
}

/// The reasons of a hypothesis, the largest amount first; equal amounts in the signals' order.
fn reasons_of(
    hypothesis: &Hypothesis,
    change: Option<&Change>,
    incident: &Incident,
    secrets: &Secrets,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = hypothesis
        .contributions
        .iter()
        .map(|contribution| {
            let of_signal =
                || hypothesis.evidence.iter().filter(|e| e.signal == contribution.signal);
            Reason {
                signal: contribution.signal,
                amount: contribution.amount,
                measured: of_signal().all(|e| e.measured),
                seen: of_signal().map(|e| Seen::new(e, change, incident, secrets)).collect(),
            }
        })
        .collect();
    let silent = hypothesis.evidence.iter().filter(|e| {
        hypothesis.contributions.iter().all(|contribution| contribution.signal != e.signal)
    });
    for evidence in silent {
        let seen = Seen::new(evidence, change, incident, secrets);
        match reasons.iter_mut().find(|reason| reason.signal == evidence.signal) {
            Some(reason) => reason.seen.push(seen),
            None => reasons.push(Reason {
                signal: evidence.signal,
                amount: 0.0,
                measured: evidence.measured,
                seen: vec![seen],
            }),
        }
    }
    sorted(reasons)
}

/// Reasons that are amounts alone.
pub(super) fn amounts(contributions: &[Contribution]) -> Vec<Reason> {
    let reason = |c: &Contribution| Reason {
        signal: c.signal,
        amount: c.amount,
        measured: true,
        seen: Vec::new(),
    };
    sorted(contributions.iter().map(reason).collect())
}

fn sorted(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_by(|a, b| b.amount.abs().total_cmp(&a.amount.abs()));
    reasons
}

impl Seen {
    fn new(
        evidence: &Evidence,
        change: Option<&Change>,
        incident: &Incident,
        secrets: &Secrets,
    ) -> Self {
        let frame = evidence.frame.and_then(|at| Some((at, frame_at(incident, at)?)));
        let file = evidence.place.and_then(|place| change?.files.get(place.file));
        let hunk = evidence.place.and_then(|place| file?.hunks.get(place.hunk?));
        Self {
            sentence: evidence::sentence(evidence, change, frame.map(|(_, frame)| frame), secrets),
            direction: evidence.direction,
            strength: evidence.strength,
            provenance: evidence.provenance,
            frame: frame.map(|(at, frame)| FramePlace {
                exception: at.exception,
                frame: at.frame,
                file: frame.filename.clone().or_else(|| frame.abs_path.clone()),
                function: frame.function.clone(),
                line: frame.line,
            }),
            place: file.map(|file| DiffPlace {
                path: file.path.clone(),
                line: hunk.map(|hunk| hunk.new_start),
            }),
        }
    }
}
