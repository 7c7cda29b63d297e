//! The program as people start it: configuration by environment, its output, its end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::process::{Command, Stdio};

use common::{Program, a_shop, answer, deliver};
use incident_service::shop;
use sentry_hooks::sign;
use serde_json::Value;

const SECRET: &str = "canary-0f9e8d7c6b5a";

#[tokio::test]
async fn serve_is_configured_by_environment_and_ends_with_its_work_done() {
    let (_dir, repo) = a_shop();
    let mut program = Program::serve(&[
        ("SENTRY_WEBHOOK_SECRET", &format!("an-older-one, {SECRET}")),
        ("REPO", repo.to_str().unwrap()),
        ("REPORT_FORMAT", "json"),
        ("PROJECTS", ""),
        ("ENVIRONMENTS", " , production"),
        ("RUST_LOG", "trace"),
    ]);
    let url = program.url_after("webhook at ");
    let url: http::Uri = url.parse().unwrap();
    deliver(&url, SECRET, shop::FIRST_DELIVERY).await;
    program.logged("answered").await;
    let (report, log) = program.end();
    let report: Value = serde_json::from_str(&report).unwrap();
    let statement = report["statement"].as_str().unwrap();
    assert!(statement.starts_with("Database connection pool was reduced from 20 to 5"));
    assert!(log.contains("PROJECTS is not set"), "{log}");
    for said in ["accepted", "answered"] {
        let line = log.lines().find(|line| line.contains(&format!(": {said} "))).unwrap();
        // The second one of the two, by which an older one can be told as unused.
        assert!(line.contains("secret=1") && line.contains("project=Some("), "{line}");
    }
    assert!(!log.contains(SECRET) && !report.to_string().contains(SECRET));
}

#[tokio::test]
async fn without_a_reader_of_its_reports_the_service_ends_with_code_1() {
    let (_dir, repo) = a_shop();
    let mut program =
        Program::serve(&[("SENTRY_WEBHOOK_SECRET", SECRET), ("REPO", repo.to_str().unwrap())]);
    let url: http::Uri = program.url_after("webhook at ").parse().unwrap();
    program.close_output();
    deliver(&url, SECRET, shop::FIRST_DELIVERY).await;
    let (code, log) = program.ended();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("the report was not published"), "{log}");
}

#[tokio::test]
async fn what_finds_no_room_on_the_disk_is_answered_with_500() {
    let (_dir, repo) = a_shop();
    let mut program = Program::serve(&[
        ("SENTRY_WEBHOOK_SECRET", SECRET),
        ("REPO", repo.to_str().unwrap()),
        ("INBOX_BYTES", "100"),
    ]);
    let url: http::Uri = program.url_after("webhook at ").parse().unwrap();
    for _ in 0..2 {
        assert_eq!(answer(&url, SECRET, shop::FIRST_DELIVERY).await.0, 500);
    }
    let (report, log) = program.end();
    assert!(report.is_empty() && log.contains("full: 0 deliveries"), "{log}");
    let refused: Vec<&str> = log.lines().filter(|line| line.contains("not kept")).collect();
    assert_eq!(refused.len(), 2, "{log}");
    assert!(refused.iter().all(|line| line.contains("WARN") && line.contains("6318407215")));
}

#[tokio::test]
async fn what_is_refused_is_in_the_log_once_for_each_reason_without_its_content() {
    let (_dir, repo) = a_shop();
    let mut program = Program::serve(&[
        ("SENTRY_WEBHOOK_SECRET", SECRET),
        ("REPO", repo.to_str().unwrap()),
        ("PROJECTS", "shop"),
    ]);
    let url: http::Uri = program.url_after("webhook at ").parse().unwrap();
    let elsewhere: http::Uri = url.to_string().replace("sentry", "sent-ry").parse().unwrap();
    let body = br#"{"action":"canary-of-the-body","data":{}"#;
    for _ in 0..3 {
        assert_eq!(answer(&url, "another-secret", body).await.0, 401);
        assert_eq!(answer(&url, SECRET, body).await.0, 400);
        assert_eq!(answer(&elsewhere, SECRET, body).await.0, 404);
    }
    let (_, log) = program.end();
    assert!(!log.contains("PROJECTS"), "{log}");
    let refused: Vec<&str> = log.lines().filter(|line| line.contains("refused")).collect();
    let [secret, parse, path] = refused[..] else { panic!("{log}") };
    assert!(secret.contains("status=401") && secret.contains("inspect"), "{secret}");
    assert!(parse.contains("status=400"), "{parse}");
    assert!(path.contains("status=404") && path.contains("/webhooks/sent-ry"), "{path}");
    for canary in ["canary-of-the-body", SECRET, &sign(SECRET, body).unwrap()] {
        assert!(!log.contains(canary), "{log}");
    }
    assert!(!log.contains(&*sign("another-secret", body).unwrap()), "{log}");
}

