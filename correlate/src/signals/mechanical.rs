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

/// First words of subjects that announce a change of form.
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

/// The word that announces it: the first of the subject, or the first behind its scope
/// (`platform: inline …`, `refactor(cart): …`).
pub(crate) fn announced(message: &str) -> Option<&str> {
    let subject = message.lines().next().unwrap_or_default();
    let behind = subject.split_once(": ").map_or("", |(_, rest)| rest);
    [subject, behind]
        .into_iter()
        .flat_map(|text| words(text).take(1))
        .find(|word| FORM.iter().any(|form| form.eq_ignore_ascii_case(word)))
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if scene.prepared.kinds[position].mechanical { 1.0 } else { 0.0 }
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let word = announced(&scene.prepared.change(position).message)?.to_owned();
    Some(Sight::of(Observation::SaysForm { word }))
}
