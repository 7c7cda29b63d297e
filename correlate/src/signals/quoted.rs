//! The error quotes a value or a name that the change set, took away or renamed.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::facts::{
    DefinitionAction, ErrorClass, Fact, FactKind, SchemaAction, Setting, Trend, Unit, Value,
    family::is_generic,
};
use crate::rank::query::{Number, squeezed};
use crate::rank::words::{hash, is_common, parts, words};

pub(super) const SIGNAL: Signal = Signal {
    name: "quoted",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn best(scene: &Scene<'_>, position: usize) -> Option<(usize, f64, String)> {
    let mut best: Option<(usize, f64, String)> = None;
    for fit in scene.fits[position].iter().filter(|fit| fit.relevance > 0.0) {
        let fact = scene.fact(position, fit.fact);
        if let Some((value, text)) = quoted(scene, fact).filter(|_| !moved(scene, position, fact)) {
            let value = value * fit.relevance;
            if value > best.as_ref().map_or(0.0, |(_, other, _)| *other) {
                best = Some((fit.fact, value, text));
            }
        }
    }
    best
}

/// Whether a definition that is gone from one place stands in another: the change moved it.
fn moved(scene: &Scene<'_>, position: usize, fact: &Fact) -> bool {
    let FactKind::Definition { name: gone, .. } = &fact.kind else { return false };
    scene.prepared.facts[position].iter().any(|other| {
        matches!(&other.kind, FactKind::Definition { action: DefinitionAction::Added, name }
            if name == gone)
    })
}

/// How surely the error quotes what the fact is about, and the quoted text.
fn quoted(scene: &Scene<'_>, fact: &Fact) -> Option<(f64, String)> {
    match &fact.kind {
        FactKind::Setting(setting) => of_setting(scene, setting),
        FactKind::SettingRenamed { from, .. } => {
            name(scene, from).map(|value| (value, from.clone()))
        }
        FactKind::Schema { action, table, column } => of_schema(scene, action, table, column),
        // What the error misses is what the change took away.
        FactKind::Definition {
            action: DefinitionAction::Removed | DefinitionAction::Renamed { .. },
            name,
        } if scene.query.is(ErrorClass::MissingAttribute) => {
            let quoted = scene.query.quoted.iter().any(|quoted| quoted == name);
            (quoted && name.len() > 3 && !is_common(name)).then(|| (0.7, name.clone()))
        }
        _ => None,
    }
}

fn of_setting(scene: &Scene<'_>, setting: &Setting) -> Option<(f64, String)> {
    let by_value = setting.new.as_ref().and_then(|new| {
        let old = setting.old.as_ref().map(|old| old.text.as_str());
        value(scene, setting, new, old).map(|strength| (strength, new.text.clone()))
    });
    // A key that is named: surest where it is gone.
    let by_name = name(scene, &setting.key).map(|strength| {
        let gone = if setting.trend == Trend::Removed { 1.0 } else { 0.85 };
        (strength * gone, setting.key.clone())
    });
    let by_loss = (setting.trend == Trend::Removed).then(|| lost(scene, setting)).flatten();
    let scale = if setting.in_code { 0.7 } else { 1.0 };
    [by_value, by_name, by_loss, missed(scene, setting)]
        .into_iter()
        .flatten()
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(value, text)| (value * scale, text))
}

/// Most words of a value that is gone: what is longer is prose or markup.
const LOST: usize = 8;

/// A rare word of a value that is gone, such as the permission that an error names.
fn lost(scene: &Scene<'_>, setting: &Setting) -> Option<(f64, String)> {
    let old = setting.old.as_ref().filter(|old| words(&old.text).count() <= LOST)?;
    words(&old.text)
        .filter(|word| word.len() >= 4 && !is_common(word) && !is_generic(&word.to_lowercase()))
        .filter(|word| scene.query.text.stands(&word.to_lowercase()))
        .max_by_key(|word| word.len())
        .map(|word| {
            // A word that many changes have is that of the project, not of what is gone.
            let holders = scene.prepared.diff_words.changes(hash(word)).count();
            let rare = scene.rarity(holders) / scene.rarity(1).max(1e-9);
            ((if word.len() >= 6 { 0.9 } else { 0.6 }) * rare.min(1.0), word.to_owned())
        })
}

