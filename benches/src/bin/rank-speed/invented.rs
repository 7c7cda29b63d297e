//! Invented windows of any size: each commit edits two files in several hunks.

use std::fmt::Write as _;

use sentry_correlate::{Change, Exception, Frame, Incident};
use time::OffsetDateTime;

/// Files of the project, functions of a file, hunks of a commit's file.
const FILES: usize = 400;
const FUNCTIONS: usize = 25;
const HUNKS: usize = 12;

/// The patches of a deterministic history, as `git show -U0` prints them.
pub(crate) fn patches(commits: usize) -> Vec<String> {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    (0..commits)
        .map(|_| {
            let mut patch = String::new();
            for _ in 0..2 {
                file(&mut patch, &mut next).expect("a text takes what is written");
            }
            patch
        })
        .collect()
}

fn file(patch: &mut String, next: &mut impl FnMut(usize) -> usize) -> std::fmt::Result {
    let path = format!("src/part{}/file{}.py", next(20), next(FILES));
    writeln!(patch, "diff --git a/{path} b/{path}")?;
    writeln!(patch, "index 3a0b1f2..6c1d9e4 100644\n--- a/{path}\n+++ b/{path}")?;
    for hunk in 0..HUNKS {
        let line = 1 + hunk * 60 + next(40);
        writeln!(patch, "@@ -{line},4 +{line},4 @@ def function_{}(self):", next(FUNCTIONS))?;
        for n in 0..8 {
            writeln!(
                patch,
                "{}    self.value_{} = compute_{}(argument_{}, limit_{})",
                if n < 4 { '-' } else { '+' },
                next(9_000),
                next(700),
                next(3_000),
                next(90)
            )?;
        }
    }
    Ok(())
}

/// The commit of a patch, but for its files.
pub(crate) fn commit(number: usize) -> Change {
    let at = OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(number as i64);
    Change {
        sha: format!("{number:040x}"),
        author: "Ida".into(),
        author_email: None,
        authored_at: at,
        committed_at: at,
        message: format!("Compute value {number} with a limit"),
        parents: 1,
        files: Vec::new(),
        url: None,
        position: u32::try_from(number).ok(),
        ignored_by: None,
    }
}

/// An error with thirty frames.
pub(crate) fn incident() -> Incident {
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
