//! How far blame may go, and why it did not go further.

use crate::repository::first_line;

/// How much blame may cost.
#[derive(Clone, Copy)]
pub(crate) struct Limits<'l> {
    /// Asked again and again; `false` ends the search.
    pub(crate) go_on: &'l dyn Fn() -> bool,
    /// Larger files are not read.
    pub(crate) max_file_bytes: u64,
}

impl Limits<'_> {
    pub(crate) fn check(&self) -> Result<(), Unknown> {
        if (self.go_on)() { Ok(()) } else { Err(Unknown::Late) }
    }
}

/// Why a line has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Time was up.
    Late,
    /// A shallow clone ends before the line was written.
    Cut,
    /// A file on the way is larger than the limit.
    TooLarge,
    /// Something on the way could not be read, with the reason in one line.
    Unreadable(String),
}

impl From<gix::Error> for Unknown {
    fn from(error: gix::Error) -> Self {
        Self::Unreadable(first_line(&error))
    }
}
