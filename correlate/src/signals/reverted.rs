//! A later candidate takes this change back: it does not run any more. One whose revert was itself
//! reverted runs again.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "reverted",
    direction: Direction::Against,
    provenance: Provenance::Message,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if scene.prepared.reverted[position].is_some() { 1.0 } else { 0.0 }
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let by = scene.prepared.change(scene.prepared.reverted[position]?).sha.clone();
    Some(Sight::of(Observation::Reverted { by }))
}
