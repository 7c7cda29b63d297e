//! What "none of these" looks at: how many candidates there are, how many of them touch what is in
//! the trace (of many that do, one looks guilty by chance), and whether the lines of the trace are
//! older than the window.

use crate::signals::{Scene, touched_file};

/// Number of candidates that counts as 1.
const MANY: f64 = 600.0;

/// Names of the inputs beside the bias and the gate.
pub(crate) const INPUTS: [&str; 3] = ["candidates", "blamed-elsewhere", "touching-files"];

/// The inputs for a scene.
pub(crate) fn inputs(scene: &Scene<'_>) -> [f64; INPUTS.len()] {
    let candidates = (scene.prepared.len() as f64 + 1.0).ln() / MANY.ln();
    [candidates, blamed_elsewhere(scene), (1.0 + touching(scene)).ln()]
}

/// How much all candidates together touch the files of the trace. Summed in ascending order: the
/// same sum whatever their order.
fn touching(scene: &Scene<'_>) -> f64 {
    let mut measures: Vec<f64> =
        (0..scene.prepared.len()).map(|position| touched_file::measure(scene, position)).collect();
    measures.sort_by(f64::total_cmp);
    measures.iter().sum()
}

/// Share of the blamed frames whose line is older than the window, the nearest frames counting
/// most; from −½ to ½, and 0 where nothing was blamed.
fn blamed_elsewhere(scene: &Scene<'_>) -> f64 {
    let inside: Vec<usize> = scene.blamed.iter().flatten().copied().collect();
    let (mut outside, mut all) = (0.0, 0.0);
    for (index, blame) in scene.window.blame.iter().enumerate() {
        let seen = scene.query.frames.iter().find(|seen| seen.frame == blame.frame);
        let weight = seen.map_or(0.05, crate::rank::query::Seen::weight);
        all += weight;
        if !inside.contains(&index) {
            outside += weight;
        }
    }
    if all == 0.0 { 0.0 } else { outside / all - 0.5 }
}
