//! What was promised by answering, kept until it is dealt with.

use std::sync::Arc;

use sentry_hooks::Delivery;
use sentry_store_file::{Inbox, Kept, StoreFileError};

use crate::Failure;

/// How often the process may end in the middle of the same delivery.
const ATTEMPTS: u32 = 3;

/// The promise for one delivery; none where promises are held in memory alone, or before it is made.
pub(super) type Promise = Option<Kept>;

/// Where promises are kept.
#[derive(Clone)]
pub(super) struct Promises(Option<Arc<Inbox>>);

impl Promises {
    pub(super) fn new(inbox: Option<Arc<Inbox>>) -> Self {
        Self(inbox)
    }

    /// Whether what is promised outlives the process.
    pub(super) fn on_disk(&self) -> bool {
        self.0.is_some()
    }

    /// Brings a delivery to the disk, unless it is there already.
    pub(super) async fn make(
        &self,
        delivery: &Delivery,
        promise: &mut Promise,
    ) -> Result<(), Failure> {
        let (Some(inbox), None) = (&self.0, &promise) else { return Ok(()) };
        let (inbox, delivery) = (Arc::clone(inbox), delivery.clone());
        let kept = tokio::task::spawn_blocking(move || inbox.keep(&delivery)).await;
        *promise = Some(kept.map_err(Failure::machine)?.map_err(Failure::machine)?);
        Ok(())
    }

    /// Work on a delivery begins: if the process does not survive it, the next one knows.
    pub(super) async fn begin(&self, promise: &mut Promise) {
        self.mark(promise, |attempts| attempts.saturating_add(1)).await;
    }

    /// Work on a delivery ended without result, which is not its fault.
    pub(super) async fn put_back(&self, promise: &mut Promise) {
        self.mark(promise, |attempts| attempts.saturating_sub(1)).await;
    }

    async fn mark(&self, promise: &mut Promise, attempts: fn(u32) -> u32) {
        let (Some(inbox), Some(mut kept)) = (self.0.clone(), promise.take()) else { return };
        let marked = tokio::task::spawn_blocking(move || {
            let attempts = attempts(kept.attempts());
            noted(inbox.mark(&mut kept, attempts));
            kept
        });
        *promise = marked.await.ok();
    }

    /// A delivery is dealt with.
    pub(super) async fn done(&self, promise: Promise) {
        let (Some(inbox), Some(kept)) = (self.0.clone(), promise) else { return };
        tokio::task::spawn_blocking(move || noted(inbox.done(kept))).await.ok();
    }

    /// What another process has promised and not dealt with, the oldest first. Reads the directory:
    /// to be asked once, at the start.
    pub(super) fn left(&self) -> Vec<Kept> {
        let Some(inbox) = &self.0 else { return Vec::new() };
        inbox.waiting().unwrap_or_else(|error| {
            tracing::error!(%error, "what was left undone cannot be found");
            Vec::new()
        })
    }

    /// Reads such a delivery, unless that cannot be, or processes have died of it: then it is put
    /// aside, aloud.
    pub(super) async fn read(&self, kept: Kept) -> Option<(Delivery, Promise)> {
        let inbox = Arc::clone(self.0.as_ref()?);
        let read = tokio::task::spawn_blocking(move || {
            if kept.attempts() >= ATTEMPTS {
                tracing::error!("{} processes ended in the middle of a delivery", kept.attempts());
                return put_aside(&inbox, kept);
            }
            match inbox.read(&kept) {
                Ok(delivery) => Some((delivery, Some(kept))),
                Err(error) => {
                    tracing::error!(%error, "a delivery that was kept cannot be read");
                    put_aside(&inbox, kept)
                }
            }
        });
        read.await.ok()?
    }
}

fn put_aside<T>(inbox: &Inbox, kept: Kept) -> Option<T> {
    match inbox.set_aside(kept) {
        Ok(path) => tracing::error!("it is put aside as {}", path.display()),
        Err(error) => noted(Err(error)),
    }
    None
}

/// What could not be noted is worked on again by the next process, and found answered.
fn noted(result: Result<(), StoreFileError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the state of a delivery was not noted");
    }
}
