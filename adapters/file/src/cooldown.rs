//! Cooldowns that outlive the process.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sentry_hooks::{Claim, CooldownStore, MemoryCooldown, StoreError};
use time::OffsetDateTime;

use crate::StoreFileError;
use crate::lock::Lock;
use crate::log::{Line, Log, beside, is_ours};

/// A [`CooldownStore`] whose confirmed entries are in a file.
///
/// Claims and counts are in memory. A lease that was running when the process ended is gone: its
/// owner was in that process. Every confirmation is on the disk when [`CooldownStore::confirm`]
/// returns; that call blocks for it. What is over is taken out of the file now and then; where that
/// fails (no room for a second file, a directory that is read-only) the file grows until it succeeds.
///
/// The file outlives a clock that is wrong for a while: some thousand cooldowns that are over stay in
/// it, and count again where the next start finds that they are not. One that was confirmed at a time
/// which is yet to come lasts no longer from the start on than it was meant to.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("cooldowns");
/// use std::time::Duration;
/// use sentry_hooks::{Claim, CooldownStore};
/// use sentry_store_file::FileCooldown;
/// use time::OffsetDateTime;
///
/// # sentry_hooks::testing::block_on(async {
/// let now = OffsetDateTime::now_utc();
/// let (lease, until) = (Duration::from_secs(30), now + Duration::from_secs(600));
/// let store = FileCooldown::open(&path, now)?;
/// assert_eq!(store.claim("key", "attempt-1", now, lease).await?, Claim::Claimed);
/// assert!(store.confirm("key", "attempt-1", until).await?);
/// drop(store); // the process dies
///
/// let store = FileCooldown::open(&path, now)?;
/// let claim = store.claim("key", "attempt-2", now, lease).await?;
/// assert!(matches!(claim, Claim::Cooling { suppressed: 1, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FileCooldown {
    memory: MemoryCooldown,
    /// The time of the last claim, in milliseconds since 1970. Beside the log: whoever claims must
    /// not wait for the disk.
    now: AtomicI64,
    log: Mutex<Log>,
    _lock: Lock,
}

impl FileCooldown {
    /// Opens the file, which is made where it is missing. What is over at `now` does not count.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_locked`] when another process has it open, and
    /// [`StoreFileError::is_unreadable`] when it is no file of cooldowns; else what the system says.
    pub fn open(path: impl Into<PathBuf>, now: OffsetDateTime) -> Result<Self, StoreFileError> {
        let path = path.into();
        let lock = Lock::take(&beside(&path, "lock"))?;
        let at = millis(now);
        if !is_ours(&path).map_err(StoreFileError::io(&path))? {
            return Err(StoreFileError::unreadable(&path));
        }
        let (log, lines) = Log::open(path.clone(), at).map_err(StoreFileError::io(&path))?;
        let memory = MemoryCooldown::new();
        for line in lines.iter().filter(|line| line.until > at) {
            let until = time::Duration::milliseconds(line.end(at));
            let until = OffsetDateTime::UNIX_EPOCH.checked_add(until).unwrap_or(now);
            // Neither fails but where a million others are claimed.
            let entered = memory.claim_sync(&line.key, &line.owner, now, Duration::ZERO);
            entered.and_then(|_| memory.confirm_sync(&line.key, &line.owner, until)).ok();
        }
        Ok(Self { memory, now: at.into(), log: Mutex::new(log), _lock: lock })
    }

    /// A panic leaves at most a part of a line, which is passed over, so poison means nothing.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CooldownStore for FileCooldown {
    async fn claim(
        &self,
        key: &str,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Claim, StoreError> {
        self.now.store(millis(now), Ordering::Relaxed);
        self.memory.claim_sync(key, owner, now, lease)
    }

    async fn confirm(
        &self,
        key: &str,
        owner: &str,
        until: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        if !self.memory.confirm_sync(key, owner, until)? {
            return Ok(false);
        }
        let at = self.now.load(Ordering::Relaxed);
        let line = Line { key: key.to_owned(), owner: owner.to_owned(), until: millis(until), at };
        self.log().add(&line).map_err(StoreError::unavailable)?;
        Ok(true)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<bool, StoreError> {
        self.memory.release_sync(key, owner)
    }
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    use sentry_hooks::testing::{self, block_on};

    use super::*;
    use crate::log::{read, write};

    const LEASE: Duration = Duration::from_secs(30);

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_704_067_200 + seconds).unwrap()
    }

