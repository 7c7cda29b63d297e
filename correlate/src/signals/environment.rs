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

/// The environment that a configuration file is for, by its path or else by a key in it, where the
/// incident happened in another one. Code is for none: `src/production/plan.py` runs everywhere.
pub(super) fn other(incident: &Incident, path: &str, key: &str) -> Option<&'static str> {
    let here = incident.environment.as_deref()?;
    let here = meaning(here)?;
    if !keeps_lines(path) && !is_config_code(path) {
        return None;
    }
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
                    named = Some(other(scene.incident, &file.path, &setting.key)?);
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

    #[test]
    fn only_configuration_belongs_to_an_environment() {
        let incident = Incident { environment: Some("production".into()), ..Incident::default() };
        let named = |path| other(&incident, path, "");
        for path in [
            "config/staging.yml",
            "deploy/values-staging.yaml",
            "config/environments/staging.rb",
            "shop/settings/stage.py",
            ".env.staging",
        ] {
            assert_eq!(named(path), Some("staging"), "{path}");
        }
        for path in [
            "src/staging/area.py",
            "test/staging_helper.py",
            "lib/dev/console.js",
            "app/stage.go",
            "config/production.yml",
            "config/app.yml",
        ] {
            assert_eq!(named(path), None, "{path}");
        }
        // Where the path does not say it a key may, in configuration.
        let keyed = |path| other(&incident, path, "staging.pool");
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
