//! Only settings of another environment than the incident's are touched.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::Incident;
use crate::facts::FactKind;

pub(super) const SIGNAL: Signal = Signal {
    name: "other-environment",
    direction: Direction::Against,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// Words that name environments, and the one they mean.
const ENVIRONMENTS: &[(&str, &str)] = &[
    ("production", "production"),
    ("prod", "production"),
    ("live", "production"),
    ("staging", "staging"),
    ("stage", "staging"),
    ("preprod", "staging"),
    ("development", "development"),
    ("dev", "development"),
    ("local", "development"),
    ("test", "test"),
    ("testing", "test"),
    ("ci", "test"),
    ("qa", "test"),
];

/// The environment that a path or key names, where the incident happened in another one.
pub(super) fn other(incident: &Incident, path: &str, key: &str) -> Option<&'static str> {
    let here = incident.environment.as_deref()?;
    let here = meaning(here)?;
    let named = crate::rank::words::parts(path)
        .iter()
        .chain(&crate::rank::words::parts(key))
        .find_map(|part| meaning(part))?;
    (named != here).then_some(named)
}

fn meaning(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    ENVIRONMENTS.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning)
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if only(scene, position).is_some() { 1.0 } else { 0.0 }
}

/// The foreign environment, where every file of the change belongs to one.
fn only(scene: &Scene<'_>, position: usize) -> Option<&'static str> {
    let mut found = None;
    for (index, file) in scene.prepared.change(position).files.iter().enumerate() {
        let by_path = other(scene.incident, &file.path, "");
        let by_keys = || {
            let mut named = None;
            for fact in &scene.prepared.facts[position] {
                if fact.place.file == index
                    && let FactKind::Setting(setting) = &fact.kind
                {
                    named = Some(other(scene.incident, "", &setting.key)?);
                }
            }
            named
        };
        found = Some(by_path.or_else(by_keys)?);
    }
    found
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let environment = only(scene, position)?.to_owned();
    Some(Sight::of(Observation::OtherEnvironment { environment }))
}
