//! Rare words of the error stand in the paths of the change's files.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use super::scene::Text;
use crate::rank::query::Role;

pub(super) const SIGNAL: Signal = Signal {
    name: "path-words",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn counts(role: Role) -> f64 {
    match role {
        Role::Quoted | Role::Message | Role::Function => 1.0,
        Role::Source => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.shared(Text::Path, position, counts)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    scene.sight_of_shared(Text::Path, position, counts, |words| Observation::WordsInPath { words })
}
