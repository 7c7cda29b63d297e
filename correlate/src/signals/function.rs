//! The function that a frame ran in was touched, by how few others touch it.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

use crate::rank::trace::Touch;

pub(super) const SIGNAL: Signal = Signal {
    name: "function",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn value(scene: &Scene<'_>, touch: &Touch) -> f64 {
    match touch.function {
        Some(_) => {
            let rarity = scene.rarity(scene.trace.in_function[touch.seen]);
            scene.weight(touch) * (0.4 + 0.6 * rarity)
        }
        None => 0.0,
    }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.best_touch(position, |touch| value(scene, touch)).map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (touch, _) = scene.best_touch(position, |touch| value(scene, touch))?;
    let frame = scene.query.frames[touch.seen].frame;
    let observation = Observation::FunctionTouched {
        path: scene.prepared.change(position).files[touch.file].path.clone(),
        function: crate::rank::query::get(scene.incident, frame).function.clone()?,
    };
    let place = crate::Place { file: touch.file, hunk: touch.function };
    Some(Sight::of(observation).at(place).in_frame(frame))
}
