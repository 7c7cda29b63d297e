//! Names that are alike: a part in common ties a change to an error, and words that only move are
//! marked down.

mod support;

use sentry_correlate::rank::Ranker;
use sentry_correlate::{
    Change, Exception, Frame, Hunk, Hypothesis, Incident, Observation, Ranking, Window,
};
use time::macros::datetime;

/// A change of one file, by what it takes away and what it puts there.
fn change(digit: char, path: &str, removed: &str, added: &str) -> Change {
    let hunk = Hunk {
        old_start: 400,
        old_lines: 1,
        new_start: 400,
        new_lines: 1,
        section: String::new(),
        removed: [removed].into(),
        added: [added].into(),
        display: None,
    };
    let file = support::file(path, vec![hunk]);
    support::commit(support::sha(digit), datetime!(2026-05-04 08:00 UTC), "Work on it", [file])
}

/// A crash in `update_from_clause`, which no change names.
fn crash() -> Incident {
    Incident {
        exceptions: vec![Exception {
            ty: Some("NotImplementedError".into()),
            value: Some("multiple-table criteria within UPDATE".into()),
            frames: vec![Frame {
                filename: Some("sql/compiler.py".into()),
                function: Some("update_from_clause".into()),
                line: Some(40),
                in_app: true,
                ..Frame::default()
            }],
            ..Exception::default()
        }],
        ..Incident::default()
    }
}

fn rank(changes: impl IntoIterator<Item = Change>) -> Ranking {
    Ranker::default().rank(&crash(), &Window::of_history(changes))
}

fn of(ranking: &Ranking, digit: char) -> &Hypothesis {
    ranking.hypotheses.iter().find(|h| h.sha.starts_with(digit)).expect("it is ranked")
}

fn amount(hypothesis: &Hypothesis, signal: &str) -> f64 {
    let of = hypothesis.contributions.iter().find(|c| c.signal == signal);
    of.map_or(0.0, |contribution| contribution.amount)
}

#[test]
fn a_part_of_a_name_ties_a_change_to_the_error() {
    let ranking = rank([
        change('a', "orm/crud.py", "visit_insert stmt", "visit_insert stmt compile_state"),
        change('b', "orm/dml.py", "BulkUpdates stmt", "BulkUpdates stmt compile_state"),
        change('c', "orm/query.py", "visit_select stmt", "visit_select stmt compile_state"),
    ]);
    let first = &ranking.hypotheses[0];
    assert!(first.sha.starts_with('b'), "{first:?}");
    assert!(amount(first, "parts-in-diff") > amount(of(&ranking, 'c'), "parts-in-diff"));
    let words = first.evidence.iter().find_map(|evidence| match &evidence.observation {
        Observation::WordsInDiff { words } if evidence.signal == "parts-in-diff" => Some(words),
        _ => None,
    });
    assert_eq!(words.map(Vec::as_slice), Some(["update".to_owned()].as_slice()));
}

#[test]
fn what_moves_words_is_less_suspect_than_what_writes_new_ones() {
    let (path, old) =
        ("sql/compiler.py", "alpha beta gamma delta epsilon zeta eta theta ".repeat(3));
    let back: Vec<&str> = old.split_whitespace().rev().collect();
    let moved = change('a', path, &old, &back.join(" "));
    let written = change('b', path, &old, &"iota kappa lambda mu ".repeat(6));
    let number = change('c', path, "alpha 20", "alpha 5");
    let ranking = rank([moved, written, number]);
    let (moved, written) = (of(&ranking, 'a'), of(&ranking, 'b'));
    assert!(amount(moved, "moved") < 0.0);
    assert_eq!(amount(written, "moved"), 0.0);
    let seen = |h: &Hypothesis| {
        h.evidence.iter().any(|e| e.observation == Observation::Moved { words: 24, of: 24 })
    };
    assert!(seen(moved) && !seen(written));
    let said = &of(&ranking, 'c').evidence;
    assert!(said.iter().all(|seen| !matches!(seen.observation, Observation::Moved { .. })));
}

#[test]
fn of_many_that_touch_the_trace_none_stands_out() {
    let touching = |digit| change(digit, "sql/compiler.py", "old", "new");
    let elsewhere = |digit| change(digit, "orm/query.py", "old", "new");
    let of_none = |ranking: &Ranking| -> f64 {
        let of = ranking.none_contributions.iter().find(|c| c.signal == "touching-files");
        of.map_or(0.0, |contribution| contribution.amount)
    };
    let one = rank([touching('a'), elsewhere('b'), elsewhere('c')]);
    let all = rank([touching('a'), touching('b'), touching('c')]);
    assert!(of_none(&all) > of_none(&one) && of_none(&one) > 0.0);
}
