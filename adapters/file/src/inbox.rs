//! Deliveries that wait for their work, a file each.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sentry_hooks::{Delivery, Verified};

use crate::lock::Lock;
use crate::waiting::{Bounds, Waiting};
use crate::{StoreFileError, envelope, safe};

/// A directory of deliveries that were accepted and are not dealt with yet.
///
/// It holds 10,000 deliveries and 1 GiB at most, or what [`Inbox::with_max_deliveries`] and
/// [`Inbox::with_max_bytes`] say; what is set aside does not count.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// use sentry_hooks::{Delivery, Verifier};
/// use sentry_store_file::Inbox;
/// # let body = bytes::Bytes::from_static(b"{\"action\":\"created\",\"data\":{\"comment_id\":1}}");
/// # let headers = sentry_hooks::Headers::default();
/// # let delivery = sentry_hooks::danger::unverified_delivery(headers, body);
///
/// let inbox = Inbox::open(directory.path())?;
/// let kept = inbox.keep(&delivery)?; // on the disk: answer now
/// drop((kept, inbox)); // the process dies
///
/// let inbox = Inbox::open(directory.path())?;
/// let mut waiting = inbox.waiting()?;
/// let kept = waiting.pop().expect("it is still there");
/// assert_eq!(inbox.read(&kept)?.body(), delivery.body());
/// inbox.done(kept)?;
/// assert!(inbox.waiting()?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Inbox {
    directory: PathBuf,
    /// Which of this process's inboxes it is.
    id: u64,
    next: AtomicU64,
    waiting: Waiting,
    bounds: Bounds,
    _lock: Lock,
}

/// A delivery in an [`Inbox`], which alone takes it. Dropping it changes nothing: the delivery waits
/// on.
pub struct Kept {
    /// That of the inbox.
    inbox: u64,
    number: u64,
    attempts: u32,
}

impl Kept {
    /// How often work on it was begun and did not come to an end; see [`Inbox::mark`].
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    fn name(&self) -> String {
        format!("{:020}-{}", self.number, self.attempts)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kept").field(&self.name()).finish()
    }
}

/// How many inboxes this process has opened.
static INBOXES: AtomicU64 = AtomicU64::new(0);

/// The name of a file that is being written.
fn draft(number: u64) -> String {
    format!("{number:020}.new")
}

