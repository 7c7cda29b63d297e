//! A later candidate takes this change back: it does not run any more.

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
    let reverted = scene.prepared.mentions.iter().any(|m| m.of == position && m.reverts);
    if reverted { 1.0 } else { 0.0 }
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let mention = scene.prepared.mentions.iter().find(|m| m.of == position && m.reverts)?;
    let by = scene.prepared.change(mention.by).sha.clone();
    Some(Sight::of(Observation::Reverted { by }))
}
