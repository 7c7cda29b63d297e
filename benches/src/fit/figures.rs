//! What out-of-fold answers reached.

use std::collections::BTreeMap;

use super::data::Sample;
use super::model::{NONE_SHARE, Shares};
use crate::metrics::calibration::{Claim, Mix};

/// Equal-mass bins of the calibration error.
const BINS: usize = 5;
/// Seed of the simulated calibration errors of perfectly calibrated rankers.
const SEED: u64 = 1;

/// Answers to one sample by a model that has not seen its project: the question as it was, and
/// without its culprits.
pub type Held<'a> = (&'a Sample, Shares, Shares);

/// Figures of the answers to a set of samples, shares from 0 to 1.
#[must_use]
pub fn of(held: &[&Held<'_>]) -> BTreeMap<String, f64> {
    let n = held.len().max(1) as f64;
    let mut top1 = 0.0;
    let mut top5 = 0.0;
    let mut mrr = 0.0;
    let mut none_right = 0.0;
    let mut none_cost = 0.0;
    let claim = |p: f64, right: bool| Claim { p, right: f64::from(u8::from(right)) };
    // What was claimed of the first suspect, with the culprit there and without.
    let (mut there, mut gone) = (Vec::new(), Vec::new());
    for (sample, whole, without) in held {
        let best = whole.changes.iter().copied().fold(0.0, f64::max);
        let right = sample.whole.right.iter().map(|&c| whole.changes[c]).fold(f64::NAN, f64::max);
        // Whoever is level with the culprit counts as ahead of it.
        let ahead = whole
            .changes
            .iter()
            .enumerate()
            .filter(|&(change, &p)| p >= right && !sample.whole.right.contains(&change))
            .count();
        let placed = !right.is_nan();
        if placed {
            top1 += f64::from(u8::from(ahead == 0));
            top5 += f64::from(u8::from(ahead < 5));
            mrr += 1.0 / (ahead as f64 + 1.0);
            none_cost += f64::from(u8::from(ahead == 0 && whole.none >= best));
        }
        there.push(claim(best, placed && ahead == 0));
        let other = without.changes.iter().copied().fold(0.0, f64::max);
        none_right += f64::from(u8::from(without.none >= other));
        gone.push(claim(other, false));
    }
    let mix = Mix::new(&there, &gone, NONE_SHARE);
    let sure_whole = held.iter().filter(|(_, whole, _)| whole.changes.iter().any(|&p| p >= 0.8));
    [
        ("cases", held.len() as f64),
        ("top1", top1 / n),
        ("top5", top5 / n),
        ("mrr", mrr / n),
        ("none_accuracy", none_right / n),
        ("top1_lost_to_none", none_cost / n),
        ("precision_at_80", mix.at_least(0.8).precision.unwrap_or(0.0)),
        ("coverage_at_80", sure_whole.count() as f64 / n),
        ("brier", mix.brier()),
        ("calibration_error", mix.calibration_error(BINS)),
        ("calibration_perfect", mix.perfect_range(BINS, SEED).1),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), (value * 1e4).round() / 1e4))
    .collect()
}
