//! What the arena says: the table of rules, calibration, and who fails where.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Arena, Breakdown, Report, Section, Table};
use crate::metrics::calibration::{Claim, Mix};
use crate::metrics::{NONE_SHARE, Stated, Summary, bootstrap, diagram};

/// Seed of every resample and simulation: the same input prints the same report.
const SEED: u64 = 20_260_101;
/// Bins of a reliability diagram.
pub const BINS: usize = 5;
/// Confidence from which an answer is acted on.
pub const SURE: f64 = 0.8;

/// One of a summary's shares.
type Figure = fn(&Summary) -> f64;

/// Figures by split, as they stand beside the weights.
pub type Figures = BTreeMap<String, BTreeMap<String, f64>>;

/// The whole report. `note` is printed under the table of rules; `held_out` are the figures that
/// the weights reached on projects they were not fitted on.
#[must_use]
pub fn report(arena: &Arena, note: &str, held_out: &Figures) -> Report {
    let mut sections = vec![
        Section::Heading(format!("{} cases", arena.entries().len())),
        Section::Table(rules(arena)),
        Section::Text(note.to_owned()),
    ];
    sections.extend(held_out_table(held_out).map(Section::Table));
    sections.extend(intervals(arena).map(Section::Text));
    sections.extend(difference(arena).map(Section::Text));
    sections.extend(calibration(arena));
    let all = [
        (Breakdown::Repository, "repository"),
        (Breakdown::Window, "candidates"),
        (Breakdown::Trace, "trace"),
        (Breakdown::Place, "culprit is"),
        (Breakdown::Kind, "kind of cause"),
    ];
    for (breakdown, title) in all {
        sections.extend(broken_down(arena, breakdown, title).map(Section::Table));
    }
    Report { sections }
}

/// `{"cases":N,"rules":{"ours":{"top1":…,…},…}}`, shares from 0 to 1. `precision` is that of
/// answers on cases with a culprit; `precision_on_mix` counts none-cases as well.
#[must_use]
pub fn json(arena: &Arena) -> Value {
    let rules: Map<String, Value> = arena
        .rules()
        .iter()
        .enumerate()
        .map(|(rule, name)| {
            let sum = arena.total(rule);
            let figures = json!({
                "top1": sum.top1, "top5": sum.top5, "mrr": sum.mrr, "answered": sum.answered,
                "precision": sum.precision, "precision_on_mix": sum.precision_on_mix,
                "none_accuracy": sum.none_accuracy,
            });
            ((*name).to_owned(), figures)
        })
        .collect();
    json!({ "cases": arena.entries().len(), "rules": rules })
}

/// The reliability diagram of the ranker's first suspects on the mix, as SVG. `None` where it
/// stated no probabilities.
#[must_use]
pub fn diagram_svg(arena: &Arena) -> Option<String> {
    let mix = mix(arena, |stated| (stated.first, stated.first_without))?;
    let cases = arena.entries().len();
    Some(diagram::svg(&mix.bins(BINS), &format!("{cases} cases and as many with the culprit out")))
}

fn rules(arena: &Arena) -> Table {
    let header = [
        "rule",
        "answered",
        "Top-1",
        "Top-5",
        "MRR",
        "right when it names",
        "same on the mix",
        "none right",
    ];
    let row = |(rule, name): (usize, &&str)| {
        let sum = arena.total(rule);
        let (low, high) = interval(arena, |drawn| arena.summary(rule, drawn.iter().copied()).top1);
        let spread = format!("{} [{:.0}–{:.0}]", percent(sum.top1), low * 100.0, high * 100.0);
        vec![
            (*name).to_owned(),
            percent(sum.answered),
            spread,
            percent(sum.top5),
            format!("{:.2}", sum.mrr),
            percent(sum.precision),
            percent(sum.precision_on_mix),
            percent(sum.none_accuracy),
        ]
    };
    Table {
        header: header.map(str::to_owned).to_vec(),
        rows: arena.rules().iter().enumerate().map(row).collect(),
    }
}

