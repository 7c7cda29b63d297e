use sentry_correlate::{Exception, Frame};
use serde_json::json;

use super::report::{diagram_svg, json, report};
use super::*;

/// A case whose culprit is `b`, in a file of the trace or not.
fn case(id: &str, repo: &str, path: &str) -> Case {
    let change = |sha: &str| {
        json!({
            "sha": sha, "authored_at": "2026-03-02T08:00:00Z",
            "committed_at": "2026-03-02T08:00:00Z",
            "files": [{ "path": path, "status": "modified" }]
        })
    };
    let line = json!({
        "id": id, "source": { "repo": repo, "culprits": ["b"], "trace": "executed" },
        "event": { "eventID": "0" }, "changes": [change("a"), change("b")]
    });
    Case::from_json(&line.to_string()).unwrap()
}

fn incident() -> Incident {
    let frame = Frame { filename: Some("shop/cart.py".into()), in_app: true, ..Frame::default() };
    let exceptions = vec![Exception { frames: vec![frame], ..Exception::default() }];
    Incident { exceptions, ..Incident::default() }
}

fn sure(sha: &str, p: f64) -> Answer {
    Answer::probabilities([(sha.to_owned(), p)], 1.0 - p)
}

fn guess(sha: &str) -> Answer {
    Answer::ranked([(sha.to_owned(), 1.0)])
}

/// Two cases; the ranker is right twice, one rule once, the other never.
fn arena() -> Arena {
    let mut arena = Arena::new(["ours", "never", "once"]);
    let cases = [case("1", "acme/shop", "lib/shop/cart.py"), case("2", "acme/mail", "config.toml")];
    for (case, once) in cases.iter().zip(["b", "a"]) {
        let answers = [
            Answers { with: sure("b", 0.9), without: sure("a", 0.2) },
            Answers { with: guess("a"), without: guess("a") },
            Answers { with: guess(once), without: Answer::abstain() },
        ];
        arena.add(case, &incident(), &answers);
    }
    arena
}

#[test]
fn groups_come_from_truth_and_window() {
    let arena = arena();
    let groups = &arena.entries()[0].groups;
    assert_eq!(groups[&Breakdown::Repository], "acme/shop");
    assert_eq!(groups[&Breakdown::Window], "up to 25");
    assert_eq!(groups[&Breakdown::Place], "in a file of the trace");
    assert_eq!(arena.entries()[1].groups[&Breakdown::Place], "elsewhere");
    assert!(!groups.contains_key(&Breakdown::Kind));
}

#[test]
fn the_best_in_use_is_never_the_ranker_itself() {
    assert_eq!(arena().best_in_use(), Some(2));
    assert_eq!(Arena::new(["ours"]).best_in_use(), None);
}

#[test]
fn json_has_the_published_keys() {
    let value = json(&arena());
    assert_eq!(value["cases"], 2);
    let ours = &value["rules"]["ours"];
    for (key, expected) in [
        ("top1", 1.0),
        ("top5", 1.0),
        ("mrr", 1.0),
        ("answered", 1.0),
        ("precision", 1.0),
        ("none_accuracy", 1.0),
    ] {
        assert_eq!(ours[key], expected, "{key}");
    }
    assert_eq!(value["rules"]["once"]["top1"], 0.5);
}

#[test]
fn the_report_says_what_was_measured() {
    let arena = arena();
    let split = [("cases", 34.0), ("top1", 0.75), ("mrr", 0.8)];
    let split = split.map(|(name, value)| (name.to_owned(), value)).into();
    let held_out = BTreeMap::from([("all, project left out".to_owned(), split)]);
    let text = report(&arena, "A note.", &held_out).to_text();
    for expected in [
        "2 cases",
        "A note.",
        "all, project left out          34  75.0 %      –  0.80",
        "ours against once, the best rule in use, case by case: Top-1 +50.0 points",
        "acme/mail",
        "elsewhere",
        // (0.7 × 0.1² + 0.3 × 0.2²) and the constant 0.7 × 0.3.
        "0.019 (0.210)",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert_eq!(text, report(&arena, "A note.", &held_out).to_text(), "seeded");
    assert!(diagram_svg(&arena).unwrap().contains("2 cases"));
}

#[test]
fn a_rule_without_probabilities_has_no_calibration() {
    let mut arena = Arena::new(["guess"]);
    let answers = Answers { with: guess("b"), without: Answer::abstain() };
    arena.add(&case("1", "acme/shop", "a.py"), &incident(), &[answers]);
    assert!(!report(&arena, "", &BTreeMap::new()).to_text().contains("believed"));
    assert!(diagram_svg(&arena).is_none());
}

#[test]
fn nothing_judged_is_reported_without_a_figure_too_many() {
    let arena = Arena::new(["ours", "other"]);
    assert_eq!(json(&arena)["cases"], 0);
    assert!(report(&arena, "", &BTreeMap::new()).to_text().starts_with("0 cases"));
}
