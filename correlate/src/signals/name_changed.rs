//! A name that the error gives was defined, removed, renamed or changed.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::facts::{DefinitionAction, FactKind};
use crate::rank::query::Role;
use crate::rank::words::hash;

pub(super) const SIGNAL: Signal = Signal {
    name: "name-changed",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// The best definition: how it changed, and where the error names it.
fn best(scene: &Scene<'_>, position: usize) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (index, fact) in scene.prepared.facts[position].iter().enumerate() {
        let FactKind::Definition { action, name } = &fact.kind else { continue };
        let Some(term) = scene.query.term_of(hash(name)) else { continue };
        let role = match term.role {
            Role::Quoted => 1.0,
            Role::Message => 0.8,
            Role::Function => 0.5,
            Role::Source => 0.4,
        };
        let how = match action {
            DefinitionAction::Removed | DefinitionAction::Renamed { .. } => 1.0,
            DefinitionAction::SignatureChanged => 0.9,
            DefinitionAction::Added => 0.7,
        };
        let value = role * how;
        if best.is_none_or(|(_, other)| other < value) {
            best = Some((index, value));
        }
    }
    best
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let fact = scene.fact(position, best(scene, position)?.0);
    let FactKind::Definition { name, .. } = &fact.kind else { return None };
    Some(Sight::of(Observation::NameChanged { name: name.clone() }).at(fact.place))
}
