//! Whether a [`CooldownStore`] keeps its contract.
//!
//! ```
//! use std::sync::Arc;
//! use sentry_hooks::{CooldownStore, MemoryCooldown, testing};
//!
//! let store: Arc<dyn CooldownStore> = Arc::new(MemoryCooldown::new());
//! testing::block_on(testing::cooldown::conformance(&store, "run-1"));
//! testing::cooldown::race(&store, "run-1", 1_000, |future| testing::block_on(future));
//! ```

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use time::OffsetDateTime;

use crate::{Claim, CooldownStore};

const LEASE: Duration = Duration::from_secs(30);
const COOLDOWN: Duration = Duration::from_secs(600);

/// Checks the whole contract, one caller at a time.
///
/// Keys begin with `prefix`: pass another one on each run over a store that keeps its entries. The
/// times are some minutes from 2024-01-01 on.
///
/// # Panics
///
/// When the store does not keep the contract; the message says which part.
pub async fn conformance(store: &dyn CooldownStore, prefix: &str) {
    let case = |name: &str| Case { store, key: format!("{prefix}-{name}") };
    one_owner_at_a_time(case("one-owner")).await;
    a_crashed_owner_comes_back(case("comes-back")).await;
    a_crashed_owner_is_replaced(case("replaced")).await;
    who_waits_for_a_crashed_owner_takes_over(case("waits")).await;
    a_late_owner_without_rival_may_confirm(case("late")).await;
    confirmation_starts_the_cooldown(case("cooldown")).await;
    release_gives_the_key_back(case("release")).await;
    strangers_change_nothing(case("strangers")).await;
    keys_and_owners_are_text(case("text")).await;
}

struct Case<'s> {
    store: &'s dyn CooldownStore,
    key: String,
}

impl Case<'_> {
    async fn claim(&self, owner: &str, seconds: u64) -> Claim {
        self.store.claim(&self.key, owner, at(seconds), LEASE).await.expect("the store answers")
    }

    async fn confirm(&self, owner: &str, seconds: u64) -> bool {
        let until = at(seconds) + COOLDOWN;
        self.store.confirm(&self.key, owner, until).await.expect("the store answers")
    }

    async fn release(&self, owner: &str) -> bool {
        self.store.release(&self.key, owner).await.expect("the store answers")
    }
}

fn at(seconds: u64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200 + seconds)
}

fn cooling(until: u64, suppressed: u64) -> Claim {
    Claim::Cooling { until: at(until), suppressed }
}

fn busy(until: u64) -> Claim {
    Claim::Busy { until: at(until) }
}

async fn one_owner_at_a_time(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed, "a free key can be claimed");
    assert_eq!(case.claim("b", 1).await, busy(30), "a leased key is busy for others");
    assert_eq!(case.claim("c", 29).await, busy(30), "whoever comes");
}

async fn a_crashed_owner_comes_back(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    assert_eq!(case.claim("a", 20).await, Claim::Yours, "the owner re-enters its lease");
    assert_eq!(case.claim("b", 40).await, busy(50), "re-entering renews the lease");
    assert!(case.confirm("a", 41).await, "the owner that came back may confirm");
}

async fn a_crashed_owner_is_replaced(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    assert_eq!(case.claim("b", 30).await, Claim::Claimed, "a lease is over at its end");
    assert!(!case.confirm("a", 31).await, "a stale owner cannot confirm");
    assert!(!case.release("a").await, "a stale owner cannot release");
    assert_eq!(case.claim("a", 32).await, busy(60), "a stale owner is like any other");
    assert!(case.confirm("b", 33).await, "the new owner can confirm");
}

async fn who_waits_for_a_crashed_owner_takes_over(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    let Claim::Busy { until } = case.claim("b", 10).await else { panic!("a lease is running") };
    assert_eq!(until, at(30), "the end of the lease is the time to come again");
    let again = case.store.claim(&case.key, "b", until, LEASE).await.expect("the store answers");
    assert_eq!(again, Claim::Claimed, "the owner died, so whoever waited acts");
    assert_eq!(case.claim("c", 31).await, busy(60), "and it alone");
}

