//! The change went live shortly before the onset, where the error happened.

use super::{Scene, Sight, Signal};
use crate::{Deployment, Direction, Observation, Provenance};

use super::environment;

pub(super) const SIGNAL: Signal = Signal {
    name: "deployed",
    direction: Direction::For,
    provenance: Provenance::Deployments,
    measure,
    observe,
};

/// The first deployment that held the change, and the seconds from there to the onset.
///
/// Only what ran where the error happened counts. A record that names no environment (a tag) counts
/// where none names the incident's, and all count where the incident names none.
fn first(scene: &Scene<'_>, position: usize) -> Option<(usize, i64)> {
    let onset = scene.incident.onset?.at;
    let deployments = &scene.window.deployments;
    let here = scene.incident.environment.as_deref();
    let earliest = |runs_here: &dyn Fn(Option<&str>) -> bool| {
        (0..deployments.len())
            .filter(|&n| runs_here(deployments[n].environment.as_deref()))
            .filter(|&n| holds(scene, n, &deployments[n], position))
            .min_by_key(|&n| deployments[n].live_at)
    };
    let found = match here {
        None => earliest(&|_| true),
        Some(here) => {
            let runs_here =
                |named: Option<&str>| named.is_some_and(|named| environment::same(named, here));
            let known = deployments.iter().any(|one| runs_here(one.environment.as_deref()));
            if known { earliest(&runs_here) } else { earliest(&|named| named.is_none()) }
        }
    }?;
    let seconds = (onset - deployments[found].live_at).whole_seconds();
    (seconds >= 0).then_some((found, seconds))
}

/// Whether a deployment brought the change: its commit comes no earlier in the history, or, where
/// that commit is not of the window, it was made after the change.
fn holds(scene: &Scene<'_>, index: usize, deployment: &Deployment, position: usize) -> bool {
    match scene.deployed_at[index] {
        Some(at) => at >= position,
        None => deployment.live_at >= scene.prepared.change(position).committed_at,
    }
}

/// Halves with every six hours.
fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    first(scene, position).map_or(0.0, |(_, seconds)| (-(seconds as f64) / 31_000.0).exp())
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (deployment, seconds) = first(scene, position)?;
    let environment = scene.window.deployments[deployment].environment.clone();
    Some(Sight::of(Observation::DeployedBeforeOnset { seconds, environment }))
}