    fn answer(store: &FileCooldown, key: &str, now: i64, until: i64) {
        let claimed = block_on(store.claim(key, "o", at(now), LEASE)).unwrap();
        assert_eq!(claimed, Claim::Claimed, "{key}");
        assert!(block_on(store.confirm(key, "o", at(until))).unwrap());
    }

    fn claim(store: &FileCooldown, key: &str, now: i64) -> Claim {
        block_on(store.claim(key, "another", at(now), LEASE)).unwrap()
    }

    #[test]
    fn it_keeps_the_contract() {
        let dir = tempfile::tempdir().unwrap();
        let store = FileCooldown::open(dir.path().join("c"), at(0)).unwrap();
        block_on(testing::cooldown::conformance(&store, "run"));
        testing::cooldown::race(&store, "run", 1000, |future| block_on(future));
    }

    #[test]
    fn a_cooldown_counts_in_the_next_process_and_a_lease_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let store = FileCooldown::open(&path, at(0)).unwrap();
        answer(&store, "long \n\u{1f440}", 0, 600);
        answer(&store, "short", 0, 60);
        assert_eq!(claim(&store, "leased", 0), Claim::Claimed);
        drop(store);
        let store = FileCooldown::open(&path, at(100)).unwrap();
        let cooling = Claim::Cooling { until: at(600), suppressed: 1 };
        assert_eq!(claim(&store, "long \n\u{1f440}", 100), cooling);
        assert!(block_on(store.confirm("long \n\u{1f440}", "o", at(600))).unwrap(), "its owner's");
        assert_eq!(claim(&store, "short", 100), Claim::Claimed);
        assert_eq!(claim(&store, "leased", 100), Claim::Claimed);
    }

    #[test]
    fn the_last_confirmation_of_a_key_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let store = FileCooldown::open(&path, at(0)).unwrap();
        answer(&store, "k", 0, 60);
        answer(&store, "k", 60, 300);
        drop(store);
        let store = FileCooldown::open(&path, at(61)).unwrap();
        assert_eq!(claim(&store, "k", 61), Claim::Cooling { until: at(300), suppressed: 1 });
    }

    #[test]
    fn half_a_line_takes_no_other_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let store = FileCooldown::open(&path, at(0)).unwrap();
        answer(&store, "a", 0, 600);
        // A disk that was full for a moment.
        store.log().file.write_all(br#"{"key":"b","own"#).unwrap();
        answer(&store, "c", 0, 600);
        drop(store);
        let mut cut = fs::read(&path).unwrap();
        cut.truncate(cut.len() - 5);
        let whole = fs::read(&path).unwrap();
        for (bytes, c) in [(whole, false), (cut, true)] {
            fs::write(&path, bytes).unwrap();
            let store = FileCooldown::open(&path, at(1)).unwrap();
            assert!(matches!(claim(&store, "a", 1), Claim::Cooling { .. }));
            assert_eq!(claim(&store, "c", 1) == Claim::Claimed, c);
        }
    }

    #[test]
    fn a_file_of_somebody_else_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        for text in ["my notes\n", "{}", "\n\n", r#"{"name":"x"}"#] {
            fs::write(&path, text).unwrap();
            assert!(FileCooldown::open(&path, at(0)).unwrap_err().is_unreadable(), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        for half in ["", "\n", "{\"ke", "\n{\"key\":\"a", "\0\0\0\0\0\0\0\0\0\0"] {
            fs::write(&path, half).unwrap();
            FileCooldown::open(&path, at(0)).unwrap();
        }
    }

    #[test]
    fn whoever_claims_does_not_wait_for_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let store = FileCooldown::open(dir.path().join("c"), at(0)).unwrap();
        let _writing = store.log();
        assert_eq!(claim(&store, "k", 0), Claim::Claimed);
    }

    /// As if `count` cooldowns of a second each had been confirmed, one after the other.
    fn written(path: &Path, count: i64) {
        let mut text = Vec::new();
        for n in 0..count {
            let (key, owner) = (n.to_string(), "o".to_owned());
            let line = Line { key, owner, until: millis(at(n + 1)), at: millis(at(n)) };
            write(&line, &mut text).unwrap();
        }
        fs::write(path, text).unwrap();
    }

    fn keys(path: &Path) -> Vec<String> {
        read(path).unwrap().into_iter().map(|line| line.key).collect()
    }

    #[test]
    fn the_file_does_not_grow_with_what_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        written(&path, 6000);
        let store = FileCooldown::open(&path, at(5990)).unwrap();
        assert_eq!(keys(&path).len(), Log::OVER + 10);
        answer(&store, "last", 8000, 8010);
        for n in 0..20 {
            store.log().room = 0;
            answer(&store, &format!("more {n}"), 8000, 8010);
        }
        let keys = keys(&path);
        assert_eq!(keys.len(), Log::OVER + 21);
        assert_eq!((keys[0].as_str(), keys.last().map(String::as_str)), ("1904", Some("more 19")));
        drop(store);
        let store = FileCooldown::open(&path, at(8000)).unwrap();
        assert!(matches!(claim(&store, "last", 8000), Claim::Cooling { .. }));
        assert_eq!(claim(&store, "5999", 8000), Claim::Claimed);
    }

    #[test]
    fn a_file_that_cannot_be_written_anew_is_gone_on_with() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        // Nobody can write a file where a directory is, not even the superuser.
        let in_the_way = beside(&path, "new");
        fs::create_dir(&in_the_way).unwrap();
        assert!(FileCooldown::open(&path, at(0)).is_err(), "there is none yet");
        written(&path, 6000);
        let store = FileCooldown::open(&path, at(5990)).unwrap();
        for n in 0..5 {
            store.log().room = 0;
            answer(&store, &format!("more {n}"), 5990, 7000);
        }
        assert_eq!(keys(&path).len(), 6005, "nothing was taken out");
        assert_eq!(store.log().room, Log::ROOM - 1, "it is not tried with each line");
        fs::remove_dir(&in_the_way).unwrap();
        store.log().room = 0;
        answer(&store, "at last", 5990, 7000);
        assert_eq!(keys(&path).len(), Log::OVER + 16);
        drop(store);
        let store = FileCooldown::open(&path, at(5990)).unwrap();
        for key in ["more 0", "more 4", "at last", "5995"] {
            assert!(matches!(claim(&store, key, 5990), Claim::Cooling { .. }), "{key}");
        }
    }

    #[test]
    fn a_clock_that_is_ahead_for_a_while_ends_no_cooldown_for_good() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let years = 40 * 365 * 86_400;
        let store = FileCooldown::open(&path, at(0)).unwrap();
        answer(&store, "k", 0, 600);
        drop(store);
        let store = FileCooldown::open(&path, at(years)).unwrap();
        assert_eq!(claim(&store, "k", years), Claim::Claimed, "as the clock says");
        answer(&store, "ahead", years, years + 600);
        store.log().room = 0;
        answer(&store, "ahead, too", years, years + 600);
        drop(store);
        let store = FileCooldown::open(&path, at(60)).unwrap();
        assert_eq!(claim(&store, "k", 60), Claim::Cooling { until: at(600), suppressed: 1 });
        let short = Claim::Cooling { until: at(660), suppressed: 1 };
        assert_eq!(claim(&store, "ahead", 60), short, "not for years");
        assert_eq!(claim(&store, "ahead, too", 661), Claim::Claimed);
    }

    #[test]
    fn a_claim_of_another_time_ends_no_cooldown_for_good() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let store = FileCooldown::open(&path, at(0)).unwrap();
        answer(&store, "k", 0, 600);
        claim(&store, "x", 1_000_000);
        store.log().room = 0;
        answer(&store, "y", 10, 600);
        drop(store);
        let store = FileCooldown::open(&path, at(60)).unwrap();
        assert!(matches!(claim(&store, "k", 60), Claim::Cooling { .. }));
    }

    #[test]
    fn a_second_process_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let _store = FileCooldown::open(&path, at(0)).unwrap();
        assert!(FileCooldown::open(&path, at(0)).unwrap_err().is_locked());
    }
}
