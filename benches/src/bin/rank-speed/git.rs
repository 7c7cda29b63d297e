//! The git program: what it prints, and how much processor time it took.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sentry_correlate::Change;
use sentry_correlate::diff::patch;
use time::OffsetDateTime;

use super::{Error, cpu};

/// Begins a commit's record: nothing else in git's output stands so at the begin of a line.
const RECORD: &str = "\n\0\0";

/// Runs git in a repository. Its output, and the time it took.
pub(crate) fn run<S: AsRef<OsStr>>(
    repository: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Result<(Vec<u8>, Duration), Error> {
    let before = cpu::of_children();
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["-c", "core.quotePath=false"])
        .args(arguments)
        .output()
        .map_err(|why| format!("git cannot be run: {why}"))?;
    let time = cpu::of_children() - before;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: git: {}", repository.display(), why.trim()).into());
    }
    Ok((output.stdout, time))
}

/// The commits of a range with their patches, the newest first, merges left out.
pub(crate) fn patches(repository: &Path, range: &str) -> Result<(Vec<u8>, Duration), Error> {
    let options = ["log", "-p", "-U0", "-M", "--no-merges", "--no-color", "--no-ext-diff"];
    let format = "--format=%x00%x00%H%x00%an%x00%ae%x00%at%x00%ct%x00%P%x00%B%x00";
    run(repository, options.iter().chain(&["--no-textconv", "--full-index", format, range, "--"]))
}

/// Reads what [`patches`] gave, the oldest commit first.
pub(crate) fn read(log: &[u8]) -> Vec<Change> {
    let log = String::from_utf8_lossy(log);
    let mut changes = Vec::new();
    let mut rest = log.strip_prefix(&RECORD[1..]);
    while let Some(record) = rest {
        let end = memchr::memmem::find(record.as_bytes(), RECORD.as_bytes());
        let (record, next) = match end {
            Some(end) => (&record[..end], Some(&record[end + RECORD.len()..])),
            None => (record, None),
        };
        changes.extend(change(record));
        rest = next;
    }
    changes.reverse();
    for (place, change) in changes.iter_mut().enumerate() {
        change.position = u32::try_from(place).ok();
    }
    changes
}

fn change(record: &str) -> Option<Change> {
    let mut fields = record.splitn(8, '\0');
    let mut next = || fields.next();
    let date = |text: &str| OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok();
    Some(Change {
        sha: next()?.to_owned(),
        author: next()?.to_owned(),
        author_email: Some(next()?.to_owned()),
        authored_at: date(next()?)?,
        committed_at: date(next()?)?,
        parents: next()?.split_whitespace().count(),
        message: next()?.trim_end().to_owned(),
        files: patch::files(next()?),
        url: None,
        position: None,
        ignored_by: None,
    })
}
