//! From raw diffs to the first line of the report: changes of several kinds, each with its own
//! error, each beside innocents, and each once more without its culprit.

mod support;

use sentry_correlate::rank::Ranker;
use sentry_correlate::report::render;
use sentry_correlate::{Change, Deployment, Incident, Report, Verdict, Window};
use sentry_hooks::model::Event;
use time::{Duration, OffsetDateTime, macros::datetime};

const RELEASED: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);

/// One file of an authored commit: path, enclosing section, line, removed and added lines.
type Edit<'a> = (&'a str, &'a str, u32, &'a [&'a str], &'a [&'a str]);

fn change(digit: char, hours_before: i64, message: &str, edits: &[Edit<'_>]) -> Change {
    let files = edits.iter().map(|(path, section, line, removed, added)| {
        support::edit(path, section, *line, removed, added)
    });
    support::commit(support::sha(digit), RELEASED - Duration::hours(hours_before), message, files)
}

/// Changes that every window holds: documentation, a dependency, another setting, a refactoring.
fn innocents() -> Vec<Change> {
    vec![
        change(
            '1',
            90,
            "Explain the deployment",
            &[("README.md", "", 4, &["Run it."], &["Run it with two processes."])],
        ),
        change(
            '2',
            80,
            "Bump rich",
            &[("requirements.txt", "", 9, &["rich==13.7.0"], &["rich==13.7.1"])],
        ),
        change(
            '3',
            70,
            "Log as JSON",
            &[("config/logging.yaml", "handlers:", 12, &["  format: plain"], &["  format: json"])],
        ),
        change(
            '4',
            60,
            "Rename a helper of the catalogue",
            &[(
                "store/catalogue.py",
                "def page(number):",
                31,
                &["    items = fetch_all(number)"],
                &["    items = fetch_page(number)"],
            )],
        ),
        change(
            '5',
            50,
            "Show the number of items",
            &[(
                "store/web.py",
                "def index():",
                8,
                &["    return render(items)"],
                &["    return render(items, count=len(items))"],
            )],
        ),
    ]
}

struct Answer {
    headline: String,
    named: Option<String>,
}

fn ask(event: &str, culprit: Option<Change>) -> Answer {
    let event = Event::from_json(event.as_bytes()).expect("an authored event");
    let incident = Incident::from_event(&event);
    let mut changes = innocents();
    changes.extend(culprit);
    let window = Window {
        deployments: vec![Deployment {
            name: "v2.1.0".into(),
            sha: changes[changes.len() - 1].sha.clone(),
            environment: Some("production".into()),
            live_at: RELEASED,
            source: "git tag".into(),
        }],
        changes,
        ..Window::default()
    };
    let ranking = Ranker::default().rank(&incident, &window);
    let named = match ranking.verdict {
        Verdict::Suspect => ranking.hypotheses.first().map(|first| first.sha.clone()),
        _ => None,
    };
    Answer { headline: render::plain(&Report::new(&incident, &window, &ranking).headline), named }
}

/// The culprit is named in these words; without it nobody is.
fn names(event: &str, culprit: Change, words: &str) {
    let sha = culprit.sha.clone();
    let with = ask(event, Some(culprit));
    assert!(with.headline.starts_with(words), "{}", with.headline);
    assert_eq!(with.named, Some(sha));
    let without = ask(event, None);
    assert_eq!(without.named, None, "{}", without.headline);
}

#[test]
fn fewer_connections_in_toml() {
    names(
        r#"{"event_id": "01", "platform": "python", "release": "store@2.1.0",
            "exception": {"values": [{"type": "PoolTimeout",
                "value": "couldn't get a connection after 30.00 sec",
                "stacktrace": {"frames": [
                    {"filename": "store/web.py", "function": "order", "lineno": 40, "in_app": true},
                    {"filename": "psycopg_pool/pool.py", "function": "getconn", "lineno": 190, "in_app": false}]}}]}}"#,
        change(
            'a',
            20,
            "Follow the advice of the hosting team",
            &[(
                "config/store.toml",
                "[database]",
                5,
                &["max_connections = 50"],
                &["max_connections = 8"],
            )],
        ),
        "Database connection limit was reduced from 50 to 8 in commit aaaaaaa (",
    );
}

#[test]
fn a_shorter_timeout_in_yaml() {
    names(
        r#"{"event_id": "02", "platform": "python", "release": "store@2.1.0",
            "exception": {"values": [{"type": "ReadTimeout",
                "value": "HTTPSConnectionPool(host='pay.example', port=443): Read timed out. (read timeout=3)",
                "stacktrace": {"frames": [
                    {"filename": "store/payment.py", "function": "charge", "lineno": 22, "in_app": true},
                    {"filename": "requests/adapters.py", "function": "send", "lineno": 713, "in_app": false}]}}]}}"#,
        change(
            'b',
            30,
            "Fail faster",
            &[(
                "config/payment.yaml",
                "",
                3,
                &["http.client.timeout: 30s"],
                &["http.client.timeout: 3s"],
            )],
        ),
        "`http.client.timeout` was lowered from 30 s to 3 s in commit bbbbbbb (",
    );
}

#[test]
fn a_function_that_is_gone() {
    names(
        r#"{"event_id": "03", "platform": "python", "release": "store@2.1.0",
            "exception": {"values": [{"type": "NameError",
                "value": "name 'apply_discount' is not defined",
                "stacktrace": {"frames": [
                    {"filename": "store/web.py", "function": "order", "lineno": 44, "in_app": true},
                    {"filename": "store/prices.py", "function": "total", "lineno": 37,
                     "in_app": true, "context_line": "    return apply_discount(cart)"}]}}]}}"#,
        change(
            'c',
            40,
            "Remove what the old campaign needed",
            &[(
                "store/prices.py",
                "",
                51,
                &["def apply_discount(cart):", "    return cart.total * 0.9"],
                &[],
            )],
        ),
        "Function `apply_discount` was removed in commit ccccccc (",
    );
}
