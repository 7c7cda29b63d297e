//! The change brought the code of a frame: its file, or the function around the crash line.

use super::{Scene, Sight, Signal};
use crate::rank::trace::Touch;
use crate::{Direction, FileStatus, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "introduced",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

fn value(scene: &Scene<'_>, position: usize, touch: &Touch) -> f64 {
    let file = &scene.prepared.change(position).files[touch.file];
    if file.status == FileStatus::Added {
        return scene.weight(touch);
    }
    let Some(hunk) = touch.hunk.filter(|_| touch.last) else { return 0.0 };
    let name = scene.query.frames[touch.seen].function;
    let brings = name.is_some_and(|name| {
        file.hunks[hunk]
            .added
            .iter()
            .flat_map(|line| crate::rank::words::words(line).take(8))
            .any(|word| crate::rank::words::hash(word) == name)
    });
    if brings { scene.weight(touch) } else { 0.0 }
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene
        .best_touch(position, |touch| value(scene, position, touch))
        .map_or(0.0, |(_, value)| value)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (touch, _) = scene.best_touch(position, |touch| value(scene, position, touch))?;
    let frame = scene.query.frames[touch.seen].frame;
    let name = crate::rank::query::get(scene.incident, frame).function.clone()?;
    let place = crate::Place { file: touch.file, hunk: touch.hunk };
    Some(Sight::of(Observation::NameChanged { name }).at(place).in_frame(frame))
}