/// What fitting wrote beside the weights; nothing where it wrote nothing.
fn held_out_table(figures: &Figures) -> Option<Table> {
    let columns: [(&str, &str); 7] = [
        ("cases", "cases"),
        ("Top-1", "top1"),
        ("Top-5", "top5"),
        ("MRR", "mrr"),
        ("none right", "none_accuracy"),
        ("precision at ≥ 80 %", "precision_at_80"),
        ("covering", "coverage_at_80"),
    ];
    let row = |(split, figures): (&String, &BTreeMap<String, f64>)| {
        let cell = |name: &str| match figures.get(name) {
            Some(value) if name == "mrr" => format!("{value:.2}"),
            Some(value) if name == "cases" => format!("{value:.0}"),
            Some(value) => percent(*value),
            None => "–".to_owned(),
        };
        [split.clone()].into_iter().chain(columns.iter().map(|(_, name)| cell(name))).collect()
    };
    let header = ["fitted without the project"].into_iter().chain(columns.map(|(title, _)| title));
    let table = Table {
        header: header.map(str::to_owned).collect(),
        rows: figures.iter().map(row).collect(),
    };
    (!figures.is_empty()).then_some(table)
}

/// How far the first rule's figures might move.
fn intervals(arena: &Arena) -> Option<String> {
    let first = arena.rules().first().filter(|_| !arena.entries().is_empty())?;
    let figures: [(&str, Figure); 4] = [
        ("Top-1", |sum| sum.top1),
        ("Top-5", |sum| sum.top5),
        ("right when it names, on the mix", |sum| sum.precision_on_mix),
        ("none right", |sum| sum.none_accuracy),
    ];
    let spread = |(name, of): &(&str, Figure)| {
        let (low, high) = interval(arena, |drawn| of(&arena.summary(0, drawn.iter().copied())));
        format!("{name} {:.0}–{:.0} %", low * 100.0, high * 100.0)
    };
    let spreads: Vec<_> = figures.iter().map(spread).collect();
    let (low, high) = interval(arena, |drawn| arena.summary(0, drawn.iter().copied()).mrr);
    let spreads = spreads.join(", ");
    Some(format!("{first} on 95 % of resamples of the cases: {spreads}, MRR {low:.2}–{high:.2}."))
}

/// The first rule against the best of the others, on the same resamples.
fn difference(arena: &Arena) -> Option<String> {
    let best = arena.best_in_use().filter(|_| !arena.entries().is_empty())?;
    let paired = |of: Figure| {
        let (ours, theirs) = (of(&arena.total(0)), of(&arena.total(best)));
        let (low, high) = interval(arena, |drawn| {
            of(&arena.summary(0, drawn.iter().copied()))
                - of(&arena.summary(best, drawn.iter().copied()))
        });
        (ours - theirs, low, high)
    };
    let points = |(d, low, high): (f64, f64, f64)| {
        format!("{:+.1} points [{:+.1}, {:+.1}]", d * 100.0, low * 100.0, high * 100.0)
    };
    let (mrr, low, high) = paired(|sum| sum.mrr);
    Some(format!(
        "{} against {}, the best rule in use, case by case: Top-1 {}, Top-5 {}, \
         MRR {mrr:+.2} [{low:+.2}, {high:+.2}].",
        arena.rules()[0],
        arena.rules()[best],
        points(paired(|sum| sum.top1)),
        points(paired(|sum| sum.top5)),
    ))
}

