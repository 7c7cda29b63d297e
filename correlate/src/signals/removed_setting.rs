//! A setting is gone, or has another name: whoever reads it gets a default or nothing.

use super::{Scene, Sight, Signal, bold};
use crate::facts::{FactKind, Trend};
use crate::{Direction, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "removed-setting",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn boldness(fact: &FactKind) -> f64 {
    match fact {
        FactKind::Setting(setting) if !setting.in_code && setting.trend == Trend::Removed => 1.0,
        FactKind::SettingRenamed { .. } => 1.0,
        _ => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    bold::measure(scene, position, boldness)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    bold::observe(scene, position, boldness)
}
