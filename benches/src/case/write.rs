//! Writing a case in the form that [`super::wire`] reads.

use sentry_correlate::{Blame, Change, FileChange, FileStatus, Hunk};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

use super::{Case, Source, Trace};

pub(super) fn line(case: &Case) -> String {
    let outermost = case.incident.exceptions.len().saturating_sub(1);
    let (outer, inner): (Vec<_>, Vec<_>) =
        case.window.blame.iter().partition(|blame| blame.frame.exception == outermost);
    let event: Value = serde_json::from_str(&case.event).unwrap_or_default();
    let mut line = json!({
        "id": case.id,
        "event": event,
        "changes": case.window.changes.iter().map(change).collect::<Vec<_>>(),
        "blame": outer.into_iter().map(blame).collect::<Vec<_>>(),
    });
    if !inner.is_empty() {
        line["blame_inner"] = inner
            .into_iter()
            .map(|of| {
                let mut value = blame(of);
                value["value"] = of.frame.exception.into();
                value
            })
            .collect();
    }
    if let Some(of) = &case.source {
        line["source"] = source(of);
    }
    line.to_string()
}

fn source(source: &Source) -> Value {
    let mut value = json!({ "repo": source.repo, "culprits": source.culprits });
    match source.trace {
        Trace::Executed => value["trace"] = "executed".into(),
        Trace::Reported => value["trace"] = "reported".into(),
        Trace::Unknown => {}
    }
    if let Some(kind) = &source.kind {
        value["kind"] = kind.as_str().into();
    }
    if source.read {
        value["read"] = true.into();
    }
    value
}

fn change(change: &Change) -> Value {
    json!({
        "sha": change.sha,
        "author": change.author,
        "authored_at": date(change.authored_at),
        "committed_at": date(change.committed_at),
        "message": change.message,
        "files": change.files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn file(file: &FileChange) -> Value {
    let status = match file.status {
        FileStatus::Added => "added",
        FileStatus::Deleted => "removed",
        FileStatus::Renamed => "renamed",
        _ => "modified",
    };
    json!({
        "path": file.path,
        "previous_path": file.previous_path,
        "status": status,
        "additions": file.additions,
        "deletions": file.deletions,
        "hunks": file.hunks.iter().map(hunk).collect::<Vec<_>>(),
    })
}

fn hunk(hunk: &Hunk) -> Value {
    json!({
        "old_start": hunk.old_start,
        "old_lines": hunk.old_lines,
        "new_start": hunk.new_start,
        "new_lines": hunk.new_lines,
        "section": hunk.section,
        "removed": hunk.removed.iter().collect::<Vec<_>>(),
        "added": hunk.added.iter().collect::<Vec<_>>(),
    })
}

fn blame(blame: &Blame) -> Value {
    json!({
        "frame": blame.frame.frame,
        "sha": blame.sha,
        "committed_at": date(blame.committed_at),
    })
}

fn date(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .max(datetime!(0000-01-01 0:00 UTC))
        .format(&Rfc3339)
        .expect("a date in UTC with a year from 0 to 9999 has this form")
}
