//! Only settings of another environment than the incident's are touched.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::Incident;
use crate::diff::reduce::keeps_lines;
use crate::facts::{FactKind, is_config_code};

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

/// Whether two names mean the same environment: `prod` and `Production` do.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || meaning(one).is_some_and(|meant| meaning(other) == Some(meant))
}

/// Whether a file can be for one environment: configuration. Code is for none:
/// `src/production/plan.py` runs everywhere.
pub(crate) fn configures(path: &str) -> bool {
    keeps_lines(path) || is_config_code(path)
}

/// The environment that the words of a path or key name.
pub(crate) fn named(parts: &[String]) -> Option<&'static str> {
    parts.iter().find_map(|part| meaning(part))
}

/// The environment where the incident happened, if it is one of those known.
pub(super) fn here(incident: &Incident) -> Option<&'static str> {
    meaning(incident.environment.as_deref()?)
}

/// The environment that something is for, where the incident happened in another one.
pub(super) fn foreign(
    here: Option<&'static str>,
    named: Option<&'static str>,
) -> Option<&'static str> {
    let here = here?;
    named.filter(|named| *named != here)
}

fn meaning(word: &str) -> Option<&'static str> {
    ENVIRONMENTS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, meaning)| *meaning)
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if only(scene, position).is_some() { 1.0 } else { 0.0 }
}

/// The foreign environment, where every file of the change belongs to one.
fn only(scene: &Scene<'_>, position: usize) -> Option<&'static str> {
    scene.here?;
    let prepared = scene.prepared;
    let mut found = None;
    for (index, &path) in prepared.files[position].iter().enumerate() {
        let by_path = foreign(scene.here, prepared.paths[path].environment);
        let by_keys = || {
            let mut named = None;
            for (fact, note) in prepared.facts[position].iter().zip(&prepared.notes[position]) {
                if fact.place.file == index && matches!(fact.kind, FactKind::Setting(_)) {
                    named = Some(foreign(scene.here, note.environment)?);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::words::parts;

    #[test]
    fn only_configuration_belongs_to_an_environment() {
        let incident = Incident { environment: Some("production".into()), ..Incident::default() };
        let other = |path, key| {
            let named = |name| named(&parts(name));
            let named = named(path).or_else(|| named(key)).filter(|_| configures(path));
            foreign(here(&incident), named)
        };
        let by_path = |path| other(path, "");
        for path in [
            "config/staging.yml",
            "deploy/values-staging.yaml",
            "config/environments/staging.rb",
            "shop/settings/stage.py",
            ".env.staging",
        ] {
            assert_eq!(by_path(path), Some("staging"), "{path}");
        }
        for path in [
            "src/staging/area.py",
            "test/staging_helper.py",
            "lib/dev/console.js",
            "app/stage.go",
            "config/production.yml",
            "config/app.yml",
        ] {
            assert_eq!(by_path(path), None, "{path}");
        }
        // Where the path does not say it a key may, in configuration.
        let keyed = |path| other(path, "staging.pool");
        assert_eq!(keyed("config/database.yml"), Some("staging"));
        assert_eq!(keyed("config/production.yml"), None);
        assert_eq!(keyed("shop/pool.py"), None);
    }

    #[test]
    fn names_of_environments() {
        assert!(same("prod", "Production") && same("eu-west", "EU-West"));
        assert!(!same("staging", "production") && !same("eu-west", "eu-east"));
    }
}
