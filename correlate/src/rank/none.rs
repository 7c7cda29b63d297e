//! What "none of these" looks at: how many candidates there are, how many of them touch what is in
//! the trace (of many that do, one looks guilty by chance), and whether the lines of the trace are
//! older than the window. Where the trace is another program's, it is likelier than all that says.

use crate::signals::{Scene, touched_file};
use crate::{Frame, Mapping};

/// Number of candidates that counts as 1.
const MANY: f64 = 600.0;

/// Names of the inputs beside the bias and the gate.
pub(crate) const INPUTS: [&str; 3] = ["candidates", "blamed-elsewhere", "touching-files"];

/// The inputs for a scene.
pub(crate) fn inputs(scene: &Scene<'_>) -> [f64; INPUTS.len()] {
    let candidates = (scene.prepared.len() as f64 + 1.0).ln() / MANY.ln();
    [candidates, blamed_elsewhere(scene), (1.0 + touching(scene)).ln()]
}

/// Name of what no recorded case has: [`is_foreign`]. Its prior weight stands among the unmeasured.
pub(crate) const FOREIGN: &str = "foreign-trace";
/// Own frames of which none is found before the trace is taken for another program's.
const FRAMES: usize = 2;

/// Whether a source that knows the whole tree found none of the program's own files in it: the
/// repository is another program's, most likely.
pub(crate) fn is_foreign(scene: &Scene<'_>) -> bool {
    let own = scene.window.paths.iter().filter(|of| {
        let exception = scene.incident.exceptions.get(of.frame.exception);
        exception.and_then(|raised| raised.frames.get(of.frame.frame)).is_some_and(is_told)
    });
    let (mut all, mut found) = (0, 0);
    for of in own {
        all += 1;
        found += usize::from(of.mapping != Mapping::Unknown);
    }
    all >= FRAMES && found == 0
}

/// Whether a frame of the program's own names a file that its repository must have. Scripts are
/// bundled: browsers name files that nobody wrote.
fn is_told(frame: &Frame) -> bool {
    const BUNDLED: &[&str] = &["cjs", "html", "js", "jsx", "mjs", "svelte", "ts", "tsx", "vue"];
    let file = frame.filename.as_deref().or(frame.abs_path.as_deref()).unwrap_or_default();
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let suffix = name.split(['?', '#']).next().and_then(|name| name.rsplit_once('.'));
    frame.in_app && suffix.is_some_and(|(_, suffix)| !BUNDLED.contains(&suffix))
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
