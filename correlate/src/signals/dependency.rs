//! A dependency changed whose code runs in the trace, or whose interface the error is about.

use std::cell::OnceCell;

use super::packages::{Namespaces, imported};
use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::facts::{ErrorClass, FactKind, VersionStep, is_image_file};
use crate::rank::frames::package_name;
use crate::rank::words::{is_common, stem};

pub(super) const SIGNAL: Signal = Signal {
    name: "dependency",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn best(scene: &Scene<'_>, position: usize) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    let of_interface =
        if INTERFACE.iter().any(|&class| scene.query.is_surely(class)) { 1.0 } else { 0.5 };
    // Most changes move no dependency.
    let spaces = OnceCell::new();
    for fit in &scene.fits[position] {
        let FactKind::Dependency { name, step, .. } = &scene.fact(position, fit.fact).kind else {
            continue;
        };
        let package = package_name(name);
        let last = package.rsplit('/').next().unwrap_or(&package);
        // The runtime runs in every trace.
        let is_runtime = RUNTIMES.contains(&last);
        let runs = scene
            .query
            .packages
            .iter()
            .position(|known| {
                // Composer's packages lie in the folder of who makes them.
                known == &package
                    || known == last
                    || package.split_once('/').is_some_and(|(maker, _)| known == maker)
            })
            .filter(|_| !is_runtime);
        let moved = match step {
            VersionStep::Major | VersionStep::Removed => 1.0,
            VersionStep::Unknown => 0.7,
            VersionStep::Minor => 0.7,
            VersionStep::Patch => 0.5,
            VersionStep::Added => 0.3,
        };
        // Its code runs in the trace; or the error is one that a changed interface makes.
        let runs = runs
            .or_else(|| imported(scene, &package))
            .or_else(|| spaces.get_or_init(|| Namespaces::of_trace(scene)).place(name));
        let in_trace = of_interface * runs.map_or(0.0, |at| moved * 0.7 / (1.0 + 0.3 * at as f64));
        let named = crate::rank::words::parts(name)
            .iter()
            .any(|part| part.len() > 3 && !is_common(part) && said(scene, part));
        let named = if named { 0.4 * moved } else { 0.0 };
        // What an image has inside is known; what an interface changed is guessed.
        let file =
            &scene.prepared.change(position).files[scene.fact(position, fit.fact).place.file];
        let sure = if is_runtime || is_image_file(&file.path) { 0.9 } else { 0.6 };
        let value = (in_trace + named + sure * fit.strength).min(1.0) * fit.relevance;
        if value > best.map_or(0.0, |(_, other)| other) {
            best = Some((fit.fact, value));
        }
    }
    best
}

/// Classes of error that another version of a library makes; others come from what it is told to do.
const INTERFACE: &[ErrorClass] = &[
    ErrorClass::ImportFailed,
    ErrorClass::BadArgument,
    ErrorClass::MissingAttribute,
    ErrorClass::TypeMismatch,
    ErrorClass::InvalidValue,
    ErrorClass::NullValue,
    ErrorClass::Decoding,
    ErrorClass::TlsFailed,
    ErrorClass::Locale,
    ErrorClass::SchemaMismatch,
    ErrorClass::Assertion,
    ErrorClass::Crash,
];

const RUNTIMES: &[&str] =
    &["node", "python", "ruby", "php", "java", "openjdk", "golang", "go", "dotnet", "rust"];

/// Whether the error says a word of a package's name, or one that it holds: `zbar` of `libzbar0`.
fn said(scene: &Scene<'_>, part: &str) -> bool {
    let bare = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = stem(bare.strip_prefix("lib").unwrap_or(bare));
    scene.query.said.iter().any(|word| {
        word == part || bare.len() > 2 && word.strip_prefix("lib").unwrap_or(word) == bare
    })
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let fact = scene.fact(position, best(scene, position)?.0);
    Some(Sight::of(Observation::DependencyInTrace { fact: fact.clone() }).at(fact.place))
}
