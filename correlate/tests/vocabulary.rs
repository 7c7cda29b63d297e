//! What the signals about facts make of one change and one error, told from the outside.

mod support;

use sentry_correlate::facts::ErrorClass;
use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::{Exception, Frame, Incident, Window};
use time::OffsetDateTime;

/// An error: type, message, path of its innermost frame.
type Failure<'a> = (&'a str, &'a str, &'a str);
/// A change: path, removed and added line.
type Edit<'a> = (&'a str, &'a str, &'a str);

/// What a signal measures of the only change of a window.
fn measure(signal: &str, (ty, message, path): Failure<'_>, edit: Edit<'_>) -> f64 {
    let incident = Incident {
        exceptions: vec![Exception {
            ty: Some(ty.to_owned()),
            value: Some(message.to_owned()),
            frames: vec![Frame {
                filename: Some(path.to_owned()),
                function: Some("handle".to_owned()),
                line: Some(10),
                in_app: true,
                ..Frame::default()
            }],
            ..Exception::default()
        }],
        ..Incident::default()
    };
    let (path, removed, added) = edit;
    let [removed, added] = [removed, added].map(|text| text.lines().collect::<Vec<_>>());
    let file = support::edit(path, "", 10, &removed, &added);
    let change = support::commit(support::sha('a'), OffsetDateTime::UNIX_EPOCH, "", [file]);
    let window = Window { changes: vec![change], ..Window::default() };
    let measured = Ranker::measure(&incident, &PreparedWindow::new(&window));
    let at = Ranker::signals().position(|(name, _)| name == signal).expect("a known signal");
    measured.rows[0][at]
}

const SLOW_QUERY: Failure<'_> =
    ("QueryCanceled", "canceling statement due to statement timeout", "shop/db.py");

#[test]
fn a_setting_of_the_component_that_fails_explains_more() {
    let of = |path| measure("fact-fits", SLOW_QUERY, (path, "timeout: 30s", "timeout: 3s"));
    let (database, unknown, mail) =
        (of("config/database.yaml"), of("config/app.yaml"), of("config/mailer.yaml"));
    assert!(database > unknown && unknown > mail, "{database} {unknown} {mail}");
}

#[test]
fn numbers_in_code_count_near_the_trace() {
    let of = |signal, path, to| {
        measure(
            signal,
            SLOW_QUERY,
            (path, "connect(timeout=30)", &format!("connect(timeout={to})")),
        )
    };
    let (near, far) = (of("code-fits", "shop/db.py", 20), of("code-fits", "tools/release.py", 20));
    assert!(near > 2.0 * far && far > 0.0, "{near} {far}");
    // A large step of a named option near the trace is one of configuration.
    assert!(of("fact-fits", "shop/db.py", 3) > 0.5);
    assert_eq!(of("fact-fits", "tools/release.py", 3), 0.0);
    assert_eq!(of("fact-fits", "shop/db.py", 20), 0.0);
}

#[test]
fn what_is_tuned_far_in_code_is_a_setting() {
    let of = |from: &str, to: &str| measure("fact-fits", SLOW_QUERY, ("lib/clock.py", from, to));
    assert_eq!(of("connect(timeout=30)", "connect(timeout=25)"), 0.0);
    assert!(of("connect(timeout=30)", "connect(timeout=3)") > 0.4);
    let span = |minutes: u8| format!("connect(timeout=timedelta(minutes={minutes}))");
    assert!(of(&span(30), &span(1)) > 0.4);
    assert!(of("TIMEOUT_MS = 60_000", "TIMEOUT_MS = 500") > 0.4);
    assert_eq!(of("draw(width=30)", "draw(width=3)"), 0.0);
}

#[test]
fn files_that_build_or_log_hardly_count() {
    let edit = |path| (path, "timeout: 30s", "timeout: 3s");
    assert_eq!(measure("fact-fits", SLOW_QUERY, edit("azure-pipelines.yml")), 0.0);
    assert_eq!(measure("fact-fits", SLOW_QUERY, edit("examples/app.yaml")), 0.0);
    let logs = measure("fact-fits", SLOW_QUERY, edit("config/logging.yaml"));
    assert!(logs < 0.5 * measure("fact-fits", SLOW_QUERY, edit("config/app.yaml")), "{logs}");
}

#[test]
fn what_serves_developers_hardly_counts() {
    let failure = ("TypeError", "run() got an unexpected keyword argument 'mode'", "shop/api.py");
    let bump = |from, to| measure("dependency", failure, ("requirements.txt", from, to));
    assert!(bump("flake8==6.0", "flake8==7.0") < 0.2 * bump("attrs==6.0", "attrs==7.0"));
    let setting = |path| measure("fact-fits", failure, (path, "strict = false", "strict = true"));
    assert!(setting("pyproject.toml") < 0.2 * setting("app.toml"));
}

#[test]
fn a_crash_is_no_invalid_value() {
    let edit = ("config/app.yaml", "driver: a", "driver: b");
    let crash = ("SIGSEGV", "invalid read of size 8", "src/app.c");
    assert_eq!(measure("fact-fits", crash, edit), 0.0);
    assert!(measure("fact-fits", ("Error", "invalid driver", "src/app.c"), edit) > 0.1);
}

#[test]
fn a_time_out_says_what_it_waited_for_by_its_frames() {
    let frame = |path: &str, function: &str, in_app| Frame {
        filename: Some(path.to_owned()),
        function: Some(function.to_owned()),
        in_app,
        ..Frame::default()
    };
    let incident = Incident {
        exceptions: vec![Exception {
            ty: Some("TimeoutError".to_owned()),
            frames: vec![
                frame("shop/db.py", "load", true),
                frame("asyncdb/pool.py", "_take", false),
            ],
            ..Exception::default()
        }],
        ..Incident::default()
    };
    assert_eq!(ErrorClass::of(&incident), [ErrorClass::PoolExhausted, ErrorClass::Timeout]);
}

