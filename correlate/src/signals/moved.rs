//! The change puts back the words that it takes away: it moves, inlines or renames.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "moved",
    direction: Direction::Against,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// The share of the words that are the same on both sides, of the side that has more.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    let exchange = scene.prepared.exchanges[position];
    f64::from(exchange.both) / f64::from(exchange.removed.max(exchange.added).max(1))
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let exchange = scene.prepared.exchanges[position];
    // An edited line keeps most of its words; only what is nearly all the same is worth a word.
    let of = exchange.removed.max(exchange.added);
    (measure(scene, position) >= 0.75)
        .then(|| Sight::of(Observation::Moved { words: exchange.both, of }))
}
