//! What a commit changed, for every kind of change that git knows.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

use std::collections::BTreeMap;

use gix::objs::tree::EntryKind;
use proptest::prelude::*;
use sentry_correlate::source::{Gap, Outcome, Query, Range};
use sentry_correlate::{Change, FileStatus, Hunk, Sources, gather};
use support::{File, Made, git};

fn ranges(hunks: &[Hunk]) -> Vec<[u32; 4]> {
    hunks.iter().map(|h| [h.old_start, h.old_lines, h.new_start, h.new_lines]).collect()
}

fn lines(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|n| format!("line {n}\n")).collect()
}

#[test]
fn a_window_holds_what_is_new_without_merges_oldest_first() {
    let made = Made::new();
    let root = made.commit("root", &[("a", "1\n")], &[]);
    let one = made.commit("one", &[("a", "2\n")], &[root]);
    let side = made.commit("side", &[("a", "1\n"), ("b", "1\n")], &[root]);
    let merge = made.commit("merge", &[("a", "2\n"), ("b", "1\n")], &[one, side]);
    let last = made.commit("last", &[("a", "3\n"), ("b", "1\n")], &[merge]);
    made.tag("v1", root);
    made.tag("v2", last);
    let changes = made.open().changes_between(&"v1..v2".parse().unwrap()).unwrap();
    let messages: Vec<&str> = changes.iter().map(|change| change.message.as_str()).collect();
    assert_eq!(messages, ["one", "side", "last"]);
    let change = &changes[0];
    assert_eq!((change.author.as_str(), change.parents), ("Ana", 1));
    assert_eq!(change.author_email.as_deref(), Some("ana@example.com"));
    assert_eq!(change.committed_at.unix_timestamp(), support::START + 3600);
    assert_eq!(change.files[0].hunks[0].display.as_ref().unwrap().added, ["2"]);
}

#[test]
fn clocks_do_not_reorder_a_history() {
    let made = Made::new();
    let at = |message: &str, text: &str, hour, parent| {
        made.commit_at(message, &[("a", text)], &[parent], hour)
    };
    let root = made.commit("root", &[("a", "0\n")], &[]);
    let fast = at("fast", "1\n", 500, root);
    let slow = at("slow", "2\n", -500, fast);
    let side = at("side", "1\n3\n", 3, fast);
    let merge = made.commit_at("merge", &[("a", "2\n3\n")], &[slow, side], 4);
    made.tag("v1", root);
    made.tag("v2", merge);
    let changes = made.open().changes_between(&"v1..v2".parse().unwrap()).unwrap();
    let seen: Vec<(&str, Option<u32>)> =
        changes.iter().map(|change| (change.message.as_str(), change.position)).collect();
    assert_eq!(seen, [("fast", Some(0)), ("slow", Some(1)), ("side", Some(2))]);
    if let Some(log) = git(
        made.path(),
        &["log", "--date-order", "--reverse", "--no-merges", "--format=%s", "v1..v2"],
    ) {
        assert_eq!(log, b"fast\nslow\nside\n");
    }
}

#[tokio::test]
async fn a_first_release_brings_its_whole_history() {
    let made = Made::new();
    let root = made.commit("root", &[("app.py", "import os\n\nx = 1\n")], &[]);
    let next = made.commit("next", &[("app.py", "import os\n\nx = 2\n")], &[root]);
    made.tag("v1.0", next);
    let query = Query { release: Some("shop@1.0".into()), ..Query::default() };
    let repo = made.open();
    let gathered = gather(&Sources::new().changes(&repo), &query, std::future::pending()).await;
    assert_eq!(gathered.window.changes.len(), 2);
    let first = &gathered.window.changes[0];
    assert_eq!((first.message.as_str(), first.parents), ("root", 0));
    assert_eq!(first.files[0].status, FileStatus::Added);
    assert_eq!(ranges(&first.files[0].hunks), [[0, 0, 1, 3]]);
    assert!(gathered.resolution.unwrap().old.is_none());
}

#[test]
fn hunks_stand_at_zero_context_with_their_definition() {
    let made = Made::new();
    let old = "def first():\n    return 1\n\n\ndef second():\n    a = 1\n    b = 2\n    return a\n";
    let new = "def first():\n    return 1\n\n\ndef second():\n    a = 5\n    b = 2\n    c = 3\n    return a\n";
    let root = made.commit("root", &[("m.py", old)], &[]);
    let next = made.commit("next", &[("m.py", new)], &[root]);
    let change = made.only_change(root, next);
    let file = &change.files[0];
    assert_eq!((file.additions, file.deletions), (2, 1));
    assert_eq!(ranges(&file.hunks), [[6, 1, 6, 1], [7, 0, 8, 1]]);
    assert!(file.hunks.iter().all(|hunk| hunk.section == "def second"));
    assert_eq!(file.hunks[0].removed, ["a 1"]);
    assert_eq!(file.hunks[0].added, ["a 5"]);
}

