//! What the change does to configuration or to a schema fits the class of the error.

use super::fits::{self, Fit};
use super::{Scene, Sight, Signal};
use crate::{Direction, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "fact-fits",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    fits::best(scene, position, false).map_or(0.0, Fit::value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    fits::sight(scene, position, false)
}
