//! What the ranker answers: hypotheses that compete with "none of these".

use crate::FrameRef;

/// The ranker's whole answer for one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Best first; ties in the order of their SHAs. Probabilities and [`Ranking::none`] sum to one.
    pub hypotheses: Vec<Hypothesis>,
    /// Probability that none of the candidates is the cause.
    pub none: f64,
    /// What raised and lowered "none of these"; sums to its score.
    pub none_contributions: Vec<Contribution>,
}

/// "This change caused it."
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    /// The suspected change.
    pub sha: String,
    /// Probability, 0 to 1.
    pub p: f64,
    /// Log-linear score; equals the sum of its contributions.
    pub score: f64,
    /// What each signal added to the score, in the order of the signals.
    pub contributions: Vec<Contribution>,
    /// What the signals saw.
    pub evidence: Vec<Evidence>,
}

/// One addend of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The signal's name, e.g. `touched-line`.
    pub signal: &'static str,
    /// What it added (negative: spoke against).
    pub amount: f64,
}

/// Something that a signal saw and a person can check.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The signal's name.
    pub signal: &'static str,
    /// Strength between 0 and 1.
    pub strength: f64,
    /// Whether it speaks for or against the change.
    pub direction: Direction,
    /// What was seen, in typed form; the report makes the sentence.
    pub observation: Observation,
    /// The frame it is about, if any.
    pub frame: Option<FrameRef>,
    /// The place in the change it is about, if any.
    pub place: Option<Place>,
}

/// Which way evidence points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It raises suspicion.
    For,
    /// It lowers suspicion.
    Against,
}

/// A place in a change: indices into its files and their hunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into [`crate::Change::files`].
    pub file: usize,
    /// Index into [`crate::FileChange::hunks`]; `None` is the whole file.
    pub hunk: Option<usize>,
}

/// What a signal saw, typed. Grows with the signals.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Observation {
    /// A file of the trace was touched, and `touched_by` of `candidates` changes touch it.
    FileTouched {
        /// Path in the repository.
        path: String,
        /// How many candidates touch the file.
        touched_by: usize,
        /// How many candidates there are.
        candidates: usize,
    },
}
