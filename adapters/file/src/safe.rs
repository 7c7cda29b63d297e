//! Files that are there in whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Options for files that their owner alone may read.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a directory that its owner alone may enter, unless it is there.
pub(crate) fn directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes `parts` to the new file `draft` and gives it the name `path` once it is on the disk.
pub(crate) fn write(draft: &Path, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let written = (|| {
        let mut file = options().write(true).create(true).truncate(true).open(draft)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        fs::rename(draft, path)
    })();
    if written.is_err() {
        // The first error says more.
        fs::remove_file(draft).ok();
    }
    written?;
    path.parent().map_or(Ok(()), sync)
}

/// Brings a directory's names to the disk. Windows does that by itself.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
