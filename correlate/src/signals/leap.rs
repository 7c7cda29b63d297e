//! A number of a setting made a leap: 2 → 40. Whoever tunes takes small steps; what breaks a
//! service is mostly a large one.

use super::{Scene, Sight, Signal, bold};
use crate::facts::{FactKind, Setting, is_numbered};
use crate::{Direction, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "leap",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// Factor up to which a step is ordinary.
const ORDINARY: f64 = 1.5;
/// Factor from which a leap says no more.
const HUGE: f64 = 20.0;
/// How much a number in code counts: there are many, and most are nobody's setting.
const IN_CODE: f64 = 0.7;
/// How much 0 counts before or after: it mostly means "off" or "without limit".
const ZERO: f64 = 0.5;

fn boldness(fact: &FactKind) -> f64 {
    match fact {
        FactKind::Setting(setting) => size(setting) * if setting.in_code { IN_CODE } else { 1.0 },
        _ => 0.0,
    }
}

/// How large the leap of a setting's number is, 0 to 1.
fn size(setting: &Setting) -> f64 {
    let Some((small, large)) = setting.sizes() else { return 0.0 };
    if small == large || is_numbered(&setting.key) {
        0.0
    } else if small == 0.0 {
        ZERO
    } else {
        ((large / small / ORDINARY).ln() / (HUGE / ORDINARY).ln()).clamp(0.0, 1.0)
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    bold::measure(scene, position, boldness)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    bold::observe(scene, position, boldness)
}
