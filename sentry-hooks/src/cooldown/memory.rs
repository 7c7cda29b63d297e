use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    fmt,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Claim, CooldownStore, StoreError};

/// Cooldowns in memory: for one process, and lost with it.
///
/// Sharded hash maps behind locks, 33 bytes a slot (75 an entry at the emptiest a growing map gets),
/// with a hard cap. What is over is swept out as the maps grow. At the cap the confirmed entries
/// that end soonest make room; claims in progress never do, and when there is nothing but those,
/// claiming fails with [`StoreError::is_full`].
///
/// Keys and owners are kept as keyed hashes of 128 and 64 bits. Times are kept to the millisecond
/// until the year 2109, counts up to two million.
///
/// A clock that is set back by more than ten seconds does not prolong what it runs into: each shard
/// counts on from the latest time it has seen.
pub struct MemoryCooldown {
    shards: Box<[Mutex<Shard>]>,
    hash: [RandomState; 3],
    cap: usize,
}

const SHARDS: usize = 64;

/// How many entries at most, where nothing else is said: some 75 MB.
const DEFAULT_CAP: usize = 1 << 20;

/// A step back of the clock that could not be a mere race between two callers.
const STEP: i64 = 10_000;

struct Shard {
    entries: HashMap<Key, Entry, BuildHasherDefault<AsIs>>,
    /// Size at which to look for entries that are over.
    sweep_at: usize,
    /// The latest time seen, by the caller's clock and ours, in milliseconds.
    latest: i64,
    /// What to add to the caller's clock since it was set back.
    offset: i64,
}

impl Default for Shard {
    fn default() -> Self {
        Self { entries: HashMap::default(), sweep_at: 0, latest: i64::MIN, offset: 0 }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u64, u64);

/// Owner, end, state and count in 16 bytes.
#[derive(Clone, Copy)]
struct Entry {
    owner: u64,
    /// 42 bits of end in milliseconds, 1 bit of confirmation, 21 bits of count.
    packed: u64,
}

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
        let offset = shard.offset;
        if let Some(entry) = shard.entries.get_mut(&key) {
            if entry.end() > now {
                return Ok(entry.claim_again(owner, end, offset));
            }
            *entry = Entry::leased(owner, end);
            return Ok(Claim::Claimed);
        }
        shard.make_room(now, self.cap)?;
        shard.entries.insert(key, Entry::leased(owner, end));
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
        let end = millis(until).saturating_add(shard.offset);
        Ok(match shard.entries.get_mut(&key) {
            Some(entry) if entry.owner == owner => {
                *entry = Entry::new(owner, end, true, entry.suppressed());
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
            Slot::Occupied(slot) if slot.get().owner == owner && !slot.get().is_confirmed() => {
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
    /// The caller's time on a clock that is never set back.
    fn clock(&mut self, now: i64) -> i64 {
        let shifted = now.saturating_add(self.offset);
        if self.latest.saturating_sub(shifted) > STEP {
            self.offset = self.latest.saturating_sub(now);
            return self.latest;
        }
        self.latest = self.latest.max(shifted);
        shifted
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

impl Entry {
    const COUNT_BITS: u32 = 21;
    const MAX_COUNT: u64 = (1 << Self::COUNT_BITS) - 1;
    const MAX_END: i64 = (1 << 42) - 1;

    fn new(owner: u64, end: i64, confirmed: bool, suppressed: u64) -> Self {
        let end = end.clamp(0, Self::MAX_END).unsigned_abs();
        let packed =
            (end << 1 | u64::from(confirmed)) << Self::COUNT_BITS | suppressed.min(Self::MAX_COUNT);
        Self { owner, packed }
    }

    fn leased(owner: u64, end: i64) -> Self {
        Self::new(owner, end, false, 0)
    }

    fn end(self) -> i64 {
        (self.packed >> (Self::COUNT_BITS + 1)) as i64
    }

    fn is_confirmed(self) -> bool {
        self.packed >> Self::COUNT_BITS & 1 == 1
    }

    fn suppressed(self) -> u64 {
        self.packed & Self::MAX_COUNT
    }

    /// A claim on an entry that is not over.
    fn claim_again(&mut self, owner: u64, lease_end: i64, offset: i64) -> Claim {
        let same = self.owner == owner;
        if same && !self.is_confirmed() {
            *self = Self::new(owner, lease_end, false, self.suppressed());
            return Claim::Yours;
        }
        if !same && self.suppressed() < Self::MAX_COUNT {
            self.packed += 1;
        }
        let until = time::Duration::milliseconds(self.end().saturating_sub(offset));
        let until = OffsetDateTime::UNIX_EPOCH.checked_add(until);
        let until = until.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Claim::Cooling { until, suppressed: self.suppressed() }
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
