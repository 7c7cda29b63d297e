//! Pinterest's git-stacktrace.

use std::collections::BTreeSet;

use sentry_correlate::diff::reduce;
use sentry_correlate::{Change, FileChange, FileStatus, Incident, Lines, Window};

use super::stack::{Stack, distance};
use super::{Answer, Rule};

/// Adds up: files of the trace modified ×1, deleted ×2, added ×3; source lines of the trace added
/// ×3 or removed ×2; line numbers of the trace hit ×4. The tool breaks ties by hash, which is
/// chance: here they tie.
#[derive(Debug, Clone, Copy)]
pub struct GitStacktrace;

/// A path whose lines are reduced as source code is.
const SOURCE: &str = "source";

impl Rule for GitStacktrace {
    fn name(&self) -> &'static str {
        "git-stacktrace"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let stack = Stack::of(incident);
        Answer::ranked(window.changes.iter().filter_map(|change| {
            let score = score(&stack, change);
            (score > 0).then(|| (change.sha.clone(), f64::from(score)))
        }))
    }
}

fn score(stack: &Stack<'_>, change: &Change) -> u32 {
    let files: u32 = change
        .files
        .iter()
        .filter(|file| stack.hits(file).next().is_some())
        .map(|file| match file.status {
            FileStatus::Added => 3,
            FileStatus::Deleted => 2,
            _ => 1,
        })
        .sum();
    files + 4 * lines_hit(stack, change) + code(stack, change)
}

/// Distinct lines of the trace that the change wrote.
fn lines_hit(stack: &Stack<'_>, change: &Change) -> u32 {
    let mut hit = BTreeSet::new();
    for file in &change.files {
        for i in stack.hits(file) {
            let line = stack.frames[i].frame.line;
            let touches =
                |line| file.hunks.iter().any(|h| h.new_lines > 0 && distance(h, line) == 0);
            if line.is_some_and(touches) {
                hit.insert((&file.path, line));
            }
        }
    }
    u32::try_from(hit.len()).unwrap_or(u32::MAX)
}

/// The trace's own source lines, found among the lines of the change.
fn code(stack: &Stack<'_>, change: &Change) -> u32 {
    let contexts: BTreeSet<_> = stack
        .frames
        .iter()
        .filter_map(|frame| frame.frame.context_line.as_deref())
        .map(|line| (line, reduce::line(SOURCE, line)))
        .filter(|(_, reduced)| !reduced.is_empty())
        .collect();
    let found = |pick: fn(&sentry_correlate::Hunk) -> &Lines, (raw, reduced): &(&str, String)| {
        change
            .files
            .iter()
            .flat_map(|file: &FileChange| &file.hunks)
            .any(|hunk| pick(hunk).iter().any(|line| line == reduced || line == raw.trim()))
    };
    contexts
        .iter()
        .map(|line| {
            3 * u32::from(found(|h| &h.added, line)) + 2 * u32::from(found(|h| &h.removed, line))
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, file, incident, touched, window};
    use super::*;

    fn scores(incident: &Incident, window: &Window) -> Vec<(String, f64)> {
        let answer = GitStacktrace.answer(incident, window);
        answer.suspects().iter().map(|s| (s.sha.clone(), s.score)).collect()
    }

    #[test]
    fn files_by_status_and_lines_by_number() {
        let incident = incident(&[("a.py", "f", 5), ("b.py", "g", 9), ("b.py", "g", 9)]);
        let with = |status, mut file: FileChange| {
            file.status = status;
            file
        };
        let window = window(
            &[
                change("modified", 1, &[file("a.py")]),
                change("deleted", 1, &[with(FileStatus::Deleted, file("a.py"))]),
                change("added", 1, &[with(FileStatus::Added, file("a.py"))]),
                change("both-lines", 1, &[touched("a.py", &[5]), touched("b.py", &[9])]),
                change("elsewhere", 1, &[touched("z.py", &[5])]),
            ],
            &[],
        );
        // Two files modified, two distinct lines hit: 2 + 2 × 4.
        let expected = [("both-lines", 10.0), ("added", 3.0), ("deleted", 2.0), ("modified", 1.0)];
        assert_eq!(scores(&incident, &window), expected.map(|(sha, s)| (sha.to_owned(), s)));
    }

    #[test]
    fn source_lines_are_looked_for_among_added_and_removed_ones() {
        let mut incident = incident(&[("a.py", "f", 50)]);
        incident.exceptions[0].frames[0].context_line = Some("    total = cart.sum(items)".into());
        let line = Lines::from(["total cart sum items"]);
        let mut added = touched("z.py", &[1]);
        added.hunks[0].added = line.clone();
        let mut removed = touched("z.py", &[1]);
        removed.hunks[0].removed = line;
        let window = window(&[change("adds", 1, &[added]), change("removes", 1, &[removed])], &[]);
        let expected = [("adds", 3.0), ("removes", 2.0)];
        assert_eq!(scores(&incident, &window), expected.map(|(sha, s)| (sha.to_owned(), s)));
    }
}
