//! Where the files of a stack live in a repository.

use crate::FrameRef;

/// Where the file of a frame lives, as a source that knows the whole tree says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FramePath {
    /// The frame.
    pub frame: FrameRef,
    /// What was found.
    pub mapping: Mapping,
}

/// What a path of a stack means in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mapping {
    /// One file, and how it was found.
    File {
        /// Path relative to the repository's root, with `/`.
        path: String,
        /// How it was found.
        rule: MappingRule,
    },
    /// Several files end alike, and nothing tells which one is meant.
    Ambiguous {
        /// The files, sorted, at most [`Mapping::MAX_LISTED`] of them.
        paths: Vec<String>,
    },
    /// No file of the repository: foreign code, most likely.
    Unknown,
}

impl Mapping {
    /// How many files an ambiguous mapping lists at most.
    pub const MAX_LISTED: usize = 8;

    /// The file, where there is exactly one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::File { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// How a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MappingRule {
    /// By a mapping from stack root to source root that the caller gave.
    Given,
    /// By the longest common end of the two paths, which only this file has.
    Suffix,
}