/// What the first rule's probabilities are worth; nothing where it states none.
fn calibration(arena: &Arena) -> Vec<Section> {
    let about = [
        ("first suspect", mix(arena, |stated| (stated.first, stated.first_without))),
        ("answer, \"none\" included", mix(arena, |stated| (stated.answer, stated.answer_without))),
        ("absence of the culprit", mix(arena, |stated| (stated.none, stated.none_without))),
    ];
    let mut rows = Vec::new();
    let mut figure = None;
    for (what, mix) in about {
        let Some(mix) = mix else { return Vec::new() };
        let (low, high) = mix.perfect_range(BINS, SEED);
        let sure = mix.at_least(SURE);
        rows.push(vec![
            what.to_owned(),
            format!("{:.3} ({:.3})", mix.brier(), mix.constant_brier()),
            format!("{:.3} ({:.3})", mix.log_loss(), mix.constant_log_loss()),
            percent(mix.calibration_error(BINS)),
            format!("{}–{}", percent(low), percent(high)),
            sure.precision.map_or_else(|| "–".to_owned(), percent),
            percent(sure.coverage),
        ]);
        figure.get_or_insert_with(|| diagram::text(&mix.bins(BINS)));
    }
    let with = claims(arena, |stated| stated.first);
    let sure = Mix::new(&with, &[], NONE_SHARE).at_least(SURE);
    let named = arena.total(0);
    let header = [
        "stated about the",
        "Brier (constant)",
        "log loss (constant)",
        "calibration error",
        "if perfect",
        "precision at ≥ 80 %",
        "coverage at ≥ 80 %",
    ];
    vec![
        Section::Heading("Can the probability be believed?".into()),
        Section::Table(Table { header: header.map(str::to_owned).to_vec(), rows }),
        Section::Text(format!(
            "On a mix in which {:.0} % of the weight are cases with the culprit taken out. \
             Calibration error: {BINS} bins of equal weight; \"if perfect\" is what 95 % of perfectly \
             calibrated rankers would show on as many cases. Of the cases with a culprit, {} get a \
             first suspect at ≥ 80 %, {} of these rightly. Where \"none\" in front counts as a miss, \
             Top-1 is {}.",
            NONE_SHARE * 100.0,
            percent(sure.coverage),
            sure.precision.map_or_else(|| "–".to_owned(), percent),
            percent(named.top1_named),
        )),
        Section::Figure(figure.unwrap_or_default()),
    ]
}

/// The first rule and the best in use, per group; `None` where there is but one group.
fn broken_down(arena: &Arena, breakdown: Breakdown, title: &str) -> Option<Table> {
    let mut labels: Vec<&String> =
        arena.entries().iter().filter_map(|entry| entry.groups.get(&breakdown)).collect();
    labels.sort();
    labels.dedup();
    if breakdown == Breakdown::Window {
        labels.sort_by_key(|label| {
            ["up to 25", "26 to 100", "101 to 300"].iter().position(|l| l == label).unwrap_or(3)
        });
    }
    let best = arena.best_in_use().filter(|_| labels.len() > 1)?;
    let rows = labels.into_iter().map(|label| {
        let within = || {
            let entries = arena.entries().iter().enumerate();
            entries.filter(|(_, e)| e.groups.get(&breakdown) == Some(label)).map(|(i, _)| i)
        };
        let (ours, theirs) = (arena.summary(0, within()), arena.summary(best, within()));
        vec![
            label.clone(),
            ours.cases.to_string(),
            percent(ours.top1),
            percent(ours.top5),
            format!("{:.2}", ours.mrr),
            percent(ours.none_accuracy),
            percent(theirs.top1),
            format!("{:.2}", theirs.mrr),
        ]
    });
    let (ours, theirs) = (arena.rules()[0], arena.rules()[best]);
    Some(Table {
        rows: rows.collect(),
        header: vec![
            title.to_owned(),
            "cases".into(),
            format!("{ours}: Top-1"),
            "Top-5".into(),
            "MRR".into(),
            "none right".into(),
            format!("{theirs}: Top-1"),
            "MRR".into(),
        ],
    })
}

fn mix(arena: &Arena, of: impl Fn(&Stated) -> (Claim, Claim)) -> Option<Mix> {
    let with = claims(arena, |stated| of(stated).0);
    let without = claims(arena, |stated| of(stated).1);
    (!with.is_empty()).then(|| Mix::new(&with, &without, NONE_SHARE))
}

fn claims(arena: &Arena, of: impl Fn(&Stated) -> Claim) -> Vec<Claim> {
    let first = arena.entries().iter().filter_map(|entry| entry.outcomes.first());
    first.filter_map(|outcome| outcome.stated.as_ref()).map(of).collect()
}

fn interval(arena: &Arena, statistic: impl Fn(&[usize]) -> f64) -> (f64, f64) {
    bootstrap::interval(arena.entries().len(), SEED, statistic).unwrap_or((0.0, 0.0))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
