//! What waits on the disk alone, until the queue has room for it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sentry_store_file::Kept;
use tokio::sync::Notify;

/// Deliveries that were promised and are in no queue, the oldest first.
pub(super) struct Backlog {
    waiting: Mutex<VecDeque<Undone>>,
    came: Notify,
}

/// One of them. Its bytes are on the disk.
pub(super) struct Undone {
    pub(super) kept: Kept,
    /// The attempt that holds its claims; none where another process took it.
    pub(super) owner: Option<String>,
    /// Whether it was offered in vain before, which is said once.
    pub(super) refused: bool,
    /// How often it was looked into already.
    pub(super) looks: u32,
}

impl Backlog {
    /// With what another process has left undone.
    pub(super) fn new(left: Vec<Kept>) -> Self {
        let undone = |kept| Undone { kept, owner: None, refused: false, looks: 0 };
        let waiting = Mutex::new(left.into_iter().map(undone).collect());
        Self { waiting, came: Notify::new() }
    }

    pub(super) fn push(&self, undone: Undone) {
        self.waiting().push_back(undone);
        self.came.notify_one();
    }

    pub(super) fn pop(&self) -> Option<Undone> {
        self.waiting().pop_front()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting().len()
    }

    /// Waits until something waits. For one listener.
    pub(super) async fn filled(&self) {
        while self.len() == 0 {
            self.came.notified().await;
        }
    }

    /// No panic can leave the list half changed, so poison means nothing.
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Undone>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