#[test]
fn renames_are_found_by_content_and_by_likeness() {
    let made = Made::new();
    let (same, like) = (lines(0..50), lines(100..150));
    let edited = like.replace("line 120\n", "line twenty\n");
    let root = made.commit("root", &[("a/same.txt", &same), ("a/like.txt", &like)], &[]);
    let files = [("b/same.txt", same.as_str()), ("b/other.txt", edited.as_str())];
    let next = made.commit("next", &files, &[root]);
    let change = made.only_change(root, next);
    let seen: Vec<(&str, Option<&str>, FileStatus, usize)> = change
        .files
        .iter()
        .map(|file| (&*file.path, file.previous_path.as_deref(), file.status, file.hunks.len()))
        .collect();
    assert_eq!(
        seen,
        [
            ("b/other.txt", Some("a/like.txt"), FileStatus::Renamed, 1),
            ("b/same.txt", Some("a/same.txt"), FileStatus::Renamed, 0),
        ]
    );
}

#[test]
fn deleted_binary_linked_and_submodule_files() {
    let made = Made::new();
    let file = |kind, data: &[u8]| -> File { (kind, data.to_vec()) };
    let (one, two) = ("1".repeat(40), "2".repeat(40));
    let before = BTreeMap::from([
        (b"bin".to_vec(), file(EntryKind::Blob, b"\0\x01\x02")),
        (b"gone".to_vec(), file(EntryKind::Blob, b"x\ny\n")),
        (b"link".to_vec(), file(EntryKind::Blob, b"target\n")),
        (b"mode".to_vec(), file(EntryKind::Blob, b"run\n")),
        (b"sub".to_vec(), file(EntryKind::Commit, one.as_bytes())),
    ]);
    let after = BTreeMap::from([
        (b"bin".to_vec(), file(EntryKind::Blob, b"\0\x01\x03")),
        (b"link".to_vec(), file(EntryKind::Link, b"target")),
        (b"mode".to_vec(), file(EntryKind::BlobExecutable, b"run\n")),
        (b"sub".to_vec(), file(EntryKind::Commit, two.as_bytes())),
    ]);
    let root = made.commit_tree(b"root", None, before, &[]);
    let next = made.commit_tree(b"next", None, after, &[root]);
    let change = made.only_change(root, next);
    let seen: Vec<(&str, FileStatus, u32, u32)> = change
        .files
        .iter()
        .map(|file| (&*file.path, file.status, file.additions, file.deletions))
        .collect();
    assert_eq!(
        seen,
        [
            ("bin", FileStatus::Modified, 0, 0),
            ("gone", FileStatus::Deleted, 0, 2),
            ("link", FileStatus::Deleted, 0, 1),
            ("link", FileStatus::Added, 1, 0),
            ("mode", FileStatus::Modified, 0, 0),
            ("sub", FileStatus::Modified, 1, 1),
        ]
    );
    let sub = change.files.last().unwrap().hunks[0].display.clone().unwrap();
    assert_eq!(sub.added, [format!("Subproject commit {two}")]);
}

#[test]
fn line_ends_are_kept_apart_from_lines() {
    let made = Made::new();
    let root = made.commit("root", &[("crlf", "a\r\nb\r\n"), ("end", "a\nb")], &[]);
    let next = made.commit("next", &[("crlf", "a\r\nc\r\n"), ("end", "a\nb\n")], &[root]);
    let change = made.only_change(root, next);
    let shown = |at: usize| change.files[at].hunks[0].display.clone().unwrap();
    assert_eq!((shown(0).removed, shown(0).added), (["b"].into(), ["c"].into()));
    // Only the line's end has changed, which is a change to git.
    assert_eq!(ranges(&change.files[1].hunks), [[2, 1, 2, 1]]);
    assert_eq!(shown(1).removed, shown(1).added);
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let made = Made::new();
    let root = made.commit("root", &[("a", "1\n")], &[]);
    let files = BTreeMap::from([(
        b"caf\xe9/\xff.py".to_vec(),
        (EntryKind::Blob, b"x = '\xfe'\n".to_vec()),
    )]);
    let broken = made.commit_tree(b"caf\xe9 \xff", None, files.clone(), &[root]);
    let latin = made.commit_tree(b"caf\xe9", Some("ISO-8859-1"), BTreeMap::new(), &[broken]);
    let change = made.only_change(root, broken);
    assert_eq!(change.message, "caf\u{fffd} \u{fffd}");
    assert_eq!(change.files[1].path, "caf\u{fffd}/\u{fffd}.py");
    assert_eq!(change.files[1].hunks[0].display.as_ref().unwrap().added, ["x = '\u{fffd}'"]);
    assert_eq!(made.only_change(broken, latin).message, "café");
}

