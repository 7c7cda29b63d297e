//! The change touches the functions of several frames.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "breadth",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// Frames of different functions beyond the first, saturating.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    let functions = functions(scene, position);
    if functions < 2 { 0.0 } else { 1.0 - 1.0 / functions as f64 }
}

fn functions(scene: &Scene<'_>, position: usize) -> usize {
    let mut names: Vec<u64> = scene
        .touches(position)
        .iter()
        .filter(|touch| touch.function.is_some())
        .filter_map(|touch| scene.query.frames[touch.seen].function)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let touch = scene.touches(position).iter().rev().find(|touch| touch.function.is_some())?;
    let frame = scene.query.frames[touch.seen].frame;
    let observation = Observation::FunctionTouched {
        path: scene.prepared.change(position).files[touch.file].path.clone(),
        function: crate::rank::query::get(scene.incident, frame).function.clone()?,
    };
    let place = crate::Place { file: touch.file, hunk: touch.function };
    Some(Sight::of(observation).at(place).in_frame(frame))
}
