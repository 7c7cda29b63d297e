use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use sentry_correlate::{FileStatus, FrameRef};
use serde_json::{Value, json};
use time::macros::datetime;

use super::*;

fn sha(digit: char) -> String {
    String::from(digit).repeat(40)
}

fn change(digit: char, day: u8) -> Value {
    let at = format!("2026-03-{day:02}T08:00:00Z");
    json!({
        "sha": sha(digit), "author": "a", "authored_at": at, "committed_at": at,
        "message": "shop: tidy the cart", "files": [{
            "path": "shop/cart.py", "previous_path": null, "status": "modified",
            "additions": 1, "deletions": 0, "hunks": [{
                "old_start": 10, "old_lines": 0, "new_start": 11, "new_lines": 1,
                "section": "def total self", "removed": [], "added": ["return None"]
            }]
        }]
    })
}

fn case() -> Value {
    json!({
        "id": "shop-1",
        "source": { "repo": "acme/shop", "culprits": [sha('b')], "trace": "executed" },
        "event": { "eventID": "0", "entries": [{ "type": "exception", "data": { "values": [
            { "type": "KeyError", "stacktrace": null }, { "type": "CartError", "stacktrace": null }
        ] } }] },
        "changes": [change('a', 2), change('b', 3)],
        "blame": [{ "frame": 4, "sha": sha('b'), "committed_at": "2026-03-03T08:00:00Z" }],
        "blame_inner": [
            { "value": 0, "frame": 1, "sha": sha('b'), "committed_at": "2026-03-03T08:00:00Z" },
            { "value": 0, "frame": 2, "sha": sha('c'), "committed_at": "2020-01-01T00:00:00Z" }
        ],
        "a field of next year": [1, 2]
    })
}

#[test]
fn reads_a_whole_case() {
    let case = Case::from_json(&case().to_string()).unwrap();
    assert_eq!(case.id(), "shop-1");
    assert_eq!(case.source().unwrap().culprits, [sha('b')]);
    assert_eq!(case.source().unwrap().trace, Trace::Executed);
    assert!(case.event().contains("CartError"));
    assert_eq!(case.incident().exceptions.len(), 2);
    let window = case.window();
    assert_eq!(window.changes.len(), 2);
    assert_eq!(window.changes[0].committed_at, datetime!(2026-03-02 08:00 UTC));
    let file = &window.changes[0].files[0];
    assert_eq!((file.status, file.hunks[0].new_start), (FileStatus::Modified, 11));
    assert_eq!(file.hunks[0].added, ["return None"]);
}

#[test]
fn changes_stand_in_the_recorded_order_unless_it_is_plainly_none() {
    let positions = |days: &[u8]| {
        let mut value = case();
        value["changes"] = ('a'..).zip(days).map(|(digit, day)| change(digit, *day)).collect();
        let case = Case::from_json(&value.to_string()).unwrap();
        case.window().changes.iter().map(|change| change.position).collect::<Vec<_>>()
    };
    // One slow clock.
    assert_eq!(positions(&[2, 3, 4, 1, 5, 6]), (0..6).map(Some).collect::<Vec<_>>());
    assert_eq!(positions(&[4, 4]), [Some(0), Some(1)]);
    // The newest first, and shuffled.
    assert_eq!(positions(&[6, 5, 4, 3, 2, 1]), [None; 6]);
    assert_eq!(positions(&[4, 1, 6, 2, 5, 3]), [None; 6]);
}

#[test]
fn what_is_written_is_read_again() {
    let case = Case::from_json(&case().to_string()).unwrap();
    let again = Case::from_json(&case.to_json()).unwrap();
    assert_eq!(again.id(), case.id());
    assert_eq!(again.source(), case.source());
    assert_eq!(again.incident(), case.incident());
    assert_eq!(again.window(), case.window());
    assert!(!case.to_json().contains('\n'));
}

