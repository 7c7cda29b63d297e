//! Writes a told history as a git repository.
//!
//! Through the git library alone, without the machine's or the user's git configuration: the same
//! text gives the same object names everywhere.

use std::collections::BTreeMap;
use std::path::Path;

use gix::ObjectId;
use gix::actor::Signature;
use gix::objs::tree::EntryKind;
use gix::refs::transaction::PreviousValue;
use thiserror::Error;
use time::OffsetDateTime;

use super::history::{self, Commit, HistoryError, Person};
use super::patch::PatchError;

/// A history that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Commits, oldest first: full object name in hex, and the message's first line.
    pub commits: Vec<(String, String)>,
}

impl Written {
    /// The object name of the commit with this first line; `None` when there is none.
    #[must_use]
    pub fn sha_of(&self, subject: &str) -> Option<&str> {
        self.commits.iter().find(|(_, line)| line == subject).map(|(sha, _)| sha.as_str())
    }
}

/// A history that could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A text cannot be read.
    #[error("cannot read the history: {0}")]
    History(#[from] HistoryError),
    /// A change does not fit the files before it.
    #[error("commit `{subject}`: {source}")]
    Patch {
        /// First line of the commit's message.
        subject: String,
        /// What does not fit.
        source: PatchError,
    },
    /// The repository cannot be written.
    #[error("cannot write the repository: {0}")]
    Git(#[from] Box<gix::Error>),
}

impl From<gix::Error> for WriteError {
    fn from(error: gix::Error) -> Self {
        Self::Git(Box::new(error))
    }
}

/// Reads the texts, oldest first, and writes their commits into a new bare repository at `dir`,
/// with the branch `main` on the last one and an annotated tag per release.
///
/// # Errors
/// [`WriteError`]; a directory that holds anything is refused.
pub fn write(texts: &[&str], dir: &Path) -> Result<Written, WriteError> {
    let mut commits = Vec::new();
    for text in texts {
        commits.extend(history::read(text)?);
    }
    let repo = create(dir)?;
    let mut files = BTreeMap::new();
    let mut tree = repo.edit_tree(ObjectId::empty_tree(repo.object_hash()))?;
    let mut written = Written { commits: Vec::new() };
    let mut parent = None;
    for commit in &commits {
        change(&repo, commit, &mut files, &mut tree)?;
        let id = repo.write_object(gix::objs::Commit {
            tree: tree.write()?.detach(),
            parents: parent.into_iter().collect(),
            author: signature(&commit.author, commit.at),
            committer: signature(&commit.author, commit.at),
            encoding: None,
            message: commit.message.as_str().into(),
            extra_headers: Vec::new(),
        })?;
        release(&repo, commit, id.detach())?;
        written.commits.push((id.to_string(), subject(commit).to_owned()));
        parent = Some(id.detach());
    }
    if let Some(head) = parent {
        repo.reference("refs/heads/main", head, PreviousValue::MustNotExist, "")?;
    }
    Ok(written)
}

fn create(dir: &Path) -> Result<gix::Repository, gix::Error> {
    let options = gix::open::Options::isolated().config_overrides(["init.defaultBranch=main"]);
    let kind = gix::create::Kind::Bare;
    gix::ThreadSafeRepository::init_opts(dir, kind, gix::create::Options::default(), options)
        .map(Into::into)
}

fn change(
    repo: &gix::Repository,
    commit: &Commit,
    files: &mut BTreeMap<String, String>,
    tree: &mut gix::object::tree::Editor<'_>,
) -> Result<(), WriteError> {
    for patch in &commit.patches {
        let after = patch
            .apply(files.get(&patch.path).map(String::as_str))
            .map_err(|source| WriteError::Patch { subject: subject(commit).to_owned(), source })?;
        if let Some(text) = after {
            let blob = repo.write_blob(&text)?.detach();
            tree.upsert(patch.path.as_str(), EntryKind::Blob, blob)?;
            files.insert(patch.path.clone(), text);
        } else {
            tree.remove(patch.path.as_str())?;
            files.remove(&patch.path);
        }
    }
    Ok(())
}

fn release(repo: &gix::Repository, commit: &Commit, id: ObjectId) -> Result<(), gix::Error> {
    let Some(tag) = &commit.tag else { return Ok(()) };
    let object = repo.write_object(gix::objs::Tag {
        target: id,
        target_kind: gix::objs::Kind::Commit,
        name: tag.name.as_str().into(),
        tagger: Some(signature(&commit.author, tag.at)),
        message: format!("{}\n", subject(commit)).into(),
        signature: None,
    })?;
    repo.tag_reference(&tag.name, object, PreviousValue::MustNotExist)?;
    Ok(())
}

fn signature(person: &Person, at: OffsetDateTime) -> Signature {
    Signature {
        name: person.name.as_str().into(),
        email: person.email.as_str().into(),
        time: gix::date::Time::new(at.unix_timestamp(), at.offset().whole_seconds()),
    }
}

fn subject(commit: &Commit) -> &str {
    commit.message.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::HISTORY;
    use super::*;

    #[test]
    fn the_shop_is_the_same_everywhere() {
        let dir = tempfile::tempdir().unwrap();
        let written = write(&HISTORY, &dir.path().join("shop.git")).unwrap();
        assert_eq!(written.commits.len(), 39);
        // As the git program names the same commits.
        assert_eq!(written.commits.last().unwrap().0, "0935e37c1ae02d0ba2670fceec848b165ebec2eb");
        assert_eq!(
            written.sha_of("Apply the new hosting plan to production"),
            Some("61167a31400a413612a872f44a9b8716a3d6f89e")
        );
    }

    #[test]
    fn releases_are_annotated_tags() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.git");
        let written = write(&HISTORY, &path).unwrap();
        let repo = gix::open_opts(&path, gix::open::Options::isolated()).unwrap();
        let mut tag = repo.find_reference("refs/tags/v1.4.0").unwrap();
        assert_eq!(tag.peel_to_id().unwrap().to_string(), written.commits.last().unwrap().0);
        assert_eq!(repo.head_id().unwrap().to_string(), written.commits.last().unwrap().0);
    }

    #[test]
    fn a_change_that_does_not_fit_names_its_commit() {
        let dir = tempfile::tempdir().unwrap();
        let error = write(&HISTORY[1..], dir.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "commit `Make the database connection pool configurable`: config/development.yaml: is not there"
        );
    }
}
