//! Commits that were read before: incidents of one release share their window.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use gix::ObjectId;
use sentry_correlate::{Change, FileChange, Hunk};

use crate::commit::Read;

/// Commits by their name; the one that entered first leaves first. A commit never changes, so
/// nothing in here grows stale.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    commits: HashMap<ObjectId, Arc<Read>>,
    entered: VecDeque<(ObjectId, usize)>,
    bytes: usize,
}

impl Cache {
    pub(crate) fn get(&self, id: &ObjectId) -> Option<Arc<Read>> {
        self.commits.get(id).cloned()
    }

    /// Keeps a commit, and lets go of others until all weigh no more than `most` bytes.
    pub(crate) fn insert(&mut self, id: ObjectId, read: Arc<Read>, most: usize) {
        let bytes = of_read(&read);
        if bytes > most || self.commits.insert(id, read).is_some() {
            return;
        }
        self.entered.push_back((id, bytes));
        self.bytes += bytes;
        while self.bytes > most {
            let Some((oldest, bytes)) = self.entered.pop_front() else { break };
            self.commits.remove(&oldest);
            self.bytes -= bytes;
        }
    }
}

/// What an allocation costs beside its content, about.
const ALLOCATION: usize = 16;

/// Bytes that a commit takes in memory.
fn of_read(read: &Read) -> usize {
    let Change { sha, author, author_email, message, files, .. } = &read.change;
    let texts = [sha, author, message].into_iter().chain(author_email);
    let texts: usize = texts.map(|text| of_text(text)).sum();
    let kept = size_of::<(ObjectId, Arc<Read>)>() + size_of::<(ObjectId, usize)>();
    kept + size_of::<Read>() + texts + files.iter().map(of_file).sum::<usize>()
}

fn of_file(file: &FileChange) -> usize {
    let texts = of_text(&file.path) + file.previous_path.as_ref().map_or(0, |path| of_text(path));
    size_of::<FileChange>() + texts + file.hunks.iter().map(of_hunk).sum::<usize>()
}

fn of_hunk(hunk: &Hunk) -> usize {
    let shown = hunk.display.iter().flat_map(|lines| [&lines.removed, &lines.added]);
    let lines = [&hunk.removed, &hunk.added].into_iter().chain(shown).flatten();
    // A file's lines share one text, in which each has an end.
    let lines: usize = lines.map(|line| line.len() + 1).sum();
    size_of::<Hunk>() + of_text(&hunk.section) + lines
}

fn of_text(text: &str) -> usize {
    if text.is_empty() { 0 } else { ALLOCATION + text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sentry_correlate::{DisplayLines, FileStatus, Lines};
    use time::OffsetDateTime;

    /// A commit whose one line has so many bytes, twice: reduced and for display.
    fn commit(bytes: usize) -> Arc<Read> {
        let lines = Lines::from(["x".repeat(bytes)]);
        let shown = DisplayLines { removed: Lines::default(), added: lines.clone() };
        let hunk = Hunk { added: lines, display: Some(shown), ..Hunk::default() };
        let file = FileChange {
            path: "a".into(),
            previous_path: None,
            status: FileStatus::Modified,
            additions: 1,
            deletions: 0,
            hunks: vec![hunk],
        };
        let change = Change {
            sha: String::new(),
            author: String::new(),
            author_email: None,
            authored_at: OffsetDateTime::UNIX_EPOCH,
            committed_at: OffsetDateTime::UNIX_EPOCH,
            message: String::new(),
            parents: 1,
            files: vec![file],
            url: None,
            position: None,
            ignored_by: None,
        };
        Arc::new(Read { change, gaps: Vec::new(), lost: Vec::new() })
    }

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[number; 20])
    }

    #[test]
    fn the_first_leave_when_the_bytes_are_too_many() {
        let mut cache = Cache::default();
        for number in 0..4 {
            cache.insert(id(number), commit(1_000), 8_000);
        }
        let kept: Vec<bool> = (0..4).map(|number| cache.get(&id(number)).is_some()).collect();
        assert_eq!(kept, [false, true, true, true]);
        assert!((6_000..8_000).contains(&cache.bytes), "{}", cache.bytes);
        // Not lines count: one long line weighs as much.
        cache.insert(id(9), commit(3_500), 8_000);
        assert_eq!(cache.commits.len(), 1);
        cache.insert(id(10), commit(5_000), 8_000);
        assert!(cache.get(&id(10)).is_none() && cache.get(&id(9)).is_some());
    }
}