impl Inbox {
    /// Opens the directory, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_locked`] when another process has it open; else what the system says.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, StoreFileError> {
        let directory = directory.into();
        safe::directory(&directory).map_err(StoreFileError::io(&directory))?;
        let lock = Lock::take(&directory.join("lock"))?;
        let inbox = Self {
            directory,
            id: INBOXES.fetch_add(1, Ordering::Relaxed),
            next: AtomicU64::new(0),
            waiting: Waiting::default(),
            bounds: Bounds::default(),
            _lock: lock,
        };
        let mut last: u64 = 0;
        for name in names(&inbox.directory)? {
            let Some((number, _)) = name.split_once(['-', '.']) else { continue };
            let Ok(number) = number.parse() else { continue };
            last = last.max(number);
            let path = inbox.directory.join(&name);
            if name == draft(number) {
                // Nobody was told that this one is kept.
                fs::remove_file(&path).map_err(StoreFileError::io(&path))?;
            } else if inbox.named(&name).is_some() {
                let size = fs::metadata(&path).map_err(StoreFileError::io(&path))?.len();
                inbox.waiting.found(number, size);
            }
        }
        inbox.next.store(last.saturating_add(1), Ordering::Relaxed);
        Ok(inbox)
    }

    /// The same inbox with another bound on the deliveries that wait (10,000).
    #[must_use]
    pub fn with_max_deliveries(mut self, deliveries: usize) -> Self {
        self.bounds.deliveries = deliveries;
        self
    }

    /// The same inbox with another bound on the bytes of the deliveries that wait, with their headers
    /// (1 GiB).
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.bounds.bytes = bytes;
        self
    }

    /// Keeps a delivery: when this returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_full`] when as many wait as may; else what the system says, e.g. that the
    /// disk is full. The delivery is then not kept.
    pub fn keep(&self, delivery: &Delivery) -> Result<Kept, StoreFileError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let kept = Kept { inbox: self.id, number, attempts: 0 };
        let path = self.path(&kept);
        let head = envelope::write(delivery).map_err(StoreFileError::io(&path))?;
        let parts: [&[u8]; 3] = [&head, b"\n", delivery.body()];
        let size = parts.iter().map(|part| part.len() as u64).sum();
        let full = |(deliveries, bytes)| StoreFileError::full(&self.directory, deliveries, bytes);
        self.waiting.add(number, size, self.bounds).map_err(full)?;
        safe::write(&self.directory.join(draft(number)), &path, &parts).map_err(|error| {
            // Where its name alone is not safe: it must not be worked on and sent again as well.
            fs::remove_file(&path).ok();
            self.waiting.remove(number);
            StoreFileError::io(&path)(error)
        })?;
        Ok(kept)
    }

    /// What waits, the oldest first: everything that is kept and not dealt with, also what this
    /// process is at work on. Ask before the first [`keep`](Self::keep), for what others left.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read.
    pub fn waiting(&self) -> Result<Vec<Kept>, StoreFileError> {
        let names = names(&self.directory)?;
        let mut kept: Vec<Kept> = names.iter().filter_map(|name| self.named(name)).collect();
        kept.sort_unstable_by_key(|kept| kept.number);
        Ok(kept)
    }

    /// Reads a delivery back: its bytes, and the headers worth keeping, without the signature.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_unreadable`] when somebody has changed the file,
    /// [`StoreFileError::is_of_another_inbox`] when it is not of this inbox; else what the system says.
    pub fn read(&self, kept: &Kept) -> Result<Delivery, StoreFileError> {
        let path = self.own(kept)?;
        let mut head = fs::read(&path).map_err(StoreFileError::io(&path))?;
        let end = head.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or_else(|| StoreFileError::unreadable(&path))?;
        let body = head.split_off(end + 1);
        let headers = envelope::read(&head).ok_or_else(|| StoreFileError::unreadable(&path))?;
        Ok(Delivery::new(headers, Verified::from_store(body.into())))
    }

    /// Notes how many attempts at this delivery have begun. Set it up by one before work begins,
    /// and back where work came to an end that is not the delivery's fault.
    ///
    /// It is kept when the process is killed; a power cut may take it away.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_of_another_inbox`], or what the system says; the number is then as before.
    pub fn mark(&self, kept: &mut Kept, attempts: u32) -> Result<(), StoreFileError> {
        let path = self.own(kept)?;
        let marked = Kept { attempts, ..*kept };
        fs::rename(&path, self.path(&marked)).map_err(StoreFileError::io(&path))?;
        *kept = marked;
        Ok(())
    }

    /// The delivery is dealt with: its file is removed.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_of_another_inbox`], or what the system says; the delivery then waits on.
    #[expect(clippy::needless_pass_by_value, reason = "there is nothing left to hold")]
    pub fn done(&self, kept: Kept) -> Result<(), StoreFileError> {
        let path = self.own(&kept)?;
        self.leaves(&kept, fs::remove_file(&path)).map_err(StoreFileError::io(&path))
    }

    /// Takes a delivery out without losing it: its file gets the ending `.aside`. Gives the path.
    ///
    /// # Errors
    ///
    /// [`StoreFileError::is_of_another_inbox`], or what the system says; the delivery then waits on.
    #[expect(clippy::needless_pass_by_value, reason = "there is nothing left to hold")]
    pub fn set_aside(&self, kept: Kept) -> Result<PathBuf, StoreFileError> {
        let path = self.own(&kept)?;
        let aside = self.directory.join(format!("{}.aside", kept.name()));
        self.leaves(&kept, fs::rename(&path, &aside)).map_err(StoreFileError::io(&path))?;
        Ok(aside)
    }

    /// Counts a delivery no more whose file is gone, by whomever.
    fn leaves(&self, kept: &Kept, moved: io::Result<()>) -> io::Result<()> {
        let gone = |error: &io::Error| error.kind() == ErrorKind::NotFound;
        if moved.as_ref().err().is_none_or(gone) {
            self.waiting.remove(kept.number);
        }
        moved
    }

    /// The file of a delivery that this inbox has given out.
    fn own(&self, kept: &Kept) -> Result<PathBuf, StoreFileError> {
        let path = self.path(kept);
        if kept.inbox == self.id { Ok(path) } else { Err(StoreFileError::foreign(&path)) }
    }

    /// Reads a file's name; other files are none of ours.
    fn named(&self, name: &str) -> Option<Kept> {
        let (number, attempts) = name.split_once('-')?;
        let (number, attempts) = (number.parse().ok()?, attempts.parse().ok()?);
        let kept = Kept { inbox: self.id, number, attempts };
        (kept.name() == name).then_some(kept)
    }

    fn path(&self, kept: &Kept) -> PathBuf {
        self.directory.join(kept.name())
    }
}

