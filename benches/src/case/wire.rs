//! The cases as they are written, and the way from there to the types rankers see.

use std::fmt::Display;

use sentry_correlate::{Blame, Change, FileChange, FileStatus, FrameRef, Hunk, Window};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Trace;

type Result<T> = std::result::Result<T, serde_json::Error>;

#[derive(Deserialize)]
pub(super) struct Case {
    id: String,
    #[serde(default)]
    source: Option<Source>,
    event: Box<RawValue>,
    changes: Vec<RawChange>,
    #[serde(default, deserialize_with = "or_empty")]
    blame: Vec<RawBlame>,
    #[serde(default, deserialize_with = "or_empty")]
    blame_inner: Vec<RawBlame>,
}

#[derive(Deserialize)]
struct Source {
    repo: String,
    culprits: Vec<String>,
    #[serde(default)]
    trace: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    read: bool,
}

#[derive(Deserialize)]
struct RawChange {
    sha: String,
    #[serde(default)]
    author: String,
    authored_at: String,
    committed_at: String,
    #[serde(default)]
    message: String,
    files: Vec<RawFile>,
}

#[derive(Deserialize)]
struct RawFile {
    path: String,
    #[serde(default)]
    previous_path: Option<String>,
    status: Status,
    #[serde(default)]
    additions: u32,
    #[serde(default)]
    deletions: u32,
    #[serde(default, deserialize_with = "or_empty")]
    hunks: Vec<RawHunk>,
}

/// The words GitHub has for it, and git's.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[serde(alias = "copied")]
    Added,
    #[serde(alias = "changed", alias = "unchanged")]
    Modified,
    #[serde(alias = "deleted")]
    Removed,
    Renamed,
}

#[derive(Deserialize)]
struct RawHunk {
    old_start: u32,
    old_lines: u32,
    new_start: u32,
    new_lines: u32,
    #[serde(default)]
    section: String,
    #[serde(default, deserialize_with = "or_empty")]
    removed: Vec<String>,
    #[serde(default, deserialize_with = "or_empty")]
    added: Vec<String>,
}

#[derive(Deserialize)]
struct RawBlame {
    /// Index of the exception; absent is the outermost.
    #[serde(default)]
    value: Option<usize>,
    frame: usize,
    sha: String,
    committed_at: String,
}

impl Case {
    pub(super) fn into_case(self) -> Result<super::Case> {
        let source = self.source.map(Source::into_source);
        let mut case = super::Case::new(self.id, source, self.event.into(), Window::default())
            .map_err(|why| wrong("event", "cannot be read", why))?;
        let outermost = case.incident.exceptions.len().saturating_sub(1);
        let blame = self.blame.into_iter().chain(self.blame_inner);
        let changes = self.changes.into_iter().map(RawChange::into_change);
        case.window = window(changes.collect::<Result<_>>()?);
        case.window.blame =
            blame.map(|blame| blame.into_blame(outermost)).collect::<Result<_>>()?;
        Ok(case)
    }
}

/// The changes in the order that they were recorded in, which is that of the history. A list that
/// runs against its dates at more than one step in four was put in another order (in recorded
/// histories it is one step in forty at most): there only the dates tell.
fn window(changes: Vec<Change>) -> Window {
    let steps = changes.windows(2);
    let against = steps.filter(|pair| pair[0].committed_at > pair[1].committed_at).count();
    if against * 4 < changes.len() {
        Window::of_history(changes)
    } else {
        Window { changes, ..Window::default() }
    }
}

impl Source {
    fn into_source(self) -> super::Source {
        let trace = match self.trace.as_deref() {
            Some("executed") => Trace::Executed,
            Some("reported") => Trace::Reported,
            _ => Trace::Unknown,
        };
        super::Source {
            repo: self.repo,
            culprits: self.culprits,
            trace,
            kind: self.kind,
            read: self.read,
        }
    }
}

impl RawChange {
    fn into_change(self) -> Result<Change> {
        let at = |name, text: &str| date(text).map_err(|why| wrong(&self.sha, name, why));
        Ok(Change {
            authored_at: at("authored_at", &self.authored_at)?,
            committed_at: at("committed_at", &self.committed_at)?,
            sha: self.sha,
            author: self.author,
            author_email: None,
            message: self.message,
            // Merges are left out of the recorded windows.
            parents: 1,
            files: self.files.into_iter().map(RawFile::into_file).collect(),
            url: None,
            position: None,
            ignored_by: None,
        })
    }
}

impl RawFile {
    fn into_file(self) -> FileChange {
        FileChange {
            path: self.path,
            previous_path: self.previous_path,
            status: match self.status {
                Status::Added => FileStatus::Added,
                Status::Modified => FileStatus::Modified,
                Status::Removed => FileStatus::Deleted,
                Status::Renamed => FileStatus::Renamed,
            },
            additions: self.additions,
            deletions: self.deletions,
            hunks: self.hunks.into_iter().map(RawHunk::into_hunk).collect(),
        }
    }
}

impl RawHunk {
    fn into_hunk(self) -> Hunk {
        Hunk {
            old_start: self.old_start,
            old_lines: self.old_lines,
            new_start: self.new_start,
            new_lines: self.new_lines,
            section: self.section,
            removed: self.removed.into(),
            added: self.added.into(),
            display: None,
        }
    }
}

impl RawBlame {
    fn into_blame(self, outermost: usize) -> Result<Blame> {
        let committed_at = date(&self.committed_at)
            .map_err(|why| wrong(&format!("blame of frame {}", self.frame), "committed_at", why))?;
        let frame = FrameRef { exception: self.value.unwrap_or(outermost), frame: self.frame };
        Ok(Blame { frame, sha: self.sha, committed_at })
    }
}

fn date(text: &str) -> std::result::Result<OffsetDateTime, time::error::Parse> {
    OffsetDateTime::parse(text, &Rfc3339)
}

fn wrong(subject: &str, field: &str, why: impl Display) -> serde_json::Error {
    serde_json::Error::custom(format!("{subject}: {field}: {why}"))
}

/// `null` is an empty list.
fn or_empty<'de, D, T>(deserializer: D) -> std::result::Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
