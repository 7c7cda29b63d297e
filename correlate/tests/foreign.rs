//! An error of another program than the repository's: "none of these" is likelier.

mod support;

use sentry_correlate::rank::Ranker;
use sentry_correlate::{Exception, Frame, FramePath, FrameRef, Incident, Mapping, Window};
use time::macros::datetime;

/// An error whose two own frames stand in a file.
fn crash(file: &str) -> Incident {
    let frame = |line| Frame {
        filename: Some(file.into()),
        line: Some(line),
        in_app: true,
        ..Frame::default()
    };
    let exception = Exception { frames: vec![frame(3), frame(9)], ..Exception::default() };
    Incident { exceptions: vec![exception], ..Incident::default() }
}

/// The share of "none", and whether it was said that the trace is another program's.
fn none(file: &str, mapping: &Mapping) -> (f64, bool) {
    let at =
        |frame| FramePath { frame: FrameRef { exception: 0, frame }, mapping: mapping.clone() };
    let edit = support::edit("shop/cart.py", "def total(cart):", 40, &["old"], &["new"]);
    let change =
        support::commit(support::sha('a'), datetime!(2026-05-04 08:00 UTC), "Totals", [edit]);
    let window = Window { changes: vec![change], paths: vec![at(0), at(1)], ..Window::default() };
    let ranking = Ranker::default().rank(&crash(file), &window);
    let said = ranking.none_contributions.iter().any(|of| of.signal == "foreign-trace");
    (ranking.none, said)
}

#[test]
fn a_trace_of_which_no_file_is_in_the_repository_speaks_for_none() {
    let (known, said) = none("mobile/Cart.kt", &Mapping::Ambiguous { paths: Vec::new() });
    assert!(!said);
    let (foreign, said) = none("mobile/Cart.kt", &Mapping::Unknown);
    assert!(said && foreign > known + 0.02, "{known} → {foreign}");
}

#[test]
fn what_a_bundler_made_is_in_no_repository() {
    assert!(!none("static/main.3f2a.js", &Mapping::Unknown).1);
}