#[tokio::test]
async fn what_is_too_large_is_told() {
    let made = Made::new();
    let root = made.commit("root", &[("big", "1\n"), ("small", "1\n")], &[]);
    let next = made.commit("next", &[("big", &lines(0..100)), ("small", "2\n")], &[root]);
    let last = made.commit("last", &[("big", "1\n"), ("small", "3\n")], &[next]);
    let repo = made.open().with_max_file_bytes(100).with_max_commits(1);
    let range = Range { old: root.to_string(), new: last.to_string() };
    let query = Query::default().with_range(range);
    let gathered = gather(&Sources::new().changes(&repo), &query, std::future::pending()).await;
    let change = &gathered.window.changes[0];
    assert_eq!((change.message.as_str(), change.files[0].hunks.len()), ("last", 0));
    assert_eq!(change.files[1].hunks.len(), 1);
    let Outcome::Partial(gaps) = &gathered.coverage[0].outcome else {
        panic!("{:?}", gathered.coverage)
    };
    assert!(
        matches!(&gaps[0], Gap::Limit { what, limit: 1, left_out: Some(1) } if what == "commits")
    );
    assert!(matches!(&gaps[1], Gap::Limit { what, limit: 100, .. } if what.contains("big")));
}

#[test]
fn a_shallow_clone_does_not_make_everything_look_new() {
    let made = Made::new();
    let root = made.commit("root", &[("a", "1\n")], &[]);
    let cut = made.commit("cut", &[("a", "2\n")], &[root]);
    let next = made.commit("next", &[("a", "3\n")], &[cut]);
    let older = made.commit("older", &[("z", "1\n")], &[]);
    made.tag("old", older);
    made.tag("new", next);
    let name = root.to_string();
    std::fs::remove_file(made.path().join("objects").join(&name[..2]).join(&name[2..])).unwrap();
    std::fs::write(made.path().join("shallow"), format!("{cut}\n")).unwrap();
    let changes = made.open().changes_between(&"old..new".parse().unwrap()).unwrap();
    let seen: Vec<(&str, usize)> =
        changes.iter().map(|change| (&*change.message, change.files.len())).collect();
    assert_eq!(seen, [("cut", 0), ("next", 1)]);
}

#[tokio::test]
async fn a_missing_object_costs_its_file_alone() {
    let made = Made::new();
    let root = made.commit("root", &[("a", "1\n"), ("b", "1\n")], &[]);
    let next = made.commit("next", &[("a", "2\n"), ("b", "2\n")], &[root]);
    let last = made.commit("last", &[("a", "lost\n"), ("b", "3\n")], &[next]);
    let lost = made.repo.write_blob("lost\n").unwrap().to_string();
    std::fs::remove_file(made.path().join("objects").join(&lost[..2]).join(&lost[2..])).unwrap();
    let repo = made.open();
    let range = Range { old: root.to_string(), new: last.to_string() };
    let query = Query::default().with_range(range);
    let gathered = gather(&Sources::new().changes(&repo), &query, std::future::pending()).await;
    let seen: Vec<Vec<usize>> = gathered
        .window
        .changes
        .iter()
        .map(|change| change.files.iter().map(|file| file.hunks.len()).collect())
        .collect();
    assert_eq!(seen, [[1, 1], [0, 1]]);
    let Outcome::Partial(gaps) = &gathered.coverage[0].outcome else {
        panic!("{:?}", gathered.coverage)
    };
    assert!(matches!(&gaps[..], [Gap::Unreadable { what, .. }] if what.contains(&lost)));
}

#[tokio::test]
async fn a_deadline_cuts_the_work_and_keeps_its_part() {
    let made = Made::new();
    let mut at = made.commit("root", &[("a", "0\n")], &[]);
    made.tag("old", at);
    for n in 0..40 {
        at = made.commit("next", &[("a", &lines(n..n + 400))], &[at]);
    }
    made.tag("new", at);
    let repo = made.open();
    let query = Query::default().with_range("old..new".parse().unwrap());
    let cut = gather(&Sources::new().changes(&repo), &query, async {}).await;
    assert_eq!(cut.coverage[0].outcome, Outcome::Cut);
    assert_eq!(cut.coverage[0].counts.changes, cut.window.changes.len());
    let whole = gather(&Sources::new().changes(&repo), &query, std::future::pending()).await;
    assert_eq!(whole.window.changes.len(), 40);
    assert_eq!(whole.coverage[0].outcome, Outcome::Complete);
    // The second time the commits come from the cache, and are the same.
    let again = gather(&Sources::new().changes(&repo), &query, std::future::pending()).await;
    assert_eq!(again.window, whole.window);
}

