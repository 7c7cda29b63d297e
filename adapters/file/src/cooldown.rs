//! Cooldowns that outlive the process.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sentry_hooks::{Claim, CooldownStore, MemoryCooldown, StoreError};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::lock::Lock;
use crate::{StoreFileError, safe};

/// A [`CooldownStore`] whose confirmed entries are in a file.
///
/// Claims and counts are in memory. A lease that was running when the process ended is gone: its
/// owner was in that process. Every confirmation is on the disk when [`CooldownStore::confirm`]
/// returns; that call blocks for it.
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
    /// The latest time of a claim, in milliseconds since 1970. Beside the log: whoever claims must
    /// not wait for the disk.
    now: AtomicI64,
    log: Mutex<Log>,
    _lock: Lock,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    key: String,
    owner: String,
    /// Milliseconds since 1970.
    until: i64,
}

#[derive(Debug)]
struct Log {
    path: PathBuf,
    file: File,
    /// Lines that may be written before those that are over are taken out.
    room: usize,
}

impl FileCooldown {
    /// Opens the file, which is made where it is missing. What is over at `now` is left out.
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
        for line in lines {
            let until = time::Duration::milliseconds(line.until);
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
        self.now.fetch_max(millis(now), Ordering::Relaxed);
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
        let line = Line { key: key.to_owned(), owner: owner.to_owned(), until: millis(until) };
        let now = self.now.load(Ordering::Relaxed);
        self.log().add(&line, now).map_err(StoreError::unavailable)?;
        Ok(true)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<bool, StoreError> {
        self.memory.release_sync(key, owner)
    }
}

impl Log {
    const ROOM: usize = 1024;

    /// Reads what is not over, and writes it anew: so no half line of a killed process is left,
    /// which the next line would be appended to.
    fn open(path: PathBuf, now: i64) -> io::Result<(Self, Vec<Line>)> {
        let mut latest = HashMap::new();
        for line in read(&path)? {
            latest.insert(line.key.clone(), line);
        }
        let mut lines: Vec<Line> = latest.into_values().filter(|line| line.until > now).collect();
        lines.sort_unstable_by_key(|line| line.until);
        let mut text = Vec::new();
        for line in &lines {
            write(line, &mut text)?;
        }
        safe::write(&beside(&path, "new"), &path, &[&text])?;
        let file = safe::options().append(true).open(&path)?;
        let room = lines.len().max(Self::ROOM);
        Ok((Self { path, file, room }, lines))
    }

    /// Adds a line. At `now` those may be taken out that are over.
    fn add(&mut self, line: &Line, now: i64) -> io::Result<()> {
        if self.room == 0 {
            *self = Self::open(self.path.clone(), now)?.0;
        }
        let mut text = Vec::new();
        write(line, &mut text)?;
        // A write that fails may leave half a line: the next one begins on a line of its own.
        text.insert(0, b'\n');
        self.room -= 1;
        self.file.write_all(&text)?;
        self.file.sync_data()
    }
}

/// Whether a file is empty, missing, or begins as every file of cooldowns does (or with zeros, where
/// the power went off): opening would write over any other.
fn is_ours(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        file => file?.take(BEGIN.len() as u64 + 1).read_to_end(&mut begin)?,
    };
    let begin = begin.strip_prefix(b"\n").unwrap_or(&begin);
    Ok(begin.iter().zip(BEGIN).all(|(byte, ours)| byte == ours || *byte == 0))
}

/// What each line begins with.
const BEGIN: &[u8] = br#"{"key":""#;

/// The lines of a file that can be read; none where there is no file.
fn read(path: &Path) -> io::Result<Vec<Line>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    let lines = bytes.split(|byte| *byte == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

fn write(line: &Line, text: &mut Vec<u8>) -> io::Result<()> {
    serde_json::to_writer(&mut *text, line)?;
    text.push(b'\n');
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use sentry_hooks::testing::{self, block_on};

    use super::*;

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

    #[test]
    fn the_file_does_not_grow_with_what_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let store = FileCooldown::open(&path, at(0)).unwrap();
        for n in 0..1200 {
            answer(&store, &n.to_string(), n, n + 10);
        }
        let lines = read(&path).unwrap();
        assert!(lines.len() <= Log::ROOM + 10, "{}", lines.len());
        drop(store);
        let store = FileCooldown::open(&path, at(1200)).unwrap();
        assert!(matches!(claim(&store, "1199", 1200), Claim::Cooling { .. }));
        assert_eq!(claim(&store, "2", 1200), Claim::Claimed);
    }

    #[test]
    fn a_second_process_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c");
        let _store = FileCooldown::open(&path, at(0)).unwrap();
        assert!(FileCooldown::open(&path, at(0)).unwrap_err().is_locked());
    }
}