#[test]
fn an_event_that_is_none_is_an_error() {
    let mut value = case();
    value["event"] = json!([]);
    let error = Case::from_json(&value.to_string()).unwrap_err().to_string();
    assert!(error.starts_with("event: cannot be read"), "{error}");
}

#[test]
fn blame_speaks_of_the_outermost_exception_unless_it_says_otherwise() {
    let case = Case::from_json(&case().to_string()).unwrap();
    let frames: Vec<_> = case.window().blame.iter().map(|blame| blame.frame).collect();
    let at = |exception, frame| FrameRef { exception, frame };
    assert_eq!(frames, [at(1, 4), at(0, 1), at(0, 2)]);
}

#[test]
fn a_case_without_source_is_read_and_has_no_none_case() {
    let mut value = case();
    value.as_object_mut().unwrap().remove("source");
    let case = Case::from_json(&value.to_string()).unwrap();
    assert!(case.source().is_none());
    assert!(case.without_culprit().is_none());
}

#[test]
fn without_the_culprit_nothing_names_it_and_nothing_else_moves() {
    let case = Case::from_json(&case().to_string()).unwrap();
    let none = case.without_culprit().unwrap();
    assert!(none.changes.iter().all(|change| change.sha != sha('b')));
    assert_eq!(none.changes, case.window().changes[..1]);
    assert_eq!(none.blame.len(), case.window().blame.len());
    assert!(none.blame.iter().all(|blame| blame.sha != sha('b')));
    assert_eq!(none.blame[0].sha, none.blame[1].sha);
    assert_eq!(none.blame[2], case.window().blame[2]);
    for blame in &none.blame[..2] {
        assert!(blame.sha.len() == 40 && blame.sha.bytes().all(|b| b.is_ascii_hexdigit()));
        let age = datetime!(2026-03-02 08:00 UTC) - blame.committed_at;
        assert!((28..=29 * 7).contains(&age.whole_days()), "{age}");
    }
    assert_eq!(case.without_culprit().unwrap(), none, "the same every time");
}

#[test]
fn plain_and_gzipped_files_read_alike() {
    let text = format!("{}\n\n{}\n", case(), case());
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("cases.jsonl");
    std::fs::write(&plain, &text).unwrap();
    let packed = dir.path().join("cases.jsonl.gz");
    let mut gz = GzEncoder::new(File::create(&packed).unwrap(), Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap();
    let cases = read_all(&[plain, packed]).unwrap();
    assert_eq!(cases.len(), 4);
    assert!(cases.iter().all(|c| c.window() == cases[0].window()));
}

#[test]
fn errors_name_file_line_and_fault() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cases.jsonl");
    let mut broken = case();
    broken["changes"][1]["committed_at"] = json!("yesterday");
    std::fs::write(&path, format!("{}\n{broken}\n", case())).unwrap();
    let mut cases = read(&path).unwrap();
    assert!(cases.next().unwrap().is_ok());
    let error = cases.next().unwrap().unwrap_err().to_string();
    assert!(error.contains("cases.jsonl, line 2") && error.contains("committed_at"), "{error}");
    assert!(cases.next().is_none(), "nothing after the first error");

    std::fs::write(&path, "{\"id\":").unwrap();
    let error = read_all(&[&path]).unwrap_err().to_string();
    assert!(error.contains("line 1: not a case"), "{error}");

    std::fs::write(&path, [0x1f, 0x8b, 1, 2, 3]).unwrap();
    assert!(matches!(read_all(&[&path]), Err(ReadError::Broken { line: 1, .. })));
    assert!(matches!(read(&dir.path().join("absent")), Err(ReadError::Open { .. })));
}

#[test]
fn an_unknown_file_status_is_an_error_not_a_guess() {
    let mut value = case();
    value["changes"][0]["files"][0]["status"] = json!("teleported");
    assert!(Case::from_json(&value.to_string()).unwrap_err().to_string().contains("teleported"));
}
