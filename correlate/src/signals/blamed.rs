//! The repository's blame of a line of the trace names the change.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "blamed",
    direction: Direction::For,
    provenance: Provenance::Blame,
    measure,
    observe,
};

/// The weight of the nearest blamed frame, and a little for each further one.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    let mut weights: Vec<f64> =
        scene.blamed[position].iter().map(|&blame| weight(scene, blame)).collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    let rest: f64 = weights.iter().skip(1).sum();
    weights.first().map_or(0.0, |best| best + (1.0 - best) * (1.0 - (-0.5 * rest).exp()))
}

fn weight(scene: &Scene<'_>, blame: usize) -> f64 {
    let frame = scene.window.blame[blame].frame;
    scene
        .query
        .frames
        .iter()
        .find(|seen| seen.frame == frame)
        .map_or(0.1, crate::rank::query::Seen::weight)
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let best = scene.blamed[position]
        .iter()
        .copied()
        .max_by(|&a, &b| weight(scene, a).total_cmp(&weight(scene, b)))?;
    let at = scene.window.blame[best].frame;
    let frame = scene.incident.exceptions.get(at.exception)?.frames.get(at.frame)?;
    let observation = Observation::Blamed { path: frame.filename.clone(), line: frame.line };
    Some(Sight::of(observation).in_frame(at))
}
