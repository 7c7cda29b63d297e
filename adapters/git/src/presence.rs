//! A clone that may go away while a program runs.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use sentry_correlate::SourceError;

use crate::repository::GitRepository;

/// The error of a version that was not found: where the repository itself is gone or unreadable, it
/// has none, and that is what is wrong.
pub(crate) fn explained(directory: &Path, error: SourceError) -> SourceError {
    use SourceError::{NoPredecessor, UnknownRelease, UnknownRevision};
    match error {
        UnknownRelease { .. } | UnknownRevision { .. } | NoPredecessor { .. } => {
            check(directory).err().unwrap_or(error)
        }
        other => other,
    }
}

/// Whether there is a repository, and its references and objects may be listed.
fn check(directory: &Path) -> Result<(), SourceError> {
    let repo = GitRepository::open(directory)?.local();
    for part in ["objects", "refs", "refs/tags", "packed-refs"] {
        let path = repo.common_dir().join(part);
        let read = match part {
            "packed-refs" => File::open(&path).map(drop),
            _ => fs::read_dir(&path).map(drop),
        };
        match read {
            // Of these, `packed-refs` and `refs/tags` are not in every repository.
            Err(error) if error.kind() != ErrorKind::NotFound => {
                let detail = format!("{}: {error}", path.display());
                return Err(SourceError::Unreadable { detail });
            }
            _ => {}
        }
    }
    Ok(())
}
