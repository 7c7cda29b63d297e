use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    fmt,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Claim, CooldownStore, StoreError, clock::Clock, entry::Entry};

/// Cooldowns in memory: for one process, and lost with it.
///
/// Sharded hash maps behind locks, 33 bytes a slot (75 an entry at the emptiest a growing map gets),
/// with a hard cap. What is over is swept out as the maps grow. At the cap the confirmed entries
/// that end soonest make room; claims in progress never do, and when there is nothing but those,
/// claiming fails with [`StoreError::is_full`].
///
/// Keys and owners are kept as keyed hashes of 128 and 64 bits. Times are kept to the millisecond
/// until the year 2109, counts up to a million.
///
/// A clock that is set back by more than ten seconds does not prolong what it runs into: each shard
/// counts on from the latest time it has seen. If later the time from before is back at a jump, it
/// was a call with a time of the past, not the clock, and the shard takes up its first count again.
pub struct MemoryCooldown {
    shards: Box<[Mutex<Shard>]>,
    hash: [RandomState; 3],
    cap: usize,
}

const SHARDS: usize = 64;

/// How many entries at most, where nothing else is said: some 75 MB.
const DEFAULT_CAP: usize = 1 << 20;

struct Shard {
    entries: HashMap<Key, Entry, BuildHasherDefault<AsIs>>,
    /// Size at which to look for entries that are over.
    sweep_at: usize,
    clock: Clock,
}

impl Default for Shard {
    fn default() -> Self {
        Self { entries: HashMap::default(), sweep_at: 0, clock: Clock::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u64, u64);

impl MemoryCooldown {
    /// A store for about a million entries.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity_limit(DEFAULT_CAP)
    }

    /// A store that never holds more than `cap` entries (at least one for each of its 64 shards;
    /// rounded down to a multiple of their number).
    #[must_use]
    pub fn with_capacity_limit(cap: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hash: std::array::from_fn(|_| RandomState::new()),
            cap: (cap / SHARDS).max(1),
        }
    }

    /// Number of entries, those included which are over and not yet swept out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).entries.len()).sum()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// [`CooldownStore::claim`] without waiting.
    ///
    /// # Errors
    ///
    /// [`StoreError::is_full`] when every entry of the key's shard is a claim in progress.
    pub fn claim_sync(
        &self,
        key: &str,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Claim, StoreError> {
        let (key, owner) = (self.key(key), self.hash[2].hash_one(owner));
        let mut shard = self.shard(key);
        let now = shard.clock(millis(now));
        let end = now.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
        let (offset, leased) = (shard.clock.offset(), Entry::leased(owner, end, shard.clock.era()));
        if let Some(entry) = shard.entries.get_mut(&key) {
            if entry.end() > now {
                return Ok(entry.claim_again(leased, offset));
            }
            *entry = leased;
            return Ok(Claim::Claimed);
        }
        shard.make_room(now, self.cap)?;
        shard.entries.insert(key, leased);
        Ok(Claim::Claimed)
    }

    /// [`CooldownStore::confirm`] without waiting.
    ///
    /// # Errors
    ///
    /// None today; the signature is the trait's.
    pub fn confirm_sync(
        &self,
        key: &str,
        owner: &str,
        until: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let (key, owner) = (self.key(key), self.hash[2].hash_one(owner));
        let mut shard = self.shard(key);
        let offsets = shard.clock.offsets();
        Ok(match shard.entries.get_mut(&key) {
            Some(entry) if entry.is_of(owner) => {
                // `until` is on the caller's clock as it was at the claim.
                let end = millis(until).saturating_add(offsets[usize::from(entry.era())]);
                entry.confirm(end);
                true
            }
            _ => false,
        })
    }

    /// [`CooldownStore::release`] without waiting.
    ///
    /// # Errors
    ///
    /// None today; the signature is the trait's.
    pub fn release_sync(&self, key: &str, owner: &str) -> Result<bool, StoreError> {
        let (key, owner) = (self.key(key), self.hash[2].hash_one(owner));
        Ok(match self.shard(key).entries.entry(key) {
            Slot::Occupied(slot) if slot.get().is_of(owner) && !slot.get().is_confirmed() => {
                slot.remove();
                true
            }
            _ => false,
        })
    }

    fn key(&self, key: &str) -> Key {
        Key(self.hash[0].hash_one(key), self.hash[1].hash_one(key))
    }

    fn shard(&self, key: Key) -> MutexGuard<'_, Shard> {
        // The map uses the first half of the key, so the second half chooses the shard.
        lock(&self.shards[(key.1 % SHARDS as u64) as usize])
    }
}

