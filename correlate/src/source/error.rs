//! Why a source could not answer, and what to do about it.

use std::path::PathBuf;
use std::time::Duration;

/// Why a source could not answer. Every text says what was wrong, then what to do.
///
/// Texts come from names that the caller gave and from the source's own words; they never hold a
/// token. They are outside text all the same: escape them where they are shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The query names neither a range nor a release, and no deployment tells what ran.
    #[error(
        "the event names no release, so there is nothing to compare; pass a release or a range OLD..NEW"
    )]
    NoRelease,
    /// The release name leads to no tag and no commit.
    #[error("release `{release}` is no tag and holds no commit of this repository{}; pass a tag as the release or a range OLD..NEW", known(.nearest))]
    UnknownRelease {
        /// The release as it was asked for.
        release: String,
        /// Names of releases that the source does know, the most alike first; may be empty.
        nearest: Vec<String>,
    },
    /// The release is known, but not which one ran before it.
    #[error(
        "release `{release}` was found, but no earlier release to compare it with; pass a range OLD..NEW"
    )]
    NoPredecessor {
        /// The release as it was asked for.
        release: String,
    },
    /// A revision of the range does not exist in the source, or names several objects.
    #[error(
        "revision `{revision}` was not found: {detail}; check its spelling, and that the clone is complete"
    )]
    UnknownRevision {
        /// The revision as it was asked for.
        revision: String,
        /// What was wrong with it, in the source's words.
        detail: String,
    },
    /// The path is not a git repository.
    #[error("`{}` is no git repository ({detail}); pass a work tree or a bare repository", path.display())]
    NotARepository {
        /// The path as it was given.
        path: PathBuf,
        /// What was wrong with it, in the source's words.
        detail: String,
    },
    /// The thing asked for does not exist, or this caller may not see it.
    #[error("{what} was not found; check its name and what the token may see")]
    NotFound {
        /// What was looked for, e.g. `event 1234`.
        what: String,
    },
    /// The source refused the credentials.
    #[error("access was refused: {detail}; check the token and its permissions")]
    Refused {
        /// What the source said, without secrets.
        detail: String,
    },
    /// The source's rate limit is used up.
    #[error("the rate limit is used up{}", wait(.retry_after))]
    RateLimited {
        /// How long to wait, where the source said so.
        retry_after: Option<Duration>,
    },
    /// The source cannot be reached or failed on its side; asking again may help.
    #[error("the source did not answer: {detail}; try again later")]
    Unavailable {
        /// What happened, without secrets.
        detail: String,
    },
    /// The source's data could not be read.
    #[error(
        "the data could not be read: {detail}; check the source itself (for a clone: fetch again)"
    )]
    Unreadable {
        /// What was wrong with it.
        detail: String,
    },
    /// The work was interrupted by its caller.
    #[error("interrupted before the answer was complete; allow more time for a whole answer")]
    Interrupted,
}

impl SourceError {
    /// Whether asking the same again, later, may succeed.
    ///
    /// ```
    /// use sentry_correlate::source::SourceError;
    ///
    /// assert!(SourceError::RateLimited { retry_after: None }.is_retryable());
    /// assert!(!SourceError::NoRelease.is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Interrupted)
    }
}

fn known(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(" (it knows {})", names.join(", ")) }
}

fn wait(retry_after: &Option<Duration>) -> String {
    match retry_after {
        Some(wait) => format!("; try again in {} s", wait.as_secs()),
        None => "; try again later".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_say_what_to_do() {
        let unknown =
            SourceError::UnknownRelease { release: "shop@9".into(), nearest: vec!["v8".into()] };
        assert_eq!(
            unknown.to_string(),
            "release `shop@9` is no tag and holds no commit of this repository (it knows v8); \
             pass a tag as the release or a range OLD..NEW"
        );
        let limited = SourceError::RateLimited { retry_after: Some(Duration::from_secs(30)) };
        assert_eq!(limited.to_string(), "the rate limit is used up; try again in 30 s");
    }
}
