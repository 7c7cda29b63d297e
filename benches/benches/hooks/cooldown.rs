//! The in-memory cooldown store under two threads, against one locked hash map.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sentry_hooks::{Claim, MemoryCooldown};
use time::OffsetDateTime;

use crate::measure::median;

const KEYS: usize = 1_000_000;
const ROUNDS: usize = 5;
const LEASE: Duration = Duration::from_secs(30);

pub(crate) fn run() {
    let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_772_600_767);
    let keys: Vec<String> = (0..KEYS).map(|n| format!("v1-{n:032x}")).collect();
    let mut extra = 0;
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let store = MemoryCooldown::with_capacity_limit(2 * KEYS);
        let (passes, ours) = race(&keys, |key, owner| {
            store.claim_sync(key, owner, now, LEASE).expect("there is room") == Claim::Claimed
        });
        extra += passes - KEYS;
        let plain: Mutex<HashMap<String, (String, OffsetDateTime)>> = Mutex::default();
        let (_, theirs) = race(&keys, |key, owner| claim_plain(&plain, key, owner, now));
        ratios.push(theirs / ours);
    }
    println!(
        "| cooldown, two threads over 1 M keys: extra passes in {ROUNDS} runs | 0 | {extra} |"
    );
    println!(
        "| cooldown, two threads: speed against a `Mutex<HashMap>` | ≥ 1 | {:.2} |",
        median(ratios)
    );
}

fn claim_plain(
    map: &Mutex<HashMap<String, (String, OffsetDateTime)>>,
    key: &str,
    owner: &str,
    now: OffsetDateTime,
) -> bool {
    let mut map = map.lock().expect("no thread panics");
    match map.get(key) {
        Some((_, until)) if *until > now => false,
        _ => {
            map.insert(key.to_owned(), (owner.to_owned(), now + LEASE));
            true
        }
    }
}

/// How many claims pass when two threads claim every key, and how long that takes.
fn race(keys: &[String], claim: impl Fn(&str, &str) -> bool + Sync) -> (usize, f64) {
    let passes = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for owner in ["delivery-1", "delivery-2"] {
            let (passes, claim) = (&passes, &claim);
            scope.spawn(move || {
                let passed = keys.iter().filter(|key| claim(key, owner)).count();
                passes.fetch_add(passed, Ordering::Relaxed);
            });
        }
    });
    (passes.into_inner(), start.elapsed().as_secs_f64())
}
