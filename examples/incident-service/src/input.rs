//! Reading what a person names on the command line.

use std::io::Read;
use std::path::Path;

use bytes::Bytes;

use crate::Failure;

/// Reads a file whole; `-` is standard input.
///
/// # Errors
/// [`Failure`] of the input, with the file's name.
pub fn read(path: &Path) -> Result<Bytes, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::input(format!("cannot read standard input: {error}")))?;
        return Ok(bytes.into());
    }
    std::fs::read(path)
        .map(Bytes::from)
        .map_err(|error| Failure::input(format!("cannot read {}: {error}", path.display())))
}
