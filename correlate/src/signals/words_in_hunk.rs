//! Several rare words of the error stand together in one hunk of a file of the trace.

use super::scene::Text;
use super::{Scene, Sight, Signal};
use crate::rank::query::Role;
use crate::rank::words::each_word;
use crate::{Direction, Observation, Place, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "words-in-hunk",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// What a hunk shares with the error.
struct Shared {
    place: Place,
    /// Hashes of the words.
    words: Vec<u64>,
    /// How much they say together.
    sum: f64,
}

/// The hunk of a file of the trace that shares most.
fn best(scene: &Scene<'_>, position: usize) -> Option<Shared> {
    let terms = scene.terms_of(Text::Diff, position, |role| role != Role::Source);
    if terms.is_empty() {
        return None;
    }
    // Most words of the lines are none of these: a bit for each tells it soon.
    let mask = terms.iter().fold(0_u64, |mask, (hash, _)| mask | 1_u64 << (hash >> 58));
    let mut best: Option<Shared> = None;
    let mut read: Vec<usize> = Vec::new();
    for touch in scene.touches(position) {
        if read.contains(&touch.file) {
            continue;
        }
        read.push(touch.file);
        let file = &scene.prepared.change(position).files[touch.file];
        for (index, hunk) in file.hunks.iter().enumerate() {
            let mut found: Vec<u64> = Vec::new();
            let mut sum = 0.0;
            let mut add = |hash: u64, _, _| {
                if mask & (1_u64 << (hash >> 58)) != 0
                    && let Some((_, value)) = terms.iter().find(|(known, _)| *known == hash)
                    && !found.contains(&hash)
                {
                    found.push(hash);
                    sum += value;
                }
            };
            hunk.removed.iter().chain(&hunk.added).for_each(|line| each_word(line, &mut add));
            if sum > best.as_ref().map_or(0.0, |other| other.sum) {
                let place = Place { file: touch.file, hunk: Some(index) };
                best = Some(Shared { place, words: found, sum });
            }
        }
    }
    best
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |shared| 1.0 - (-1.5 * shared.sum).exp())
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let shared = best(scene, position)?;
    let words = scene.shared_words(Text::Diff, position, |term| shared.words.contains(&term.hash));
    Some(Sight::of(Observation::WordsInDiff { words }).at(shared.place))
}
