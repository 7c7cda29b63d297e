//! What out-of-fold answers reached.

use std::collections::BTreeMap;

use super::data::Sample;
use super::model::{NONE_SHARE, Shares};

/// Equal-mass bins of the calibration error.
const BINS: usize = 5;

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
    // Probability of the first suspect, whether it was right, weight in the mix.
    let mut claims: Vec<(f64, bool, f64)> = Vec::new();
    for (sample, whole, without) in held {
        let best = whole.changes.iter().copied().fold(0.0, f64::max);
        let right = sample.whole.right.iter().map(|&c| whole.changes[c]).fold(f64::NAN, f64::max);
        let ahead = whole.changes.iter().filter(|&&p| p > right).count();
        let placed = !right.is_nan();
        if placed {
            top1 += f64::from(u8::from(ahead == 0));
            top5 += f64::from(u8::from(ahead < 5));
            mrr += 1.0 / (ahead as f64 + 1.0);
            none_cost += f64::from(u8::from(ahead == 0 && whole.none >= best));
        }
        claims.push((best, placed && ahead == 0, 1.0 - NONE_SHARE));
        let other = without.changes.iter().copied().fold(0.0, f64::max);
        none_right += f64::from(u8::from(without.none >= other));
        claims.push((other, false, NONE_SHARE));
    }
    let sure = |right: bool| -> f64 {
        claims.iter().filter(|(p, r, _)| *p >= 0.8 && (!right || *r)).map(|(_, _, w)| w).sum()
    };
    let sure_whole = held.iter().filter(|(_, whole, _)| whole.changes.iter().any(|&p| p >= 0.8));
    let brier: f64 = claims
        .iter()
        .map(|(p, right, weight)| weight * (p - f64::from(u8::from(*right))).powi(2))
        .sum();
    [
        ("cases", held.len() as f64),
        ("top1", top1 / n),
        ("top5", top5 / n),
        ("mrr", mrr / n),
        ("none_accuracy", none_right / n),
        ("top1_lost_to_none", none_cost / n),
        ("precision_at_80", sure(true) / sure(false).max(1e-12)),
        ("coverage_at_80", sure_whole.count() as f64 / n),
        ("brier", brier / n),
        ("calibration_error", calibration_error(&mut claims)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), (value * 1e4).round() / 1e4))
    .collect()
}

/// Mean distance of what was stated from what was observed, in bins of equal mass.
fn calibration_error(claims: &mut [(f64, bool, f64)]) -> f64 {
    claims.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = claims.iter().map(|(_, _, weight)| weight).sum();
    let mut bins = [(0.0, 0.0, 0.0); BINS];
    let mut passed = 0.0;
    for (p, right, weight) in claims.iter() {
        let bin = &mut bins[((passed + weight / 2.0) / total * BINS as f64) as usize % BINS];
        passed += weight;
        bin.0 += weight;
        bin.1 += weight * p;
        bin.2 += weight * f64::from(u8::from(*right));
    }
    bins.iter().map(|(_, stated, observed)| (stated - observed).abs()).sum::<f64>()
        / total.max(1e-12)
}
