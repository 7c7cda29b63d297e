//! The ranker of this project, as one rule among the others.

use sentry_correlate::rank::Ranker;
use sentry_correlate::{Incident, Window};

use super::{Answer, Rule};

/// The ranker, by default with the weights it ships with.
#[derive(Debug, Clone, Default)]
pub struct Ours {
    ranker: Ranker,
}

impl Ours {
    /// A ranker with weights of one's own, for cross-validation.
    #[must_use]
    pub fn new(ranker: Ranker) -> Self {
        Self { ranker }
    }
}

impl Rule for Ours {
    fn name(&self) -> &'static str {
        "ours"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let ranking = self.ranker.rank(incident, window);
        Answer::probabilities(ranking.hypotheses.into_iter().map(|h| (h.sha, h.p)), ranking.none)
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, incident, named, touched, window};
    use super::*;

    #[test]
    fn every_change_has_a_probability_and_all_sum_to_one() {
        let incident = incident(&[("shop/cart.py", "total", 40)]);
        let window = window(
            &[
                change("a", 3, &[touched("docs/index.md", &[3])]),
                change("b", 2, &[touched("shop/cart.py", &[40])]),
            ],
            &[],
        );
        let answer = Ours::default().answer(&incident, &window);
        let sum: f64 = answer.suspects().iter().map(|suspect| suspect.score).sum();
        assert!((sum + answer.none().unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(named(&Ours::default(), &incident, &window), ["b", "a"]);
    }
}
