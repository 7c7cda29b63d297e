//! What turns scores into probabilities that can be believed: three numbers, chosen on answers to
//! projects that the weights had not seen, and to services that nobody had read who taught the
//! ranker its words: what was read is answered too well to say what a percentage is worth. Two
//! surprises are made small together: at the whole answer, and at whether the first suspect was
//! right, because that is the percentage people read.

use sentry_correlate::rank::Any;

use super::data::Sample;
use super::descent::{Bound, minimise};
use super::model::{Model, NONE_SHARE, Scores, logistic};
use super::softmax::Softmax;

/// Least and greatest factor on scores, slope and shift.
const BOUNDS: [Bound; 3] = [(0.3, 3.0), (0.1, 3.0), (-5.0, 5.0)];

/// The factor on scores and the [`Any`] under which held-out answers are most probable.
#[must_use]
pub fn calibrate(held: &[(&Sample, &Sample, Model)]) -> (f64, Any) {
    let answers: Vec<(Scores, &[usize], Scores)> = held
        .iter()
        .filter(|(sample, _, _)| !sample.read)
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
            let (with, gone) = (share * (1.0 - NONE_SHARE), share * NONE_SHARE);
            loss += which(x, whole, right, with, gradient);
            loss += whether(x, whole, true, with, gradient);
            loss += whether(x, without, false, gone, gradient);
            loss += first(x, whole, right, with, gradient);
            loss += first(x, without, &[], gone, gradient);
        }
        loss
    });
    (found[0], Any { slope: found[1], shift: found[2] })
}

/// Surprise at which change it was, given that it was one.
fn which(x: &[f64], scores: &Scores, right: &[usize], weight: f64, gradient: &mut [f64]) -> f64 {
    let of_right: Vec<f64> = right.iter().map(|&n| scores.changes[n]).collect();
    let (all, of_right) = (Softmax::of(&scores.changes, x[0]), Softmax::of(&of_right, x[0]));
    gradient[0] += weight * (all.mean() - of_right.mean());
    weight * (all.sum - of_right.sum)
}

/// Surprise at whether it was any of them.
fn whether(x: &[f64], scores: &Scores, any: bool, weight: f64, gradient: &mut [f64]) -> f64 {
    if scores.changes.is_empty() {
        return 0.0;
    }
    let all = Softmax::of(&scores.changes, x[0]);
    let above = all.sum - scores.none;
    let p = logistic(x[1] * above + x[2]);
    let slope = weight * (p - f64::from(u8::from(any)));
    gradient[0] += slope * x[1] * all.mean();
    gradient[1] += slope * above;
    gradient[2] += slope;
    -weight * (if any { p } else { 1.0 - p }).max(1e-12).ln()
}

/// Surprise at whether the first suspect was right.
fn first(x: &[f64], scores: &Scores, right: &[usize], weight: f64, gradient: &mut [f64]) -> f64 {
    let best =
        (0..scores.changes.len()).max_by(|&a, &b| scores.changes[a].total_cmp(&scores.changes[b]));
    let Some(best) = best else { return 0.0 };
    let all = Softmax::of(&scores.changes, x[0]);
    let above = all.sum - scores.none;
    let any = logistic(x[1] * above + x[2]);
    let p = (any * all.share(scores.changes[best])).clamp(1e-9, 1.0 - 1e-9);
    let was = right.contains(&best);
    // How fast the loss moves with the logarithm of `p`; and that with each of the three.
    let slope = weight * (p - f64::from(u8::from(was))) / (1.0 - p);
    let mean = all.mean();
    gradient[0] += slope * ((1.0 - any) * x[1] * mean + scores.changes[best] - mean);
    gradient[1] += slope * (1.0 - any) * above;
    gradient[2] += slope * (1.0 - any);
    -weight * (if was { p } else { 1.0 - p }).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Loss = fn(&[f64], &Scores, &mut [f64]) -> f64;

    #[test]
    fn gradients_are_those_of_the_losses() {
        let scores = Scores { changes: vec![2.0, -1.0, 0.5], none: 1.0 };
        let losses: [Loss; 4] = [
            |x, scores, gradient| which(x, scores, &[1, 2], 0.7, gradient),
            |x, scores, gradient| whether(x, scores, true, 0.7, gradient),
            |x, scores, gradient| whether(x, scores, false, 0.3, gradient),
            |x, scores, gradient| {
                first(x, scores, &[0], 0.7, gradient) + first(x, scores, &[], 0.3, gradient)
            },
        ];
        let (x, step) = ([1.2, 0.6, -0.3], 1e-6);
        for loss in losses {
            let mut gradient = [0.0; 3];
            loss(&x, &scores, &mut gradient);
            for n in 0..3 {
                let at = |by: f64| {
                    let mut moved = x;
                    moved[n] += by;
                    loss(&moved, &scores, &mut [0.0; 3])
                };
                let slope = (at(step) - at(-step)) / (2.0 * step);
                assert!((slope - gradient[n]).abs() < 1e-6, "{n}: {slope} {}", gradient[n]);
            }
        }
    }
}
