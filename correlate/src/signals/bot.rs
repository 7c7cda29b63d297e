//! A bot made the change.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "bot",
    direction: Direction::Against,
    provenance: Provenance::Commit,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if scene.prepared.kinds[position].bot { 1.0 } else { 0.0 }
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let author = scene.prepared.change(position).author.clone();
    Some(Sight::of(Observation::Bot { author }))
}
