//! A setting has another value, which is no more or less than the old one, or was switched on or
//! off: `noeviction` → `allkeys-lru`, `strict: false` → `true`.

use super::{Scene, Sight, Signal, bold};
use crate::facts::{FactKind, Trend};
use crate::{Direction, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "switched",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn boldness(fact: &FactKind) -> f64 {
    match fact {
        FactKind::Setting(setting) if !setting.in_code => match setting.trend {
            Trend::Replaced | Trend::Enabled | Trend::Disabled => 1.0,
            _ => 0.0,
        },
        _ => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    bold::measure(scene, position, boldness)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    bold::observe(scene, position, boldness)
}
