//! From scores to probabilities, in two steps: whether it was any of the changes at all, and if
//! so, which.
//!
//! The first is a logistic function of how much all changes together have for them,
//! `ln Σ exp(score)`, against what speaks for "none of these"; the second is the softmax of the
//! scores. Econometrics calls this a nested logit. One softmax over changes and "none" is the
//! special case of slope 1; it says too little where the evidence is faint and too much where it
//! is strong, because what makes one change stand out among others says less of whether it is any
//! of them.

use super::weights::Any;

/// What a ranking's probabilities are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nest {
    any: Any,
    /// `ln Σ exp(score)` of the changes; −∞ where there are none.
    changes: f64,
    /// Score of "none of these".
    none: f64,
}

impl Nest {
    pub(super) fn new(any: Any, mut scores: Vec<f64>, none: f64) -> Self {
        // Summed in ascending order, so that the order of the input cannot show in the last digit.
        scores.sort_by(f64::total_cmp);
        let highest = scores.last().copied().unwrap_or(f64::NEG_INFINITY);
        let sum: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
        Self { any, changes: highest + sum.ln(), none }
    }

    /// Probability that it was any of the changes.
    pub(super) fn any(&self) -> f64 {
        1.0 / (1.0 + self.odds_of_none().exp())
    }

    /// Log-odds of "none of these".
    fn odds_of_none(&self) -> f64 {
        self.any.slope * (self.none - self.changes) - self.any.shift
    }

    /// What the changes take from the log-odds of "none of these": by what they have for them, and
    /// by being so many.
    pub(super) fn taken_from_none(&self, changes: usize) -> (f64, f64) {
        let by_number = (changes.max(1) as f64).ln();
        (-self.any.slope * (self.changes - by_number), -self.any.slope * by_number)
    }

    /// Probability of a change.
    pub(super) fn p(&self, score: f64) -> f64 {
        self.any() * (score - self.changes).exp()
    }

    /// What the probability of a change would be with so much less of a score.
    pub(super) fn without(&self, score: f64, amount: f64) -> f64 {
        let share = (score - self.changes).exp();
        let rest = 1.0 - share + share * (-amount).exp();
        let other = Self { changes: self.changes + rest.ln(), ..*self };
        other.p(score - amount)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_slope_of_one_is_a_plain_softmax(
            scores in prop::collection::vec(-5.0..8.0_f64, 1..8), none in -3.0..6.0_f64,
        ) {
            let nest = Nest::new(Any { slope: 1.0, shift: 0.0 }, scores.clone(), none);
            let total = none.exp() + scores.iter().map(|score| score.exp()).sum::<f64>();
            for score in scores {
                prop_assert!((nest.p(score) - score.exp() / total).abs() < 1e-9);
            }
            prop_assert!((1.0 - nest.any() - none.exp() / total).abs() < 1e-9);
        }

        #[test]
        fn shares_sum_to_one_and_taking_away_is_ranking_anew(
            scores in prop::collection::vec(-5.0..8.0_f64, 1..8), none in -3.0..6.0_f64,
            slope in 0.2..1.5_f64, shift in -1.0..1.0_f64, amount in 0.0..4.0_f64,
        ) {
            let any = Any { slope, shift };
            let nest = Nest::new(any, scores.clone(), none);
            let sum: f64 = scores.iter().map(|&score| nest.p(score)).sum();
            prop_assert!((sum - nest.any()).abs() < 1e-9);
            let mut fewer = scores.clone();
            fewer[0] -= amount;
            let anew = Nest::new(any, fewer.clone(), none).p(fewer[0]);
            prop_assert!((nest.without(scores[0], amount) - anew).abs() < 1e-9);
        }
    }

    #[test]
    fn without_changes_it_is_none_of_them() {
        assert_eq!(Nest::new(Any { slope: 0.5, shift: 0.3 }, Vec::new(), 0.0).any(), 0.0);
    }
}
