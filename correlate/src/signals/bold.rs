//! How bold the steps of a change are, whatever the error: what `leap`, `switched`,
//! `removed-setting` and `major-version` have in common.

use crate::Observation;
use crate::facts::{Fact, FactKind};

use super::{Scene, Sight};

/// How much a bold step counts that the table does not explain the error with.
const UNEXPLAINED: f64 = 0.5;
/// Strength from which a fact explains the error well enough.
const EXPLAINED: f64 = 0.3;

/// What the boldest step of a change is worth, by some measure of facts.
pub(super) fn measure(scene: &Scene<'_>, position: usize, of: impl Fn(&FactKind) -> f64) -> f64 {
    boldest(scene, position, of).map_or(0.0, |(_, value)| value)
}

/// That step as evidence.
pub(super) fn observe(
    scene: &Scene<'_>,
    position: usize,
    of: impl Fn(&FactKind) -> f64,
) -> Option<Sight> {
    let (fact, _) = boldest(scene, position, of)?;
    Some(Sight::of(Observation::BoldStep { fact: fact.clone() }).at(fact.place))
}

/// The fact that is worth most where the incident happened, and how much.
fn boldest<'s>(
    scene: &'s Scene<'_>,
    position: usize,
    of: impl Fn(&FactKind) -> f64,
) -> Option<(&'s Fact, f64)> {
    scene.fits[position]
        .iter()
        .map(|fit| {
            let fact = scene.fact(position, fit.fact);
            let boldness = scene.note(position, fit.fact).boldness;
            (fact, fit.bearing * plausible(fit.strength) * of(&fact.kind) * boldness)
        })
        .filter(|(_, value)| *value > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// How much a step counts by how well the table says that it explains the error: the table does not
/// know everything, so that what it does not explain still counts in part.
fn plausible(strength: f64) -> f64 {
    UNEXPLAINED + (1.0 - UNEXPLAINED) * (strength / EXPLAINED).min(1.0)
}