#[test]
fn errors_quote_values_in_their_own_units_and_old_ones() {
    let quoted = |message, removed, added| {
        measure("quoted", ("Error", message, "shop/api.py"), ("config/app.yaml", removed, added))
    };
    // A limit in bytes, given as mebibytes.
    assert!(quoted("body exceeds 2097152 bytes", "body: 8Mi", "body: 2Mi") >= 0.5);
    // Both sides of a disagreement.
    assert!(quoted("received 6000 but current is 9000", "ttl: 9000", "ttl: 6000") > 0.9);
    // What the program still asks for.
    assert!(
        quoted("no exchange 'orders.in'", "exchange: orders.in", "exchange: orders-v2.in") > 0.7
    );
    // Another spelling of the key.
    assert!(
        quoted("maxPollIntervalMs expired", "max.poll.interval.ms: 9", "max.poll.interval.ms: 7")
            > 0.7
    );
    assert_eq!(quoted("body exceeds 2097152 bytes", "body: 8Mi", "body: 3Mi"), 0.0);
}

#[test]
fn packages_are_named_by_what_they_hold() {
    let gone = |message| {
        let failure = ("ImportError", message, "shop/scan.py");
        measure("dependency", failure, ("Dockerfile", "libvips42 \\\n", "curl \\\n"))
    };
    assert!(gone("Unable to find libvips shared library") > gone("Unable to find the library"));
}

#[test]
fn what_takes_a_migration_back_says_nothing() {
    let failure = ("UndefinedColumn", "column \"note\" does not exist", "shop/orders.py");
    let of = |added| measure("quoted", failure, ("migrations/0007.py", "", added));
    let down = "def downgrade():\n    op.drop_column('orders', 'note')";
    let up = "def upgrade():\n    op.drop_column('orders', 'note')";
    assert!(of(up) > 0.8);
    assert_eq!(of(down), 0.0);
}

#[test]
fn how_bold_a_step_is_counts_whatever_the_error() {
    let of = |signal, path, removed, added| measure(signal, SLOW_QUERY, (path, removed, added));
    let leap = |removed, added| of("leap", "config/app.yaml", removed, added);
    let (small, large) = (leap("prefetch: 8", "prefetch: 10"), leap("prefetch: 2", "prefetch: 40"));
    assert!(small == 0.0 && large > 0.9, "{small} {large}");
    assert!(leap("grace: 3m", "grace: 5s") > 0.8);
    assert_eq!(leap("port: 80", "port: 8080"), 0.0, "a port is a name");

    let switched = |removed, added| of("switched", "deploy/redis.conf", removed, added);
    assert!(switched("maxmemory-policy noeviction", "maxmemory-policy allkeys-lru") >= 0.5);
    assert!(switched("appendonly yes", "appendonly no") >= 0.5);
    assert_eq!(switched("hz 10", "hz 15"), 0.0);

    let removed = |added| of("removed-setting", ".env.production", "GEOCODER_KEY=a1", added);
    assert!(removed("") >= 0.5 && removed("GEO_KEY=a1") >= 0.5);
    assert_eq!(removed("GEOCODER_KEY=b2"), 0.0);

    let major = |added| of("major-version", "requirements.txt", "attrs==22.1.0", added);
    assert!(major("attrs==23.1.0") >= 0.5);
    assert_eq!(major("attrs==22.2.0"), 0.0);
}

#[test]
fn a_bold_step_counts_half_where_nothing_leads_from_it_to_the_error() {
    let edit = ("config/app.yaml", "request_timeout: 60s", "request_timeout: 3s");
    let unrelated = ("ImportError", "cannot import name 'a' from 'b'", "shop/db.py");
    let (full, half) = (measure("leap", SLOW_QUERY, edit), measure("leap", unrelated, edit));
    assert!((half - 0.5 * full).abs() < 1e-9, "{full} {half}");
}

#[test]
fn a_bold_step_counts_less_where_the_file_matters_less() {
    let of = |path| measure("leap", SLOW_QUERY, (path, "keep: 2", "keep: 40"));
    assert_eq!(of("docs/example.yaml"), 0.0);
    assert!(of("monitoring/alerts.yaml") < 0.5 * of("config/app.yaml"));
}

#[test]
fn an_address_that_the_error_does_not_name_explains_less() {
    let failure = (
        "ConnectError",
        "Could not resolve host: ledger.internal (http://ledger.internal:8085)",
        "shop/pay.py",
    );
    let of = |removed, added| measure("fact-fits", failure, ("config/app.yaml", removed, added));
    let ledger = of("LEDGER_URL: http://ledger:8085", "LEDGER_URL: http://ledger.internal:8085");
    let theirs = of("PRINTER_URL: http://printer:9000", "PRINTER_URL: http://press:9000");
    let between = of("network: inner", "network: outer");
    assert!(ledger > theirs && between > theirs, "{ledger} {theirs} {between}");
}

#[test]
fn the_second_number_of_some_runtimes_is_a_major_step() {
    let failure = ("ModuleNotFoundError", "No module named 'distutils'", "shop/plugins.py");
    let image = |from, to| measure("dependency", failure, ("Dockerfile", from, to));
    let (python, node) =
        (image("FROM python:3.11", "FROM python:3.12"), image("FROM node:20.1", "FROM node:20.2"));
    assert!(python > 2.0 * node, "{python} {node}");
}
