//! The program as it is used.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn evaluate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evaluate")).args(arguments).output().expect("it starts")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

/// Three commits; `b` wrote the line that crashed.
fn case(id: &str) -> Value {
    let change = |sha: &str, day: u32, path: &str, line: u32, words: &str| {
        let at = format!("2026-03-{day:02}T08:00:00Z");
        json!({
            "sha": sha.repeat(40), "author": "a", "authored_at": at, "committed_at": at,
            "message": format!("touch {path}"),
            "files": [{
                "path": path, "previous_path": null, "status": "modified", "additions": 1,
                "deletions": 1, "hunks": [{
                    "old_start": line, "old_lines": 1, "new_start": line, "new_lines": 1,
                    "section": "def total self items", "removed": ["return 0"], "added": [words]
                }]
            }]
        })
    };
    json!({
        "id": id,
        "source": { "repo": "acme/shop", "culprits": ["b".repeat(40)], "trace": "executed" },
        "event": {
            "eventID": "0".repeat(32), "platform": "python", "title": "KeyError: 'merchant'",
            "dateCreated": "2026-03-09T12:00:00Z", "release": { "version": "shop@1.4.0" },
            "tags": [], "entries": [{ "type": "exception", "data": { "values": [{
                "type": "KeyError", "value": "'merchant'", "stacktrace": { "frames": [{
                    "filename": "shop/cart.py", "absPath": "/srv/app/shop/cart.py",
                    "module": "shop.cart", "function": "total", "lineNo": 40, "inApp": true
                }] }
            }] } }]
        },
        "changes": [
            change("a", 2, "docs/index.md", 3, "Carts explained"),
            change("b", 3, "shop/cart.py", 40, "return items merchant"),
            change("c", 4, "shop/mail.py", 7, "send mail")
        ],
        "blame": [{ "frame": 0, "sha": "b".repeat(40), "committed_at": "2026-03-03T08:00:00Z" }]
    })
}

fn write(dir: &Path, name: &str, lines: &[Value]) -> std::path::PathBuf {
    let path = dir.join(name);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, text).expect("a temporary file can be written");
    path
}

#[test]
fn json_and_predictions_have_the_published_form() {
    let dir = tempfile::tempdir().unwrap();
    let mut unscored = case("2");
    unscored.as_object_mut().unwrap().remove("source");
    let cases = write(dir.path(), "cases.jsonl", &[case("1"), unscored]);
    let out = dir.path().join("predictions.jsonl");
    let done = evaluate(&["--json", "--predictions", text(&out), text(&cases)]);
    assert!(done.status.success(), "{done:?}");

    let value: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(value["cases"], 1, "the case without truth is not scored");
    for rule in ["ours", "newest", "file-hit", "blame-crash-line", "sentry-scm", "predator"] {
        for key in ["top1", "top5", "mrr", "answered", "precision", "none_accuracy"] {
            let share = value["rules"][rule][key].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&share), "{rule} {key}");
        }
    }
    assert_eq!(value["rules"]["newest"]["top1"], 0.0);
    assert_eq!(value["rules"]["blame-crash-line"]["top1"], 1.0);
    assert_eq!(value["rules"]["ours"]["top1"], 1.0);

    let predictions = std::fs::read_to_string(&out).unwrap();
    let lines: Vec<Value> =
        predictions.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    for (line, id) in lines.iter().zip(["1", "2"]) {
        assert_eq!(line["id"], id);
        let ranking = line["ranking"].as_array().unwrap();
        assert_eq!(ranking.len(), 3, "every change has its probability");
        let p: Vec<f64> = ranking.iter().map(|suspect| suspect["p"].as_f64().unwrap()).collect();
        assert!(p.is_sorted_by(|a, b| a >= b), "best first");
        let sum = p.iter().sum::<f64>() + line["none"].as_f64().unwrap();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
    assert_eq!(lines[0]["ranking"], lines[1]["ranking"], "the truth makes no difference");
}

#[test]
fn the_order_of_changes_makes_no_difference() {
    let dir = tempfile::tempdir().unwrap();
    let mut turned = case("1");
    turned["changes"].as_array_mut().unwrap().reverse();
    let answer = |name: &str, value: Value| {
        let cases = write(dir.path(), name, &[value]);
        let out = dir.path().join(format!("{name}.out"));
        let done = evaluate(&["--predictions", text(&out), text(&cases)]);
        assert!(done.status.success(), "{done:?}");
        (done.stdout, std::fs::read_to_string(&out).unwrap())
    };
    assert_eq!(answer("a.jsonl", case("1")), answer("b.jsonl", turned));
}

#[test]
fn the_report_comes_as_text_as_markdown_and_as_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    let cases = write(dir.path(), "cases.jsonl", &[case("1"), case("2")]);
    let svg = dir.path().join("reliability.svg");
    let done = evaluate(&["--markdown", "--diagram", text(&svg), text(&cases)]);
    let markdown = String::from_utf8(done.stdout).unwrap();
    assert!(markdown.contains("| rule |") && markdown.contains("| predator |"), "{markdown}");
    assert!(markdown.contains("flatter"), "what was fitted on is said: {markdown}");
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg"));
    let done = evaluate(&["--blank-messages", text(&cases)]);
    assert!(String::from_utf8(done.stdout).unwrap().contains("messages were blanked here"));
}

#[test]
fn what_cannot_be_read_is_named_with_its_line_and_exit_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let mut broken = case("2");
    broken["changes"][0]["committed_at"] = json!("yesterday");
    let cases = write(dir.path(), "cases.jsonl", &[case("1"), broken]);
    for (file, said) in [
        (text(&cases), "cases.jsonl, line 2: not a case"),
        ("/nowhere/cases.jsonl", "/nowhere/cases.jsonl: cannot be opened"),
    ] {
        let done = evaluate(&["--json", file]);
        assert_eq!(done.status.code(), Some(2));
        assert!(done.stdout.is_empty(), "no half an answer");
        let stderr = String::from_utf8(done.stderr).unwrap();
        assert!(stderr.contains(said), "{stderr}");
    }
    assert_eq!(evaluate(&[]).status.code(), Some(2), "no file at all");
}
