//! What is believed of the weights before any case is read.
//!
//! The labelled cases are few and their signals go together, so free weights chase the accidents
//! of single projects (left out, those projects then lose). Each weight is drawn towards a prior
//! with a strength of its own. The priors of signals about the stack are orientation: the order
//! in which the literature and the rules in use find them to matter (touched lines and their
//! depth, the file, blame, rare words, then the rest; little for what mostly says the same again).
//! Signals about settings have no such record; their prior is weak and zero, the cases decide.

/// Prior of one signal.
#[derive(Debug, Clone, Copy)]
pub struct Prior {
    /// When the fault is on the stack.
    pub on: Expected,
    /// When it is off the stack.
    pub off: Expected,
}

/// What is believed of one weight.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// The expected weight.
    pub weight: f64,
    /// How strongly the weight is drawn there.
    pub strength: f64,
}

/// Strength of the priors of signals about the stack.
const FIRM: f64 = 0.004;
/// Strength of the priors of signals about settings.
const LOOSE: f64 = 0.001;
/// Strength of the prior that a bold step in a setting says nothing of a fault on the stack.
const FIXED: f64 = 0.03;
/// Share of a signal's weight that is expected to remain when the fault is off the stack.
const OFF_STACK: f64 = 0.5;

/// The prior of a signal.
#[must_use]
pub fn of(signal: &str) -> Prior {
    let expected = match signal {
        "fact-fits" | "quoted" | "setting-of-trace" | "setting-named" | "dependency" => {
            let open = Expected { weight: 0.0, strength: LOOSE };
            return Prior { on: open, off: open };
        }
        "leap" | "switched" | "removed-setting" | "major-version" => {
            return Prior {
                on: Expected { weight: 0.0, strength: FIXED },
                off: Expected { weight: 0.0, strength: LOOSE },
            };
        }
        "touched-file" | "touched-line" | "blamed" | "words-in-diff" | "name-changed" => 1.8,
        "message-words" => 1.5,
        "parts-in-diff" => 1.0,
        "late" => 0.8,
        "parts-in-message" => 0.7,
        "rare-file" | "function" | "last-touched" => 0.6,
        "code-fits" | "breadth" | "side-words" | "directory" => 0.4,
        "docs-only" | "tests-only" => -2.0,
        "reverted" | "other-environment" => -1.0,
        "mass-edit" | "mechanical" | "moved" => -0.5,
        _ => 0.0,
    };
    // What speaks against a change does so wherever the fault is.
    let off = if expected < 0.0 { expected } else { OFF_STACK * expected };
    Prior {
        on: Expected { weight: expected, strength: FIRM },
        off: Expected { weight: off, strength: FIRM },
    }
}
