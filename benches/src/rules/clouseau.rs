//! Mozilla's crash-clouseau: fresh patches near the stack.

use sentry_correlate::{FileChange, FileStatus, Incident, Window};
use time::Duration;

use super::stack::{Stack, distance};
use super::{Answer, Rule};

const REACH: Duration = Duration::days(3);

/// Scores patches of the last three days by how near they come to a line of the stack, from 0 to 10
/// (10: the line itself, or a new file); of equal ones the newest first.
///
/// It was made for nightly builds; on releases of weeks it sees only the last days.
#[derive(Debug, Clone, Copy)]
pub struct Clouseau;

impl Rule for Clouseau {
    fn name(&self) -> &'static str {
        "clouseau"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let Some(onset) = incident.onset.map(|onset| onset.at) else { return Answer::abstain() };
        let stack = Stack::of(incident);
        let fresh = |at| at <= onset && onset - at <= REACH;
        Answer::ranked(window.changes.iter().filter(|c| fresh(c.committed_at)).filter_map(
            |change| {
                let best = change.files.iter().filter_map(|file| score(&stack, file)).max()?;
                let age = (onset - change.committed_at).as_seconds_f64() / REACH.as_seconds_f64();
                Some((change.sha.clone(), f64::from(best) + (1.0 - age) / 2.0))
            },
        ))
    }
}

/// Nearness of the file's hunks to the stack; `None` where the file is not in it.
fn score(stack: &Stack<'_>, file: &FileChange) -> Option<u32> {
    stack
        .hits(file)
        .map(|i| {
            if file.status == FileStatus::Added {
                return 10;
            }
            let Some(line) = stack.frames[i].frame.line else { return 0 };
            let distance = file.hunks.iter().map(|hunk| distance(hunk, line)).min();
            // The distance at which nearness is used up is not published; ten lines a point.
            distance.map_or(0, |distance| 10 - distance.div_ceil(10).min(10))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, incident, named, touched, window};
    use super::*;

    #[test]
    fn fresh_and_near_wins_then_the_newer() {
        let incident = incident(&[("a.py", "f", 50)]);
        let mut new_file = touched("a.py", &[]);
        new_file.status = FileStatus::Added;
        let window = window(
            &[
                change("stale", 4, &[touched("a.py", &[50])]),
                change("exact", 2, &[touched("a.py", &[50])]),
                change("near", 1, &[touched("a.py", &[62])]),
                change("far", 1, &[touched("a.py", &[900])]),
                change("far-older", 2, &[touched("a.py", &[900])]),
                change("added", 1, &[new_file]),
                change("elsewhere", 1, &[touched("z.py", &[50])]),
            ],
            &[],
        );
        let expected = ["added", "exact", "near", "far", "far-older"];
        assert_eq!(named(&Clouseau, &incident, &window), expected);
    }
}
