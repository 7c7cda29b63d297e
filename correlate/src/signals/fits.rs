//! How the facts of a change relate to the incident: how well they explain its class of error, and
//! how much they matter where it happened.

use crate::Observation;
use crate::facts::{ErrorClass, Fact, FactKind, Family, Setting, Trend, counts, fit, step};
use crate::rank::note::Note;
use crate::rank::query::Query;
use crate::rank::words::{is_common, parts};

use super::company::company;
use super::{Scene, Sight, akin, environment};

/// How a fact relates to the incident.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// Index into the facts of the change.
    pub(crate) fact: usize,
    /// The class it explains best.
    pub(crate) class: Option<ErrorClass>,
    /// How well it explains it, 0 to 1.
    pub(crate) strength: f64,
    /// How much the file matters where the incident happened, 0 to 1.
    pub(crate) relevance: f64,
    /// How much it matters where the incident happened, whatever it explains, 0 to 1.
    pub(crate) bearing: f64,
    /// Whether the fact was read from code rather than from configuration.
    pub(crate) in_code: bool,
}

impl Fit {
    /// How much the fact speaks for its change, 0 to 1.
    pub(super) fn value(&self) -> f64 {
        self.strength * self.relevance
    }
}

/// The fact that speaks most for a change, of those in code or of those outside it; dependencies
/// have a signal of their own.
pub(super) fn best<'s>(scene: &'s Scene<'_>, position: usize, in_code: bool) -> Option<&'s Fit> {
    scene.fits[position]
        .iter()
        .filter(|fit| fit.in_code == in_code && fit.value() > 0.0)
        .filter(|fit| !matches!(scene.fact(position, fit.fact).kind, FactKind::Dependency { .. }))
        .max_by(|a, b| a.value().total_cmp(&b.value()))
}

/// That fact as evidence.
pub(super) fn sight(scene: &Scene<'_>, position: usize, in_code: bool) -> Option<Sight> {
    let fit = best(scene, position, in_code)?;
    let fact = scene.fact(position, fit.fact);
    let observation = Observation::FactFits { fact: fact.clone(), class: fit.class? };
    Some(Sight::of(observation).at(fact.place))
}

/// The fits of all facts of the change at a position.
pub(super) fn of(scene: &Scene<'_>, position: usize) -> Vec<Fit> {
    let facts = scene.prepared.facts[position].iter().zip(&scene.prepared.notes[position]);
    let mut akin = akin::Files::default();
    facts
        .enumerate()
        .map(|(index, (fact, note))| {
            let mut in_code = in_code(&fact.kind);
            let bearing = bearing(scene, note);
            // Whatever it explains, it counts for nothing.
            if bearing == 0.0 {
                return Fit {
                    fact: index,
                    class: None,
                    strength: 0.0,
                    relevance: 0.0,
                    bearing,
                    in_code,
                };
            }
            let (class, strength) = best_class(&scene.query, &fact.kind, note);
            let company = company(scene, position, fact, note, class);
            let strength = strength
                * company
                * note.matters.beside(scene.matters)
                * if akin::is_other_address(scene, fact, note, class) { 0.65 } else { 1.0 }
                * if class == Some(ErrorClass::MissingKey) {
                    missed(&scene.query, &fact.kind, note)
                } else {
                    1.0
                };
            let mut near =
                if in_code { nearness(scene, position, fact, note, &mut akin) } else { 1.0 };
            // A named option that took a large step is configuration, wherever it stands.
            if in_code {
                let tunes = tunes(&scene.query, &fact.kind, note, class, strength)
                    && company >= 0.8
                    && !helps(&scene.prepared.change(position).files[fact.place.file].path);
                near = if tunes { near.max(TUNED) } else { near };
                in_code = !tunes && (near <= AKIN || !is_option(&fact.kind, note));
            }
            let relevance = bearing * near;
            Fit { fact: index, class, strength, relevance, bearing, in_code }
        })
        .collect()
}

/// How much a fact matters where the incident happened.
fn bearing(scene: &Scene<'_>, note: &Note) -> f64 {
    let elsewhere =
        note.bearing > 0.0 && environment::foreign(scene.here, note.environment).is_some();
    if elsewhere { 0.15 } else { note.bearing }
}

fn best_class(query: &Query, fact: &FactKind, note: &Note) -> (Option<ErrorClass>, f64) {
    let mut best = (None, 0.0);
    // A bad address is what it is: words like "invalid read" hint at nothing else.
    let all = if query.is_surely(ErrorClass::Crash) { query.sure } else { query.classes.len() };
    for (rank, &class) in query.classes[..all].iter().enumerate() {
        // The most specific class tells most; what else a message hints at tells less.
        let certainty = if rank < query.sure { 1.0 } else { 0.75 };
        let by_mechanism = match fact {
            FactKind::Setting(setting) => note.known.fit(class) * step(setting, &note.key),
            _ => 0.0,
        };
        let strength = fit(fact, &note.families, &note.key, class).max(by_mechanism);
        let value = certainty * strength / (1.0 + 0.2 * rank as f64);
        if value > best.1 {
            best = (Some(class), value);
        }
    }
    best
}

