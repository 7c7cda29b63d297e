//! The touched file of the trace is one that few candidates touch.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "rare-file",
    direction: Direction::For,
    provenance: Provenance::Window,
    measure,
    observe,
};

fn value(scene: &Scene<'_>, touch: &crate::rank::trace::Touch) -> f64 {
    scene.weight(touch).sqrt() * scene.rarity(scene.trace.in_file[touch.seen])
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.best_touch(position, |touch| value(scene, touch)).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (touch, _) = scene.best_touch(position, |touch| value(scene, touch))?;
    let observation = Observation::FileTouched {
        path: scene.prepared.change(position).files[touch.file].path.clone(),
        touched_by: scene.trace.in_file[touch.seen],
        candidates: scene.prepared.len(),
    };
    let place = crate::Place { file: touch.file, hunk: touch.hunk };
    Some(Sight::of(observation).at(place).in_frame(scene.query.frames[touch.seen].frame))
}