async fn a_late_owner_without_rival_may_confirm(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    assert!(case.confirm("a", 45).await, "a lease that ran out without rival can be confirmed");
    assert_eq!(case.claim("b", 50).await, cooling(645, 1), "and starts the cooldown");
}

async fn confirmation_starts_the_cooldown(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    assert_eq!(case.claim("b", 1).await, busy(30));
    assert!(case.confirm("a", 5).await);
    assert!(case.confirm("a", 5).await, "confirming again is no harm");
    assert!(!case.release("a").await, "what is confirmed cannot be released");
    assert_eq!(
        case.claim("a", 10).await,
        cooling(605, 0),
        "the owner has acted and does not count against itself; nor do claims during the lease"
    );
    assert_eq!(case.claim("b", 30).await, cooling(605, 1), "who was busy is kept back in the end");
    assert_eq!(case.claim("c", 604).await, cooling(605, 2), "each claim kept back is counted");
    assert_eq!(case.claim("c", 605).await, Claim::Claimed, "a cooldown is over at its end");
    assert_eq!(case.claim("d", 606).await, busy(635), "a new claim is a new lease");
    assert!(case.confirm("c", 610).await);
    assert_eq!(case.claim("d", 635).await, cooling(1210, 1), "and counts anew");
}

async fn release_gives_the_key_back(case: Case<'_>) {
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    assert!(case.release("a").await);
    assert!(!case.release("a").await, "there is nothing left to release");
    assert!(!case.confirm("a", 1).await, "nor to confirm");
    assert_eq!(case.claim("b", 2).await, Claim::Claimed, "a released key is free");
}

async fn strangers_change_nothing(case: Case<'_>) {
    assert!(!case.confirm("b", 0).await, "a key without entry cannot be confirmed");
    assert!(!case.release("b").await, "a key without entry cannot be released");
    assert_eq!(case.claim("a", 0).await, Claim::Claimed);
    assert!(!case.confirm("b", 1).await, "a stranger cannot confirm");
    assert!(!case.release("b").await, "a stranger cannot release");
    assert_eq!(case.claim("a", 2).await, Claim::Yours);
}

async fn keys_and_owners_are_text(case: Case<'_>) {
    let odd = [": é\u{1f440}'\";--\n%", "*", ""];
    for (n, suffix) in odd.iter().enumerate() {
        let case = Case { store: case.store, key: format!("{}{suffix}", case.key) };
        assert_eq!(case.claim(suffix, 0).await, Claim::Claimed, "key {n} is its own");
        assert_eq!(case.claim(suffix, 1).await, Claim::Yours, "owner {n} is its own");
        assert_ne!(case.claim("other", 2).await, Claim::Yours);
    }
}

/// Two threads claim the same `keys` keys; each must get to exactly one of them.
///
/// `run` waits for a future in the way the store needs, e.g. with a runtime's `block_on`.
///
/// # Panics
///
/// When a key was claimed twice or by nobody.
pub fn race<S: CooldownStore + ?Sized>(
    store: &S,
    prefix: &str,
    keys: usize,
    run: impl Fn(Pin<Box<dyn Future<Output = ()> + '_>>) + Sync,
) {
    let claimed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for owner in ["a", "b"] {
            let (claimed, run) = (&claimed, &run);
            scope.spawn(move || {
                run(Box::pin(async move {
                    for n in 0..keys {
                        let key = format!("{prefix}-race-{n}");
                        let claim = store.claim(&key, owner, at(0), LEASE).await;
                        if claim.expect("the store answers") == Claim::Claimed {
                            claimed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }));
            });
        }
    });
    assert_eq!(claimed.into_inner(), keys, "each key is claimed exactly once");
}
