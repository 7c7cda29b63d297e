//! The weights: data, fitted elsewhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The weights of a [`Ranker`](super::Ranker), as stored in `weights/*.json`.
///
/// They are fitted on labelled cases by a program beside this crate, and stored together with the
/// figures they reached. Signals that those cases cannot exercise have no fitted weight; they
/// stand in [`Weights::unmeasured`] with a small prior one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Version of this form of weights.
    pub version: u32,
    /// Fitted weights by signal.
    pub signals: BTreeMap<String, Weight>,
    /// Prior weights of signals that no labelled case exercises, and of `foreign-trace`: none of the
    /// program's own frames is a file of the repository, which speaks for "none of these". Evidence
    /// of these is marked [`measured: false`](crate::Evidence::measured).
    pub unmeasured: BTreeMap<String, f64>,
    /// Weights of the gate's inputs and its `bias`: log-odds that the fault lies off the stack.
    pub gate: BTreeMap<String, f64>,
    /// Weights of "none of these": `bias`, `off-stack` (the gate), `candidates` (their number, on a
    /// logarithmic scale of which 600 is 1), `blamed-elsewhere` (share of the trace's lines that
    /// are older than the window), `touching-files` (logarithm of how much all candidates touch
    /// the trace's files).
    pub none: BTreeMap<String, f64>,
    /// Factor on the scores of changes that calibrates which of them it was.
    pub temperature: f64,
    /// What calibrates whether it was any of them.
    pub any: Any,
    /// Below this probability nobody is named.
    pub threshold: f64,
    /// What these weights reached, by measure, with the split it was taken on.
    #[serde(default)]
    pub figures: BTreeMap<String, BTreeMap<String, f64>>,
}

/// From scores to the log-odds that it was any of the changes:
/// `slope · (ln Σ exp(score of a change) − score of "none") + shift`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Any {
    /// How much of what the changes have for them, all together, counts.
    pub slope: f64,
    /// What is added.
    pub shift: f64,
}

/// A signal's weight, by where the fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Weight {
    /// Weight when the fault is on the stack.
    pub on: f64,
    /// Weight when the fault is off the stack.
    pub off: f64,
}

/// The split of the figures in which every project was answered by weights that had not seen it,
/// without the services that those had read who taught the ranker its words.
const UNREAD: &str = "unread, project left out";

static FITTED: LazyLock<Weights> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../weights/fitted.json"))
        .expect("the embedded weights are tested to parse")
});

impl Weights {
    /// The weights that are compiled in.
    #[must_use]
    pub fn fitted() -> &'static Self {
        &FITTED
    }

    /// Whether what a percentage is worth has been measured, and found to be what it says: the
    /// calibration error over projects that were left out of the fit that answered them, and that
    /// nobody had read who taught the ranker its words, lies within what sample size alone gives a perfectly calibrated ranker (`calibration_perfect`).
    #[must_use]
    pub fn is_calibrated(&self) -> bool {
        self.figures.get(UNREAD).is_some_and(|figures| {
            match (figures.get("calibration_error"), figures.get("calibration_perfect")) {
                (Some(error), Some(perfect)) => error <= perfect,
                _ => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::none::FOREIGN;
    use super::*;
    use crate::Direction;
    use crate::signals::ALL;

    #[test]
    fn every_signal_has_a_weight_of_its_sign() {
        let weights = Weights::fitted();
        for signal in ALL {
            let fitted = weights.signals.get(signal.name);
            let prior = weights.unmeasured.get(signal.name);
            assert!(fitted.is_some() != prior.is_some(), "{} has one weight", signal.name);
            let values = fitted.map_or([prior.copied().unwrap_or(0.0); 2], |w| [w.on, w.off]);
            for value in values {
                match signal.direction {
                    Direction::For => assert!(value >= 0.0, "{} speaks for", signal.name),
                    Direction::Against => assert!(value <= 0.0, "{} speaks against", signal.name),
                }
            }
        }
        let prior = weights.unmeasured.iter().filter(|(name, _)| *name != FOREIGN).count();
        assert_eq!(weights.signals.len() + prior, ALL.len());
        assert!(weights.unmeasured[FOREIGN] > 0.0);
    }
}
