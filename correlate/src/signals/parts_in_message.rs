//! The commit message speaks of what the error and its trace speak of, by parts of names.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "parts-in-message",
    direction: Direction::For,
    provenance: Provenance::Message,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.like_message.of[position]
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    scene.sight_of_parts(&scene.like_message, position, |words| Observation::WordsInMessage {
        words,
    })
}
