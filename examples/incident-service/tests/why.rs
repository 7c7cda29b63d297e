//! `why` on histories it has never seen, and on input that gives no answer.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use incident_service::shop::{self, repository};
use serde_json::Value;

/// A history with its event: what to leave out to make it innocent, and what to expect.
struct Variant {
    history: &'static str,
    event: &'static str,
    culprit: &'static str,
    statement: &'static [&'static str],
    /// Whether the culprit must be named. Where not, the weights fitted so far put it among the
    /// first two and trust "none of these" more.
    named: bool,
}

const VARIANTS: [Variant; 3] = [
    Variant {
        history: include_str!("fixtures/variants/broker-toml.txt"),
        event: include_str!("fixtures/variants/broker-toml.event.json"),
        culprit: "Use the numbers of the load test",
        statement: &["50", "8"],
        named: true,
    },
    Variant {
        history: include_str!("fixtures/variants/gateway-yaml.txt"),
        event: include_str!("fixtures/variants/gateway-yaml.event.json"),
        culprit: "Align production with the service guidelines",
        statement: &["30", "3"],
        named: true,
    },
    Variant {
        history: include_str!("fixtures/variants/removed-function.txt"),
        event: include_str!("fixtures/variants/removed-function.event.json"),
        culprit: "Tidy up the tables",
        statement: &["reduced_rate_of"],
        named: true,
    },
];

#[test]
fn every_variant_names_its_own_culprit() {
    let share = |share: &Value| share.as_f64().unwrap();
    for variant in &VARIANTS {
        let answer = ask(&[variant.history], variant.event);
        let culprit = answer.sha(variant.culprit);
        let hypotheses = answer.json["hypotheses"].as_array().unwrap();
        let rank = hypotheses.iter().position(|h| h["sha"] == culprit).unwrap();
        let statement = hypotheses[rank]["statement"].as_str().unwrap();
        for word in variant.statement {
            assert!(statement.contains(word), "`{word}` is missing in `{statement}`");
        }
        if variant.named {
            assert_eq!(rank, 0, "{}", answer.text());
            let p = share(&hypotheses[0]["p"]);
            assert!(p > 2.0 * share(&hypotheses[1]["p"]), "{}", answer.text());
            assert!(p > share(&answer.json["none"]), "{}", answer.text());
        } else {
            assert!(rank < 2, "{}", answer.text());
        }
    }
}

#[test]
fn without_its_culprit_the_answer_is_none_of_these() {
    for variant in &VARIANTS {
        let history = without(variant.history, variant.culprit);
        let answer = ask(&[&history], variant.event);
        assert!(answer.is_none_of_these(), "{}: {}", variant.culprit, answer.text());
    }
}

#[test]
fn the_shop_without_its_culprit_has_none() {
    let mut history = shop::HISTORY.map(str::to_owned);
    history[4] = without(&history[4], "Apply the new hosting plan to production");
    let history: Vec<&str> = history.iter().map(String::as_str).collect();
    let event = std::str::from_utf8(shop::FIRST_DELIVERY).unwrap();
    let answer = ask(&history, event);
    assert!(answer.is_none_of_these(), "{}", answer.text());
}

#[test]
fn an_event_in_rest_form_gives_the_same_answer() {
    let webhook = ask(&shop::HISTORY, std::str::from_utf8(shop::FIRST_DELIVERY).unwrap());
    let rest = ask(&shop::HISTORY, include_str!("../shop/events/checkout-1.rest.json"));
    assert_eq!(webhook.json["hypotheses"], rest.json["hypotheses"]);
    let culprit = webhook.sha("Apply the new hosting plan to production");
    assert_eq!(webhook.json["hypotheses"][0]["sha"], culprit);
}

struct Answer {
    json: Value,
    written: repository::Written,
}

impl Answer {
    fn sha(&self, subject: &str) -> String {
        self.written.sha_of(subject).expect("the history has the commit").to_owned()
    }

    fn is_none_of_these(&self) -> bool {
        let none = self.json["none"].as_f64().unwrap();
        let hypotheses = self.json["hypotheses"].as_array().unwrap();
        !hypotheses.is_empty() && hypotheses.iter().all(|h| h["p"].as_f64().unwrap() <= none)
    }

    /// The first hypotheses with their shares, for a failing test.
    fn text(&self) -> String {
        let shown = self.json["hypotheses"].as_array().unwrap().iter().take(4);
        let lines: Vec<String> =
            shown.map(|h| format!("{} {} {}", h["p"], h["statement"], h["evidence"])).collect();
        format!("none {}\n{}", self.json["none"], lines.join("\n"))
    }
}

