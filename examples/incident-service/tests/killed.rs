//! What was answered is worked on, also when the process is killed in between.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Program, a_shop, deliver};
use incident_service::shop;

const SECRET: &str = "test-secret";

/// A shop with a service that is killed and started again.
struct Scene {
    dir: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let (dir, _) = a_shop();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn serve(&self) -> (Program, http::Uri) {
        self.serve_with(&[])
    }

    fn serve_with(&self, more: &[(&str, &str)]) -> (Program, http::Uri) {
        let (repo, state) = (self.path("shop.git"), self.path("state"));
        let variables = [
            ("SENTRY_WEBHOOK_SECRET", SECRET),
            ("REPO", repo.to_str().unwrap()),
            ("STATE_DIRECTORY", state.to_str().unwrap()),
            ("GATHER_SECONDS", "600"),
            ("REPORT_FORMAT", "json"),
        ];
        let mut program = Program::serve(&[&variables, more].concat());
        let url = program.url_after("webhook at ").parse().unwrap();
        (program, url)
    }

    /// Work stops where it reads the repository: a pipe that nobody writes to is in its way.
    fn stop_work(&self) -> Stopped {
        let pipe = self.path("shop.git/packed-refs");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        Stopped(pipe)
    }

    /// Names of the deliveries that wait.
    fn waiting(&self) -> Vec<String> {
        let names = fs::read_dir(self.path("state/inbox")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "lock").collect();
        names.sort();
        names
    }
}

struct Stopped(PathBuf);

impl Drop for Stopped {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

/// Waits for something that another process does.
fn until(what: &str, done: impl Fn() -> bool) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !done() {
        assert!(std::time::Instant::now() < end, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

fn assert_report(output: &str) {
    let report: serde_json::Value = serde_json::from_str(output).unwrap();
    let statement = report["statement"].as_str().unwrap();
    assert!(statement.starts_with("Database connection pool was reduced from 20 to 5"));
}

#[tokio::test]
async fn a_delivery_answered_before_the_kill_is_worked_on_once_after_it() {
    let scene = Scene::new();
    let (program, url) = scene.serve();
    let stopped = scene.stop_work();
    deliver(&url, SECRET, shop::FIRST_DELIVERY).await;
    // Another event of the same issue, which waits for the first one.
    deliver(&url, SECRET, shop::SECOND_DELIVERY).await;
    assert_eq!(scene.waiting().len(), 2);
    assert_eq!(program.kill(), "", "it was at work on the first one and had not said anything");
    drop(stopped);

    let (mut program, _) = scene.serve();
    assert_report(&program.line());
    // The second one waits on, unless it came after the report.
    until("the first one is dealt with", || scene.waiting().len() <= 1);
    assert_eq!(program.kill().trim(), "");

    // The cooldown that the report began outlives the kill as well.
    let (program, url) = scene.serve();
    until("the second one is dealt with", || scene.waiting().is_empty());
    deliver(&url, SECRET, shop::FIRST_DELIVERY).await;
    let (output, log) = program.end();
    assert_eq!(output, "", "one action for one trouble");
    assert!(log.contains("cooling down"), "{log}");
}

#[tokio::test]
async fn a_delivery_that_processes_die_of_is_put_aside() {
    let scene = Scene::new();
    let (program, url) = scene.serve();
    let stopped = scene.stop_work();
    deliver(&url, SECRET, shop::FIRST_DELIVERY).await;
    until("work begins", || scene.waiting() == ["00000000000000000001-1"]);
    program.kill();
    drop(stopped);
    // Two more such ends.
    let name = |attempts| scene.path(&format!("state/inbox/00000000000000000001-{attempts}"));
    fs::rename(name(1), name(3)).unwrap();

    let (program, _) = scene.serve();
    let aside = Path::new("00000000000000000001-3.aside");
    until("it is put aside", || scene.waiting().iter().any(|name| Path::new(name) == aside));
    let (output, log) = program.end();
    assert_eq!(output, "");
    assert!(log.contains("3 processes ended in the middle of a delivery"), "{log}");
}

#[tokio::test]
async fn a_burst_is_kept_whole_and_a_restart_does_not_wait_for_it() {
    const BURST: usize = 12;
    let scene = Scene::new();
    let (program, url) = scene.serve_with(&[("QUEUE", "1")]);
    for n in 0..BURST {
        let issue = format!("63184072{n:02}");
        let body = std::str::from_utf8(shop::SECOND_DELIVERY).unwrap();
        let body = body.replace("6318407215", &issue).into_bytes();
        deliver(&url, SECRET, body.leak()).await;
    }
    let (reports, log) = program.end();
    let mut issues: Vec<String> = reports.lines().map(issue_of).collect();
    assert!(!log.contains("not kept") && !log.contains("in the middle"), "{log}");
    assert_eq!(scene.waiting().len() + issues.len(), BURST, "each is reported or waits");

    let (mut program, _) = scene.serve();
    while issues.len() < BURST {
        issues.push(issue_of(&program.line()));
    }
    program.logged("answered").await;
    program.end();
    issues.sort();
    issues.dedup();
    assert_eq!(issues.len(), BURST, "each once");
}

fn issue_of(report: &str) -> String {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    report["incident"]["issue_id"].as_str().unwrap().to_owned()
}

#[test]
fn one_state_serves_one_process() {
    let scene = Scene::new();
    let (program, _) = scene.serve();
    let (repo, state) = (scene.path("shop.git"), scene.path("state"));
    let (code, log) = Program::refused(&[
        ("SENTRY_WEBHOOK_SECRET", SECRET),
        ("REPO", repo.to_str().unwrap()),
        ("STATE_DIRECTORY", state.to_str().unwrap()),
    ]);
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("in use by another process") && log.contains("--state"), "{log}");
    program.end();
}
