//! The change went live shortly before the onset.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "deployed",
    direction: Direction::For,
    provenance: Provenance::Deployments,
    measure,
    observe,
};

/// Seconds from the first deployment that was made after the commit to the onset.
fn seconds(scene: &Scene<'_>, position: usize) -> Option<i64> {
    let onset = scene.incident.onset?.at;
    let change = scene.prepared.change(position);
    let live = scene
        .prepared
        .window
        .deployments
        .iter()
        .filter(|deployment| deployment.live_at >= change.committed_at)
        .map(|deployment| deployment.live_at)
        .min()?;
    Some((onset - live).whole_seconds()).filter(|&seconds| seconds >= 0)
}

/// Halves with every six hours.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    seconds(scene, position).map_or(0.0, |seconds| (-(seconds as f64) / 31_000.0).exp())
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let seconds = seconds(scene, position)?;
    Some(Sight::of(Observation::DeployedBeforeOnset { seconds }))
}
