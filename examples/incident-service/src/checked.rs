//! A clone that may go away while the service runs.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use sentry_correlate::source::{ChangeSource, DeploymentSource, Query, Sink, SourceError};
use sentry_correlate_git::GitRepository;

/// A repository that tells a release it does not have from being gone or unreadable itself: where
/// its directory is not there, it has no release either.
#[derive(Debug, Clone)]
pub struct CheckedRepository {
    directory: PathBuf,
    repository: GitRepository,
}

impl CheckedRepository {
    /// The repository that was opened in `directory`.
    pub fn new(directory: impl Into<PathBuf>, repository: GitRepository) -> Self {
        Self { directory: directory.into(), repository }
    }
}

#[async_trait]
impl ChangeSource for CheckedRepository {
    fn name(&self) -> &str {
        ChangeSource::name(&self.repository)
    }

    async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        use SourceError::{NoPredecessor, UnknownRelease, UnknownRevision};
        let given = self.repository.changes(query, sink).await;
        let Err(UnknownRelease { .. } | UnknownRevision { .. } | NoPredecessor { .. }) = &given
        else {
            return given;
        };
        let directory = self.directory.clone();
        match tokio::task::spawn_blocking(move || check(&directory)).await {
            Ok(Err(gone)) => Err(gone),
            _ => given,
        }
    }
}

#[async_trait]
impl DeploymentSource for CheckedRepository {
    fn name(&self) -> &str {
        DeploymentSource::name(&self.repository)
    }

    async fn deployments(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        self.repository.deployments(query, sink).await
    }
}

/// Whether there is a repository, and its references and objects may be listed.
fn check(directory: &Path) -> Result<(), SourceError> {
    GitRepository::open(directory)?;
    let options = gix::open::Options::isolated();
    let opened = gix::open_opts(directory, options.clone())
        .or_else(|_| gix::open_opts(directory, options.open_path_as_is(true)));
    let Ok(opened) = opened else { return Ok(()) };
    for part in ["objects", "refs", "refs/tags", "packed-refs"] {
        let path = opened.common_dir().join(part);
        let read = match part {
            "packed-refs" => std::fs::File::open(&path).map(drop),
            _ => std::fs::read_dir(&path).map(drop),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::{self, repository};

    #[tokio::test]
    async fn a_release_that_is_missing_is_told_from_a_repository_that_is() {
        let dir = tempfile::tempdir().unwrap();
        let (path, away) = (dir.path().join("shop.git"), dir.path().join("away"));
        repository::write(&shop::HISTORY, &path).unwrap();
        let checked = CheckedRepository::new(&path, GitRepository::open(&path).unwrap());
        let asked = async |release: &str| {
            let query = Query::default().with_release(release);
            checked.changes(&query, &Sink::new()).await
        };
        assert_eq!(asked("shop@1.4.0").await, Ok(()));
        let unknown = asked("shop@9.9.9").await;
        assert!(matches!(unknown, Err(SourceError::UnknownRelease { .. })), "{unknown:?}");

        std::fs::rename(path.join("refs/tags"), &away).unwrap();
        std::fs::write(path.join("refs/tags"), "no directory").unwrap();
        let unreadable = asked("shop@1.4.0").await;
        assert!(matches!(unreadable, Err(SourceError::Unreadable { .. })), "{unreadable:?}");
        std::fs::remove_file(path.join("refs/tags")).unwrap();
        std::fs::rename(&away, path.join("refs/tags")).unwrap();

        std::fs::rename(&path, &away).unwrap();
        let gone = asked("shop@1.4.0").await;
        assert!(matches!(gone, Err(SourceError::NotARepository { .. })), "{gone:?}");
        std::fs::rename(&away, &path).unwrap();
        assert_eq!(asked("shop@1.4.0").await, Ok(()));
    }
}
