//! The words of a changed setting's key are those of the trace: `renderers` and `renderers.js`.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::facts::FactKind;
use crate::facts::family::is_generic;

pub(super) const SIGNAL: Signal = Signal {
    name: "setting-of-trace",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// The fact whose key shares the rarest words with the trace.
fn best(scene: &Scene<'_>, position: usize) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for fit in scene.fits[position].iter().filter(|fit| fit.relevance > 0.0) {
        if matches!(scene.fact(position, fit.fact).kind, FactKind::Dependency { .. }) {
            continue;
        }
        let words = &scene.note(position, fit.fact).words;
        let sum: f64 = words.iter().map(|word| shared(scene, word)).sum();
        // A word in common says little of a setting that cannot make such an error.
        let possible = 0.3 + 0.7 * (fit.strength / 0.3).min(1.0);
        let value = (1.0 - (-1.6 * sum).exp()) * fit.relevance * possible;
        if value > best.map_or(0.0, |(_, other)| other) {
            best = Some((fit.fact, value));
        }
    }
    best
}

/// How much a word of a key says that the trace or the message shares.
fn shared(scene: &Scene<'_>, part: &str) -> f64 {
    let generic = if is_generic(part) { 0.3 } else { 1.0 };
    let of_trace = scene
        .query
        .trace_parts
        .iter()
        .find(|(known, _)| alike(known, part))
        .map_or(0.0, |(_, depth)| 1.0 / (1.0 + 0.25 * f64::from(*depth)));
    let of_message = scene.query.quoted_parts.iter().any(|word| word == part);
    let place = of_trace.max(if of_message { 1.0 } else { 0.0 });
    if place == 0.0 {
        return 0.0;
    }
    let holders = scene.prepared.key_words.get(part).copied().unwrap_or(1);
    place * generic * (0.25 + 0.75 * scene.rarity(holders) / scene.rarity(1).max(1e-9))
}

/// The same word, or one that the other begins with: `renderer`, `render`.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.len().min(b.len()) >= 5 && (a.starts_with(b) || b.starts_with(a)))
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (fact, _) = best(scene, position)?;
    let words = scene.note(position, fact).words.iter();
    let words = words.filter(|word| shared(scene, word) > 0.0).cloned().collect();
    let fact = scene.fact(position, fact);
    Some(Sight::of(Observation::SettingOfTrace { fact: fact.clone(), words }).at(fact.place))
}
