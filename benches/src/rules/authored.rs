//! Small incidents and windows for the rules' tests.

use sentry_correlate::{
    Blame, Change, Exception, FileChange, FileStatus, Frame, FrameRef, Hunk, Incident, Onset,
    OnsetBasis, Window,
};
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Answer, Rule};

/// When the incidents here begin.
pub(super) const ONSET: OffsetDateTime = datetime!(2026-06-30 12:00 UTC);

/// A Python error with frames of the program, oldest call first: file, function, line.
pub(super) fn incident(frames: &[(&str, &str, u32)]) -> Incident {
    let frames = frames
        .iter()
        .map(|(filename, function, line)| Frame {
            filename: Some((*filename).into()),
            function: Some((*function).into()),
            line: Some(*line),
            in_app: true,
            ..Frame::default()
        })
        .collect();
    Incident {
        platform: Some("python".into()),
        onset: Some(Onset { at: ONSET, basis: OnsetBasis::EventTime }),
        exceptions: vec![Exception { ty: Some("KeyError".into()), frames, ..Default::default() }],
        ..Incident::default()
    }
}

/// A modified file without hunks.
pub(super) fn file(path: &str) -> FileChange {
    FileChange {
        path: path.into(),
        previous_path: None,
        status: FileStatus::Modified,
        additions: 1,
        deletions: 1,
        hunks: Vec::new(),
    }
}

/// A modified file with one-line hunks at these lines.
pub(super) fn touched(path: &str, lines: &[u32]) -> FileChange {
    let hunk = |line: &u32| Hunk {
        old_start: *line,
        old_lines: 1,
        new_start: *line,
        new_lines: 1,
        ..Hunk::default()
    };
    FileChange { hunks: lines.iter().map(hunk).collect(), ..file(path) }
}

/// A change made so many days before [`ONSET`].
pub(super) fn change(sha: &str, days: i64, files: &[FileChange]) -> Change {
    let at = ONSET - time::Duration::days(days);
    Change {
        sha: sha.into(),
        author: format!("author of {sha}"),
        author_email: None,
        authored_at: at,
        committed_at: at,
        message: format!("work {sha}"),
        parents: 1,
        files: files.to_vec(),
        url: None,
        position: None,
        ignored_by: None,
    }
}

/// Blame of a frame of the only exception.
pub(super) fn blame(frame: usize, sha: &str, days: i64) -> Blame {
    Blame {
        frame: FrameRef { exception: 0, frame },
        sha: sha.into(),
        committed_at: ONSET - time::Duration::days(days),
    }
}

/// A window of these.
pub(super) fn window(changes: &[Change], blame: &[Blame]) -> Window {
    Window { changes: changes.to_vec(), blame: blame.to_vec(), ..Window::default() }
}

/// The named changes, best first; the order within a tie is that of the names.
pub(super) fn order(answer: &Answer) -> Vec<&str> {
    answer.suspects().iter().map(|suspect| suspect.sha.as_str()).collect()
}

/// The order a rule gives.
pub(super) fn named(rule: &dyn Rule, incident: &Incident, window: &Window) -> Vec<String> {
    order(&rule.answer(incident, window)).into_iter().map(str::to_owned).collect()
}
