//! The change's lines speak of what the error and its trace speak of, by parts of names.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "parts-in-diff",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.like_diff.of[position]
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    scene.sight_of_parts(&scene.like_diff, position, |words| Observation::WordsInDiff { words })
}
