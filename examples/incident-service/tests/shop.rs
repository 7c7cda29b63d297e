//! The captured events belong to the written history: each frame of the shop's own code stands
//! at its line in the release.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use incident_service::shop::{FIRST_DELIVERY, HISTORY, SECOND_DELIVERY, repository};
use serde_json::Value;

#[test]
fn frames_stand_at_their_lines_in_the_release() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.git");
    repository::write(&HISTORY, &path).unwrap();
    let repo = gix::open_opts(&path, gix::open::Options::isolated()).unwrap();
    let tree = repo.head_commit().unwrap().tree().unwrap();
    for body in [FIRST_DELIVERY, SECOND_DELIVERY] {
        let event: Value = serde_json::from_slice(body).unwrap();
        let frames = &event["data"]["event"]["exception"]["values"][0]["stacktrace"]["frames"];
        let mut own = 0;
        for frame in frames.as_array().unwrap() {
            let file = frame["filename"].as_str().unwrap();
            let Ok(Some(entry)) = tree.lookup_entry_by_path(file) else { continue };
            let text = String::from_utf8(entry.object().unwrap().data.clone()).unwrap();
            let line = usize::try_from(frame["lineno"].as_u64().unwrap()).unwrap();
            assert_eq!(text.lines().nth(line - 1), frame["context_line"].as_str(), "{file}:{line}");
            own += 1;
        }
        assert_eq!(own, 3, "frames of the shop's own code");
    }
}

#[test]
fn both_deliveries_are_of_one_issue() {
    let [first, second]: [Value; 2] =
        [FIRST_DELIVERY, SECOND_DELIVERY].map(|body| serde_json::from_slice(body).unwrap());
    let key = |delivery: &Value, name: &str| delivery["data"]["event"][name].clone();
    assert_eq!(key(&first, "issue_id"), key(&second, "issue_id"));
    assert_ne!(key(&first, "event_id"), key(&second, "event_id"));
}
