//! Whether a setting and an error have a component in common: the database, the cache, the broker.

use crate::Incident;
use crate::facts::component::Components;
use crate::facts::{ErrorClass, Fact, FactKind, Family, Trend, is_contract};
use crate::rank::note::Note;
use crate::rank::query::Query;

use super::Scene;

/// Frames of a library nearest to the crash whose paths name a component.
const NEAREST: usize = 4;

/// The components that an incident's words, frames and libraries name.
pub(super) fn components(incident: &Incident, query: &Query) -> Components {
    let trace: Vec<String> = query.trace_parts.iter().map(|(part, _)| part.clone()).collect();
    let mut libraries = Components::of_parts(&query.packages);
    for exception in &incident.exceptions {
        // `com/zaxxer/hikari/pool/HikariPool.java`: no package manager's directory stands before it.
        let foreign = exception.frames.iter().rev().filter(|frame| !frame.in_app).take(NEAREST);
        for path in foreign.filter_map(|frame| frame.filename.as_deref()) {
            libraries = libraries | Components::of(path);
        }
    }
    // Where the library is known, words like "database" and "statement" mean its own.
    let words: Vec<String> = if libraries.is_empty() {
        query.said.clone()
    } else {
        query.said.iter().filter(|word| !is_everyday(word)).cloned().collect()
    };
    Components::of_parts(&words) | libraries | Components::of_parts(&trace)
}

/// Words that many components use of what they hold.
fn is_everyday(word: &str) -> bool {
    matches!(
        word,
        "db" | "database" | "statement" | "relation" | "repo" | "migration" | "sql" | "blob"
    )
}

/// A setting of the component that the error comes from explains more than one of another.
pub(super) fn company(
    scene: &Scene<'_>,
    position: usize,
    fact: &Fact,
    note: &Note,
    class: Option<ErrorClass>,
) -> f64 {
    let error = scene.components;
    let path = &scene.prepared.change(position).files[fact.place.file].path;
    match &fact.kind {
        // Those who agree on messages name no component.
        FactKind::Schema { .. } if is_contract(path) => 1.3,
        // Whatever changes a schema configures the database.
        FactKind::Schema { .. } => {
            if error.is_empty() || error.meets(Components::of("sql")) {
                1.0
            } else {
                0.7
            }
        }
        FactKind::Setting(_) | FactKind::SettingRenamed { .. } => {
            let anybodys = class.is_some_and(is_anybodys);
            if note.components.is_empty() {
                if anybodys { 0.65 } else { 0.8 }
            } else if error.is_empty() {
                // A setting of a component which the error does not show.
                if anybodys { 0.55 } else { 0.7 }
            } else if error.meets(note.components) {
                1.0
            } else if is_shared(&fact.kind, note, class) {
                0.8
            } else {
                0.45
            }
        }
        _ => 1.0,
    }
}

/// Whether a setting governs those who use what another component has: its workers take connections
/// and locks, and what they are handed twice they write twice.
fn is_shared(fact: &FactKind, note: &Note, class: Option<ErrorClass>) -> bool {
    let FactKind::Setting(setting) = fact else { return false };
    let of = |family| note.families.iter().take(2).any(|&known| known == family);
    match class {
        Some(
            ErrorClass::PoolExhausted
            | ErrorClass::TooManyClients
            | ErrorClass::Locked
            | ErrorClass::RateLimited
            | ErrorClass::OutOfMemory,
        ) => of(Family::Workers) && setting.trend == Trend::Raised,
        Some(ErrorClass::ConstraintViolated) => of(Family::Workers) || of(Family::Timeout),
        _ => false,
    }
}

/// Classes of error that any setting could make.
fn is_anybodys(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::InvalidValue
            | ErrorClass::NotFound
            | ErrorClass::TypeMismatch
            | ErrorClass::NullValue
            | ErrorClass::RemoteFailed
            | ErrorClass::Decoding
    )
}
