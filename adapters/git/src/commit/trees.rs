//! Which files two trees differ in.

use gix::ObjectId;
use gix::bstr::BString;
use gix::diff::tree::recorder::Change;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryMode;

use super::renames;

/// One side of a changed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) id: ObjectId,
    pub(crate) mode: EntryMode,
}

impl Side {
    pub(crate) fn is_regular(self) -> bool {
        self.mode.is_blob()
    }
}

/// A changed file; at least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delta {
    /// Path after the change; the old one for a deleted file.
    pub(crate) path: BString,
    /// Path before a rename.
    pub(crate) previous: Option<BString>,
    pub(crate) old: Option<Side>,
    pub(crate) new: Option<Side>,
}

/// The files in which `new` differs from `old` (`None` is the empty tree), in the order of `git
/// diff`, with renames as git finds them.
pub(crate) fn compare(
    repo: &gix::Repository,
    old: Option<ObjectId>,
    new: ObjectId,
) -> gix::Result<Vec<Delta>> {
    let mut deltas = raw(repo, old, new)?;
    renames::join(repo, &mut deltas);
    deltas.sort_by(|a, b| (&a.path, a.new.is_some()).cmp(&(&b.path, b.new.is_some())));
    Ok(deltas)
}

/// Additions, deletions and modifications, without renames.
fn raw(repo: &gix::Repository, old: Option<ObjectId>, new: ObjectId) -> gix::Result<Vec<Delta>> {
    let old = match old {
        Some(id) => repo.find_tree(id)?.data.clone(),
        None => Vec::new(),
    };
    let new = repo.find_tree(new)?;
    let kind = repo.object_hash();
    let mut recorder = gix::diff::tree::Recorder::default();
    gix::diff::tree(
        TreeRefIter::from_bytes(&old, kind),
        TreeRefIter::from_bytes(&new.data, kind),
        gix::diff::tree::State::default(),
        &repo.objects,
        &mut recorder,
    )
    .map_err(gix::Error::from_error)?;
    Ok(recorder.records.into_iter().flat_map(deltas).collect())
}

fn deltas(change: Change) -> Vec<Delta> {
    let delta =
        |path, old: Option<Side>, new: Option<Side>| Delta { path, previous: None, old, new };
    let side = |id, mode: EntryMode| (!mode.is_tree()).then_some(Side { id, mode });
    let found = match change {
        Change::Addition { entry_mode, oid, path, .. } => {
            vec![delta(path, None, side(oid, entry_mode))]
        }
        Change::Deletion { entry_mode, oid, path, .. } => {
            vec![delta(path, side(oid, entry_mode), None)]
        }
        Change::Modification { previous_entry_mode, previous_oid, entry_mode, oid, path } => {
            let old = side(previous_oid, previous_entry_mode);
            let new = side(oid, entry_mode);
            // A file that becomes a link is one file gone and another come, as git prints it.
            if kind_of(previous_entry_mode) == kind_of(entry_mode) {
                vec![delta(path, old, new)]
            } else {
                vec![delta(path.clone(), old, None), delta(path, None, new)]
            }
        }
    };
    found.into_iter().filter(|delta| delta.old.is_some() || delta.new.is_some()).collect()
}

fn kind_of(mode: EntryMode) -> u8 {
    if mode.is_blob() {
        0
    } else if mode.is_link() {
        1
    } else if mode.is_commit() {
        2
    } else {
        3
    }
}
