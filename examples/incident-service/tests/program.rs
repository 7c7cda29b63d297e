//! The program as people start it: configuration by environment, its output, its end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use incident_service::shop::{self, repository};
use sentry_hooks::sign;
use serde_json::Value;

const SECRET: &str = "canary-0f9e8d7c6b5a";

/// Ends the program when a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already when all went well.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
async fn serve_is_configured_by_environment_and_ends_with_its_work_done() {
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("shop.git");
    repository::write(&shop::HISTORY, &repo).unwrap();
    let mut program = Running(
        Command::new(env!("CARGO_BIN_EXE_incident-service"))
            .arg("serve")
            .env("SENTRY_WEBHOOK_SECRET", format!("an-older-one,{SECRET}"))
            .env("REPO", &repo)
            .env("PORT", "0")
            .env("REPORT_FORMAT", "json")
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut log = BufReader::new(program.0.stderr.take().unwrap());
    let mut said = String::new();
    let url = loop {
        let mut line = String::new();
        assert!(log.read_line(&mut line).unwrap() > 0, "it ended:\n{said}");
        said.push_str(&line);
        if let Some((_, url)) = line.split_once("listening on ") {
            break url.trim().to_owned();
        }
    };
    // The rest of the log must be read, or the program waits for it.
    let rest = std::thread::spawn(move || {
        let mut rest = String::new();
        log.read_to_string(&mut rest).map(|_| rest)
    });

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(&url)
        .header("Sentry-Hook-Resource", "event_alert")
        .header("Sentry-Hook-Signature", sign(SECRET, shop::FIRST_DELIVERY).unwrap())
        .body(shop::FIRST_DELIVERY)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let id = program.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());

    let mut report = String::new();
    program.0.stdout.take().unwrap().read_to_string(&mut report).unwrap();
    assert!(program.0.wait().unwrap().success());
    let report: Value = serde_json::from_str(&report).unwrap();
    let statement = report["statement"].as_str().unwrap();
    assert!(statement.starts_with("Database connection pool was reduced from 20 to 5"));
    said.push_str(&rest.join().unwrap().unwrap());
    assert!(said.contains("answered"), "{said}");
    assert!(!said.contains(SECRET) && !report.to_string().contains(SECRET));
}

#[test]
fn configuration_that_cannot_work_ends_with_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |secret: &str, repo: &std::path::Path, says: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_incident-service"))
            .arg("serve")
            .env("SENTRY_WEBHOOK_SECRET", secret)
            .env("REPO", repo)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(says), "{text}");
    };
    refused("", dir.path(), "secret is empty");
    refused("good,", dir.path(), "secret is empty");
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
}
