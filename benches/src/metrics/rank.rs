//! Where the culprit stands.

use crate::rules::Answer;

/// Chances of the culprit's rank; zero or one unless the rule left a tie.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Placing {
    /// That it is first.
    pub top1: f64,
    /// That it is among the first five.
    pub top5: f64,
    /// Expected one over the rank; zero when it is not named.
    pub reciprocal: f64,
}

impl Placing {
    /// Places the best of the culprits. Equal scores are broken by chance, so a tie gives each of
    /// its members the same chance of each of its ranks.
    #[must_use]
    pub fn of(answer: &Answer, culprits: &[String]) -> Self {
        let mut placing = Self::default();
        let mut above = 0;
        for tie in answer.suspects().chunk_by(|a, b| a.score == b.score) {
            let right = tie.iter().filter(|suspect| culprits.contains(&suspect.sha)).count();
            if right == 0 {
                above += tie.len();
                continue;
            }
            let mut none_before = 1.0;
            for place in 0..=tie.len() - right {
                // That the first right one comes here, given that none came before.
                let here = right as f64 / (tie.len() - place) as f64;
                let chance = none_before * here;
                none_before -= chance;
                let rank = above + place + 1;
                placing.top1 += if rank == 1 { chance } else { 0.0 };
                placing.top5 += if rank <= 5 { chance } else { 0.0 };
                placing.reciprocal += chance / rank as f64;
            }
            break;
        }
        placing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placing(scored: &[(&str, f64)], culprits: &[&str]) -> Placing {
        let scored = scored.iter().map(|(sha, score)| ((*sha).to_owned(), *score));
        let culprits: Vec<_> = culprits.iter().map(|sha| (*sha).to_owned()).collect();
        Placing::of(&Answer::ranked(scored), &culprits)
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn without_ties_the_rank_is_the_rank() {
        let three = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
        assert_eq!(placing(&three, &["a"]), Placing { top1: 1.0, top5: 1.0, reciprocal: 1.0 });
        assert_eq!(
            placing(&three, &["c"]),
            Placing { top1: 0.0, top5: 1.0, reciprocal: 1.0 / 3.0 }
        );
        assert_eq!(placing(&three, &["z"]), Placing::default());
        assert_eq!(placing(&three, &["c", "b"]).reciprocal, 0.5, "the best culprit counts");
        assert_eq!(placing(&[], &["a"]), Placing::default());
    }

    #[test]
    fn a_tie_is_chance() {
        // Two tie behind one: rank 2 or 3 with even chances.
        let tie = placing(&[("a", 2.0), ("b", 1.0), ("c", 1.0)], &["c"]);
        assert!(near(tie.reciprocal, (1.0 / 2.0 + 1.0 / 3.0) / 2.0));
        // Ten tie: one in ten first, five in ten among five.
        let names: Vec<_> = (0..10).map(|i| (format!("{i}"), 0.0)).collect();
        let ten: Vec<_> = names.iter().map(|(name, score)| (name.as_str(), *score)).collect();
        let tie = placing(&ten, &["3"]);
        assert!(near(tie.top1, 0.1) && near(tie.top5, 0.5));
        let harmonic: f64 = (1..=10).map(|rank| 1.0 / f64::from(rank)).sum();
        assert!(near(tie.reciprocal, harmonic / 10.0));
    }

    #[test]
    fn two_culprits_in_a_tie_of_three() {
        // First place is right with 2/3; if not, second is.
        let tie = placing(&[("a", 1.0), ("b", 1.0), ("c", 1.0)], &["a", "b"]);
        assert!(near(tie.top1, 2.0 / 3.0) && near(tie.top5, 1.0));
        assert!(near(tie.reciprocal, 2.0 / 3.0 + 1.0 / 3.0 / 2.0));
    }
}
