//! Repositories made for a test, with gix alone.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "a failed test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use gix::ObjectId;
use gix::objs::tree::{Entry, EntryKind};
use gix::refs::transaction::PreviousValue;
use sentry_correlate::Change;
use sentry_correlate::source::Range;
use sentry_correlate_git::GitRepository;

/// When the first commit of a repository is made; each later one comes an hour after.
pub(crate) const START: i64 = 1_767_225_600;

/// A file of a tree: its kind and content; for a submodule, the commit's name as text.
pub(crate) type File = (EntryKind, Vec<u8>);

/// A bare repository in a directory that goes away with it.
pub(crate) struct Made {
    pub(crate) repo: gix::Repository,
    dir: tempfile::TempDir,
    commits: std::cell::Cell<i64>,
}

impl Made {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = gix::init_bare(dir.path()).unwrap();
        Self { repo, dir, commits: std::cell::Cell::new(0) }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn open(&self) -> GitRepository {
        GitRepository::open(self.path()).unwrap()
    }

    /// Makes a commit whose tree holds plain files.
    pub(crate) fn commit(
        &self,
        message: &str,
        files: &[(&str, &str)],
        parents: &[ObjectId],
    ) -> ObjectId {
        self.commit_tree(message.as_bytes(), None, plain(files), parents)
    }

    /// The same, made so many hours after the first commit by the committer's clock.
    pub(crate) fn commit_at(
        &self,
        message: &str,
        files: &[(&str, &str)],
        parents: &[ObjectId],
        hours: i64,
    ) -> ObjectId {
        self.commit_whole(message.as_bytes(), None, plain(files), parents, hours)
    }

    pub(crate) fn commit_tree(
        &self,
        message: &[u8],
        encoding: Option<&str>,
        files: BTreeMap<Vec<u8>, File>,
        parents: &[ObjectId],
    ) -> ObjectId {
        let hours = self.commits.get();
        self.commits.set(hours + 1);
        self.commit_whole(message, encoding, files, parents, hours)
    }

    fn commit_whole(
        &self,
        message: &[u8],
        encoding: Option<&str>,
        files: BTreeMap<Vec<u8>, File>,
        parents: &[ObjectId],
        hours: i64,
    ) -> ObjectId {
        let who = gix::actor::Signature {
            name: "Ana".into(),
            email: "ana@example.com".into(),
            time: gix::date::Time { seconds: START + hours * 3600, offset: 7200 },
        };
        let commit = gix::objs::Commit {
            tree: self.tree(&files),
            parents: parents.iter().copied().collect(),
            author: who.clone(),
            committer: who,
            encoding: encoding.map(Into::into),
            message: message.into(),
            extra_headers: Vec::new(),
        };
        self.repo.write_object(&commit).unwrap().detach()
    }

    /// The files of all commits.
    pub(crate) fn blobs(&self) -> Vec<ObjectId> {
        let all = self.repo.objects.iter().unwrap().map(Result::unwrap);
        all.filter(|&id| self.repo.find_header(id).unwrap().kind().is_blob()).collect()
    }

    /// Deletes an object, as a partial clone lacks it.
    pub(crate) fn forget(&self, id: ObjectId) {
        let name = id.to_string();
        let (folder, file) = name.split_at(2);
        std::fs::remove_file(self.path().join("objects").join(folder).join(file)).unwrap();
    }

    pub(crate) fn tag(&self, name: &str, commit: ObjectId) {
        self.repo.tag_reference(name, commit, PreviousValue::Any).unwrap();
    }

    /// Writes an annotated tag, made some hours after the first commit.
    pub(crate) fn annotate(&self, name: &str, commit: ObjectId, hours: i64) {
        let time = format!("{} +0000", START + hours * 3600);
        let who = gix::actor::SignatureRef {
            name: "Rel".into(),
            email: "rel@example.com".into(),
            time: &time,
        };
        let kind = gix::objs::Kind::Commit;
        self.repo.tag(name, commit, kind, Some(who), "release", PreviousValue::Any).unwrap();
    }

    /// The change of the commit behind `old..new`, which must be one.
    pub(crate) fn only_change(&self, old: ObjectId, new: ObjectId) -> Change {
        let range = Range { old: old.to_string(), new: new.to_string() };
        let mut changes = self.open().changes_between(&range).unwrap();
        assert_eq!(changes.len(), 1);
        changes.remove(0)
    }

    fn tree(&self, files: &BTreeMap<Vec<u8>, File>) -> ObjectId {
        let mut below: BTreeMap<Vec<u8>, BTreeMap<Vec<u8>, File>> = BTreeMap::new();
        let mut entries = Vec::new();
        for (path, (kind, data)) in files {
            if let Some(slash) = path.iter().position(|&b| b == b'/') {
                let rest = path[slash + 1..].to_vec();
                let dir = below.entry(path[..slash].to_vec()).or_default();
                dir.insert(rest, (*kind, data.clone()));
                continue;
            }
            let oid = match kind {
                EntryKind::Commit => std::str::from_utf8(data).unwrap().parse().unwrap(),
                _ => self.repo.write_blob(data).unwrap().detach(),
            };
            entries.push(Entry { mode: (*kind).into(), filename: path.as_slice().into(), oid });
        }
        for (name, files) in &below {
            let oid = self.tree(files);
            let mode = EntryKind::Tree.into();
            entries.push(Entry { mode, filename: name.as_slice().into(), oid });
        }
        entries.sort();
        self.repo.write_object(gix::objs::Tree { entries }).unwrap().detach()
    }
}

fn plain(files: &[(&str, &str)]) -> BTreeMap<Vec<u8>, File> {
    files
        .iter()
        .map(|(path, text)| (path.as_bytes().to_vec(), (EntryKind::Blob, text.as_bytes().to_vec())))
        .collect()
}

/// What `git` prints; `None`, said aloud, where the program is missing.
pub(crate) fn git(dir: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let run = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output();
    match run {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            eprintln!("skipped: the git program does not run here ({error})");
            None
        }
    }
}

/// The directory of recorded cases; `None`, said aloud, where it is missing.
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("SENTRY_HOOKS_SHARED").map_or(beside, PathBuf::from);
    let path = root.join(file);
    if !path.exists() {
        eprintln!("skipped: {} not found", path.display());
        return None;
    }
    Some(path)
}
