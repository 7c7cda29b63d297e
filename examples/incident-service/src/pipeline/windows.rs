//! Diffs that were read before: incidents of one release share them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sentry_correlate::rank::PreparedWindow;
use sentry_correlate::{Change, Hunk, Window};

/// How many windows are kept.
const KEPT: usize = 3;
/// Most text of the diffs of all of them, in bytes. What is found in a diff takes a multiple of it.
const BYTES: usize = 32 << 20;

/// The windows that were asked for last, with their diffs read.
#[derive(Debug)]
pub(super) struct Windows {
    kept: Mutex<VecDeque<Kept>>,
    most_bytes: usize,
}

impl Default for Windows {
    fn default() -> Self {
        Self { kept: Mutex::default(), most_bytes: BYTES }
    }
}

#[derive(Debug, Clone)]
struct Kept {
    window: Arc<PreparedWindow<'static>>,
    bytes: usize,
}

impl Windows {
    /// The changes of a window, read now or before. Its blame, deployments and paths, which are of
    /// one incident, are left out.
    ///
    /// One that was read before is known by all its changes being equal: neither a tag that was
    /// moved nor a source that gave a part leads to another window's answer.
    pub(super) fn read(&self, window: &Window) -> Arc<PreparedWindow<'static>> {
        let known = self.with(|kept| kept.clone());
        let known = known.into_iter().find(|one| one.window.window().changes == window.changes);
        let newest = known.unwrap_or_else(|| {
            let changes = window.changes.clone();
            let bytes = changes.iter().map(bytes).sum();
            let window = PreparedWindow::owned(Window { changes, ..Window::default() });
            Kept { window: Arc::new(window), bytes }
        });
        let window = Arc::clone(&newest.window);
        self.with(|kept| {
            kept.retain(|one| !Arc::ptr_eq(&one.window, &newest.window));
            kept.push_front(newest);
            kept.truncate(KEPT);
            while kept.iter().map(|one| one.bytes).sum::<usize>() > self.most_bytes {
                kept.pop_back();
            }
        });
        window
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        // Each step leaves a list that is whole.
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn bytes(change: &Change) -> usize {
    let hunks = change.files.iter().flat_map(|file| &file.hunks);
    change.message.len() + hunks.map(of_hunk).sum::<usize>()
}

fn of_hunk(hunk: &Hunk) -> usize {
    let shown = hunk.display.iter().flat_map(|lines| [&lines.removed, &lines.added]);
    let sides = [&hunk.removed, &hunk.added].into_iter().chain(shown);
    sides.map(|lines| lines.iter().map(|line| line.len() + 1).sum::<usize>()).sum()
}

#[cfg(test)]
mod tests {
    use sentry_correlate_git::GitRepository;

    use super::*;
    use crate::shop::{self, repository};

    fn window(range: &str) -> Window {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.git");
        repository::write(&shop::HISTORY, &path).unwrap();
        let repo = GitRepository::open(&path).unwrap();
        Window::of_history(repo.changes_between(&range.parse().unwrap()).unwrap())
    }

    #[test]
    fn equal_changes_are_read_once_and_others_are_not_taken_for_them() {
        let windows = Windows::default();
        let first = windows.read(&window("v1.3.0..v1.4.0"));
        assert!(!first.is_empty());
        let again = windows.read(&window("v1.3.0..v1.4.0"));
        assert!(Arc::ptr_eq(&first, &again), "two clones, the same changes");
        let mut part = window("v1.3.0..v1.4.0");
        part.changes.pop();
        let part = windows.read(&part);
        assert_eq!(part.len() + 1, first.len());
    }

    #[test]
    fn few_are_kept_and_those_that_were_not_asked_for_leave_first() {
        let windows = Windows::default();
        let of = |n: usize| {
            let mut window = window("v1.3.0..v1.4.0");
            window.changes.truncate(n);
            window
        };
        let first = windows.read(&of(1));
        for n in 2..=KEPT {
            windows.read(&of(n));
        }
        assert!(Arc::ptr_eq(&first, &windows.read(&of(1))));
        windows.read(&of(0));
        assert!(Arc::ptr_eq(&first, &windows.read(&of(1))));
        assert_eq!(windows.with(|kept| kept.len()), KEPT);
    }

    #[test]
    fn what_weighs_too_much_is_read_and_not_kept() {
        let light = window("v1.2.0..v1.3.0");
        let most_bytes = light.changes.iter().map(bytes).sum();
        let windows = Windows { most_bytes, ..Windows::default() };
        windows.read(&light);
        assert_eq!(windows.with(|kept| kept.len()), 1);
        let mut heavy = light.clone();
        heavy.changes[0].message.push('!');
        assert_eq!(windows.read(&heavy).len(), heavy.changes.len());
        assert_eq!(windows.with(|kept| kept.len()), 0, "the last one weighs too much alone");
    }
}
