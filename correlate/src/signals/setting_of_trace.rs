//! The words of a changed setting's key are those of the trace: `renderers` and `renderers.js`.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::facts::FactKind;
use crate::facts::family::is_generic;
use crate::rank::prepare::key_parts;
use crate::rank::words::parts;

pub(super) const SIGNAL: Signal = Signal {
    name: "setting-of-trace",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// The fact whose key shares the rarest words with the trace, and those words.
fn best(scene: &Scene<'_>, position: usize) -> Option<(usize, f64, Vec<String>)> {
    let mut best: Option<(usize, f64, Vec<String>)> = None;
    for fit in &scene.fits[position] {
        let fact = scene.fact(position, fit.fact);
        if matches!(fact.kind, FactKind::Dependency { .. }) {
            continue;
        }
        let mut sum = 0.0;
        let mut words = Vec::new();
        for part in key_parts(&fact.kind) {
            let value = shared(scene, &part);
            if value > 0.0 {
                sum += value;
                words.push(part);
            }
        }
        // A word in common says little of a setting that cannot make such an error.
        let possible = 0.3 + 0.7 * (fit.strength / 0.3).min(1.0);
        let value = (1.0 - (-1.6 * sum).exp()) * fit.relevance * possible;
        if value > best.as_ref().map_or(0.0, |(_, other, _)| *other) {
            best = Some((fit.fact, value, words));
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
    let of_message = scene
        .query
        .quoted
        .iter()
        .any(|quoted| quoted.len() <= 60 && parts(quoted).iter().any(|word| word == part));
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
    best(scene, position).map_or(0.0, |(_, value, _)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (fact, _, words) = best(scene, position)?;
    let fact = scene.fact(position, fact);
    Some(Sight::of(Observation::SettingOfTrace { fact: fact.clone(), words }).at(fact.place))
}
