//! Commits, built in one place for all tests.

#![allow(dead_code, reason = "each test binary uses a part")]

use sentry_correlate::diff::reduce::{RawHunk, Reducer};
use sentry_correlate::{Change, FileChange, FileStatus, Hunk};
use time::OffsetDateTime;

/// Forty times the same digit.
pub(crate) fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// A commit of one parent.
pub(crate) fn commit(
    sha: String,
    at: OffsetDateTime,
    message: impl Into<String>,
    files: impl IntoIterator<Item = FileChange>,
) -> Change {
    Change {
        sha,
        author: "Ana Lopes".into(),
        author_email: None,
        authored_at: at,
        committed_at: at,
        message: message.into(),
        parents: 1,
        files: files.into_iter().collect(),
        url: None,
        position: None,
        ignored_by: None,
    }
}

/// A file that was changed in these places.
pub(crate) fn file(path: impl Into<String>, hunks: Vec<Hunk>) -> FileChange {
    FileChange {
        path: path.into(),
        previous_path: None,
        status: FileStatus::Modified,
        additions: hunks.iter().map(|hunk| hunk.new_lines).sum(),
        deletions: hunks.iter().map(|hunk| hunk.old_lines).sum(),
        hunks,
    }
}

/// A file that was changed in one place, from its lines as they are in the source.
pub(crate) fn edit(
    path: &str,
    section: &str,
    line: u32,
    removed: &[&str],
    added: &[&str],
) -> FileChange {
    let (removed, added) = (removed.to_vec(), added.to_vec());
    let raw = RawHunk { old_start: line, new_start: line, section, removed, added };
    file(path, Reducer::new().file(path, [raw]))
}
