//! What "none of these" looks at: how many candidates there are, and whether the lines of the
//! trace are older than the window.

use crate::signals::Scene;

/// Number of candidates that counts as 1.
const MANY: f64 = 600.0;

/// Names of the inputs beside the bias and the gate.
pub(crate) const INPUTS: [&str; 2] = ["candidates", "blamed-elsewhere"];

/// The inputs for a scene.
pub(crate) fn inputs(scene: &Scene<'_>) -> [f64; INPUTS.len()] {
    let candidates = (scene.prepared.len() as f64 + 1.0).ln() / MANY.ln();
    [candidates, blamed_elsewhere(scene)]
}

/// Share of the blamed frames whose line is older than the window, the nearest frames counting
/// most; from −½ to ½, and 0 where nothing was blamed.
fn blamed_elsewhere(scene: &Scene<'_>) -> f64 {
    let inside: Vec<usize> = scene.blamed.iter().flatten().copied().collect();
    let (mut outside, mut all) = (0.0, 0.0);
    for (index, blame) in scene.prepared.window.blame.iter().enumerate() {
        let seen = scene.query.frames.iter().find(|seen| seen.frame == blame.frame);
        let weight = seen.map_or(0.05, crate::rank::query::Seen::weight);
        all += weight;
        if !inside.contains(&index) {
            outside += weight;
        }
    }
    if all == 0.0 { 0.0 } else { outside / all - 0.5 }
}
