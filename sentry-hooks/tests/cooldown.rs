//! The in-memory store keeps the contract, however it is held.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::{
    collections::HashMap,
    sync::{Arc, Barrier, Mutex},
    time::Duration,
};

use proptest::prelude::*;
use sentry_hooks::{
    Claim, CooldownStore, MemoryCooldown,
    testing::{block_on, cooldown},
};
use time::OffsetDateTime;

fn at(seconds: u64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200 + seconds)
}

#[test]
fn conforms_as_value_reference_box_and_arc() {
    let store = MemoryCooldown::new();
    block_on(cooldown::conformance(&store, "value"));
    block_on(cooldown::conformance(&&store, "reference"));
    let boxed: Box<dyn CooldownStore> = Box::new(MemoryCooldown::new());
    block_on(cooldown::conformance(&boxed, "box"));
    let shared: Arc<dyn CooldownStore> = Arc::new(MemoryCooldown::new());
    block_on(cooldown::conformance(&shared, "arc"));
    block_on(cooldown::conformance(&Arc::new(MemoryCooldown::with_capacity_limit(640)), "small"));
}

#[test]
fn two_threads_never_claim_one_key() {
    cooldown::race(&MemoryCooldown::new(), "race", 100_000, |future| block_on(future));
}

/// Threads that crash at random between claim and confirm, and retry: each trouble is acted upon,
/// and never by two owners at once.
#[test]
fn crashes_between_claim_and_confirm_lose_nothing_and_double_nothing() {
    let store = MemoryCooldown::new();
    let lease = Duration::from_secs(10);
    let acted: Mutex<HashMap<usize, u64>> = Mutex::default();
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        for thread in 0..2_u64 {
            let (store, acted, barrier) = (&store, &acted, &barrier);
            scope.spawn(move || {
                let owner = format!("owner-{thread}");
                let mut random = 7 + thread;
                for round in 0..40_u64 {
                    barrier.wait();
                    for key in 0..200_usize {
                        random ^= random << 13;
                        random ^= random >> 7;
                        random ^= random << 17;
                        let now = at(round * 11);
                        let text = key.to_string();
                        match store.claim_sync(&text, &owner, now, lease).unwrap() {
                            // A crash: neither confirmed nor released.
                            Claim::Claimed | Claim::Yours if random % 3 == 0 => continue,
                            Claim::Claimed | Claim::Yours => {}
                            _ => continue,
                        }
                        let mut acted = acted.lock().unwrap();
                        if store.confirm_sync(&text, &owner, at(1_000_000)).unwrap() {
                            *acted.entry(key).or_default() += 1;
                        }
                    }
                }
            });
        }
    });
    let acted = acted.into_inner().unwrap();
    assert_eq!(acted.len(), 200, "every key was acted upon in the end");
    assert!(acted.values().all(|n| *n == 1), "and none twice");
}

#[derive(Debug, Clone)]
enum Step {
    Claim { key: u8, owner: u8, later: u64, lease: u64 },
    Confirm { key: u8, owner: u8, cooldown: u64 },
    Release { key: u8, owner: u8 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (key, owner) = (0..3_u8, 0..3_u8);
    let step = prop_oneof![
        3 => (key.clone(), owner.clone(), 0..40_u64, 1..60_u64)
            .prop_map(|(key, owner, later, lease)| Step::Claim { key, owner, later, lease }),
        1 => (key.clone(), owner.clone(), 1..100_u64)
            .prop_map(|(key, owner, cooldown)| Step::Confirm { key, owner, cooldown }),
        1 => (key, owner).prop_map(|(key, owner)| Step::Release { key, owner }),
    ];
    proptest::collection::vec(step, 0..60)
}

/// The contract, written down as simply as it can be.
#[derive(Default)]
struct Model(HashMap<u8, (u8, u64, bool, u64)>);

impl Model {
    fn claim(&mut self, key: u8, owner: u8, now: u64, lease: u64) -> Claim {
        let running = self.0.get_mut(&key).filter(|(_, end, ..)| *end > now);
        if let Some((holder, end, confirmed, suppressed)) = running {
            if *holder == owner && !*confirmed {
                *end = now + lease;
                return Claim::Yours;
            }
            if !*confirmed {
                return Claim::Busy { until: at(*end) };
            }
            *suppressed += u64::from(*holder != owner);
            return Claim::Cooling { until: at(*end), suppressed: *suppressed };
        }
        self.0.insert(key, (owner, now + lease, false, 0));
        Claim::Claimed
    }

    fn confirm(&mut self, key: u8, owner: u8, until: u64) -> bool {
        match self.0.get_mut(&key) {
            Some(entry) if entry.0 == owner => {
                *entry = (owner, until, true, entry.3);
                true
            }
            _ => false,
        }
    }

    fn release(&mut self, key: u8, owner: u8) -> bool {
        matches!(self.0.get(&key), Some((o, _, false, _)) if *o == owner)
            && self.0.remove(&key).is_some()
    }
}

proptest! {
    #[test]
    fn does_what_the_contract_says(steps in steps()) {
        let store = MemoryCooldown::new();
        let mut model = Model::default();
        let mut now = 0;
        for step in steps {
            match step {
                Step::Claim { key, owner, later, lease } => {
                    now += later;
                    let got = store.claim_sync(
                        &key.to_string(), &owner.to_string(), at(now), Duration::from_secs(lease),
                    ).unwrap();
                    prop_assert_eq!(got, model.claim(key, owner, now, lease));
                }
                Step::Confirm { key, owner, cooldown } => {
                    let until = now + cooldown;
                    let got = store.confirm_sync(&key.to_string(), &owner.to_string(), at(until));
                    prop_assert_eq!(got.unwrap(), model.confirm(key, owner, until));
                }
                Step::Release { key, owner } => {
                    let got = store.release_sync(&key.to_string(), &owner.to_string());
                    prop_assert_eq!(got.unwrap(), model.release(key, owner));
                }
            }
        }
    }
}
