//! The change stands late in the window.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "late",
    direction: Direction::For,
    provenance: Provenance::Window,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    (position as f64 + 1.0) / scene.prepared.len() as f64
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let candidates = scene.prepared.len();
    Some(Sight::of(Observation::Late { after: candidates - 1 - position, candidates }))
}
