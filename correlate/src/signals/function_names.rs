//! Names of the trace's functions stand in the change's lines: it calls or changes them.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use super::scene::Text;
use crate::rank::query::Role;

pub(super) const SIGNAL: Signal = Signal {
    name: "function-names",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn counts(role: Role) -> f64 {
    match role {
        Role::Function => 1.0,
        Role::Quoted | Role::Message | Role::Source => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.shared(Text::Diff, position, counts)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    scene.sight_of_shared(Text::Diff, position, counts, |words| Observation::WordsInDiff { words })
}
