//! A dependency changed whose code runs in the trace, or whose interface the error is about.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::facts::{ErrorClass, FactKind, VersionStep};
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
            .position(|known| known == &package || known == last)
            .filter(|_| !is_runtime);
        let moved = match step {
            VersionStep::Major | VersionStep::Removed => 1.0,
            VersionStep::Unknown => 0.7,
            VersionStep::Minor => 0.7,
            VersionStep::Patch => 0.5,
            VersionStep::Added => 0.3,
        };
        // Its code runs in the trace; or the error is one that a changed interface makes.
        let runs = runs.or_else(|| imported(scene, &package));
        let in_trace = of_interface * runs.map_or(0.0, |at| moved * 0.7 / (1.0 + 0.3 * at as f64));
        let named = crate::rank::words::parts(name)
            .iter()
            .any(|part| part.len() > 3 && !is_common(part) && said(scene, part));
        let named = if named { 0.4 * moved } else { 0.0 };
        let value = (in_trace + named + 0.6 * fit.strength).min(1.0) * fit.relevance;
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

/// Packages that programs import under another name, run together.
const IMPORTED: &[(&str, &[&str])] = &[
    ("pillow", &["pil"]),
    ("pyyaml", &["yaml"]),
    ("beautifulsoup4", &["bs4"]),
    ("opencvpython", &["cv2"]),
    ("scikitlearn", &["sklearn"]),
    ("pythondateutil", &["dateutil"]),
    ("psycopg2binary", &["psycopg2"]),
    ("pyjwt", &["jwt"]),
    ("pycryptodome", &["crypto"]),
    ("mysqlclient", &["mysqldb"]),
    ("djangorestframework", &["restframework"]),
    ("setuptools", &["pkgresources"]),
    ("grpcio", &["grpc"]),
    ("attrs", &["attr"]),
    (
        "rails",
        &["actionpack", "activerecord", "activesupport", "railties", "activejob", "actionview"],
    ),
];

/// The place in the trace of a package that is imported under another name, or that of the crash
/// where the error says that name.
fn imported(scene: &Scene<'_>, package: &str) -> Option<usize> {
    let (_, names) = IMPORTED.iter().find(|(name, _)| *name == package)?;
    names.iter().find_map(|name| {
        let runs = scene.query.packages.iter().position(|known| known == name);
        runs.or_else(|| scene.query.said.iter().any(|word| word == name).then_some(0))
    })
}

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
