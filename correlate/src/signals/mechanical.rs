//! The change is mechanical by its own word: it renames, moves, inlines, formats, or touches logs.

use super::{Scene, Sight, Signal};
use crate::rank::words::words;
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "mechanical",
    direction: Direction::Against,
    provenance: Provenance::Message,
    measure,
    observe,
};

/// First words of subjects, or words anywhere in them, that announce a change of form.
const FORM: &[&str] = &[
    "refactor",
    "refactoring",
    "refactored",
    "rename",
    "renamed",
    "renaming",
    "inline",
    "inlined",
    "reformat",
    "format",
    "formatting",
    "cleanup",
    "clean",
    "cleanups",
    "typo",
    "typos",
    "style",
    "whitespace",
    "indentation",
    "indent",
    "lint",
    "comment",
    "comments",
    "docstring",
    "reorder",
    "reorganize",
    "tidy",
    "squashed",
    "squash",
    "logging",
    "log",
    "logs",
    "black",
    "isort",
    "flake8",
    "rubocop",
    "prettier",
    "spelling",
    "copyright",
    "license",
    "pep8",
    "simplify",
    "hoist",
];

/// Whether the subject holds such a word.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    let subject = scene.prepared.change(position).message.lines().next().unwrap_or_default();
    let formal =
        words(subject).take(16).any(|word| FORM.iter().any(|form| form.eq_ignore_ascii_case(word)));
    if formal { 1.0 } else { 0.0 }
}

fn observe(_: &Scene<'_>, _: usize) -> Option<Sight> {
    Some(Sight::of(Observation::FormOnly))
}
