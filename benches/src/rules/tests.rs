use proptest::prelude::*;

use super::authored::{blame, change, file, incident, touched, window};
use super::*;

#[test]
fn an_answer_is_sorted_by_score_then_name_and_names_nobody_twice() {
    let answer = Answer::ranked(
        [("b", 1.0), ("a", 1.0), ("c", 2.0), ("b", 3.0)].map(|(s, x)| (s.into(), x)),
    );
    assert_eq!(authored::order(&answer), ["b", "c", "a"]);
}

#[test]
fn none_is_said_by_silence_or_by_probability() {
    assert!(Answer::abstain().says_none());
    let answer = |p, none| Answer::probabilities([("a".to_owned(), p)], none);
    assert!(answer(0.4, 0.6).says_none());
    assert!(answer(0.5, 0.5).says_none(), "a tie goes to none");
    assert!(!answer(0.6, 0.4).says_none());
    assert!(!Answer::ranked([("a".to_owned(), 0.0)]).says_none());
}

#[test]
fn names_are_distinct() {
    let names: std::collections::BTreeSet<_> = in_use().iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), in_use().len());
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let path = prop::sample::select(vec!["shop/a.py", "shop/b.py", "shop/c.py", "docs/a.md"]);
    let files = prop::collection::vec((path, 1_u32..60), 0..4);
    prop::collection::vec((0_i64..100, files), 1..9).prop_map(|changes| {
        let mut out = Vec::new();
        for (i, (days, files)) in changes.into_iter().enumerate() {
            let files: Vec<_> = files.iter().map(|(path, line)| touched(path, &[*line])).collect();
            out.push(change(&format!("{i:040x}"), days, &files));
        }
        out
    })
}

proptest! {
    #[test]
    fn no_rule_depends_on_the_order_of_the_changes(
        (ordered, shuffled) in changes().prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle()))
    ) {
        let incident = incident(&[("shop/a.py", "f", 9), ("shop/b.py", "g", 30), ("shop/a.py", "h", 40)]);
        let named = &ordered[0];
        let blamed = [blame(0, &named.sha, 3), blame(2, "older", 700), blame(1, &named.sha, 3)];
        let reversed: Vec<_> = blamed.iter().rev().cloned().collect();
        let (a, b) = (window(&ordered, &blamed), window(&shuffled, &reversed));
        let ours: Box<dyn Rule> = Box::new(Ours::default());
        for rule in in_use().into_iter().chain([ours]) {
            prop_assert_eq!(rule.answer(&incident, &a), rule.answer(&incident, &b), "{}", rule.name());
        }
    }

    #[test]
    fn no_rule_fails_on_an_incident_that_says_nothing(changes in changes()) {
        let window = window(&changes, &[blame(7, "dangling", 1)]);
        for rule in in_use() {
            rule.answer(&Incident::default(), &window);
            rule.answer(&incident(&[("a.py", "f", 0)]), &Window::default());
        }
    }
}

#[test]
fn rules_that_read_the_trace_name_nobody_without_a_hit() {
    let incident = incident(&[("shop/a.py", "f", 1)]);
    let window = window(&[change("x", 1, &[file("docs/readme.md")])], &[]);
    for rule in in_use() {
        let guesses = matches!(rule.name(), "newest" | "last-deploy");
        assert_eq!(rule.answer(&incident, &window).says_none(), !guesses, "{}", rule.name());
    }
}
