//! How long ranking takes: 10, 600 and 10,000 commits against 30 frames, reading apart.

use std::time::{Duration, Instant};

use sentry_correlate::diff::reduce::{RawHunk, Reducer};
use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::{Change, Exception, FileChange, FileStatus, Frame, Incident, Window};
use time::OffsetDateTime;

/// Files of the project, functions of a file, lines of a commit's hunk.
const FILES: usize = 400;
const FUNCTIONS: usize = 25;
const HUNKS: usize = 12;

fn main() {
    println!("commits  patch bytes     reading  ns/byte     ranking");
    for commits in [10, 600, 10_000] {
        let window = window(commits);
        let bytes = bytes(&window);
        let incident = incident();
        let ranker = Ranker::default();
        let runs = if commits > 1_000 { 5 } else { 30 };
        let reading = fastest(runs, || {
            assert_eq!(PreparedWindow::new(&window).len(), commits);
        });
        let prepared = PreparedWindow::new(&window);
        let ranking = fastest(runs, || {
            assert_eq!(ranker.rank_prepared(&incident, &prepared).hypotheses.len(), commits);
        });
        let each = reading.as_nanos() as f64 / bytes as f64;
        println!("{commits:>7}  {bytes:>11}  {reading:>10.2?}  {each:>7.2}  {ranking:>10.2?}");
    }
}

fn fastest(runs: usize, mut work: impl FnMut()) -> Duration {
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn bytes(window: &Window) -> usize {
    let lines = window.changes.iter().flat_map(|change| &change.files).flat_map(|f| &f.hunks);
    lines.flat_map(|hunk| hunk.removed.iter().chain(&hunk.added)).map(|line| line.len() + 1).sum()
}

/// A deterministic history: each commit edits two files in several hunks.
fn window(commits: usize) -> Window {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let changes = (0..commits).map(|number| {
        let mut reducer = Reducer::new();
        let files = (0..2).map(|_| {
            let path = format!("src/part{}/file{}.py", next(20), next(FILES));
            let hunks: Vec<_> = (0..HUNKS)
                .map(|at| {
                    let function = next(FUNCTIONS);
                    let lines: Vec<String> = (0..8)
                        .map(|_| {
                            format!(
                                "    self.value_{} = compute_{}(argument_{}, limit_{})",
                                next(9_000),
                                next(700),
                                next(3_000),
                                next(90)
                            )
                        })
                        .collect();
                    (u32::try_from(at * 60 + next(40)).unwrap_or(1), function, lines)
                })
                .collect();
            let sections: Vec<String> =
                hunks.iter().map(|(_, f, _)| format!("def function_{f}(self):")).collect();
            let raw = hunks.iter().zip(&sections).map(|((line, _, lines), section)| RawHunk {
                old_start: *line,
                new_start: *line,
                section,
                removed: lines[..4].iter().map(String::as_str).collect(),
                added: lines[4..].iter().map(String::as_str).collect(),
            });
            FileChange {
                hunks: reducer.file(&path, raw),
                path,
                previous_path: None,
                status: FileStatus::Modified,
                additions: 48,
                deletions: 48,
            }
        });
        let files = files.collect();
        let at = OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(number as i64);
        Change {
            sha: format!("{number:040x}"),
            author: "Ida".into(),
            author_email: None,
            authored_at: at,
            committed_at: at,
            message: format!("Compute value {number} with a limit"),
            parents: 1,
            files,
            url: None,
            position: None,
            ignored_by: None,
        }
    });
    Window::of_history(changes)
}

fn incident() -> Incident {
    let frames = (0..30).map(|n| Frame {
        filename: Some(format!("src/part{}/file{}.py", n % 20, n * 7)),
        function: Some(format!("function_{}", n % FUNCTIONS)),
        line: Some(100 + 20 * n as u32),
        in_app: true,
        ..Frame::default()
    });
    Incident {
        exceptions: vec![Exception {
            ty: Some("ValueError".into()),
            value: Some("compute_17 got argument_204, over limit_9 of 'value_88'".into()),
            module: None,
            frames: frames.collect(),
        }],
        ..Incident::default()
    }
}
