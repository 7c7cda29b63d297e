//! Only documentation is touched.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "docs-only",
    direction: Direction::Against,
    provenance: Provenance::Commit,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if scene.prepared.kinds[position].docs_only { 1.0 } else { 0.0 }
}

fn observe(_: &Scene<'_>, _: usize) -> Option<Sight> {
    Some(Sight::of(Observation::DocsOnly))
}