#[tokio::test]
async fn words_of_a_delivery_cannot_begin_a_line_of_the_log() {
    let (_dir, repo) = a_shop();
    let mut program =
        Program::serve(&[("SENTRY_WEBHOOK_SECRET", SECRET), ("REPO", repo.to_str().unwrap())]);
    let url: http::Uri = program.url_after("webhook at ").parse().unwrap();
    let body =
        br#"{"action":"a\u001b[2J\u202e\r\nERROR forged","data":{"event":{"issue_id":"1"}}}"#;
    deliver(&url, SECRET, body).await;
    let (_, log) = program.end();
    assert!(log.contains("forged"), "{log:?}");
    assert!(!log.contains(['\u{1b}', '\u{202e}', '\r']), "{log:?}");
    assert!(!log.lines().any(|line| line.starts_with("ERROR")), "{log:?}");
}

#[test]
fn words_of_an_event_cannot_control_the_terminal() {
    let (dir, repo) = a_shop();
    let event = dir.path().join("event.json");
    let release = r"shop@\u001b[2J\u009b1A\u202e9\nerror: all is well";
    std::fs::write(&event, format!(r#"{{"event_id":"1f","title":"x","release":"{release}"}}"#))
        .unwrap();
    let program = || Command::new(env!("CARGO_BIN_EXE_incident-service"));
    let why = program().args(["why", "--event"]).arg(&event).arg("--repo").arg(&repo).output();
    let text = String::from_utf8(why.unwrap().stderr).unwrap();
    assert!(text.contains("\\u{1b}") && text.contains("OLD..NEW"), "{text:?}");
    assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text:?}");
    assert!(!text.contains("\nerror: all is well"), "{text:?}");

    let body = dir.path().join("body.json");
    let title = r"a\u007f\u009b\u202eb";
    std::fs::write(
        &body,
        format!(r#"{{"action":"created","data":{{"issue":{{"id":"1","title":"{title}"}}}}}}"#),
    )
    .unwrap();
    let inspect = program().arg("inspect").arg(&body).output().unwrap();
    let text = String::from_utf8(inspect.stdout).unwrap();
    assert!(!text.contains(['\u{7f}', '\u{9b}', '\u{202e}']), "{text:?}");
    let facts: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(facts["title"], "a\u{7f}\u{9b}\u{202e}b");
}

#[test]
fn configuration_that_cannot_work_ends_with_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |secret: &str, repo: &std::path::Path, says: &str| {
        let repo = repo.to_str().unwrap();
        let (code, log) = Program::refused(&[("SENTRY_WEBHOOK_SECRET", secret), ("REPO", repo)]);
        assert_eq!(code, Some(2), "{log}");
        assert!(log.contains(says), "{log}");
    };
    refused("", dir.path(), "secret is empty");
    refused("good,", dir.path(), "secret is empty");
    refused("good, ", dir.path(), "secret is empty");
    refused("good", dir.path(), "no git repository");
}

#[test]
fn inspect_reads_standard_input_and_says_what_is_broken() {
    use std::io::Write;
    let inspect = |body: &[u8], more: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_incident-service"))
            .args(["inspect", "-"])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        program.stdin.take().unwrap().write_all(body).unwrap();
        let output = program.wait_with_output().unwrap();
        let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
        (facts, output.status.code())
    };
    let signature = sign(SECRET, shop::FIRST_DELIVERY).unwrap();
    let header = format!("Sentry-Hook-Signature: {signature}");
    let (facts, code) = inspect(shop::FIRST_DELIVERY, &["--header", &header, "--secret", SECRET]);
    assert_eq!(code, Some(0));
    assert_eq!(facts["resource"], "event_alert", "told from the body's shape");
    assert_eq!(facts["signature"], "valid");
    assert_eq!(facts["top_in_app_frame"]["lineno"], 2);
    let (facts, code) = inspect(b"{\"action\": ", &[]);
    assert_eq!((facts["json_error"].as_bool(), code), (Some(true), Some(2)));
    let (facts, code) = inspect(b"", &["--header", "Sentry-Hook-Signature: 00"]);
    assert_eq!((facts["empty_body"].as_bool(), code), (Some(true), Some(2)));
    let (facts, code) = inspect(b"", &["--header", "Sentry-App-Signature: 00"]);
    assert_eq!((facts["empty_body"].as_bool(), code), (Some(true), Some(0)));
}
