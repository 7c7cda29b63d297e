//! The ranker's model as a function of its weights, with gradients.

use sentry_correlate::Direction;
use sentry_correlate::rank::{Any, Ranker};

use super::data::{Question, Sample};
use super::descent::{Bound, minimise};
use super::prior;
use super::softmax::Softmax;

/// Share of none-cases in the mix that is fitted and judged.
pub const NONE_SHARE: f64 = 0.3;
/// How strongly the gate's weights are drawn to zero.
const GATE_STRENGTH: f64 = 0.5;
/// One softmax over changes and "none": how weights are fitted, before they are calibrated.
const PLAIN: Any = Any { slope: 1.0, shift: 0.0 };
const FREE: Bound = (f64::NEG_INFINITY, f64::INFINITY);

/// A fitted model: plain numbers, in the order of signals and inputs.
#[derive(Debug, Clone)]
pub struct Model {
    /// Bias and weights of the gate.
    pub gate: Vec<f64>,
    /// Weights by signal when the fault is on the stack.
    pub on: Vec<f64>,
    /// … when it is off the stack.
    pub off: Vec<f64>,
    /// Weights of "none of these": bias, gate, then its inputs.
    pub none: Vec<f64>,
    /// Factor on the scores of changes.
    pub temperature: f64,
    /// From scores to whether it was any of the changes.
    pub any: Any,
}

/// Scores of one question, before calibration.
#[derive(Debug, Clone)]
pub struct Scores {
    /// By candidate.
    pub changes: Vec<f64>,
    /// Of "none of these".
    pub none: f64,
}

/// Probabilities of one question.
#[derive(Debug, Clone)]
pub struct Shares {
    /// By candidate.
    pub changes: Vec<f64>,
    /// Of "none of these".
    pub none: f64,
}

impl Model {
    /// Fits gate and weights on samples. Signals that `measured` leaves out keep weight 0.
    #[must_use]
    pub fn fit(samples: &[&Sample], measured: &[bool]) -> Self {
        let importance = importance(samples);
        let gate = fit_gate(samples, &importance);
        let mut model = Self {
            gate,
            on: Vec::new(),
            off: Vec::new(),
            none: Vec::new(),
            temperature: 1.0,
            any: PLAIN,
        };
        model.fit_weights(samples, &importance, measured);
        model
    }

    /// Probability that the fault lies off the stack.
    #[must_use]
    pub fn gate(&self, inputs: &[f64]) -> f64 {
        logistic(self.gate[0] + dot(&self.gate[1..], inputs))
    }

    /// Scores of a question.
    #[must_use]
    pub fn scores(&self, question: &Question) -> Scores {
        let gate = self.gate(&question.gate);
        let factors: Vec<f64> =
            self.on.iter().zip(&self.off).map(|(on, off)| (1.0 - gate) * on + gate * off).collect();
        Scores {
            changes: question.rows.iter().map(|row| dot(row, &factors)).collect(),
            none: self.none[0] + self.none[1] * gate + dot(&self.none[2..], &question.none),
        }
    }

    /// Answers a question.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Shares {
        let scores = self.scores(question);
        let softmax = Softmax::of(&scores.changes, self.temperature);
        let any = logistic(self.any.slope * (softmax.sum - scores.none) + self.any.shift);
        let share = |score: &f64| any * softmax.share(*score);
        Shares { changes: scores.changes.iter().map(share).collect(), none: 1.0 - any }
    }

    fn fit_weights(&mut self, samples: &[&Sample], importance: &[f64], measured: &[bool]) {
        let signals: Vec<_> = Ranker::signals().collect();
        let k = signals.len();
        let priors: Vec<_> = signals.iter().map(|(name, _)| prior::of(name)).collect();
        let mut bounds: Vec<Bound> = signals
            .iter()
            .zip(measured)
            .map(|((_, direction), measured)| match (measured, direction) {
                (false, _) => (0.0, 0.0),
                (true, Direction::For) => (0.0, f64::INFINITY),
                (true, Direction::Against) => (f64::NEG_INFINITY, 0.0),
            })
            .collect();
        bounds.extend_from_within(..);
        bounds.extend([FREE, FREE]);
        // What speaks for "none" must not speak against it.
        bounds.extend(std::iter::repeat_n((0.0, f64::INFINITY), Ranker::none_inputs().len()));
        let mut start: Vec<f64> = priors.iter().map(|prior| prior.on.weight).collect();
        start.extend(priors.iter().map(|prior| prior.off.weight));
        start.extend([2.0, 0.0, 1.0]);
        start.resize(bounds.len(), 0.0);
        let gates: Vec<f64> = samples.iter().map(|s| self.gate(&s.whole.gate)).collect();
        let total: f64 = importance.iter().sum();
        let found = minimise(start, &bounds, |x, gradient| {
            gradient.fill(0.0);
            let mut loss = 0.0;
            for ((sample, &gate), &weight) in samples.iter().zip(&gates).zip(importance) {
                for (question, share) in
                    [(&sample.whole, 1.0 - NONE_SHARE), (&sample.without, NONE_SHARE)]
                {
                    loss += one(x, k, question, gate, weight * share / total, gradient);
                }
            }
            for (n, prior) in priors.iter().enumerate().filter(|(n, _)| measured[*n]) {
                for (at, expected) in [(n, prior.on), (k + n, prior.off)] {
                    let off_by = x[at] - expected.weight;
                    loss += expected.strength * off_by.powi(2);
                    gradient[at] += 2.0 * expected.strength * off_by;
                }
            }
            for at in 2 * k..x.len() {
                loss += 1e-3 * x[at] * x[at];
                gradient[at] += 2e-3 * x[at];
            }
            loss
        });
        self.on = found[..k].to_vec();
        self.off = found[k..2 * k].to_vec();
        self.none = found[2 * k..].to_vec();
    }
}

