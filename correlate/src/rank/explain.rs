//! Why a hypothesis stands where it stands, and whether anyone is named at all.

use super::Ranker;
use super::nest::Nest;
use crate::facts::Fact;
use crate::signals::{ALL, Scene};
use crate::{Counterfactual, Decisive, Evidence, Hypothesis, Observation, Silence, Verdict};

/// Most counterfactuals of a hypothesis.
const COUNTERFACTUALS: usize = 3;
/// Most facts of a hypothesis.
const FACTS: usize = 5;
/// Measures below this are not worth a sentence.
const FAINT: f64 = 0.05;

impl Ranker {
    /// Adds evidence, facts and counterfactuals to a hypothesis.
    pub(super) fn explain(
        &self,
        scene: &Scene<'_>,
        position: usize,
        gate: f64,
        nest: &Nest,
        hypothesis: &mut Hypothesis,
    ) {
        let mut evidence: Vec<(f64, Evidence)> = Vec::new();
        for (index, signal) in ALL.iter().enumerate() {
            let strength = (signal.measure)(scene, position);
            if strength < FAINT {
                continue;
            }
            let Some(sight) = (signal.observe)(scene, position) else { continue };
            let seen = Evidence {
                signal: signal.name,
                strength: strength.min(1.0),
                direction: signal.direction,
                observation: sight.observation,
                frame: sight.frame,
                place: sight.place,
                provenance: signal.provenance,
                measured: self.table[index].1,
            };
            evidence.push(((self.factor(index, gate) * strength).abs(), seen));
        }
        // Stable: signals that count alike stay in their order.
        evidence.sort_by(|a, b| b.0.total_cmp(&a.0));
        hypothesis.evidence = evidence.into_iter().map(|(_, evidence)| evidence).collect();
        hypothesis.facts = facts(scene, position, &hypothesis.evidence);
        hypothesis.counterfactuals = counterfactuals(nest, hypothesis);
    }

    /// Whether to name a suspect.
    pub(super) fn verdict(
        &self,
        scene: &Scene<'_>,
        hypotheses: &[Hypothesis],
        none: f64,
    ) -> Verdict {
        let silent = |reason, decisive| Verdict::NoSuspect { reason, decisive };
        let Some(first) = hypotheses.first() else {
            return silent(Silence::NoCandidates, Decisive::Candidates);
        };
        let reason = if none >= first.p {
            Silence::NoneLikelier
        } else if first.p < self.weights.threshold {
            Silence::BelowThreshold
        } else {
            return Verdict::Suspect;
        };
        let level = hypotheses.get(1).is_some_and(|second| second.p > 0.5 * first.p);
        let decisive = if !scene.query.has_own && scene.query.frames.is_empty() {
            Decisive::StackTrace
        } else if reason == Silence::BelowThreshold && level || first.p > 0.2 {
            Decisive::Revert { sha: first.sha.clone() }
        } else {
            Decisive::PreviousRelease
        };
        silent(reason, decisive)
    }
}

/// The facts that matter: those that evidence is about first, then what else explains the error.
fn facts(scene: &Scene<'_>, position: usize, evidence: &[Evidence]) -> Vec<Fact> {
    let cited = |fact: &Fact| -> f64 {
        evidence
            .iter()
            .filter(|seen| match &seen.observation {
                Observation::FactFits { fact: of, .. }
                | Observation::Quoted { fact: of, .. }
                | Observation::SettingOfTrace { fact: of, .. }
                | Observation::BoldStep { fact: of }
                | Observation::DependencyInTrace { fact: of } => of == fact,
                Observation::NameChanged { .. } => {
                    seen.place == Some(fact.place)
                        && matches!(&fact.kind, crate::facts::FactKind::Definition { .. })
                }
                _ => false,
            })
            .map(|seen| seen.strength)
            .sum()
    };
    let mut ranked: Vec<(f64, &Fact)> = scene.fits[position]
        .iter()
        .map(|fit| {
            let fact = scene.fact(position, fit.fact);
            (cited(fact) + 0.5 * fit.strength * fit.relevance, fact)
        })
        .filter(|(value, _)| *value > 0.1)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().take(FACTS).map(|(_, fact)| fact.clone()).collect()
}

/// What the probability would be without each of the signals that raised it most.
fn counterfactuals(nest: &Nest, hypothesis: &Hypothesis) -> Vec<Counterfactual> {
    let mut raised: Vec<_> = hypothesis.contributions.iter().filter(|c| c.amount > 0.0).collect();
    raised.sort_by(|a, b| b.amount.total_cmp(&a.amount));
    raised
        .into_iter()
        .take(COUNTERFACTUALS)
        .map(|contribution| Counterfactual {
            signal: contribution.signal,
            p: nest.without(hypothesis.score, contribution.amount),
        })
        .collect()
}
