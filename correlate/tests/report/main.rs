//! Reports as people and programs see them.

mod fixture;
mod hostile;
mod secrets;
mod statements;
#[path = "../support/mod.rs"]
mod support;

use fixture::{Case, pool};
use sentry_correlate::report::{Style, render};
use sentry_correlate::{Decisive, Incident, Ranking, Silence, Verdict, Window};

#[test]
fn for_the_terminal() {
    insta::assert_snapshot!(render::text(&pool().report(), Style::plain()));
}

#[test]
fn for_a_narrow_terminal() {
    insta::assert_snapshot!(render::text(&pool().report(), Style::plain().width(60)));
}

#[test]
fn for_an_issue() {
    let report = pool().report();
    insta::assert_snapshot!(render::markdown(&report));
    insta::assert_snapshot!(render::title(&report), @"Database connection pool was reduced from 20 to 5 in commit eeeeeee (93 %)");
}

#[test]
fn for_programs() {
    insta::assert_snapshot!(render::json(&pool().report()));
}

#[test]
fn without_a_suspect() {
    let case = Case {
        incident: Incident { message: "it broke".into(), ..Incident::default() },
        window: Window::default(),
        ranking: Ranking {
            hypotheses: vec![],
            none: 1.0,
            none_contributions: vec![],
            classes: vec![],
            verdict: Verdict::NoSuspect {
                reason: Silence::NoCandidates,
                decisive: Decisive::Candidates,
            },
            calibrated: false,
        },
        coverage: vec![],
    };
    insta::assert_snapshot!(render::text(&case.report(), Style::plain()));
}

#[test]
fn below_the_threshold() {
    let mut case = pool();
    case.ranking.hypotheses[0].p = 0.30;
    case.ranking.none = 0.25;
    case.ranking.verdict = Verdict::NoSuspect {
        reason: Silence::BelowThreshold,
        decisive: Decisive::Revert { sha: fixture::sha('e') },
    };
    let report = case.report();
    let text = render::text(&report, Style::plain());
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("No suspect: the first of the changes has only 30 %, too little to name it")
    );
    assert_eq!(lines.next(), Some("  Running the release without commit eeeeeee would decide it"));
    let json: serde_json::Value = serde_json::from_str(&render::json(&report)).unwrap();
    assert_eq!(json["suspect"], serde_json::Value::Null);
    assert_eq!(json["hypotheses"][0]["sha"], fixture::sha('e'));
}

#[test]
fn uncalibrated_percentages_say_so() {
    let mut case = pool();
    case.ranking.calibrated = false;
    let text = render::text(&case.report(), Style::plain().width(200));
    assert!(text.contains("Not yet calibrated"), "{text}");
    assert!(!render::text(&pool().report(), Style::plain()).contains("Not yet calibrated"));
}

#[test]
fn colour_changes_no_word() {
    let report = pool().report();
    let coloured = render::text(&report, Style::colour());
    assert!(coloured.contains("\u{1b}[1m"));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').expect("each sequence ends") + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, render::text(&report, Style::plain()));
}

#[test]
fn the_order_of_the_window_changes_no_word() {
    let case = pool();
    let mut turned = pool();
    // Evidence names places by file and hunk, not by position in the window.
    turned.window.changes.reverse();
    assert_eq!(case.report(), turned.report());
}
