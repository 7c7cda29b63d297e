//! `culprit`: who wrote most lines of the stack.

use std::collections::BTreeMap;

use sentry_correlate::{Incident, Window};

use super::{Answer, Rule, blame};

/// Counts blamed lines per commit; mechanical commits lose ties, then the newer wins.
///
/// The tool also walks through mechanical commits to what the line was before. A recorded window
/// holds one blame per line, so that walk is left out.
#[derive(Debug, Clone, Copy)]
pub struct Culprit;

/// Words that mark a commit which changes form, not meaning.
const MECHANICAL: [&str; 10] = [
    "refactor",
    "reformat",
    "restyle",
    "indent",
    "whitespace",
    "typo",
    "rename",
    "reorder",
    "simplify",
    "cleanup",
];

impl Rule for Culprit {
    fn name(&self) -> &'static str {
        "culprit"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let mut blamed = BTreeMap::new();
        for blame in blame::innermost_first(incident, window) {
            let mechanical = is_mechanical(window, &blame.sha);
            let entry =
                blamed.entry(&blame.sha).or_insert((0_u32, !mechanical, blame.committed_at));
            entry.0 += 1;
        }
        let mut order: Vec<_> = blamed.values().copied().collect();
        order.sort_unstable();
        order.dedup();
        let rank = |key| order.binary_search(key).map_or(0.0, |rank| rank as f64);
        Answer::ranked(blamed.iter().map(|(sha, key)| ((*sha).clone(), rank(key))))
    }
}

fn is_mechanical(window: &Window, sha: &str) -> bool {
    let change = window.changes.iter().find(|change| change.sha == sha);
    change.is_some_and(|change| {
        let subject = change.message.lines().next().unwrap_or_default().to_lowercase();
        MECHANICAL.iter().any(|word| subject.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::super::authored::{blame, change, incident, named, window};
    use super::*;

    #[test]
    fn lines_count_first_then_meaning_then_date() {
        let incident = incident(&[
            ("a.py", "f", 1),
            ("a.py", "g", 2),
            ("a.py", "h", 3),
            ("b.py", "i", 4),
            ("b.py", "j", 5),
        ]);
        let mut tidy = change("tidy", 1, &[]);
        tidy.message = "Reformat the cart".into();
        let window = window(
            &[tidy, change("two", 30, &[]), change("new", 2, &[]), change("older", 9, &[])],
            &[
                blame(0, "two", 30),
                blame(1, "two", 30),
                blame(2, "new", 2),
                blame(3, "tidy", 1),
                blame(4, "older", 9),
            ],
        );
        assert_eq!(named(&Culprit, &incident, &window), ["two", "new", "older", "tidy"]);
    }
}
