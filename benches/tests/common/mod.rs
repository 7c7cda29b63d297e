//! Finding recorded material that is not part of the repository.

use std::path::{Path, PathBuf};

/// `$SENTRY_HOOKS_SHARED/<name>`, or `../shared/<name>` beside the workspace; says so when absent.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SENTRY_HOOKS_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    let path = root.join(name);
    if !path.exists() {
        eprintln!("skipped: {} not found", path.display());
        return None;
    }
    Some(path)
}

/// Every `.jsonl.gz` in a folder, in the order of their names.
pub(crate) fn case_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder can be listed")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.to_string_lossy().ends_with(".jsonl.gz"))
        .collect();
    files.sort();
    files
}
