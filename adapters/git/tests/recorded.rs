//! What was recorded from repositories with `git` comes out of them again, to the letter.
//!
//! The recordings are not part of this package; without them the test says so and passes.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sentry_correlate::source::{Query, QueryFrame};
use sentry_correlate::{Change, FileStatus, FrameRef, Gathered, Hunk, Sources, gather};
use sentry_correlate_git::GitRepository;
use serde_json::{Value, json};
use support::shared;
use time::format_description::well_known::Rfc3339;

#[tokio::test]
async fn the_services_changes_releases_and_blame() {
    let (Some(cases), Some(repos)) =
        (shared("config-cases/cases.jsonl.gz"), shared("config-cases/repos.tar.gz"))
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    unpack(&repos, dir.path());
    let mut compared = 0;
    for line in unzipped(&cases).lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        let repo = GitRepository::open(dir.path().join(format!("repos/{id}.git"))).unwrap();
        let query = query(&case["event"]);
        let gathered = gather(&Sources::new().changes(&repo), &query, std::future::pending()).await;
        let resolution = gathered.resolution.clone().unwrap();
        assert_eq!(resolution.new.name, case["source"]["release"], "{id}");
        assert_eq!(resolution.old.unwrap().name, case["source"]["previous_release"], "{id}");
        let rebuilt: Vec<Value> = gathered.window.changes.iter().map(as_recorded).collect();
        let recorded = case["changes"].as_array().unwrap();
        assert_eq!(rebuilt.len(), recorded.len(), "{id}");
        for (rebuilt, recorded) in rebuilt.iter().zip(recorded) {
            let mut recorded = recorded.clone();
            // Authors are recorded by pseudonym.
            recorded.as_object_mut().unwrap().remove("author");
            assert_eq!(*rebuilt, recorded, "{id}");
        }
        assert_eq!(blamed(&gathered), expected_blame(&case), "{id}");
        compared += recorded.len();
    }
    assert!(compared > 500, "{compared} changes were compared");
    eprintln!("{compared} changes are as recorded");
}

fn query(event: &Value) -> Query {
    let raised = event["entries"][0]["data"]["values"].as_array().unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let frames = raised.iter().enumerate().flat_map(|(exception, raised)| {
        let frames = raised["stacktrace"]["frames"].as_array();
        frames.into_iter().flatten().enumerate().map(move |(frame, at)| QueryFrame {
            frame: FrameRef { exception, frame },
            filename: text(&at["filename"]),
            abs_path: text(&at["absPath"]),
            module: text(&at["module"]),
            line: at["lineNo"].as_u64().and_then(|line| u32::try_from(line).ok()),
            in_app: at["inApp"].as_bool().unwrap_or(false),
        })
    });
    let release = text(&event["release"]["version"]);
    Query { release, frames: frames.collect(), ..Query::default() }
}

fn as_recorded(change: &Change) -> Value {
    let moment = |at: time::OffsetDateTime| at.format(&Rfc3339).unwrap();
    let status = |status| match status {
        FileStatus::Added => "added",
        FileStatus::Modified => "modified",
        FileStatus::Deleted => "removed",
        FileStatus::Renamed => "renamed",
        other => panic!("{other:?}"),
    };
    let hunk = |hunk: &Hunk| {
        json!({
            "old_start": hunk.old_start, "old_lines": hunk.old_lines,
            "new_start": hunk.new_start, "new_lines": hunk.new_lines,
            "section": hunk.section, "removed": hunk.removed.iter().collect::<Vec<_>>(),
            "added": hunk.added.iter().collect::<Vec<_>>(),
        })
    };
    let files = change.files.iter().map(|file| {
        json!({
            "path": file.path, "previous_path": file.previous_path,
            "status": status(file.status),
            "additions": file.additions, "deletions": file.deletions,
            "hunks": file.hunks.iter().map(hunk).collect::<Vec<_>>(),
        })
    });
    json!({
        "sha": change.sha, "message": change.message,
        "authored_at": moment(change.authored_at), "committed_at": moment(change.committed_at),
        "files": files.collect::<Vec<_>>(),
    })
}

/// Blamed frames of the outermost exception, which alone is recorded.
fn blamed(gathered: &Gathered) -> BTreeMap<u64, String> {
    let last = gathered.window.paths.iter().map(|path| path.frame.exception).max();
    gathered
        .window
        .blame
        .iter()
        .filter(|blame| Some(blame.frame.exception) == last)
        .map(|blame| (blame.frame.frame as u64, blame.sha.clone()))
        .collect()
}

fn expected_blame(case: &Value) -> BTreeMap<u64, String> {
    let blame = case["blame"].as_array().unwrap().iter();
    blame
        .map(|at| (at["frame"].as_u64().unwrap(), at["sha"].as_str().unwrap().to_owned()))
        .collect()
}

fn unzipped(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

/// Unpacks the plain files of a tar archive.
fn unpack(archive: &Path, into: &Path) {
    const BLOCK: usize = 512;
    let mut data = Vec::new();
    MultiGzDecoder::new(std::fs::File::open(archive).unwrap()).read_to_end(&mut data).unwrap();
    let text = |field: &[u8]| {
        let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let mut rest = &data[..];
    let mut long_name: Option<String> = None;
    while rest.len() >= BLOCK && rest[0] != 0 {
        let (header, body) = rest.split_at(BLOCK);
        let size = usize::from_str_radix(text(&header[124..136]).trim(), 8).unwrap();
        let prefix = text(&header[345..500]);
        let short = text(&header[..100]);
        let name = match long_name.take() {
            Some(name) => name,
            None if prefix.is_empty() => short,
            None => format!("{prefix}/{short}"),
        };
        let path = into.join(name.trim_start_matches("./"));
        match header[156] {
            b'L' => long_name = Some(text(&body[..size])),
            b'5' => std::fs::create_dir_all(path).unwrap(),
            b'0' | 0 => write(&path, &body[..size]),
            _ => {}
        }
        rest = &body[size.div_ceil(BLOCK) * BLOCK..];
    }
}

fn write(path: &PathBuf, data: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, data).unwrap();
}
