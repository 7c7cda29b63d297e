//! The ranker: which change of the window caused the incident, and how probable it is.
//!
//! # The model
//!
//! Each signal measures each change between 0 and 1. A change's score is the sum of the signals'
//! measures times their weights; "none of these" has a score of its own. Whether it was any of the
//! changes is a logistic function of how much they have for them together, which of them the
//! softmax of their scores: so probabilities sum to one. Which weight a signal has depends on where the fault
//! lies: the *gate* tells from the crash alone how probable it is that the fault is off the stack
//! (configuration, a dependency, a migration), and mixes a signal's two weights accordingly. The
//! score stays a sum: [`Contribution`]s add up to it, in log-odds.
//!
//! What the percentage means: of answers given with 80 %, about 80 % named the culprit, on
//! labelled failures of which three in ten had no culprit among the candidates. The figures
//! stand beside the weights ([`Weights::figures`]).

mod bearing;
mod explain;
pub(crate) mod frames;
mod function_name;
mod gate;
pub(crate) mod index;
mod kind;
mod locate;
mod messenger;
mod nest;
mod none;
pub(crate) mod note;
pub(crate) mod parts;
pub(crate) mod prepare;
pub(crate) mod query;
mod reverts;
mod table;
pub(crate) mod text;
pub(crate) mod tokens;
pub(crate) mod trace;
mod weights;
pub(crate) mod words;

pub use prepare::PreparedWindow;
pub use weights::{Any, Weight, Weights};

use crate::signals::{ALL, Scene};
use crate::{Contribution, Direction, EVIDENCE_FOR, Hypothesis, Incident, Ranking, Window};
use nest::Nest;

/// How many signals usually say something of a change.
const USUAL: usize = 16;

/// Ranks changes. Cheap to clone and to share; the same input gives the same answer, whatever the
/// order of the changes.
///
/// ```
/// use sentry_correlate::rank::Ranker;
/// use sentry_correlate::{Incident, Window};
///
/// let ranking = Ranker::default().rank(&Incident::default(), &Window::default());
/// assert!(ranking.hypotheses.is_empty());
/// assert_eq!(ranking.none, 1.0); // no candidates, so it was none of them
/// ```
#[derive(Debug, Clone)]
pub struct Ranker {
    weights: Weights,
    /// Weight by signal, and whether it was fitted.
    table: Vec<(Weight, bool)>,
}

impl Default for Ranker {
    /// The ranker with the weights that are compiled in.
    fn default() -> Self {
        Self::with_weights(Weights::fitted().clone())
    }
}

/// What the signals measured: the input of fitting.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    /// For each change of the window, in the window's own order: a measure for each of
    /// [`Ranker::signals`].
    pub rows: Vec<Vec<f64>>,
    /// The gate's inputs, in the order of [`Ranker::gate_inputs`].
    pub gate: Vec<f64>,
    /// The inputs of "none of these", in the order of [`Ranker::none_inputs`].
    pub none: Vec<f64>,
}

impl Ranker {
    /// A ranker with other weights. Signals without one count nothing.
    #[must_use]
    pub fn with_weights(weights: Weights) -> Self {
        let table = ALL
            .iter()
            .map(|signal| match weights.signals.get(signal.name) {
                Some(&weight) => (weight, true),
                None => {
                    let prior = weights.unmeasured.get(signal.name).copied().unwrap_or(0.0);
                    (Weight { on: prior, off: prior }, false)
                }
            })
            .collect();
        Self { weights, table }
    }

    /// Its weights.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Names of all signals and which way they point, in the order of contributions.
    pub fn signals() -> impl Iterator<Item = (&'static str, Direction)> {
        ALL.iter().map(|signal| (signal.name, signal.direction))
    }

