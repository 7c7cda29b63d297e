//! What was asked of whom, and how much of it was answered.

use std::fmt;

use super::{Range, SourceError};
use crate::release::Resolution;

/// One question to one source, and what became of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// The source's name.
    pub source: String,
    /// What it was asked for.
    pub asked: Asked,
    /// Whether the answer is whole.
    pub outcome: Outcome,
    /// Which window the source chose and by which rules, where it got that far.
    pub resolution: Option<Resolution>,
    /// How much it gave.
    pub counts: Counts,
}

/// What a source was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked {
    /// The changes of a range.
    Range(Range),
    /// The changes that a release brought.
    Release(String),
    /// The changes before an error whose release is unknown.
    UnnamedRelease,
    /// Deployments around the onset.
    Deployments,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(range) => write!(f, "changes of {range}"),
            Self::Release(release) => write!(f, "changes of release {release}"),
            Self::UnnamedRelease => f.write_str("changes of the release that ran"),
            Self::Deployments => f.write_str("deployments around the onset"),
        }
    }
}

/// Whether an answer is whole.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// All that was asked for.
    Complete,
    /// Something was left out; the source says what.
    Partial(Vec<Gap>),
    /// The deadline came first. What had come until then is used.
    Cut,
    /// The source failed. What had come until then is used.
    Failed(SourceError),
}

/// Something that a source left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// A limit was reached.
    Limit {
        /// What was limited, e.g. `commits`.
        what: String,
        /// The limit.
        limit: u64,
        /// How many were left out, where that is known.
        left_out: Option<u64>,
    },
    /// Single objects could not be read, e.g. in a partial clone.
    Unreadable {
        /// What could not be read, e.g. `blob 1234… of src/cart.rs`.
        what: String,
        /// What was wrong with it.
        detail: String,
    },
    /// The clone is shallow: history ends before the window does.
    Shallow,
    /// Blame was not finished in its time.
    Blame {
        /// Frames that have no answer.
        frames: usize,
    },
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit { what, limit, left_out: Some(n) } => {
                write!(f, "the limit of {limit} {what} left out {n}")
            }
            Self::Limit { what, limit, left_out: None } => {
                write!(f, "stopped at the limit of {limit} {what}")
            }
            Self::Unreadable { what, detail } => write!(f, "could not read {what}: {detail}"),
            Self::Shallow => f.write_str("the clone is shallow, older history is missing"),
            Self::Blame { frames } => write!(f, "{frames} frames were not blamed in time"),
        }
    }
}

/// How much a source gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Changes, merges not counted.
    pub changes: usize,
    /// Merges that were passed over.
    pub merges: usize,
    /// Deployments.
    pub deployments: usize,
    /// Frames whose line was blamed.
    pub blamed: usize,
    /// Frames whose file was found in the repository.
    pub mapped: usize,
}
