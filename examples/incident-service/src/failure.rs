//! Why a command ended without its answer.

use std::fmt;
use std::process::ExitCode;

use crate::printable;

/// A command's failure: what to say to the person at the terminal.
///
/// Exit code 2: what was asked for cannot be done as asked (no repository, an unknown range, a file
/// that is no event). Exit code 1: it could be done, and went wrong (a port in use, a full disk).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: u8,
    message: String,
    hint: Option<&'static str>,
}

/// Messages may quote what came from outside, so they are made printable.
impl Failure {
    /// The input is at fault: exit code 2.
    pub fn input(message: impl fmt::Display) -> Self {
        Self::new(2, &message.to_string())
    }

    /// The machine is at fault: exit code 1.
    pub fn machine(message: impl fmt::Display) -> Self {
        Self::new(1, &message.to_string())
    }

    fn new(code: u8, message: &str) -> Self {
        Self { code, message: printable::line(message), hint: None }
    }

    /// Adds a line that says what would help.
    #[must_use]
    pub fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hint.map_or(Ok(()), |hint| write!(f, "\n{hint}"))
    }
}

impl std::error::Error for Failure {}