    /// Names of the gate's inputs.
    #[must_use]
    pub fn gate_inputs() -> &'static [&'static str] {
        &gate::INPUTS
    }

    /// Names of the inputs of "none of these" beside `bias` and `off-stack`.
    #[must_use]
    pub fn none_inputs() -> &'static [&'static str] {
        &none::INPUTS
    }

    /// Ranks the changes of a window. Reads the window's diffs first; for several incidents of one
    /// window use [`Ranker::rank_prepared`].
    #[must_use]
    pub fn rank(&self, incident: &Incident, window: &Window) -> Ranking {
        self.rank_prepared(incident, &PreparedWindow::new(window))
    }

    /// Ranks the changes of a window whose diffs have been read.
    #[must_use]
    pub fn rank_prepared(&self, incident: &Incident, prepared: &PreparedWindow<'_>) -> Ranking {
        self.rank_shared(incident, prepared, prepared.window())
    }

    /// Ranks the changes of a window whose diffs have been read, possibly for another incident:
    /// blame, deployments and paths are those of `window`, whose changes are not looked at.
    ///
    /// ```
    /// use sentry_correlate::rank::{PreparedWindow, Ranker};
    /// use sentry_correlate::{Incident, Window};
    ///
    /// let (incident, window) = (Incident::default(), Window::default());
    /// let changes = Window { changes: window.changes.clone(), ..Window::default() };
    /// let kept = PreparedWindow::owned(changes); // for every incident of these changes
    /// let ranker = Ranker::default();
    /// let ranking = ranker.rank_shared(&incident, &kept, &window);
    /// assert_eq!(ranking, ranker.rank(&incident, &window));
    /// ```
    #[must_use]
    pub fn rank_shared(
        &self,
        incident: &Incident,
        prepared: &PreparedWindow<'_>,
        window: &Window,
    ) -> Ranking {
        let scene = Scene::new(incident, prepared, window);
        let gate = self.gate(&gate::inputs(&scene.query));
        let mut hypotheses: Vec<(usize, Hypothesis)> = (0..prepared.len())
            .map(|position| (position, self.hypothesis(&scene, position, gate)))
            .collect();
        let (mut none_contributions, none_score) =
            self.none(&none::inputs(&scene), none::is_foreign(&scene), gate);
        let scores = hypotheses.iter().map(|(_, hypothesis)| hypothesis.score).collect();
        let nest = Nest::new(self.weights.any, scores, none_score);
        for (_, hypothesis) in &mut hypotheses {
            hypothesis.p = nest.p(hypothesis.score);
        }
        if !hypotheses.is_empty() {
            let (amount, by_number) = nest.taken_from_none(hypotheses.len());
            for of in none_contributions.iter_mut().filter(|of| of.signal == "candidates") {
                of.amount += by_number;
            }
            none_contributions.push(Contribution { signal: "changes", amount });
        }
        let none = 1.0 - nest.any();
        hypotheses
            .sort_by(|(_, a), (_, b)| b.score.total_cmp(&a.score).then_with(|| a.sha.cmp(&b.sha)));
        for (position, hypothesis) in hypotheses.iter_mut().take(EVIDENCE_FOR) {
            self.explain(&scene, *position, gate, &nest, hypothesis);
        }
        let hypotheses: Vec<Hypothesis> =
            hypotheses.into_iter().map(|(_, hypothesis)| hypothesis).collect();
        let verdict = self.verdict(&scene, &hypotheses, none);
        Ranking {
            hypotheses,
            none,
            none_contributions,
            classes: scene.query.classes,
            verdict,
            calibrated: self.weights.is_calibrated(),
        }
    }

    /// What the signals measure, for fitting weights.
    #[must_use]
    pub fn measure(incident: &Incident, prepared: &PreparedWindow<'_>) -> Measurements {
        let scene = Scene::new(incident, prepared, prepared.window());
        let mut rows = vec![Vec::new(); prepared.len()];
        for position in 0..prepared.len() {
            rows[prepared.order[position]] =
                ALL.iter().map(|signal| (signal.measure)(&scene, position)).collect();
        }
        Measurements {
            rows,
            gate: gate::inputs(&scene.query).to_vec(),
            none: none::inputs(&scene).to_vec(),
        }
    }

    /// Probability that the fault lies off the stack.
    fn gate(&self, inputs: &[f64]) -> f64 {
        let weight = |name: &str| self.weights.gate.get(name).copied().unwrap_or(0.0);
        let odds: f64 = gate::INPUTS.iter().zip(inputs).map(|(name, x)| weight(name) * x).sum();
        1.0 / (1.0 + (-(odds + weight("bias"))).exp())
    }

    /// A signal's factor under a gate.
    fn factor(&self, signal: usize, gate: f64) -> f64 {
        let (weight, _) = self.table[signal];
        self.weights.temperature * ((1.0 - gate) * weight.on + gate * weight.off)
    }

    fn hypothesis(&self, scene: &Scene<'_>, position: usize, gate: f64) -> Hypothesis {
        let mut contributions = Vec::with_capacity(USUAL);
        contributions.extend(ALL.iter().enumerate().filter_map(|(index, signal)| {
            let factor = self.factor(index, gate);
            if factor == 0.0 {
                return None;
            }
            let amount = factor * (signal.measure)(scene, position);
            (amount != 0.0).then_some(Contribution { signal: signal.name, amount })
        }));
        Hypothesis {
            sha: scene.prepared.change(position).sha.clone(),
            p: 0.0,
            score: contributions.iter().map(|c| c.amount).sum(),
            contributions,
            evidence: Vec::new(),
            facts: Vec::new(),
            counterfactuals: Vec::new(),
        }
    }

    /// What speaks for "none of these", in log-odds, and its score: what [`Any`] is applied to.
    fn none(&self, inputs: &[f64], is_foreign: bool, gate: f64) -> (Vec<Contribution>, f64) {
        let inputs = [("bias", 1.0), ("off-stack", gate)]
            .into_iter()
            .chain(none::INPUTS.into_iter().zip(inputs.iter().copied()))
            .map(|(name, x)| (name, x, &self.weights.none))
            .chain(is_foreign.then_some((none::FOREIGN, 1.0, &self.weights.unmeasured)));
        let Any { slope, shift } = self.weights.any;
        let mut score = 0.0;
        let contributions = inputs
            .map(|(signal, x, weights)| {
                let amount = weights.get(signal).copied().unwrap_or(0.0) * x;
                score += amount;
                let shift = if signal == "bias" { shift } else { 0.0 };
                Contribution { signal, amount: slope * amount - shift }
            })
            .collect();
        (contributions, score)
    }
}
