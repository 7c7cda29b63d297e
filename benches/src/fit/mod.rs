//! Fitting the ranker's weights: labelled cases in, weights with their figures out.
//!
//! Figures are taken out of fold: each project (or service) is answered by a model that was fitted
//! on all the others. The three numbers of [`calibrate`] are chosen on those answers as well, so they
//! are what has seen every project before it is judged. The vocabulary of facts and error classes
//! is hand-made and has seen many of them, too.

pub mod calibrate;
pub mod data;
pub mod descent;
pub mod figures;
pub mod model;
pub mod prior;
pub mod softmax;

use std::collections::{BTreeMap, BTreeSet};

use sentry_correlate::rank::{Any, Ranker, Weight, Weights};

use data::Sample;
use figures::Held;
use model::Model;

/// Prior weights of signals that no labelled case exercises: recorded cases carry neither source
/// lines nor deployments nor the signs and spaces of changed lines nor lists of ignored revisions, no
/// merge and no bot is among their candidates.
pub const UNMEASURED: [(&str, f64); 7] = [
    ("source-words", 0.5),
    ("deployed", 0.3),
    ("merge", -2.0),
    ("bot", -0.3),
    ("form-only", -1.0),
    ("ignored-revision", -1.0),
    ("foreign-trace", 4.0),
];

/// Below this probability nobody is named.
const THRESHOLD: f64 = 0.5;

/// What fitting gives.
#[derive(Debug)]
pub struct Fitted {
    /// The weights, with their figures.
    pub weights: Weights,
    /// The same as a model.
    pub model: Model,
    /// Signals that no sample exercised although they are fitted.
    pub idle: Vec<&'static str>,
}

/// Fits on samples; `blank` are the same samples with their commit messages taken away, on which
/// a second set of figures is taken.
#[must_use]
pub fn fit(samples: &[Sample], blank: &[Sample]) -> Fitted {
    let measured: Vec<bool> = Ranker::signals()
        .map(|(name, _)| UNMEASURED.iter().all(|(other, _)| *other != name))
        .collect();
    let folds: BTreeSet<&str> = samples.iter().map(|sample| sample.group.as_str()).collect();
    let mut held: Vec<(&Sample, &Sample, Model)> = Vec::new();
    for fold in folds {
        let others: Vec<&Sample> = samples.iter().filter(|s| s.group != fold).collect();
        let model = Model::fit(&others, &measured);
        for (sample, blank) in samples.iter().zip(blank).filter(|(s, _)| s.group == fold) {
            held.push((sample, blank, model.clone()));
        }
    }
    let (temperature, any) = calibrate::calibrate(&held);
    for (_, _, model) in &mut held {
        (model.temperature, model.any) = (temperature, any);
    }
    let mut figures = BTreeMap::new();
    split(&mut figures, "", held.iter().map(|(sample, _, model)| (*sample, model)));
    split(&mut figures, ", messages blanked", held.iter().map(|(_, blank, model)| (*blank, model)));

    let all: Vec<&Sample> = samples.iter().collect();
    let mut model = Model::fit(&all, &measured);
    (model.temperature, model.any) = (temperature, any);
    let idle = Ranker::signals()
        .enumerate()
        .filter(|(n, _)| {
            measured[*n] && samples.iter().all(|s| s.whole.rows.iter().all(|r| r[*n] == 0.0))
        })
        .map(|(_, (name, _))| name)
        .collect();
    Fitted { weights: weights(&model, &measured, figures), model, idle }
}

impl Fitted {
    /// What the weights reach on samples that they were not fitted on.
    #[must_use]
    pub fn figures_of(&self, samples: &[Sample]) -> BTreeMap<String, f64> {
        let answers: Vec<Held<'_>> = samples
            .iter()
            .map(|sample| {
                (sample, self.model.answer(&sample.whole), self.model.answer(&sample.without))
            })
            .collect();
        figures::of(&answers.iter().collect::<Vec<_>>())
    }
}

/// Whether a sample is of a kind.
type Belongs = fn(&Sample) -> bool;

/// Figures of regressions, configuration cases and both; and of what nobody had read who taught the
/// ranker its words.
fn split<'a>(
    figures: &mut BTreeMap<String, BTreeMap<String, f64>>,
    suffix: &str,
    held: impl Iterator<Item = (&'a Sample, &'a Model)>,
) {
    let answers: Vec<Held<'_>> = held
        .map(|(sample, model)| (sample, model.answer(&sample.whole), model.answer(&sample.without)))
        .collect();
    let kinds: [(&str, Belongs); 5] = [
        ("regressions", |sample| !sample.configuration),
        ("configuration", |sample| sample.configuration),
        ("configuration unread", |sample| sample.configuration && !sample.read),
        ("all", |_| true),
        ("unread", |sample| !sample.read),
    ];
    for (name, is_of) in kinds {
        let of: Vec<&Held<'_>> = answers.iter().filter(|held| is_of(held.0)).collect();
        figures.insert(format!("{name}, project left out{suffix}"), figures::of(&of));
    }
}

fn weights(
    model: &Model,
    measured: &[bool],
    figures: BTreeMap<String, BTreeMap<String, f64>>,
) -> Weights {
    let named = |names: &mut dyn Iterator<Item = &'static str>, values: &[f64]| {
        names.map(str::to_owned).zip(values.iter().map(|v| round(*v))).collect::<BTreeMap<_, _>>()
    };
    let gate = &mut std::iter::once("bias").chain(Ranker::gate_inputs().iter().copied());
    let none = &mut ["bias", "off-stack"].into_iter().chain(Ranker::none_inputs().iter().copied());
    Weights {
        version: 2,
        signals: Ranker::signals()
            .enumerate()
            .filter(|(n, _)| measured[*n])
            .map(|(n, (name, _))| {
                (name.to_owned(), Weight { on: round(model.on[n]), off: round(model.off[n]) })
            })
            .collect(),
        unmeasured: UNMEASURED.iter().map(|(name, w)| ((*name).to_owned(), *w)).collect(),
        gate: named(gate, &model.gate),
        none: named(none, &model.none),
        temperature: round(model.temperature),
        any: Any { slope: round(model.any.slope), shift: round(model.any.shift) },
        threshold: THRESHOLD,
        figures,
    }
}

/// Three decimals: more would be noise in the file. Never a negative zero.
fn round(x: f64) -> f64 {
    (x * 1e3).round() / 1e3 + 0.0
}
