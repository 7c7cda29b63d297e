//! How far a figure might move on other cases of the same kind.

use crate::random::SplitMix;

/// Resamples drawn.
pub const ROUNDS: usize = 2_000;

/// The middle 95 % of a statistic over resamples of `n` cases with replacement.
///
/// `statistic` gets the indices of one resample, each case as often as it was drawn; give the same
/// `seed` to compare rules on the same resamples. Cases are drawn one by one, so what the cases of
/// one project share is not in the interval: other projects may differ by more. `None` for no cases.
#[must_use]
pub fn interval(n: usize, seed: u64, statistic: impl Fn(&[usize]) -> f64) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let mut random = SplitMix::new(seed);
    let mut drawn = vec![0; n];
    let mut values: Vec<_> = (0..ROUNDS)
        .map(|_| {
            drawn.fill_with(|| random.below(n));
            statistic(&drawn)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    middle_95(&values)
}

/// The 2.5 % and 97.5 % quantiles of sorted values, interpolated.
pub(super) fn middle_95(sorted: &[f64]) -> Option<(f64, f64)> {
    let quantile = |q: f64| {
        let at = q * (sorted.len().checked_sub(1)?) as f64;
        let (below, above) = (at.floor() as usize, at.ceil() as usize);
        Some(sorted[below] + (sorted[above] - sorted[below]) * at.fract())
    };
    Some((quantile(0.025)?, quantile(0.975)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let values: Vec<_> = (0..=10).map(f64::from).collect();
        assert_eq!(middle_95(&values), Some((0.25, 9.75)));
        assert_eq!(middle_95(&[3.0]), Some((3.0, 3.0)));
        assert_eq!(middle_95(&[]), None);
    }

    #[test]
    fn a_share_gets_about_its_binomial_interval() {
        // 80 of 100: ± 1.96 × sqrt(0.8 × 0.2 / 100) = ± 0.078.
        let share = |drawn: &[usize]| drawn.iter().filter(|i| **i < 80).count() as f64 / 100.0;
        let (low, high) = interval(100, 1, share).unwrap();
        assert!((low - 0.722).abs() < 0.015 && (high - 0.878).abs() < 0.015, "{low} {high}");
        assert_eq!(interval(100, 1, share), Some((low, high)), "seeded");
        assert_eq!(interval(0, 1, share), None);
    }

    #[test]
    fn a_paired_difference_is_narrower_than_its_parts() {
        // Two rules that differ on 5 of 100 cases, always the same way.
        let difference = |drawn: &[usize]| drawn.iter().filter(|i| **i < 5).count() as f64 / 100.0;
        let (low, high) = interval(100, 1, difference).unwrap();
        assert!(low > 0.0 && high < 0.12, "{low} {high}");
    }
}