/// Where the error names what it misses, a setting of another name that is gone was not missed.
fn missed(query: &Query, fact: &FactKind, note: &Note) -> f64 {
    match fact {
        FactKind::Setting(setting) if setting.trend == Trend::Removed => {}
        FactKind::SettingRenamed { .. } => {}
        _ => return 1.0,
    }
    let shares =
        |name: &String| parts(name).iter().any(|part| part.len() > 2 && note.key.contains(part));
    let mut names = query.quoted.iter().filter(|name| !name.contains(' ')).peekable();
    if names.peek().is_none() || names.any(shares) { 1.0 } else { 0.5 }
}

/// Whether a fact was read from code rather than from configuration.
fn in_code(fact: &FactKind) -> bool {
    match fact {
        FactKind::Setting(setting) => setting.in_code,
        FactKind::GuardRemoved { .. } => true,
        _ => false,
    }
}

/// Numbers and guards change in code all the time: they speak in full where the trace runs, less
/// where the error says their name, and little elsewhere.
fn nearness(
    scene: &Scene<'_>,
    position: usize,
    fact: &Fact,
    note: &Note,
    akin: &mut akin::Files,
) -> f64 {
    let touches = scene.touches(position);
    let in_file = touches.iter().any(|touch| touch.file == fact.place.file);
    let near = touches.iter().any(|touch| {
        touch.file == fact.place.file
            && (touch.function.is_some() && touch.function == fact.place.hunk
                || touch.hunk == fact.place.hunk
                    && touch.distance.is_some_and(|lines| lines <= NEAR))
    });
    if near {
        return 1.0;
    }
    let named = match &fact.kind {
        FactKind::Setting(_) => {
            let words = &note.key;
            let said = |word: &&String| word.len() > 2 && scene.query.said.contains(word);
            let telling = |word: &&String| word.len() > 3 && !is_common(word);
            let count = words.iter().filter(said).filter(telling).count();
            // `setrecursionlimit` runs its words together.
            let within = |word: &String| {
                word.len() >= 12
                    && scene.query.said.iter().any(|said| {
                        said.len() >= 6 && !is_common(said) && word.contains(said.as_str())
                    })
            };
            words.iter().any(within)
                || count >= 2
                || count == 1 && words.len() >= 2 && words.iter().all(|word| said(&word))
        }
        _ => false,
    };
    match (named, in_file) {
        (true, _) => 0.8,
        (false, true) => 0.6,
        (false, false) if scene.components.meets(note.components) => AKIN,
        (false, false) if akin.are(scene, position, fact.place.file) => AKIN,
        (false, false) => 0.2,
    }
}

/// How near a file is that lies beside those of the trace, or is about the same.
const AKIN: f64 = 0.45;

/// Whether a number in code is the value of a named option that bounds something, and took a large
/// step: `keepAliveTimeout: 65_000` → `1_000`.
fn is_option(fact: &FactKind, note: &Note) -> bool {
    let FactKind::Setting(setting) = fact else { return false };
    // So is whether the other side is trusted.
    if matches!(setting.trend, Trend::Enabled | Trend::Disabled) {
        return note.families[0] == Family::Tls;
    }
    let counts = note.families.iter().any(|&family| counts(family));
    if setting.old.is_none() || setting.new.is_none() {
        return counts;
    }
    let named = setting.key.len() >= 7 && counts;
    named && setting.numbers().is_some_and(|(old, new)| old.max(new) >= LARGE * old.min(new))
}

/// How near a number in code is to whatever it tunes.
const TUNED: f64 = 0.75;
/// How many times one number is the other where it is tuned rather than trimmed.
const LEAP: f64 = 3.0;

/// Whether a number or switch in code is a setting in all but its place, wherever that is: it governs
/// what the error is about, and it moved far.
fn tunes(
    query: &Query,
    fact: &FactKind,
    note: &Note,
    class: Option<ErrorClass>,
    strength: f64,
) -> bool {
    let (FactKind::Setting(setting), Some(class)) = (fact, class) else { return false };
    let by_mechanism = note.known.fit(class) >= 0.5;
    let tuned = match note.families.first() {
        Some(Family::Pool | Family::Workers | Family::Timeout | Family::Memory | Family::Retry) => {
            true
        }
        // Sizes and counts are everywhere: the error speaks of this one.
        Some(_) => {
            let said =
                |word: &String| word.len() > 4 && !is_common(word) && query.said.contains(word);
            note.families.contains(&Family::Limit) && note.key.iter().any(said)
        }
        None => false,
    };
    let switched = matches!(setting.trend, Trend::Enabled | Trend::Disabled) && by_mechanism;
    strength >= 0.4 && (switched || leaps(setting) && (by_mechanism || tuned))
}

fn leaps(setting: &Setting) -> bool {
    setting.sizes().is_some_and(|(small, large)| large > 0.0 && large >= LEAP * small)
}

/// Whether a file is for those who develop the program, and not a part of it.
fn helps(path: &str) -> bool {
    const PLACES: &[&str] =
        &["tools", "scripts", "script", "hack", "ci", "examples", "demo", "fuzz"];
    path.split('/').any(|part| PLACES.contains(&part))
}

/// How many times one number is the other where a step is large.
const LARGE: f64 = 4.0;

/// Lines within which a changed number is near a frame.
const NEAR: u32 = 30;