/// The old value, where another took its place: what the program still asks for.
fn missed(scene: &Scene<'_>, setting: &Setting) -> Option<(f64, String)> {
    let (old, new) = (setting.old.as_ref()?, setting.new.as_ref()?);
    if setting.trend != Trend::Replaced || old.number.is_some() {
        return None;
    }
    let (gone, now) = (old.text.to_lowercase(), new.text.to_lowercase());
    if gone.len() < 4 {
        return None;
    }
    if scene.query.quotes(&gone) {
        return Some((0.8, old.text.clone()));
    }
    let fresh = |piece: &str| pieces(&now).all(|other| other != piece);
    tells(scene, &gone, fresh).map(|piece| (0.6, piece.to_owned()))
}

/// The parts of an address, path or list: host, port, folder, name.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_.-".contains(c)))
        .map(|piece| piece.trim_matches(['.', '-']))
        .filter(|piece| piece.len() >= 4)
}

/// The first fresh piece that the error says and that is no everyday word.
fn tells<'p>(scene: &Scene<'_>, text: &'p str, is_fresh: impl Fn(&str) -> bool) -> Option<&'p str> {
    pieces(text).find(|piece| {
        scene.query.text.stands(piece)
            && !is_common(piece)
            && !is_generic(crate::rank::words::stem(piece))
            && is_fresh(piece)
    })
}

/// Whether the error gives the new value and not the old one.
fn value(scene: &Scene<'_>, setting: &Setting, new: &Value, old: Option<&str>) -> Option<f64> {
    let text = new.text.to_lowercase();
    if old.is_some_and(|old| old.to_lowercase() == text) || text.is_empty() {
        return None;
    }
    if new.number.is_some() {
        let quoted = !text.bytes().all(|b| b.is_ascii_digit()) && scene.query.quotes(&text);
        return if quoted { Some(1.0) } else { number(scene, setting, new) };
    }
    if matches!(text.as_str(), "true" | "false" | "on" | "off" | "yes" | "no" | "none" | "null") {
        return scene
            .query
            .text
            .stands(&text)
            .then(|| named_parts(scene, &setting.key))
            .filter(|&share| share > 0.4)
            .map(|_| 0.7);
    }
    let in_quotes = scene.query.quotes(&text);
    if in_quotes && text.len() >= 2 {
        return Some(1.0);
    }
    if text.len() >= 4 && !is_common(&text) && scene.query.text.stands(&text) {
        let long = text.len() >= 6 && !is_generic(&text);
        return Some(if long || text.contains(['/', '_', '-', '.', ':']) { 1.0 } else { 0.7 });
    }
    // Part of an address or path: host, port, a folder that the old value did not have.
    let old = old.unwrap_or_default().to_lowercase();
    tells(scene, &text, |piece| !old.contains(piece)).map(|_| 0.8)
}

/// A number says something when the message names the key's words beside it, gives it in a unit, or
/// when it is long.
fn number(scene: &Scene<'_>, setting: &Setting, new: &Value) -> Option<f64> {
    let wanted = new.number?;
    let bare: String = new.text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let written: f64 = bare.parse().unwrap_or(wanted);
    let same = |said: &Number| {
        in_unit(said, new)
            || [written, wanted].into_iter().any(|wanted| {
                alike(said.number, wanted)
                    || (wanted > 0.0
                        && (alike(said.number * 1_000.0, wanted)
                            || alike(said.number, wanted * 1_000.0)))
            })
    };
    let mut same = scene.query.numbers.iter().filter(|said| same(said)).peekable();
    same.peek()?;
    let found: Vec<&str> = words(scene.query.text.as_str()).collect();
    let keys = parts(&setting.key);
    // The message gives the old value as well: what one side has, and what the other has.
    let both = setting.old.as_ref().is_some_and(|old| {
        old.text.len() >= 2 && old.text != new.text && found.contains(&old.text.as_str())
    });
    let spoken = keys.len() >= 2 && new.text.len() >= 2 && named_parts(scene, &setting.key) > 0.6;
    let mut best: Option<f64> = None;
    for said in same {
        let at = said.at;
        let beside = found[at.saturating_sub(3)..(at + 4).min(found.len())].iter().any(|near| {
            let near = crate::rank::words::stem(near);
            // `PYTHONINTMAXSTRDIGITS` runs its words together.
            let within = |key: &String| near.len() >= 5 && key.len() >= 10 && key.contains(near);
            near.len() > 2 && keys.iter().any(|key| key == near || within(key))
        });
        let digits = found[at].trim_end_matches('0').len();
        let strength = match (beside || both || spoken, in_unit(said, new), digits) {
            (true, _, _) => 1.0,
            (false, true, _) => 0.6,
            (false, _, 3..) => 0.5,
            (false, _, 2) => 0.25,
            _ => 0.0,
        };
        best = Some(best.unwrap_or(0.0).max(strength));
    }
    best.filter(|&strength| strength > 0.0)
}

