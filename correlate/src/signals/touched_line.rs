//! Touched lines lie at or near a line of the trace.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::rank::trace::Touch;

/// Lines beyond which nearness says nothing.
const FAR: u32 = 50;

pub(super) const SIGNAL: Signal = Signal {
    name: "touched-line",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn value(scene: &Scene<'_>, touch: &Touch) -> f64 {
    match touch.distance {
        Some(distance) if distance <= FAR => {
            scene.weight(touch) / (1.0 + f64::from(distance) / 6.0)
        }
        _ => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.best_touch(position, |touch| value(scene, touch)).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (touch, _) = scene.best_touch(position, |touch| value(scene, touch))?;
    let seen = &scene.query.frames[touch.seen];
    let observation = Observation::LineTouched {
        path: scene.prepared.change(position).files[touch.file].path.clone(),
        line: seen.line?,
        distance: touch.distance?,
    };
    let place = crate::Place { file: touch.file, hunk: touch.hunk };
    Some(Sight::of(observation).at(place).in_frame(seen.frame))
}
