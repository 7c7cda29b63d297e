//! Writing to standard output.

use std::io::{self, ErrorKind, Write};

use crate::Failure;

/// Writes a text. A reader that has gone away (`… | head`) wants no more, which is no failure.
///
/// # Errors
/// When standard output cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Failure> {
    match write(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(failure(&error)),
        _ => Ok(()),
    }
}

/// Writes a text that somebody must get.
///
/// # Errors
/// When standard output cannot be written, also where its reader has gone away.
pub fn deliver(text: &str) -> Result<(), Failure> {
    write(text).map_err(|error| failure(&error))
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn failure(error: &io::Error) -> Failure {
    Failure::machine(format!("cannot write to standard output: {error}"))
}