fn ask(history: &[&str], event: &str) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("repo.git");
    let written = repository::write(history, &repo).unwrap();
    let file = dir.path().join("event.json");
    std::fs::write(&file, event).unwrap();
    let output = why(&file, &repo, &["--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Answer { json: serde_json::from_slice(&output.stdout).unwrap(), written }
}

/// The history without the commit that has this first line.
fn without(history: &str, subject: &str) -> String {
    let marker = format!("    {subject}\n");
    let commits: Vec<&str> = history.split_inclusive("\ncommit\n").collect();
    let kept: Vec<&str> =
        commits.iter().copied().filter(|commit| !commit.contains(&marker)).collect();
    assert_eq!(kept.len() + 1, commits.len(), "one commit is taken out");
    kept.concat()
}

fn why(event: &Path, repo: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_incident-service"))
        .args(["why", "--event"])
        .arg(event)
        .arg("--repo")
        .arg(repo)
        .args(more)
        .output()
        .unwrap()
}

/// The shop's repository and its event, in a directory that lives as long as the first value.
fn shop_on_disk() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("shop.git");
    repository::write(&shop::HISTORY, &repo).unwrap();
    let event = dir.path().join("event.json");
    std::fs::write(&event, shop::FIRST_DELIVERY).unwrap();
    (dir, repo, event)
}

fn refused(output: &Output, says: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(says), "`{says}` is missing in:\n{text}");
}

#[test]
fn commits_are_linked_to_their_page() {
    let (_dir, repo, event) = shop_on_disk();
    let shop = "https://github.acme.example/acme/shop";
    let json = why(&event, &repo, &["--format", "json", "--repo-url", shop]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    let first = &json["hypotheses"][0];
    let page = format!("{shop}/commit/{}", first["sha"].as_str().unwrap());
    assert!(json.to_string().contains(&page), "{json}");
    let refused = why(&event, &repo, &["--repo-url", "https://ana:canary@git.example/acme/shop"]);
    let log = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(log.contains("--repo-url") && !log.contains("canary"), "{log}");
}

#[test]
fn what_cannot_be_answered_is_said_with_exit_code_2() {
    let (dir, repo, event) = shop_on_disk();
    refused(&why(&event, dir.path(), &[]), "no git repository");
    refused(&why(&event, &dir.path().join("nowhere"), &[]), "no git repository");
    refused(&why(&event, &repo, &["--range", "v1.3.0..v9"]), "v9");
    refused(&why(&event, &repo, &["--range", "v1.3.0"]), "OLD..NEW");
    refused(&why(&event, &repo, &["--release", "shop@9.9.9"]), "--range OLD..NEW");
    refused(&why(&dir.path().join("missing.json"), &repo, &[]), "cannot read");
    let broken = dir.path().join("broken.json");
    std::fs::write(&broken, "{\"event_id\":").unwrap();
    refused(&why(&broken, &repo, &[]), "is no event");
    std::fs::write(&broken, "[1]").unwrap();
    refused(&why(&broken, &repo, &[]), "is no event");
    std::fs::write(&broken, r#"{"event_id":"1f","title":"no release"}"#).unwrap();
    refused(&why(&broken, &repo, &[]), "--release NAME");
}

#[test]
fn an_event_without_frames_is_answered_and_says_what_is_missing() {
    let (dir, repo, _) = shop_on_disk();
    let event = dir.path().join("no-frames.json");
    std::fs::write(
        &event,
        r#"{"event_id":"1f","datetime":"2026-11-20T13:00:00Z","release":"shop@1.4.0",
            "title":"TimeoutError: QueuePool limit of size 5 overflow 2 reached"}"#,
    )
    .unwrap();
    let output = why(&event, &repo, &["--format", "json"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no stack frames"));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["hypotheses"].as_array().unwrap().len(), 12);
}

#[test]
fn a_range_a_release_and_a_work_tree_are_understood() {
    let (_dir, repo, event) = shop_on_disk();
    for more in [["--range", "v1.3.0..v1.4.0"], ["--release", "v1.4.0"]] {
        let output = why(&event, &repo, &more);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("Database connection pool was reduced from 20 to 5"), "{text}");
    }
    // A work tree is the directory that holds `.git`.
    let work = repo.with_file_name("work");
    std::fs::create_dir(&work).unwrap();
    repository::write(&shop::HISTORY, &work.join(".git")).unwrap();
    let output = why(&event, &work, &[]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("reduced from 20 to 5"));

    let output = why(&event, &repo, &["--release", "1.1.0", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["hypotheses"].as_array().unwrap().len(), 7);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (_dir, repo, event) = shop_on_disk();
    let mut program = Command::new(env!("CARGO_BIN_EXE_incident-service"))
        .args(["why", "--event"])
        .arg(&event)
        .arg("--repo")
        .arg(&repo)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
