//! What can go wrong with files.

use std::io;
use std::path::{Path, PathBuf};

/// A file could not be read or written. Names the path, never what is in the file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct StoreFileError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("in use by another process")]
    Locked,
    #[error("not in the form that it is kept in")]
    Unreadable,
    #[error("full: {deliveries} deliveries of {bytes} bytes wait")]
    Full { deliveries: usize, bytes: u64 },
    #[error("kept by another inbox")]
    Foreign,
    #[error("{0}")]
    Io(#[source] io::Error),
}

impl StoreFileError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::new(path, Problem::Io(error))
    }

    pub(crate) fn locked(path: &Path) -> Self {
        Self::new(path, Problem::Locked)
    }

    pub(crate) fn unreadable(path: &Path) -> Self {
        Self::new(path, Problem::Unreadable)
    }

    pub(crate) fn full(path: &Path, deliveries: usize, bytes: u64) -> Self {
        Self::new(path, Problem::Full { deliveries, bytes })
    }

    pub(crate) fn foreign(path: &Path) -> Self {
        Self::new(path, Problem::Foreign)
    }

    fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_owned(), problem }
    }

    /// Another process has it open.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.problem, Problem::Locked)
    }

    /// A file is there and holds something else than this crate wrote.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(self.problem, Problem::Unreadable)
    }

    /// As many deliveries wait as the [`Inbox`](crate::Inbox) may hold. Answer with 500: nothing is
    /// kept by filling the disk, and Sentry sends it again where the integration is a published one.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.problem, Problem::Full { .. })
    }

    /// The delivery was kept by another [`Inbox`](crate::Inbox), or by an earlier opening of this one.
    #[must_use]
    pub fn is_of_another_inbox(&self) -> bool {
        matches!(self.problem, Problem::Foreign)
    }

    /// What kind of error the system reported, where it did: a full disk, for example, is not the
    /// directory's fault.
    #[must_use]
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        match &self.problem {
            Problem::Io(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The file or directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
