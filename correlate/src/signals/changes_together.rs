//! The change touches a file that usually changes together with a file of the trace.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "changes-together",
    direction: Direction::For,
    provenance: Provenance::Window,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    scene.together[position].map_or(0.0, |(_, _, share)| share)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (path, with, _) = scene.together[position]?;
    let paths = &scene.prepared.paths;
    let observation = Observation::ChangesTogether {
        path: paths[path].path.clone(),
        with: paths[with].path.clone(),
    };
    Some(Sight::of(observation))
}
