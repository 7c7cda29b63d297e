//! It is a merge, whose parents are candidates themselves.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "merge",
    direction: Direction::Against,
    provenance: Provenance::Commit,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if scene.prepared.kinds[position].merge { 1.0 } else { 0.0 }
}

fn observe(_: &Scene<'_>, _: usize) -> Option<Sight> {
    Some(Sight::of(Observation::Merge))
}
