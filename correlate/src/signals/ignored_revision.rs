//! The repository lists the change among those that blame is to pass over: `.git-blame-ignore-revs`.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "ignored-revision",
    direction: Direction::Against,
    provenance: Provenance::Commit,
    measure,
    observe,
};

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    if scene.prepared.change(position).ignored_by.is_some() { 1.0 } else { 0.0 }
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let file = scene.prepared.change(position).ignored_by.clone()?;
    Some(Sight::of(Observation::IgnoredRevision { file }))
}
