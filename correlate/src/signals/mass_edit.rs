//! Many files are touched at once: what such a change shares with the error may be chance.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

/// Files up to which a change is of an ordinary size.
const ORDINARY: f64 = 5.0;

pub(super) const SIGNAL: Signal = Signal {
    name: "mass-edit",
    direction: Direction::Against,
    provenance: Provenance::Commit,
    measure,
    observe,
};

/// Grows with the logarithm: 0 at five files, 1 at five hundred.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    let files = scene.prepared.sizes[position] as f64;
    ((files / ORDINARY).max(1.0).log10() / 2.0).min(1.0)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    Some(Sight::of(Observation::MassEdit { files: scene.prepared.sizes[position] }))
}
