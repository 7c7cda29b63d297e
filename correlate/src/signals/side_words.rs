//! Rare words of the error stand in the change's documents and tests: it tells of the same thing.

use super::scene::Text;
use super::{Scene, Sight, Signal};
use crate::rank::query::Role;
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "side-words",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn counts(role: Role) -> f64 {
    match role {
        Role::Quoted => 1.5,
        Role::Message | Role::Function => 1.0,
        Role::Source => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.shared(Text::Side, position, counts)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    scene.sight_of_shared(Text::Side, position, counts, |words| Observation::WordsInDiff { words })
}
