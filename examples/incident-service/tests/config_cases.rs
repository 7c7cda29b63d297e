//! `why` on services whose faults are configuration, from their repositories and recorded events.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn why_answers_for_every_recorded_service() {
    let Some(cases) = common::shared("config-cases") else { return };
    let dir = tempfile::tempdir().unwrap();
    if !unpack(&cases.join("repos.tar.gz"), dir.path()) {
        println!("skipped: no tar program to unpack the repositories with");
        return;
    }
    let truth: Value =
        serde_json::from_slice(&std::fs::read(cases.join("TRUTH.json")).unwrap()).unwrap();
    let truth = truth.as_object().unwrap();
    let (mut first, mut among_five) = (0, 0);
    for (id, case) in truth {
        let text = |key: &str| case[key].as_str().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_incident-service"))
            .args(["why", "--format", "json", "--event"])
            .arg(cases.join(text("event")))
            .arg("--repo")
            .arg(dir.path().join(text("repo")))
            .output()
            .unwrap();
        assert!(output.status.success(), "{id}: {}", String::from_utf8_lossy(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let hypotheses = answer["hypotheses"].as_array().unwrap();
        assert_eq!(hypotheses.len() as u64, case["candidates"].as_u64().unwrap(), "{id}");
        let shares: f64 = hypotheses.iter().map(|h| h["p"].as_f64().unwrap()).sum();
        assert!((shares + answer["none"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{id}");
        let rank = hypotheses.iter().position(|h| h["sha"] == text("culprit"));
        let rank = rank.unwrap_or_else(|| panic!("{id}: the culprit is no candidate"));
        first += usize::from(rank == 0);
        among_five += usize::from(rank < 5);
    }
    println!("{} cases: {first} first, {among_five} among five", truth.len());
    // These cases are among those that the weights were fitted on: a floor against mistakes on the
    // way from repository to ranking, no measure of the ranker.
    assert!(first * 10 >= truth.len() * 7 && among_five * 10 >= truth.len() * 9);
}

fn unpack(archive: &Path, into: &Path) -> bool {
    let tar = Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(into).status();
    tar.is_ok_and(|status| status.success())
}
