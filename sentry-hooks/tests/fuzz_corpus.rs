//! Replays the fuzz targets' stored inputs.
#![cfg(feature = "webhook")]

#[allow(unreachable_pub, reason = "a library where the fuzz targets use it")]
#[path = "../fuzz/src/lib.rs"]
mod checks;

use std::{fs, path::Path};

/// Runs a check over every stored input of its target, and over every fixture.
fn replay(target: &str, check: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stored = root.join("fuzz/corpus").join(target);
    let fixtures = root.join("tests/fixtures");
    let mut count = 0;
    for folder in [stored, fixtures.join("webhooks"), fixtures.join("events")] {
        let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for file in files {
            let path = file.expect("a folder can be listed").path();
            check(&fs::read(&path).expect("an input can be read"));
            count += 1;
        }
    }
    assert!(count > 40, "{target} has stored inputs");
}

#[test]
fn headers() {
    replay("headers", checks::headers);
}

#[test]
fn verify() {
    replay("verify", checks::verify);
}

#[test]
fn parse() {
    replay("parse", checks::parse);
}

#[test]
fn fingerprint() {
    replay("fingerprint", checks::fingerprint);
}
