//! The change touches a file of the trace.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "touched-file",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// The weight of the nearest frame whose file is touched.
pub(crate) fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.best_touch(position, |touch| scene.weight(touch)).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (touch, _) = scene.best_touch(position, |touch| scene.weight(touch))?;
    let file = &scene.prepared.change(position).files[touch.file];
    let observation = Observation::FileTouched {
        path: file.path.clone(),
        touched_by: scene.trace.in_file[touch.seen],
        candidates: scene.prepared.len(),
    };
    let place = crate::Place { file: touch.file, hunk: touch.hunk };
    Some(Sight::of(observation).at(place).in_frame(scene.query.frames[touch.seen].frame))
}