/// What `git show -U0` says of a commit, as far as a change holds it.
fn as_git_shows(made: &Made, change: &Change) -> Option<Vec<(String, Vec<[u32; 4]>)>> {
    let text = git(made.path(), &["show", "-U0", "-M", "--format=", &change.sha])?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut files: Vec<(String, Vec<[u32; 4]>)> = Vec::new();
    for line in text.lines() {
        if let Some(paths) = line.strip_prefix("diff --git a/") {
            files.push((paths.split(" b/").last()?.to_owned(), Vec::new()));
        } else if let Some(rest) = line.strip_prefix("@@ -") {
            let mut sides = rest.split(" @@").next()?.split(" +").map(|side| {
                let (start, count) = side.split_once(',').unwrap_or((side, "1"));
                [start.parse::<u32>().unwrap(), count.parse::<u32>().unwrap()]
            });
            let (old, new) = (sides.next()?, sides.next()?);
            files.last_mut()?.1.push([old[0], old[1], new[0], new[1]]);
        }
    }
    Some(files)
}

/// A line out of few, so that lines repeat, move and nest.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("}".to_owned()),
        Just("    return".to_owned()),
        Just("\tx".to_owned()),
        Just("\x0c".to_owned()),
        "def [abc]\\(\\):",
        "    [abc] = [123]",
        "[abc]{1,2}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec(line(), 0..40), any::<bool>())
        .prop_map(|(lines, ended)| lines.join("\n") + if ended { "\n" } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn hunks_are_those_of_the_git_program(
        old in prop::collection::btree_map("[ab]{1,2}\\.(py|txt)", text(), 1..4),
        new in prop::collection::btree_map("[ab]{1,2}\\.(py|txt)", text(), 1..4),
    ) {
        let made = Made::new();
        let files = |all: &BTreeMap<String, String>| -> BTreeMap<Vec<u8>, File> {
            all.iter()
                .map(|(path, text)| (path.clone().into(), (EntryKind::Blob, text.clone().into())))
                .collect()
        };
        let root = made.commit_tree(b"root", None, files(&old), &[]);
        let next = made.commit_tree(b"next", None, files(&new), &[root]);
        let change = made.only_change(root, next);
        if let Some(expected) = as_git_shows(&made, &change) {
            let seen: Vec<(String, Vec<[u32; 4]>)> = change
                .files
                .iter()
                .map(|file| (file.path.clone(), ranges(&file.hunks)))
                .collect();
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn any_bytes_can_be_read(
        old in prop::collection::vec(any::<u8>(), 0..300),
        new in prop::collection::vec(any::<u8>(), 0..300),
        message in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let made = Made::new();
        let file = |data: &[u8]| BTreeMap::from([(b"f.py".to_vec(), (EntryKind::Blob, data.to_vec()))]);
        let root = made.commit_tree(b"root", None, file(&old), &[]);
        let next = made.commit_tree(&message, None, file(&new), &[root]);
        let change = made.only_change(root, next);
        let count = |data: &[u8]| data.split_inclusive(|&b| b == b'\n').count() as i64;
        for file in &change.files {
            let hunks = &file.hunks;
            let moved = i64::from(file.additions) - i64::from(file.deletions);
            if !hunks.is_empty() {
                prop_assert_eq!(count(&new) - count(&old), moved);
            }
            let ordered = hunks.windows(2).all(|pair| {
                pair[0].old_start < pair[1].old_start && pair[0].new_start < pair[1].new_start
            });
            prop_assert!(ordered);
        }
    }
}

#[tokio::test]
async fn a_second_incident_of_a_release_reads_no_diffs_again() {
    let made = Made::new();
    let root = made.commit("root", &[("a", &lines(0..20))], &[]);
    let one = made.commit("one", &[("a", &lines(0..30))], &[root]);
    let two = made.commit("two", &[("a", &lines(5..30))], &[one]);
    let range = Range { old: root.to_string(), new: two.to_string() };
    let query = Query::default().with_range(range);
    let ask =
        async |repo| gather(&Sources::new().changes(repo), &query, std::future::pending()).await;
    let (kept, none) = (made.open(), made.open().with_cache_bytes(0));
    let first = ask(&kept).await;
    assert_eq!((first.window.changes.len(), ask(&none).await.window.changes.len()), (2, 2));
    // Take the files away: whoever compares them again has nothing to compare.
    for id in made.blobs() {
        made.forget(id);
    }
    let clone = kept.clone();
    let second = ask(&clone).await;
    assert_eq!(second.window, first.window);
    assert!(matches!(second.coverage[0].outcome, Outcome::Complete));
    let without = ask(&none).await;
    assert!(matches!(without.coverage[0].outcome, Outcome::Partial(_)));
    assert_ne!(without.window, first.window);
}