impl Default for MemoryCooldown {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryCooldown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCooldown")
            .field("len", &self.len())
            .field("cap", &(self.cap * SHARDS))
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl CooldownStore for MemoryCooldown {
    async fn claim(
        &self,
        key: &str,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Claim, StoreError> {
        self.claim_sync(key, owner, now, lease)
    }

    async fn confirm(
        &self,
        key: &str,
        owner: &str,
        until: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        self.confirm_sync(key, owner, until)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<bool, StoreError> {
        self.release_sync(key, owner)
    }
}

impl Shard {
    /// The caller's time on our clock.
    fn clock(&mut self, now: i64) -> i64 {
        if let Some(way) = self.clock.mend(now) {
            let era = self.clock.era();
            self.entries.values_mut().filter(|e| e.era() != era).for_each(|e| e.mend(way));
        }
        self.clock.read(now)
    }

    /// Makes sure that one more entry fits.
    fn make_room(&mut self, now: i64, cap: usize) -> Result<(), StoreError> {
        if self.entries.len() >= self.sweep_at.min(cap) {
            self.entries.retain(|_, entry| entry.end() > now);
            self.sweep_at = (self.entries.len() * 2).max(64);
        }
        if self.entries.len() < cap {
            return Ok(());
        }
        // A sixteenth at a time, so that a full map does not look through everything each time.
        let mut ends: Vec<i64> =
            self.entries.values().filter(|e| e.is_confirmed()).map(|e| e.end()).collect();
        if ends.is_empty() {
            return Err(StoreError::full());
        }
        let mut leaving = (cap / 16).clamp(1, ends.len());
        let (_, &mut last, _) = ends.select_nth_unstable(leaving - 1);
        self.entries.retain(|_, entry| {
            let leaves = leaving > 0 && entry.is_confirmed() && entry.end() <= last;
            leaving -= usize::from(leaves);
            !leaves
        });
        Ok(())
    }
}

/// The keys are hashes already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl std::hash::Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

/// A panic in another thread leaves no entry half written, so the lock's poison means nothing.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(30);

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn an_entry_is_small() {
        assert_eq!(size_of::<(Key, Entry)>(), 32);
    }

    #[test]
    fn never_holds_more_than_its_cap_and_keeps_claims_in_progress() {
        let store = MemoryCooldown::with_capacity_limit(640);
        for n in 0..5000 {
            let key = n.to_string();
            assert_eq!(store.claim_sync(&key, "o", at(0), LEASE).unwrap(), Claim::Claimed);
            assert!(store.confirm_sync(&key, "o", at(1000 + n)).unwrap());
            assert!(store.len() <= 640);
        }
        let full = MemoryCooldown::with_capacity_limit(64);
        let mut refused = 0;
        for n in 0..1000 {
            match full.claim_sync(&n.to_string(), "o", at(0), LEASE) {
                Ok(claim) => assert_eq!(claim, Claim::Claimed),
                Err(e) => refused += usize::from(e.is_full()),
            }
        }
        assert_eq!(full.len() + refused, 1000);
        assert!(full.len() <= 64);
    }

    #[test]
    fn what_is_over_makes_room_by_itself() {
        let store = MemoryCooldown::new();
        for n in 0..200_000 {
            store.claim_sync(&n.to_string(), "o", at(n), Duration::from_secs(1)).unwrap();
        }
        assert!(store.len() < 20_000, "{}", store.len());
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_a_cooldown() {
        let store = MemoryCooldown::new();
        store.claim_sync("k", "a", at(0), LEASE).unwrap();
        store.confirm_sync("k", "a", at(600)).unwrap();
        let back = -86_400;
        let claim = store.claim_sync("k", "b", at(back), LEASE).unwrap();
        assert_eq!(claim, Claim::Cooling { until: at(back + 600), suppressed: 1 });
        assert_eq!(store.claim_sync("k", "b", at(back + 600), LEASE).unwrap(), Claim::Claimed);
    }

    #[test]
    fn calls_with_times_of_the_past_do_not_make_the_clock_run_away() {
        let store = MemoryCooldown::new();
        store.claim_sync("k", "a", at(0), LEASE).unwrap();
        store.confirm_sync("k", "a", at(600)).unwrap();
        for n in 1..500 {
            let late = [n, n - 60, n - 120, n - 60].map(at);
            for now in late {
                let claim = store.claim_sync("k", "b", now, LEASE).unwrap();
                assert!(matches!(claim, Claim::Cooling { .. }), "freed early at {n}");
            }
        }
        let claim = store.claim_sync("k", "c", at(599), LEASE).unwrap();
        assert_eq!(claim, Claim::Cooling { until: at(600), suppressed: 499 * 4 + 1 });
        assert_eq!(store.claim_sync("k", "c", at(600), LEASE).unwrap(), Claim::Claimed);
    }

    #[test]
    fn a_clock_that_was_set_back_may_catch_up_with_itself() {
        let store = MemoryCooldown::new();
        store.claim_sync("k", "a", at(0), LEASE).unwrap();
        for n in -3600..3600 {
            store.claim_sync("k", &n.to_string(), at(n), Duration::from_secs(1)).unwrap();
        }
        store.claim_sync("k", "b", at(3600), LEASE).unwrap();
        assert!(store.confirm_sync("k", "b", at(3700)).unwrap());
        let claim = store.claim_sync("k", "c", at(3650), LEASE).unwrap();
        assert_eq!(claim, Claim::Cooling { until: at(3700), suppressed: 1 });
        assert_eq!(store.claim_sync("k", "c", at(3700), LEASE).unwrap(), Claim::Claimed);
    }

    #[test]
    fn a_clock_set_back_between_claim_and_confirmation_neither_ends_nor_prolongs_the_cooldown() {
        let store = MemoryCooldown::new();
        store.claim_sync("k", "a", at(0), LEASE).unwrap();
        let back = -86_400;
        let busy = store.claim_sync("k", "b", at(back), LEASE).unwrap();
        assert_eq!(busy, Claim::Busy { until: at(back + 30) });
        assert!(store.confirm_sync("k", "a", at(600)).unwrap());
        let cooling = store.claim_sync("k", "b", at(back + 1), LEASE).unwrap();
        assert_eq!(cooling, Claim::Cooling { until: at(back + 600), suppressed: 1 });
        assert_eq!(store.claim_sync("k", "b", at(back + 600), LEASE).unwrap(), Claim::Claimed);
    }

    #[test]
    fn callers_that_race_by_moments_do_not_move_the_clock() {
        let store = MemoryCooldown::new();
        store.claim_sync("k", "a", at(0), LEASE).unwrap();
        store.confirm_sync("k", "a", at(600)).unwrap();
        for n in 1..100 {
            store.claim_sync("k", "b", at(n), LEASE).unwrap();
            store.claim_sync("k", "b", at(n - 5), LEASE).unwrap();
        }
        let claim = store.claim_sync("k", "c", at(599), LEASE).unwrap();
        assert_eq!(claim, Claim::Cooling { until: at(600), suppressed: 199 });
    }

    #[test]
    fn odd_times_do_not_panic() {
        let store = MemoryCooldown::new();
        let ends = [
            OffsetDateTime::UNIX_EPOCH,
            time::macros::datetime!(9999-12-31 0:00 UTC),
            time::macros::datetime!(-9999-01-01 0:00 UTC),
        ];
        for now in ends {
            for lease in [Duration::ZERO, Duration::MAX] {
                let _ = store.claim_sync("k", "a", now, lease);
                let _ = store.claim_sync("k", "b", now, lease);
                let _ = store.confirm_sync("k", "a", now);
            }
        }
    }
}
