//! The sentence that names a change, for changes of several kinds.

use sentry_correlate::facts::{DefinitionAction, Fact, FactKind, Family, Unit};
use sentry_correlate::report::render;
use sentry_correlate::{Contribution, FrameRef, Observation};

use crate::fixture::{Case, FIRST_HUNK, change, evidence, pool, setting, sha};

/// The headline when the first suspect is that change with that fact.
fn headline(path: &str, section: &str, removed: &str, added: &str, fact: Option<Fact>) -> String {
    let Case { incident, mut window, mut ranking, coverage } = pool();
    let culprit = &mut window.changes[2];
    *culprit = change(&sha('e'), "Tidy up", path, [removed], [added], 12);
    culprit.files[0].hunks[0].section = section.to_owned();
    ranking.hypotheses[0].facts = fact.into_iter().collect();
    ranking.hypotheses[0].evidence.clear();
    render::plain(&Case { incident, window, ranking, coverage }.report().headline)
}

#[test]
fn a_pool_in_yaml() {
    let fact = setting("pool_size", Family::Pool, ("20", 20.0), ("5", 5.0), Unit::None);
    assert_eq!(
        headline("config/production.yml", "database", "pool_size: 20", "pool_size: 5", Some(fact)),
        "Database connection pool was reduced from 20 to 5 in commit eeeeeee (93 %)"
    );
}

#[test]
fn connections_in_toml() {
    let fact = setting("max_connections", Family::Pool, ("50", 50.0), ("8", 8.0), Unit::None);
    assert_eq!(
        headline("postgres.toml", "", "max_connections = 50", "max_connections = 8", Some(fact)),
        "PostgreSQL connection limit was reduced from 50 to 8 in commit eeeeeee (93 %)"
    );
}

#[test]
fn a_timeout_in_yaml() {
    let fact =
        setting("http.client.timeout", Family::Timeout, ("30s", 30.0), ("3s", 3.0), Unit::Seconds);
    assert_eq!(
        headline("app.yaml", "", "timeout: 30s", "timeout: 3s", Some(fact)),
        "`http.client.timeout` was lowered from 30 s to 3 s in commit eeeeeee (93 %)"
    );
}

#[test]
fn a_removed_function() {
    let fact = Fact {
        kind: FactKind::Definition {
            action: DefinitionAction::Removed,
            name: "apply_discount".into(),
        },
        place: FIRST_HUNK,
    };
    assert_eq!(
        headline("shop/cart.py", "", "def apply_discount cart", "", Some(fact)),
        "Function `apply_discount` was removed in commit eeeeeee (93 %)"
    );
}

#[test]
fn without_a_fact_the_tie_to_the_stack_speaks() {
    let mut case = pool();
    let frame = Some(FrameRef { exception: 0, frame: 0 });
    let path = || "shop/orders.py".to_owned();
    let first = &mut case.ranking.hypotheses[0];
    first.facts.clear();
    first.evidence = vec![
        evidence(
            "file",
            Observation::FileTouched { path: path(), touched_by: 2, candidates: 3 },
            frame,
        ),
        evidence(
            "touched-line",
            Observation::LineTouched { path: path(), line: 120, distance: 0 },
            frame,
        ),
    ];
    let say = |case: &Case| render::plain(&case.report().suspects[0].statement);
    assert_eq!(
        say(&case),
        "Line 120 of `shop/orders.py` (frame `place_order`) was changed in commit eeeeeee"
    );
    case.ranking.hypotheses[0].evidence.push(evidence(
        "last",
        Observation::LastTouched { path: path(), line: 120 },
        frame,
    ));
    assert_eq!(
        say(&case),
        "Line 120 of `shop/orders.py` (frame `place_order`) was last changed in commit eeeeeee"
    );
}

#[test]
fn a_definition_that_was_added_explains_less_than_the_line_that_crashed() {
    let mut case = pool();
    let frame = Some(FrameRef { exception: 0, frame: 0 });
    let defined = |action| Fact {
        kind: FactKind::Definition { action, name: "place_order".into() },
        place: FIRST_HUNK,
    };
    let first = &mut case.ranking.hypotheses[0];
    let line = Observation::LineTouched { path: "shop/orders.py".into(), line: 120, distance: 0 };
    let name = Observation::NameChanged { name: "place_order".into() };
    first.evidence = vec![evidence("touched-line", line, frame), evidence("name", name, None)];
    first.contributions = vec![
        Contribution { signal: "touched-line", amount: 1.0 },
        Contribution { signal: "name", amount: 0.9 },
    ];
    let mut say = |action| {
        case.ranking.hypotheses[0].facts = vec![defined(action)];
        render::plain(&case.report().suspects[0].statement)
    };
    assert_eq!(
        say(DefinitionAction::Added),
        "Line 120 of `shop/orders.py` (frame `place_order`) was changed in commit eeeeeee"
    );
    assert_eq!(
        say(DefinitionAction::SignatureChanged),
        "Definition `place_order` got other parameters in commit eeeeeee"
    );
}

#[test]
fn without_any_tie_the_message_speaks() {
    assert_eq!(headline("a", "", "x", "y", None), "Commit eeeeeee: `Tidy up` (93 %)");
}