/// Whether the error gives a number in a unit that makes it the same as a value.
fn in_unit(said: &Number, new: &Value) -> bool {
    new.unit != Unit::None
        && said.measured.unit == new.unit
        && said
            .measured
            .number
            .zip(new.number)
            .is_some_and(|(number, wanted)| alike(number, wanted))
}

fn alike(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// How surely the error names a key: whole and in quotes, whole, or its last words.
fn name(scene: &Scene<'_>, key: &str) -> Option<f64> {
    let lower = key.to_lowercase();
    let last = lower.rsplit(['.', '/']).next().unwrap_or(&lower);
    if scene.query.quotes(&lower) || last.len() >= 2 && scene.query.quotes(last) {
        return Some(1.0);
    }
    if last.len() >= 5 && last.contains(['_', '-']) && scene.query.text.stands(last) {
        return Some(0.95);
    }
    if lower.contains('.') && scene.query.text.stands(&lower) {
        return Some(0.95);
    }
    // `maxPollIntervalMs` and `max.poll.interval.ms` are one name.
    let said = |name: &str| {
        let run = squeezed(name);
        run.len() >= 10 && scene.query.squeezed.contains(&run)
    };
    let said = said(&lower) || lower.split('.').any(said);
    (lower.len() >= 10 && said && parts(key).len() >= 2).then_some(0.9)
}

/// Share of the key's words that the message names.
fn named_parts(scene: &Scene<'_>, key: &str) -> f64 {
    let parts = parts(key);
    let named = parts.iter().filter(|part| part.len() > 1 && scene.query.text.stands(part)).count();
    named as f64 / parts.len().max(1) as f64
}

fn of_schema(
    scene: &Scene<'_>,
    action: &SchemaAction,
    table: &Option<String>,
    column: &Option<String>,
) -> Option<(f64, String)> {
    let named = |name: &&String| name.len() > 1 && scene.query.text.stands(&name.to_lowercase());
    let gone = matches!(
        action,
        SchemaAction::ColumnDropped
            | SchemaAction::ColumnRenamed { .. }
            | SchemaAction::TableDropped
            | SchemaAction::TableRenamed { .. }
            | SchemaAction::ColumnAdded { required: true }
            | SchemaAction::ConstraintAdded
            | SchemaAction::ColumnAltered
    );
    match (column.as_ref().filter(named), table.as_ref().filter(named)) {
        (Some(column), Some(_)) => Some((if gone { 1.0 } else { 0.6 }, column.clone())),
        (Some(column), None) => Some((if gone { 0.85 } else { 0.4 }, column.clone())),
        (None, Some(table)) if column.is_none() => {
            Some((if gone { 0.7 } else { 0.4 }, table.clone()))
        }
        (None, Some(table)) => Some((0.25, table.clone())),
        (None, None) => None,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    best(scene, position).map_or(0.0, |(_, value, _)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (fact, _, text) = best(scene, position)?;
    let fact = scene.fact(position, fact);
    Some(Sight::of(Observation::Quoted { text, fact: fact.clone() }).at(fact.place))
}
