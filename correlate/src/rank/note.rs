//! What is known of a fact before any incident.

use super::prepare::PathTouches;
use super::words::parts;
use crate::facts::component::Components;
use crate::facts::family::families;
use crate::facts::matter::Matters;
use crate::facts::{Fact, FactKind, Family, Known, boldness};
use crate::signals::environment;

/// What is known of a fact before any incident.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    /// The parts of its key: `maxPoolSize` is `max`, `pool`, `size`. Empty for facts without one.
    pub(crate) key: Vec<String>,
    /// What its key governs, primary first.
    pub(crate) families: Vec<Family>,
    /// The components that its key, its file and its ports name.
    pub(crate) components: Components,
    /// What the words of its key are about besides.
    pub(crate) matters: Matters,
    /// How much it matters wherever an incident happened, 0 to 1.
    pub(crate) bearing: f64,
    /// The mechanisms that it sets off.
    pub(crate) known: Known,
    /// How bold its step can be whatever the error, 0 to 1.
    pub(crate) boldness: f64,
    /// The environment that its file or its key is for.
    pub(crate) environment: Option<&'static str>,
    /// The telling words of what it is about, sorted.
    pub(crate) words: Vec<String>,
}

impl Note {
    /// `section` is what the section of the fact's hunk names.
    pub(super) fn new(fact: &Fact, path: &PathTouches, section: impl Fn() -> Components) -> Self {
        let key = match &fact.kind {
            FactKind::Setting(setting) => Some(setting.key.as_str()),
            FactKind::SettingRenamed { from, .. } => Some(from.as_str()),
            _ => None,
        };
        let words = key.map(parts).unwrap_or_default();
        let of_key = || match &fact.kind {
            FactKind::Setting(_) if path.configures => environment::named(&words),
            _ => None,
        };
        let bearing = super::bearing::of(fact, &words, path);
        // What never counts is not asked what it could set off.
        let (known, boldness) = match &fact.kind {
            FactKind::Setting(setting) if bearing > 0.0 => {
                (Known::of(setting, &words), boldness(setting, &words))
            }
            _ => (Known::default(), 1.0),
        };
        Self {
            families: key.map(families).unwrap_or_default(),
            components: key.map_or_else(Components::default, |_| {
                Components::of_parts(&words)
                    | path.components
                    | section()
                    | ports(&fact.kind, &words)
            }),
            matters: Matters::of(&words),
            bearing,
            known,
            boldness,
            environment: path.environment.or_else(of_key),
            words: telling(&fact.kind, &words),
            key: words,
        }
    }
}

/// The components whose well-known ports a setting gives.
fn ports(fact: &FactKind, key: &[String]) -> Components {
    let FactKind::Setting(setting) = fact else { return Components::default() };
    let is_port = key.iter().any(|part| part.ends_with("port"));
    let values = [&setting.old, &setting.new].into_iter().flatten();
    let values = values.filter(|value| is_port || value.text.contains(':'));
    values.fold(Components::default(), |found, value| found | Components::of_port(&value.text))
}

/// The telling words of what a fact is about.
fn telling(fact: &FactKind, key: &[String]) -> Vec<String> {
    let mut found = match fact {
        FactKind::Setting(setting) if !setting.in_code => {
            let mut found = key.to_vec();
            // The parts of an address or name tell as much as its key: `http://…/templates`.
            for value in [&setting.old, &setting.new].into_iter().flatten() {
                let is_name = value.number.is_none() && !value.text.contains(' ');
                if is_name && value.text.len() <= 160 {
                    found.extend(parts(&value.text).into_iter().filter(|part| part.len() > 3));
                }
            }
            found
        }
        FactKind::SettingRenamed { to, .. } => {
            let mut found = key.to_vec();
            found.extend(parts(to));
            found
        }
        FactKind::Dependency { name, .. } => parts(name),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}
