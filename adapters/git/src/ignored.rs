//! Revisions that blame is to pass over: `.git-blame-ignore-revs`.
//!
//! Projects list there what changed the form of many lines and the meaning of none. The file is
//! read from the tree of the version that failed, as that version's authors wrote it.

use std::collections::HashMap;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice;

use crate::missing::{Lost, Missing};
use crate::repository::first_line;

/// The name that hosts and projects agreed on.
const USUAL: &str = ".git-blame-ignore-revs";

/// Git's own setting, which names the file.
const SETTING: &str = "blame.ignoreRevsFile";

/// Revisions with the file that lists each.
#[derive(Debug, Default)]
pub(crate) struct Ignored(HashMap<ObjectId, Arc<str>>);

impl Ignored {
    /// What the version `sha` lists: in the file `given`, else in those that the repository's
    /// configuration names, else in the usual one. A file that is not there lists nothing; one that
    /// cannot be read is missing.
    pub(crate) fn read(
        repo: &gix::Repository,
        sha: &str,
        given: Option<&str>,
        missing: &Missing,
    ) -> Self {
        let mut ignored = Self::default();
        for path in files(repo, given) {
            match text(repo, sha, &path) {
                Ok(Some(text)) => ignored.add(&text, &path),
                Ok(None) => {}
                Err(error) => {
                    let Ok(id) = sha.parse() else { continue };
                    missing.add(&Lost { id, what: path, detail: first_line(&error) });
                }
            }
        }
        ignored
    }

    /// Tells sets of revisions apart, whatever their order.
    pub(crate) fn digest(&self) -> u64 {
        let of = |id: &ObjectId| {
            id.as_bytes().iter().take(8).fold(0, |digest, &byte| digest << 8 | u64::from(byte))
        };
        self.0.keys().fold(0, |digest, id| digest ^ of(id))
    }

    /// The file that lists a revision.
    pub(crate) fn by(&self, id: &ObjectId) -> Option<&str> {
        self.0.get(id).map(AsRef::as_ref)
    }

    /// Reads a file: a full object name in each line, `#` begins a comment. Git refuses a file with
    /// any other line; here only that line is passed over.
    pub(crate) fn add(&mut self, text: &[u8], path: &str) {
        let path: Arc<str> = path.into();
        for line in text.lines() {
            let name = line.split_once_str("#").map_or(line, |(name, _)| name).trim();
            if let Ok(id) = ObjectId::from_hex(name) {
                self.0.entry(id).or_insert_with(|| Arc::clone(&path));
            }
        }
    }
}

/// The files to read, relative to the repository's root. As with git, an empty name forgets those
/// before it.
fn files(repo: &gix::Repository, given: Option<&str>) -> Vec<String> {
    let configured = repo.config_snapshot().plumbing().strings(SETTING);
    let named = match (given, configured) {
        (Some(path), _) => vec![path.to_owned()],
        (None, Some(paths)) => paths.iter().map(|path| path.to_str_lossy().into_owned()).collect(),
        (None, None) => vec![USUAL.to_owned()],
    };
    let start = named.iter().rposition(String::is_empty).map_or(0, |empty| empty + 1);
    named[start..]
        .iter()
        .map(|path| path.trim_start_matches(":(optional)").trim_start_matches("./").to_owned())
        .collect()
}

/// A file of a commit; `None` where there is none.
fn text(repo: &gix::Repository, sha: &str, path: &str) -> gix::Result<Option<Vec<u8>>> {
    // What lies outside the repository is no part of the version.
    if path.is_empty() || path.starts_with(['/', '~', '%']) || path.split('/').any(|p| p == "..") {
        return Ok(None);
    }
    let id = sha.parse::<ObjectId>().map_err(gix::Error::from_error)?;
    let tree = repo.find_commit(id)?.tree()?;
    let Some(entry) = tree.lookup_entry_by_path(path)?.filter(|entry| entry.mode().is_blob())
    else {
        return Ok(None);
    };
    Ok(Some(std::mem::take(&mut entry.object()?.data)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_a_line_beside_comments() {
        let (one, two) = ("1".repeat(40), "aB".repeat(20));
        let text =
            format!("# black\n{one}\r\n\n  {two}  # isort\nabc123\nHEAD\n#{}\n", "3".repeat(40));
        let mut ignored = Ignored::default();
        ignored.add(text.as_bytes(), "revs");
        let id = |name: &str| ObjectId::from_hex(name.as_bytes()).expect("a name");
        assert_eq!(ignored.0.len(), 2);
        assert_eq!(ignored.by(&id(&one)), Some("revs"));
        assert_eq!(ignored.by(&id(&two.to_lowercase())), Some("revs"));
    }
}
