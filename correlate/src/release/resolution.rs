//! The chosen window and the rules that led to it.

use std::fmt;

use crate::source::Range;

/// Which window was chosen, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The version that failed.
    pub new: Endpoint,
    /// The version that ran before it; `None` when `new` is the first release, so that its whole
    /// history is the window.
    pub old: Option<Endpoint>,
    /// How `new` was found.
    pub release_rule: ReleaseRule,
    /// How `old` was found.
    pub predecessor_rule: PredecessorRule,
}

impl Resolution {
    /// The window as two commits; `None` for a first release.
    #[must_use]
    pub fn range(&self) -> Option<Range> {
        let old = self.old.as_ref()?;
        Some(Range { old: old.sha.clone(), new: self.new.sha.clone() })
    }
}

/// One end of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What names it: a tag, a release, a revision as the caller gave it.
    pub name: String,
    /// The commit, 40 hex digits.
    pub sha: String,
}

/// How the version that failed was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReleaseRule {
    /// The caller named the revision.
    Given,
    /// A tag has the release's very name.
    ExactTag,
    /// A tag has the release's package and version, e.g. `shop-1.4.0` for `shop@1.4.0`.
    PackageTag,
    /// A tag has the release's version, e.g. `v1.4.0` for `shop@1.4.0`.
    VersionTag,
    /// The release's name holds the commit, e.g. `shop@e4f5a6b`.
    ShaInName,
    /// The deploy history says what ran in the environment at the onset.
    DeployHistory,
}

impl fmt::Display for ReleaseRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "as given",
            Self::ExactTag => "by the tag of that name",
            Self::PackageTag => "by the tag of its package and version",
            Self::VersionTag => "by the tag of its version",
            Self::ShaInName => "by the commit in its name",
            Self::DeployHistory => "by the deploy history of the environment",
        })
    }
}

/// How the version that ran before was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PredecessorRule {
    /// The caller named the revision.
    Given,
    /// The nearest earlier release among the commit's ancestors.
    Ancestry,
    /// The next lower version; it lies on a release branch and is no ancestor.
    VersionOrder,
    /// The deploy history says what ran in the environment before.
    DeployHistory,
    /// There is no earlier release: all of the history is new.
    FirstRelease,
}

impl fmt::Display for PredecessorRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "as given",
            Self::Ancestry => "the nearest earlier release among its ancestors",
            Self::VersionOrder => "the next lower version, on a release branch",
            Self::DeployHistory => "what the environment ran before",
            Self::FirstRelease => "none, it is the first release",
        })
    }
}
