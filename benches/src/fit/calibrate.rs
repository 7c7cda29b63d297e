//! What turns scores into probabilities that can be believed: three numbers, chosen on answers to
//! projects that the weights had not seen.

use sentry_correlate::rank::Any;

use super::data::Sample;
use super::descent::{Bound, minimise};
use super::model::{Model, NONE_SHARE, Scores, log_sum, logistic};

/// Least and greatest factor on scores, slope and shift.
const BOUNDS: [Bound; 3] = [(0.3, 3.0), (0.1, 3.0), (-5.0, 5.0)];

/// The factor on scores and the [`Any`] under which held-out answers are most probable.
#[must_use]
pub fn calibrate(held: &[(&Sample, &Sample, Model)]) -> (f64, Any) {
    let answers: Vec<(Scores, &[usize], Scores)> = held
        .iter()
        .map(|(sample, _, model)| {
            let whole = model.scores(&sample.whole);
            (whole, sample.whole.right.as_slice(), model.scores(&sample.without))
        })
        .collect();
    let share = 1.0 / answers.len().max(1) as f64;
    let found = minimise(vec![1.0, 1.0, 0.0], &BOUNDS, |x, gradient| {
        gradient.fill(0.0);
        let mut loss = 0.0;
        for (whole, right, without) in &answers {
            loss += share * (1.0 - NONE_SHARE) * which(x, whole, right, share, gradient);
            loss += share * (1.0 - NONE_SHARE) * whether(x, whole, true, share, gradient);
            loss += share * NONE_SHARE * whether(x, without, false, share, gradient);
        }
        loss
    });
    (found[0], Any { slope: found[1], shift: found[2] })
}

/// Surprise at which change it was, given that it was one.
fn which(x: &[f64], scores: &Scores, right: &[usize], share: f64, gradient: &mut [f64]) -> f64 {
    let of_right: Vec<f64> = right.iter().map(|&n| scores.changes[n]).collect();
    gradient[0] +=
        share * (1.0 - NONE_SHARE) * (mean(&scores.changes, x[0]) - mean(&of_right, x[0]));
    log_sum(&scores.changes, x[0]) - log_sum(&of_right, x[0])
}

/// Surprise at whether it was any of them.
fn whether(x: &[f64], scores: &Scores, any: bool, share: f64, gradient: &mut [f64]) -> f64 {
    if scores.changes.is_empty() {
        return 0.0;
    }
    let above = log_sum(&scores.changes, x[0]) - scores.none;
    let p = logistic(x[1] * above + x[2]);
    let (weight, target) = if any { (1.0 - NONE_SHARE, 1.0) } else { (NONE_SHARE, 0.0) };
    let slope = share * weight * (p - target);
    gradient[0] += slope * x[1] * mean(&scores.changes, x[0]);
    gradient[1] += slope * above;
    gradient[2] += slope;
    -(if any { p } else { 1.0 - p }).max(1e-12).ln()
}

/// Mean score under the softmax: how fast the logarithm of their sum grows with the factor.
fn mean(scores: &[f64], factor: f64) -> f64 {
    let sum = log_sum(scores, factor);
    scores.iter().map(|score| score * (factor * score - sum).exp()).sum()
}
