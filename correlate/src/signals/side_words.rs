//! Rare words of the error stand in the change's documents and tests: it tells of the same thing.

use super::scene::Text;
use super::{Scene, Sight, Signal};
use crate::rank::query::Role;
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "side-words",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn counts(role: Role) -> f64 {
    match role {
        Role::Quoted => 1.5,
        Role::Message | Role::Function => 1.0,
        Role::Source => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.shared(Text::Side, position, counts)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let words = scene.shared_words(Text::Side, position, counts);
    let place = scene.place_of(position, words.first()?);
    let sight = Sight::of(Observation::WordsInDiff { words });
    Some(match place {
        Some(place) => sight.at(place),
        None => sight,
    })
}
