//! Reading what a person names on the command line.

use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use sentry_correlate::SourceRoot;
use sentry_correlate_git::{GitRepository, WebUrl};

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

/// Opens a repository, with its mappings and the address that links lead to; an empty one is none.
///
/// # Errors
/// [`Failure`] of the input; the address, which may hold a password, is not in it.
pub fn repository(
    dir: &Path,
    roots: &[SourceRoot],
    url: Option<&str>,
) -> Result<GitRepository, Failure> {
    let repo = GitRepository::open(dir).map_err(Failure::input)?;
    let repo = repo.with_source_roots(roots.iter().cloned());
    let Some(url) = url.filter(|url| !url.trim().is_empty()) else { return Ok(repo) };
    let url: WebUrl =
        url.parse().map_err(|error| Failure::input(format!("REPO_URL or --repo-url: {error}")))?;
    Ok(repo.with_web_url(url))
}