/// The names in a directory that are text.
fn names(directory: &Path) -> Result<Vec<String>, StoreFileError> {
    let entries = fs::read_dir(directory).map_err(StoreFileError::io(directory))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreFileError::io(directory))?;
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sentry_hooks::{Channel, Headers, danger};

    use super::*;

    fn delivery(headers: &[(&str, &str)], body: &[u8]) -> Delivery {
        danger::unverified_delivery(
            Headers::from_pairs(headers.iter().copied()),
            body.to_vec().into(),
        )
    }

    fn bodies(inbox: &Inbox) -> Vec<Vec<u8>> {
        let read = |kept: &Kept| inbox.read(kept).unwrap().body().to_vec();
        inbox.waiting().unwrap().iter().map(read).collect()
    }

    #[test]
    fn what_waits_outlives_the_process_in_its_order() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(dir.path().join("a/b")).unwrap();
        for n in 0..12 {
            inbox.keep(&delivery(&[], format!("{n}").as_bytes())).unwrap();
        }
        let third = inbox.waiting().unwrap().remove(2);
        inbox.done(third).unwrap();
        drop(inbox);
        let inbox = Inbox::open(dir.path().join("a/b")).unwrap();
        inbox.keep(&delivery(&[], b"new")).unwrap();
        let expected: Vec<String> = (0..12).filter(|n| *n != 2).map(|n| n.to_string()).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).chain(["new"]).collect();
        assert_eq!(bodies(&inbox), expected.iter().map(|it| it.as_bytes()).collect::<Vec<_>>());
    }

    #[test]
    fn headers_come_back_and_the_signature_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(dir.path()).unwrap();
        let headers = [
            ("Sentry-Hook-Resource", "issue"),
            ("Idempotency-Key", "a\"b"),
            ("Sentry-App-Signature", "canary"),
        ];
        let kept = inbox.keep(&delivery(&headers, b"{}")).unwrap();
        let back = inbox.read(&kept).unwrap();
        assert_eq!(back.headers().resource(), Some("issue"));
        assert_eq!(back.headers().idempotency_key(), Some("a\"b"));
        assert_eq!(back.channel(), Channel::ExternalRequest);
        assert_eq!(back.provenance(), sentry_hooks::Provenance::Store);
        let file = fs::read(inbox.path(&kept)).unwrap();
        assert!(!String::from_utf8_lossy(&file).contains("canary"));
    }

    #[test]
    fn attempts_are_counted_across_processes_and_what_is_set_aside_does_not_wait() {
        let dir = tempfile::tempdir().unwrap();
        for attempts in 0..3 {
            let inbox = Inbox::open(dir.path()).unwrap();
            if attempts == 0 {
                inbox.keep(&delivery(&[], b"x")).unwrap();
            }
            let mut kept = inbox.waiting().unwrap().remove(0);
            assert_eq!(kept.attempts(), attempts);
            inbox.mark(&mut kept, attempts + 1).unwrap();
            assert_eq!(inbox.read(&kept).unwrap().body().as_ref(), b"x");
        }
        let inbox = Inbox::open(dir.path()).unwrap();
        let aside = inbox.set_aside(inbox.waiting().unwrap().remove(0)).unwrap();
        assert!(aside.exists() && inbox.waiting().unwrap().is_empty());
        drop(inbox);
        let inbox = Inbox::open(dir.path()).unwrap();
        inbox.keep(&delivery(&[], b"y")).unwrap();
        assert!(aside.exists(), "a new one does not take its place");
    }

    #[test]
    fn half_deliveries_are_never_read() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("00000000000000000007.new"), b"{\"chan").unwrap();
        for other in ["somebody's notes-1", "notes.new", "7.new"] {
            fs::write(dir.path().join(other), b"").unwrap();
        }
        let inbox = Inbox::open(dir.path()).unwrap();
        assert!(inbox.waiting().unwrap().is_empty());
        assert!(!dir.path().join("00000000000000000007.new").exists());
        assert!(dir.path().join("notes.new").exists() && dir.path().join("7.new").exists());
        let kept = inbox.keep(&delivery(&[], b"x")).unwrap();
        for broken in ["", "no line", "{}\nx"] {
            fs::write(inbox.path(&kept), broken).unwrap();
            assert!(inbox.read(&kept).unwrap_err().is_unreadable(), "{broken}");
        }
    }

    #[test]
    fn a_second_process_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(dir.path()).unwrap();
        assert!(Inbox::open(dir.path()).unwrap_err().is_locked());
        drop(inbox);
        Inbox::open(dir.path()).unwrap();
    }

    #[test]
    fn what_another_inbox_has_kept_is_refused_and_stays() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let inbox = Inbox::open(dir.path()).unwrap();
        let of_another = || {
            let other = Inbox::open(other.path()).unwrap();
            other.keep(&delivery(&[], b"other")).unwrap()
        };
        inbox.keep(&delivery(&[], b"x")).unwrap();
        assert!(inbox.read(&of_another()).unwrap_err().is_of_another_inbox());
        assert!(inbox.mark(&mut of_another(), 1).unwrap_err().is_of_another_inbox());
        assert!(inbox.set_aside(of_another()).unwrap_err().is_of_another_inbox());
        assert!(inbox.done(of_another()).unwrap_err().is_of_another_inbox());
        // The number of what was kept before may have been given again.
        let before = inbox.waiting().unwrap().remove(0);
        drop(inbox);
        let inbox = Inbox::open(dir.path()).unwrap();
        assert!(inbox.done(before).unwrap_err().is_of_another_inbox());
        assert_eq!(bodies(&inbox), [b"x"]);
        assert_eq!(Inbox::open(other.path()).unwrap().waiting().unwrap().len(), 4);
    }

    #[test]
    fn no_more_waits_than_may() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(dir.path()).unwrap().with_max_deliveries(2);
        let keep = |inbox: &Inbox| inbox.keep(&delivery(&[], b"x"));
        let kept = [keep(&inbox).unwrap(), keep(&inbox).unwrap()];
        let full = keep(&inbox).unwrap_err();
        assert!(full.is_full());
        assert_eq!(full.path(), dir.path());
        let [first, second] = kept;
        inbox.done(first).unwrap();
        let third = keep(&inbox).unwrap();
        assert!(keep(&inbox).unwrap_err().is_full());
        inbox.set_aside(second).unwrap();
        // Somebody has cleaned up; a second word for the same delivery makes no more room.
        let again = inbox.waiting().unwrap().remove(0);
        fs::remove_file(inbox.path(&third)).unwrap();
        assert!(inbox.done(third).is_err() && inbox.done(again).is_err());
        let kept = [keep(&inbox), keep(&inbox)];
        assert!(kept.iter().all(Result::is_ok) && keep(&inbox).unwrap_err().is_full());
        // What was left counts in the next process, and waits even where it is too much.
        drop(inbox);
        let inbox = Inbox::open(dir.path()).unwrap().with_max_deliveries(1);
        assert!(keep(&inbox).unwrap_err().is_full());
        assert_eq!(inbox.waiting().unwrap().len(), 2);
    }

    #[test]
    fn no_more_bytes_wait_than_may() {
        let dir = tempfile::tempdir().unwrap();
        let body = [b'x'; 1000];
        let keep = |inbox: &Inbox| inbox.keep(&delivery(&[], &body));
        let inbox = Inbox::open(dir.path()).unwrap();
        let size = fs::metadata(inbox.path(&keep(&inbox).unwrap())).unwrap().len();
        let inbox = inbox.with_max_bytes(2 * size);
        let second = keep(&inbox).unwrap();
        assert!(keep(&inbox).unwrap_err().is_full());
        assert!(inbox.keep(&delivery(&[], b"")).unwrap_err().is_full());
        inbox.done(second).unwrap();
        keep(&inbox).unwrap();
        drop(inbox);
        let inbox = Inbox::open(dir.path()).unwrap().with_max_bytes(3 * size - 1);
        assert!(keep(&inbox).unwrap_err().is_full(), "what was left counts");
        keep(&inbox.with_max_bytes(3 * size)).unwrap();
    }

    #[test]
    fn what_could_not_be_written_takes_no_room() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(dir.path()).unwrap().with_max_deliveries(1);
        let in_the_way = dir.path().join(draft(inbox.next.load(Ordering::Relaxed)));
        fs::create_dir(&in_the_way).unwrap();
        assert!(!inbox.keep(&delivery(&[], b"x")).unwrap_err().is_full());
        inbox.keep(&delivery(&[], b"x")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(dir.path().join("inbox")).unwrap();
        let kept = inbox.keep(&delivery(&[], b"x")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
        assert_eq!((mode(&inbox.directory), mode(&inbox.path(&kept))), (0, 0));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(body in proptest::collection::vec(any::<u8>(), 0..200), key in "\\PC{1,20}") {
            let dir = tempfile::tempdir().unwrap();
            let inbox = Inbox::open(dir.path()).unwrap();
            let kept = inbox.keep(&delivery(&[("Idempotency-Key", &key)], &body)).unwrap();
            let back = inbox.read(&kept).unwrap();
            prop_assert_eq!(back.body().as_ref(), body.as_slice());
            let before = Headers::from_pairs([("Idempotency-Key", &key)]);
            prop_assert_eq!(back.headers().idempotency_key(), before.idempotency_key());
        }
    }
}
