//! Commits that were read before: incidents of one release share their window.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use gix::ObjectId;

use crate::commit::Read;

/// Most lines kept in memory, all commits together.
const MAX_LINES: usize = 1_000_000;

/// Commits by their name; the one that entered first leaves first. A commit never changes, so
/// nothing in here grows stale.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    commits: HashMap<ObjectId, Arc<Read>>,
    entered: VecDeque<(ObjectId, usize)>,
    lines: usize,
}

impl Cache {
    pub(crate) fn get(&self, id: &ObjectId) -> Option<Arc<Read>> {
        self.commits.get(id).cloned()
    }

    pub(crate) fn insert(&mut self, id: ObjectId, read: Arc<Read>) {
        let lines = weight(&read);
        if lines > MAX_LINES || self.commits.insert(id, read).is_some() {
            return;
        }
        self.entered.push_back((id, lines));
        self.lines += lines;
        while self.lines > MAX_LINES {
            let Some((oldest, lines)) = self.entered.pop_front() else { break };
            self.commits.remove(&oldest);
            self.lines -= lines;
        }
    }
}

/// How many lines a commit keeps in memory, and something for itself and each hunk.
fn weight(read: &Read) -> usize {
    let hunks = read.change.files.iter().flat_map(|file| &file.hunks);
    1 + hunks.map(|hunk| 1 + hunk.removed.len() + hunk.added.len()).sum::<usize>()
}
