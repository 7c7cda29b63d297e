//! The message says the words of a changed setting's key: "too many open files", `open.files`.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "setting-named",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn best(scene: &Scene<'_>, position: usize) -> Option<(usize, f64, Vec<String>)> {
    let mut best: Option<(usize, f64, Vec<String>)> = None;
    for fit in scene.fits[position].iter().filter(|fit| fit.relevance > 0.0) {
        let (share, words) = said(scene, &scene.note(position, fit.fact).key);
        let possible = 0.3 + 0.7 * (fit.strength / 0.3).min(1.0);
        let value = share * fit.relevance * possible;
        if value > best.as_ref().map_or(0.0, |(_, other, _)| *other) {
            best = Some((fit.fact, value, words));
        }
    }
    best
}

/// How much of the key's last words the message says, by letters; rare words count more.
fn said(scene: &Scene<'_>, key: &[String]) -> (f64, Vec<String>) {
    // The namespace in front is not what the setting is about.
    let telling = &key[key.len().saturating_sub(4)..];
    let (mut covered, mut all) = (0.0, 0.0);
    let mut words = Vec::new();
    for part in telling {
        let holders = scene.prepared.key_words.get(part).copied().unwrap_or(1);
        let weight = 0.2 + scene.rarity(holders) / scene.rarity(1).max(1e-9);
        all += weight;
        let share = covers(&scene.query.said, part);
        if share > 0.0 {
            covered += weight * share;
            words.push(part.clone());
        }
    }
    if all == 0.0 { (0.0, words) } else { (covered / all, words) }
}

/// Share of a word that the message's words make up: `maxclient` is `max` and `client`.
fn covers(said: &[String], part: &str) -> f64 {
    if part.len() >= 2 && said.iter().any(|word| word == part) {
        return 1.0;
    }
    if part.len() < 7 {
        return 0.0;
    }
    let letters: usize = said
        .iter()
        .filter(|word| {
            word.len() >= 3 && (part.starts_with(*word) || part.ends_with(word.as_str()))
        })
        .map(String::len)
        .sum();
    let share = letters.min(part.len()) as f64 / part.len() as f64;
    if share >= 0.5 { share } else { 0.0 }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |(_, value, _)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (fact, _, words) = best(scene, position)?;
    let fact = scene.fact(position, fact);
    Some(Sight::of(Observation::SettingOfTrace { fact: fact.clone(), words }).at(fact.place))
}
