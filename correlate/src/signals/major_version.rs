//! A dependency moved to another major version, to an image of another kind, or is gone.

use super::{Scene, Sight, Signal, bold};
use crate::facts::{FactKind, VersionStep};
use crate::{Direction, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "major-version",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn boldness(fact: &FactKind) -> f64 {
    match fact {
        FactKind::Dependency { step, .. } => match step {
            VersionStep::Major | VersionStep::Removed => 1.0,
            VersionStep::Unknown => 0.6,
            VersionStep::Minor | VersionStep::Patch | VersionStep::Added => 0.0,
        },
        _ => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    bold::measure(scene, position, boldness)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    bold::observe(scene, position, boldness)
}
