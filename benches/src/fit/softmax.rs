//! The softmax over the scores of changes.

/// Scores with a factor on them, and what follows from their sum.
#[derive(Debug, Clone, Copy)]
pub struct Softmax<'s> {
    scores: &'s [f64],
    factor: f64,
    /// `ln Σ exp(factor · score)`; −∞ of no scores.
    pub sum: f64,
}

impl<'s> Softmax<'s> {
    /// Sums once.
    #[must_use]
    pub fn of(scores: &'s [f64], factor: f64) -> Self {
        let highest = scores.iter().map(|score| factor * score).fold(f64::NEG_INFINITY, f64::max);
        let sum = if highest.is_infinite() {
            highest
        } else {
            highest + scores.iter().map(|score| (factor * score - highest).exp()).sum::<f64>().ln()
        };
        Self { scores, factor, sum }
    }

    /// The share of one of the scores.
    #[must_use]
    pub fn share(&self, score: f64) -> f64 {
        (self.factor * score - self.sum).exp()
    }

    /// Mean score: how fast the sum grows with the factor.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.scores.iter().map(|score| score * self.share(*score)).sum()
    }
}
