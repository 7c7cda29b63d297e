//! What the change does fits the class of the error.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use super::fits::Fit;
use crate::facts::FactKind;

pub(super) const SIGNAL: Signal = Signal {
    name: "fact-fits",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn best<'s>(scene: &'s Scene<'_>, position: usize) -> Option<(&'s Fit, f64)> {
    scene.fits[position]
        .iter()
        .filter(|fit| !matches!(scene.fact(position, fit.fact).kind, FactKind::Dependency { .. }))
        .map(|fit| (fit, fit.strength * fit.relevance))
        .filter(|(_, value)| *value > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (fit, _) = best(scene, position)?;
    let fact = scene.fact(position, fit.fact);
    let observation = Observation::FactFits { fact: fact.clone(), class: fit.class? };
    Some(Sight::of(observation).at(fact.place))
}
