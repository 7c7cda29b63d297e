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
    // What is in a directory is lost where its own name is.
    let new: Vec<&Path> = path.ancestors().take_while(|it| !is_there(it)).collect();
    builder.create(path)?;
    new.into_iter().try_for_each(sync_name)
}

/// Whether there is a directory; the empty path is the working directory.
fn is_there(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.exists()
}

/// Writes `parts` to the new file `draft` and gives it the name `path` once it is on the disk. After
/// an error `path` may be there or not.
pub(crate) fn write(draft: &Path, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    replace(draft, path, parts)?;
    sync_name(path)
}

/// As [`write`], but for the name, which is not brought to the disk. Gives the new file, to write on
/// at its end; after an error nothing has changed.
pub(crate) fn replace(draft: &Path, path: &Path, parts: &[&[u8]]) -> io::Result<File> {
    let written = (|| {
        let mut file = options().write(true).create(true).truncate(true).open(draft)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        fs::rename(draft, path)?;
        Ok(file)
    })();
    if written.is_err() {
        // The first error says more.
        fs::remove_file(draft).ok();
    }
    written
}

/// Brings the name of a file or directory to the disk. Windows has no way to ask for that.
pub(crate) fn sync_name(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) if cfg!(unix) => {
            let here = directory.as_os_str().is_empty();
            File::open(if here { Path::new(".") } else { directory })?.sync_all()
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_is_one_in_the_working_directory() {
        let path = Path::new("a-name-alone.test");
        write(Path::new("a-name-alone.test.new"), path, &[b"x"]).unwrap();
        let read = fs::read(path);
        fs::remove_file(path).unwrap();
        assert_eq!(read.unwrap(), b"x");
    }

    #[test]
    fn directories_are_made_once() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            directory(&dir.path().join("a/b/c")).unwrap();
        }
        assert!(dir.path().join("a/b/c").is_dir());
    }
}
