//! Makes whole cases from facts and a source of changes.

use std::future::pending;
use std::path::{Path, PathBuf};

use sentry_correlate::source::{Outcome, Query, Range};
use sentry_correlate::{ChangeSource, Sources, Window, gather};
use sentry_hooks::ParseError;

use crate::case::Case;
use crate::facts::Fact;

/// Changes of a window that are kept, the newest ones. Some projects release thousands at once.
pub const MOST_CHANGES: usize = 600;

/// Why a case could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The facts make no event.
    #[error("{id}: the facts make no event: {source}")]
    Event {
        /// The case.
        id: String,
        /// What is wrong with it.
        source: ParseError,
    },
    /// The source gave the changes in part or not at all: a case made of them would mislead.
    #[error("{id}: {detail}")]
    Incomplete {
        /// The case.
        id: String,
        /// What the source said.
        detail: String,
    },
    /// No culprit is among the changes: another repository, or another range.
    #[error("{id}: none of the culprits is among the {changes} changes of {range}")]
    NoCulprit {
        /// The case.
        id: String,
        /// How many changes there were.
        changes: usize,
        /// The range.
        range: Range,
    },
}

/// Makes a case: the event from the facts, changes (the newest [`MOST_CHANGES`]) and blame from the
/// source.
///
/// # Errors
///
/// [`BuildError`] when the window is not whole or does not hold a culprit.
pub async fn build(fact: &Fact, source: &dyn ChangeSource) -> Result<Case, BuildError> {
    let id = || fact.id.clone();
    let case = |window| {
        Case::new(id(), Some(fact.source()), fact.event().into(), window)
            .map_err(|source| BuildError::Event { id: id(), source })
    };
    let asked = case(Default::default())?;
    let range = Range { old: fact.previous.clone(), new: fact.release.clone() };
    let query = Query::of(asked.incident()).with_range(range.clone());
    let sources = Sources::new().changes(source);
    let gathered = gather(&sources, &query, pending()).await;
    for coverage in &gathered.coverage {
        let detail = match &coverage.outcome {
            Outcome::Complete => continue,
            Outcome::Partial(gaps) => {
                gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            }
            Outcome::Failed(error) => error.to_string(),
            _ => "the source was cut short".to_owned(),
        };
        return Err(BuildError::Incomplete { id: id(), detail });
    }
    let mut window = gathered.window;
    let newest = window.changes.split_off(window.changes.len().saturating_sub(MOST_CHANGES));
    window.changes = Window::of_history(newest).changes;
    if !window.changes.iter().any(|change| fact.culprits.contains(&change.sha)) {
        return Err(BuildError::NoCulprit { id: id(), changes: window.changes.len(), range });
    }
    case(window)
}

/// Where a clone of this repository lies below `clones`: `owner/name`, `name`, `owner+name`, each
/// perhaps with `.git`.
#[must_use]
pub fn clone_of(repo: &str, clones: &Path) -> Option<PathBuf> {
    let name = repo.rsplit('/').next().unwrap_or(repo);
    let plain = [repo.to_owned(), name.to_owned(), repo.replace('/', "+")];
    let with_suffix = plain.iter().map(|folder| format!("{folder}.git"));
    plain
        .iter()
        .cloned()
        .chain(with_suffix)
        .map(|folder| clones.join(folder))
        .find(|path| path.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_found_by_the_names_people_give_them() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(clone_of("acme/shop", dir.path()), None);
        for folder in ["shop.git", "shop", "acme/shop"] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
            assert_eq!(clone_of("acme/shop", dir.path()), Some(dir.path().join(folder)));
        }
    }
}
