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

/// Words of an edit that may well keep most of them and still say something new.
const FEW: f64 = 12.0;

/// The share of the words that are the same on both sides, of the side that has more; less of an
/// edit of few words.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    let exchange = scene.prepared.exchanges[position];
    let words = f64::from(exchange.removed.max(exchange.added));
    if words == 0.0 { 0.0 } else { f64::from(exchange.both) / (words + FEW) }
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let exchange = scene.prepared.exchanges[position];
    let of = exchange.removed.max(exchange.added);
    // Only what is nearly all the same is worth a sentence.
    (measure(scene, position) >= 0.5 && 4 * exchange.both >= 3 * of)
        .then(|| Sight::of(Observation::Moved { words: exchange.both, of }))
}