/// Loss of one question, its gradient added.
fn one(
    x: &[f64],
    k: usize,
    question: &Question,
    gate: f64,
    weight: f64,
    gradient: &mut [f64],
) -> f64 {
    let factors: Vec<f64> = (0..k).map(|n| (1.0 - gate) * x[n] + gate * x[k + n]).collect();
    let none = &x[2 * k..];
    let none_score = none[0] + none[1] * gate + dot(&none[2..], &question.none);
    let shares =
        with_none(question.rows.iter().map(|row| dot(row, &factors)).collect(), none_score);
    let right: f64 = question.right.iter().map(|&n| shares.changes[n]).sum();
    let target = if question.right.is_empty() { shares.none } else { right }.max(1e-300);
    let mut slope = vec![0.0; k];
    for (n, (row, share)) in question.rows.iter().zip(&shares.changes).enumerate() {
        let wanted = if question.right.contains(&n) { share / target } else { 0.0 };
        let d = share - wanted;
        for (slope, x) in slope.iter_mut().zip(row) {
            *slope += d * x;
        }
    }
    for n in 0..k {
        gradient[n] += weight * (1.0 - gate) * slope[n];
        gradient[k + n] += weight * gate * slope[n];
    }
    let d = shares.none - if question.right.is_empty() { 1.0 } else { 0.0 };
    gradient[2 * k] += weight * d;
    gradient[2 * k + 1] += weight * d * gate;
    for (n, x) in question.none.iter().enumerate() {
        gradient[2 * k + 2 + n] += weight * d * x;
    }
    -weight * target.ln()
}

/// Whether the culprit touches no file of the trace.
fn off_stack(sample: &Sample) -> bool {
    let touched = Ranker::signals().position(|(name, _)| name == "touched-file");
    touched.is_some_and(|n| sample.whole.right.iter().all(|&c| sample.whole.rows[c][n] == 0.0))
}

fn fit_gate(samples: &[&Sample], importance: &[f64]) -> Vec<f64> {
    let n = 1 + Ranker::gate_inputs().len();
    let labels: Vec<f64> =
        samples.iter().map(|sample| if off_stack(sample) { 1.0 } else { 0.0 }).collect();
    let total: f64 = importance.iter().sum();
    minimise(vec![0.0; n], &vec![FREE; n], |x, gradient| {
        gradient.fill(0.0);
        let mut loss = 0.0;
        for ((sample, label), weight) in samples.iter().zip(&labels).zip(importance) {
            let p = logistic(x[0] + dot(&x[1..], &sample.whole.gate)).clamp(1e-9, 1.0 - 1e-9);
            loss -= weight / total * (label * p.ln() + (1.0 - label) * (1.0 - p).ln());
            let d = weight / total * (p - label);
            gradient[0] += d;
            for (gradient, input) in gradient[1..].iter_mut().zip(&sample.whole.gate) {
                *gradient += d * input;
            }
        }
        for at in 1..n {
            loss += GATE_STRENGTH / total * x[at] * x[at];
            gradient[at] += 2.0 * GATE_STRENGTH / total * x[at];
        }
        loss
    })
}

/// Weight of each sample: a project with many cases must not drown the others.
fn importance(samples: &[&Sample]) -> Vec<f64> {
    let mut sizes = std::collections::BTreeMap::new();
    for sample in samples {
        *sizes.entry(sample.group.as_str()).or_insert(0_u32) += 1;
    }
    samples.iter().map(|sample| 1.0 / f64::from(sizes[sample.group.as_str()]).sqrt()).collect()
}

/// One softmax over changes and "none".
fn with_none(scores: Vec<f64>, none: f64) -> Shares {
    let highest = scores.iter().copied().fold(none, f64::max);
    let mut changes = scores;
    changes.iter_mut().for_each(|score| *score = (*score - highest).exp());
    let none = (none - highest).exp();
    let total = changes.iter().sum::<f64>() + none;
    changes.iter_mut().for_each(|share| *share /= total);
    Shares { changes, none: none / total }
}

/// The share that goes with log-odds.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
