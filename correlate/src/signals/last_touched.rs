//! Window blame: of all candidates the change was the last to touch a line of the trace.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "last-touched",
    direction: Direction::For,
    provenance: Provenance::Window,
    measure,
    observe,
};

fn value(scene: &Scene<'_>, touch: &crate::rank::trace::Touch) -> f64 {
    if touch.last { scene.weight(touch) } else { 0.0 }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.best_touch(position, |touch| value(scene, touch)).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (touch, _) = scene.best_touch(position, |touch| value(scene, touch))?;
    let seen = &scene.query.frames[touch.seen];
    let observation = Observation::LastTouched {
        path: scene.prepared.change(position).files[touch.file].path.clone(),
        line: seen.line?,
    };
    let place = crate::Place { file: touch.file, hunk: touch.hunk };
    Some(Sight::of(observation).at(place).in_frame(seen.frame))
}
