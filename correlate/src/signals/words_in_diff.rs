//! Rare words of the error's message and type stand in the change's lines.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use super::scene::Text;
use crate::rank::query::Role;

pub(super) const SIGNAL: Signal = Signal {
    name: "words-in-diff",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn counts(role: Role) -> f64 {
    match role {
        Role::Quoted => 1.5,
        Role::Message => 1.0,
        Role::Function | Role::Source => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.shared(Text::Diff, position, counts)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    scene.sight_of_shared(Text::Diff, position, counts, |words| Observation::WordsInDiff { words })
}
