//! One commit, read into a [`Change`].

mod lines;
mod renames;
mod section;
mod trees;

use gix::bstr::ByteSlice;
use gix::{ObjectId, Repository};
use sentry_correlate::diff::reduce::Reducer;
use sentry_correlate::source::Gap;
use sentry_correlate::{Change, FileChange, FileStatus};
use time::OffsetDateTime;

pub(crate) use lines::compare as compare_lines;
pub(crate) use lines::is_binary;
pub(crate) use trees::compare as compare_trees;

use crate::missing::Lost;
use crate::repository::first_line;
use trees::{Delta, Side};

/// A commit's change, and what could not be read of it.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) change: Change,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) lost: Vec<Lost>,
}

/// Reads a commit that has at most one parent. `max_bytes` bounds the size of a file that is
/// compared line by line.
pub(crate) fn read(repo: &Repository, id: ObjectId, max_bytes: u64) -> gix::Result<Read> {
    let commit = repo.find_commit(id)?;
    let decoded = commit.decode()?;
    let author = decoded.author()?;
    let parents: Vec<ObjectId> = decoded.parents().collect();
    let (mut gaps, mut lost) = (Vec::new(), Vec::new());
    // A parent that a shallow clone lacks leaves nothing to compare with: the whole tree would
    // look new.
    let old = match parents.first() {
        Some(&parent) => match repo.find_commit(parent).and_then(|parent| parent.tree_id()) {
            Ok(tree) => Some(Some(tree.detach())),
            Err(_) => {
                gaps.push(Gap::Shallow);
                None
            }
        },
        None => Some(None),
    };
    let files = match old {
        Some(old) => {
            let deltas = trees::compare(repo, old, decoded.tree())?;
            let mut reducer = Reducer::new();
            let mut reading = Reading { repo, max_bytes, gaps: &mut gaps, lost: &mut lost };
            deltas.iter().map(|delta| reading.file(delta, &mut reducer)).collect()
        }
        None => Vec::new(),
    };
    let change = Change {
        sha: id.to_string(),
        author: text(author.name, decoded.encoding.map(|e| e.as_bytes())),
        author_email: Some(author.email.to_str_lossy().into_owned()),
        authored_at: moment(author.seconds()),
        committed_at: moment(decoded.committer()?.seconds()),
        message: text(decoded.message, decoded.encoding.map(|e| e.as_bytes()))
            .trim_end()
            .to_owned(),
        parents: parents.len(),
        files,
        url: None,
        position: None,
        ignored_by: None,
    };
    Ok(Read { change, gaps, lost })
}

/// A moment of git's clock; years that cannot be written down become the epoch.
pub(crate) fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Text of a commit. Git's default is UTF-8; Latin-1 is the one other encoding that is read, all
/// else has its foreign bytes replaced.
fn text(bytes: &[u8], encoding: Option<&[u8]>) -> String {
    let latin = encoding.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        matches!(name.as_slice(), b"iso-8859-1" | b"iso8859-1" | b"latin1" | b"latin-1")
    });
    match std::str::from_utf8(bytes) {
        Ok(text) if !latin => text.to_owned(),
        _ if latin => bytes.iter().copied().map(char::from).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

struct Reading<'r> {
    repo: &'r Repository,
    max_bytes: u64,
    gaps: &'r mut Vec<Gap>,
    lost: &'r mut Vec<Lost>,
}

impl Reading<'_> {
    fn file(&mut self, delta: &Delta, reducer: &mut Reducer) -> FileChange {
        let path = delta.path.to_str_lossy().into_owned();
        let status = match (&delta.old, &delta.new) {
            _ if delta.previous.is_some() => FileStatus::Renamed,
            (None, _) => FileStatus::Added,
            (_, None) => FileStatus::Deleted,
            _ => FileStatus::Modified,
        };
        let mut change = FileChange {
            previous_path: delta.previous.as_ref().map(|path| path.to_str_lossy().into_owned()),
            status,
            additions: 0,
            deletions: 0,
            hunks: Vec::new(),
            path,
        };
        if delta.old.map(|side| side.id) == delta.new.map(|side| side.id) {
            return change;
        }
        let (Some(old), Some(new)) =
            (self.content(delta.old, &change.path), self.content(delta.new, &change.path))
        else {
            return change;
        };
        if is_binary(&old) || is_binary(&new) {
            return change;
        }
        let hunks = lines::hunks(&delta.path, &old, &new);
        let count = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
        change.additions = count(hunks.iter().map(|hunk| hunk.added.len()).sum());
        change.deletions = count(hunks.iter().map(|hunk| hunk.removed.len()).sum());
        change.hunks = reducer.file(&change.path, hunks.iter().map(lines::TextHunk::raw));
        change
    }

    /// A side's bytes; `None`, with a gap, where they cannot be had.
    fn content(&mut self, side: Option<Side>, path: &str) -> Option<Vec<u8>> {
        let Some(side) = side else { return Some(Vec::new()) };
        if side.mode.is_commit() {
            return Some(format!("Subproject commit {}\n", side.id).into_bytes());
        }
        let header = self.repo.find_header(side.id);
        if header.as_ref().is_ok_and(|header| header.size() > self.max_bytes) {
            self.gaps.push(Gap::Limit {
                what: format!("bytes of a file ({path})"),
                limit: self.max_bytes,
                left_out: None,
            });
            return None;
        }
        match self.repo.find_object(side.id) {
            Ok(mut object) => Some(std::mem::take(&mut object.data)),
            Err(error) => {
                self.lost.push(Lost {
                    id: side.id,
                    what: format!("blob {} of {path}", side.id),
                    detail: first_line(&error),
                });
                None
            }
        }
    }
}
