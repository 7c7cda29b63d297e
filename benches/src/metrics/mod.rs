//! What is measured, free of files and clocks: answers in, figures out.
//!
//! * [`rank`]: where the culprit stands in an answer, ties counted as what they are: chance.
//! * [`Outcome`] and [`Summary`]: one case, and shares over many.
//! * [`calibration`]: whether stated probabilities can be believed.
//! * [`bootstrap`]: how far figures might move on other cases of the kind.
//! * [`diagram`]: stated against observed, as text and as a picture.

pub mod bootstrap;
pub mod calibration;
pub mod diagram;
pub mod rank;

use crate::rules::Answer;
use calibration::Claim;
pub use rank::Placing;

/// Share of none-cases in the mix on which precision and calibration are taken.
pub const NONE_SHARE: f64 = 0.3;

/// How a rule did on one case: once as it was, once with its culprits taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Where the culprit was placed.
    pub placing: Placing,
    /// Whether somebody was named; a stated "none of these" names nobody.
    pub answered: bool,
    /// Whether nobody was named with the culprits taken out, which is right.
    pub none_right: bool,
    /// What was stated, where the rule states probabilities.
    pub stated: Option<Stated>,
}

/// The probabilities a rule stated on one case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stated {
    /// About the first suspect, with the culprit among the candidates.
    pub first: Claim,
    /// About the first suspect, with the culprits taken out: always wrong.
    pub first_without: Claim,
    /// About the whole answer ("none of these" may be it), with the culprit there.
    pub answer: Claim,
    /// About the whole answer, with the culprits taken out.
    pub answer_without: Claim,
    /// About "none of these", with the culprit there: always wrong.
    pub none: Claim,
    /// About "none of these", with the culprits taken out: always right.
    pub none_without: Claim,
}

impl Outcome {
    /// Judges an answer and the one given with the culprits taken out. Any culprit is right.
    #[must_use]
    pub fn of(answer: &Answer, without: &Answer, culprits: &[String]) -> Self {
        let placing = Placing::of(answer, culprits);
        let stated = answer.none().zip(without.none()).map(|(none, none_without)| Stated {
            first: Claim { p: first(answer), right: placing.top1 },
            first_without: Claim { p: first(without), right: 0.0 },
            answer: if answer.says_none() {
                Claim { p: none, right: 0.0 }
            } else {
                Claim { p: first(answer), right: placing.top1 }
            },
            answer_without: if without.says_none() {
                Claim { p: none_without, right: 1.0 }
            } else {
                Claim { p: first(without), right: 0.0 }
            },
            none: Claim { p: none, right: 0.0 },
            none_without: Claim { p: none_without, right: 1.0 },
        });
        let answered = !answer.says_none();
        Self { placing, answered, none_right: without.says_none(), stated }
    }
}

/// Shares over cases, from 0 to 1. Empty input gives zeros.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Number of cases.
    pub cases: usize,
    /// The culprit is first.
    pub top1: f64,
    /// The culprit is among the first five.
    pub top5: f64,
    /// Mean of one over the culprit's rank; an unnamed culprit counts zero.
    pub mrr: f64,
    /// Somebody is named.
    pub answered: f64,
    /// Of the answers that name somebody, those that name the culprit first.
    pub precision: f64,
    /// The same on the mix in which [`NONE_SHARE`] of the weight has no culprit to find.
    pub precision_on_mix: f64,
    /// Nobody is named when the culprits are taken out.
    pub none_accuracy: f64,
    /// The culprit is first *and* named: Top-1 where saying "none" to a real culprit is a miss.
    pub top1_named: f64,
}

impl Summary {
    /// Sums up.
    #[must_use]
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut sum = Self::default();
        for outcome in outcomes {
            sum.cases += 1;
            sum.top1 += outcome.placing.top1;
            sum.top5 += outcome.placing.top5;
            sum.mrr += outcome.placing.reciprocal;
            sum.answered += f64::from(u8::from(outcome.answered));
            sum.top1_named += if outcome.answered { outcome.placing.top1 } else { 0.0 };
            sum.none_accuracy += f64::from(u8::from(outcome.none_right));
        }
        let cases = sum.cases.max(1) as f64;
        let right = sum.top1_named * (1.0 - NONE_SHARE);
        let named =
            sum.answered * (1.0 - NONE_SHARE) + (sum.cases as f64 - sum.none_accuracy) * NONE_SHARE;
        Self {
            cases: sum.cases,
            top1: sum.top1 / cases,
            top5: sum.top5 / cases,
            mrr: sum.mrr / cases,
            answered: sum.answered / cases,
            precision: share(sum.top1_named, sum.answered),
            precision_on_mix: share(right, named),
            none_accuracy: sum.none_accuracy / cases,
            top1_named: sum.top1_named / cases,
        }
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn first(answer: &Answer) -> f64 {
    answer.suspects().first().map_or(0.0, |suspect| suspect.score)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(shas: &[&str]) -> Answer {
        let scored = shas.iter().enumerate().map(|(i, sha)| ((*sha).to_owned(), -(i as f64)));
        Answer::ranked(scored)
    }

    fn outcome(answer: &[&str], without: &[&str]) -> Outcome {
        Outcome::of(&ranked(answer), &ranked(without), &["c".to_owned()])
    }

    #[test]
    fn shares_are_those_of_a_hand_count() {
        let outcomes = [
            outcome(&["c", "x"], &["x"]), // first; none-case wrong
            outcome(&["x", "c"], &[]),    // second; none-case right
            outcome(&[], &[]),            // silent
            outcome(&["x", "y"], &["x"]), // wrong, culprit unnamed
        ];
        let sum = Summary::of(&outcomes);
        assert_eq!(sum.cases, 4);
        assert_eq!((sum.top1, sum.top5, sum.mrr), (0.25, 0.5, 1.5 / 4.0));
        assert_eq!((sum.answered, sum.none_accuracy), (0.75, 0.5));
        assert_eq!(sum.precision, 1.0 / 3.0);
        // Right 1 × 0.7; named 3 × 0.7 + 2 × 0.3.
        assert!((sum.precision_on_mix - 0.7 / 2.7).abs() < 1e-12);
        assert_eq!(Summary::of([]), Summary::default());
    }

    #[test]
    fn claims_about_suspect_and_answer_differ_where_none_is_in_front() {
        let p = |c: f64, x: f64, none| {
            Answer::probabilities([("c".to_owned(), c), ("x".to_owned(), x)], none)
        };
        let outcome = Outcome::of(&p(0.4, 0.1, 0.5), &p(0.0, 0.2, 0.8), &["c".to_owned()]);
        let stated = outcome.stated.unwrap();
        assert_eq!(stated.first, Claim { p: 0.4, right: 1.0 });
        assert_eq!(stated.answer, Claim { p: 0.5, right: 0.0 });
        assert_eq!(stated.first_without, Claim { p: 0.2, right: 0.0 });
        assert_eq!(stated.answer_without, Claim { p: 0.8, right: 1.0 });
        assert_eq!(stated.none, Claim { p: 0.5, right: 0.0 });
        assert_eq!(stated.none_without, Claim { p: 0.8, right: 1.0 });
        assert!(!outcome.answered && outcome.none_right);
        let sum = Summary::of([&outcome]);
        assert_eq!((sum.top1, sum.top1_named, sum.precision), (1.0, 0.0, 0.0));
    }
}
