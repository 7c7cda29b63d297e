//! What changed: commits with their hunks, deployments, blame.
//!
//! Signals see hunks only in *reduced* form ([`crate::diff::reduce`]); the full text is kept for
//! display alone.

use time::OffsetDateTime;

use crate::Lines;

/// One commit (or configuration push, or dependency bump) of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Full object name, 40 hex digits.
    pub sha: String,
    /// Author's name.
    pub author: String,
    /// Author's e-mail, where known; used to tell bots, never printed.
    pub author_email: Option<String>,
    /// When it was written.
    pub authored_at: OffsetDateTime,
    /// When it was committed.
    pub committed_at: OffsetDateTime,
    /// The whole commit message.
    pub message: String,
    /// Number of parents; more than one is a merge.
    pub parents: usize,
    /// The files it touches.
    pub files: Vec<FileChange>,
    /// The change's page, where its provider has one.
    pub url: Option<String>,
    /// Its place in the history of its window: of two changes the one with the lower number came
    /// first, and none comes before its parents. Commit dates cannot tell that for certain: clocks
    /// differ, and branches are rebased and merged late. `None` where nothing but dates is known.
    /// Sources number what they hand over; [`Window::of_history`] does it for a list of one's own.
    pub position: Option<u32>,
    /// The file of the repository that tells blame to pass over this revision, where one does:
    /// `.git-blame-ignore-revs`, or what git's `blame.ignoreRevsFile` names. Projects list there
    /// what changed form alone.
    pub ignored_by: Option<String>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileStatus {
    /// It is new.
    Added,
    /// Its content changed.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another path (and perhaps other content).
    Renamed,
}

/// One file of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Path after the change, relative to the repository's root, with `/`.
    pub path: String,
    /// Path before the change where it differs.
    pub previous_path: Option<String>,
    /// What happened to it.
    pub status: FileStatus,
    /// Lines added.
    pub additions: u32,
    /// Lines removed.
    pub deletions: u32,
    /// Hunks at zero context, in file order. May be empty for binary or oversized files.
    pub hunks: Vec<Hunk>,
}

/// One hunk at zero context. Ranges are those of `git diff -U0`.
///
/// ```
/// use sentry_correlate::Hunk;
///
/// let hunk = Hunk {
///     old_start: 7,
///     old_lines: 1,
///     new_start: 7,
///     new_lines: 1,
///     removed: ["pool_size: 20"].into(),
///     added: ["pool_size: 5"].into(),
///     ..Hunk::default()
/// };
/// assert_eq!(hunk.added.iter().next(), Some("pool_size: 5"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hunk {
    /// First line in the old file (for a pure insertion: the line before it).
    pub old_start: u32,
    /// Lines removed.
    pub old_lines: u32,
    /// First line in the new file (for a pure deletion: the line before it).
    pub new_start: u32,
    /// Lines added.
    pub new_lines: u32,
    /// The enclosing definition, reduced.
    pub section: String,
    /// Removed lines, reduced. Empty where a limit was reached.
    pub removed: Lines,
    /// Added lines, reduced. Empty where a limit was reached.
    pub added: Lines,
    /// The lines as they stand in the diff, for display alone.
    pub display: Option<DisplayLines>,
}

/// Full lines of a hunk, for display alone: no signal reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DisplayLines {
    /// Removed lines without their line ends.
    pub removed: Lines,
    /// Added lines without their line ends.
    pub added: Lines,
}

/// Which commit last touched the line of a frame, as the repository says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    /// The frame whose line was blamed.
    pub frame: crate::FrameRef,
    /// The commit; it may be older than the window.
    pub sha: String,
    /// When that commit was made.
    pub committed_at: OffsetDateTime,
}

/// A version that went live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// What names it: a tag, a release name, a deployment id.
    pub name: String,
    /// The commit that runs; never a branch head that was not deployed.
    pub sha: String,
    /// Where it runs, as its provider calls it.
    pub environment: Option<String>,
    /// When it could first serve.
    pub live_at: OffsetDateTime,
    /// Where the deployment's record came from, e.g. `git tag`.
    pub source: String,
}

/// What the ranker gets to see: the candidates and what is known about them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    /// Candidate changes. Which of them came first is read from [`Change::position`], and from the
    /// commit dates where that is `None`; how they stand in this list is of no account.
    pub changes: Vec<Change>,
    /// Real blame for some frames; optional evidence.
    pub blame: Vec<Blame>,
    /// Deployments around the onset, oldest first.
    pub deployments: Vec<Deployment>,
    /// Where the files of frames live, as a source that knows the whole tree said. A frame that is
    /// not listed can only be matched against the changed files.
    pub paths: Vec<crate::FramePath>,
}
