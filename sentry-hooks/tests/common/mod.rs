//! What several test files need.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::path::PathBuf;

use serde_json::Value;

/// A folder of recorded material that is not part of the project; tests over it are skipped,
/// saying so, where it is absent.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SENTRY_HOOKS_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: {} not found", path.display());
    None
}

/// The folder's index and the text of each file it names.
pub(crate) fn corpus(folder: &str) -> Vec<(Value, Vec<u8>)> {
    let Some(dir) = shared(folder) else { return Vec::new() };
    let index: Value =
        serde_json::from_slice(&std::fs::read(dir.join("INDEX.json")).unwrap()).unwrap();
    let files = index.get("files").unwrap_or(&index).as_array().unwrap().clone();
    files
        .into_iter()
        .map(|entry| {
            let bytes = std::fs::read(dir.join(entry["file"].as_str().unwrap())).unwrap();
            (entry, bytes)
        })
        .collect()
}
