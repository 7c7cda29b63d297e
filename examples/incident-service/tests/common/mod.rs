//! What several tests need.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::{Path, PathBuf};

/// A part of the material that is kept beside the project, or nothing, said aloud.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("SENTRY_HOOKS_SHARED").map_or(beside, PathBuf::from);
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} not found", path.display());
    None
}
