//! The worker behind the queue, which takes its time.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};

use sentry_correlate::Report;
use sentry_store_file::Inbox;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::promises::Promises;
use super::queue::{Owners, Queue, Task, Way};
use super::{About, Outcome, Pipeline};
use crate::Failure;

/// Tells the time.
pub type Clock = fn() -> OffsetDateTime;

/// Learns what became of each delivery.
pub type Tell = Arc<dyn Fn(&About, Outcome) + Send + Sync>;

/// Works accepted incidents off, one after the other.
pub struct Worker {
    incidents: mpsc::Receiver<Task>,
    pipeline: Arc<Pipeline>,
    promises: Promises,
    clock: Clock,
    tell: Tell,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl Worker {
    /// A queue for at most `bound` waiting incidents, and its worker.
    ///
    /// With an inbox a delivery is taken when it is on the disk, and stays there until it is dealt
    /// with: offer what another process has left by [`Queue::resume`]. Without one, what waits is
    /// lost with the process.
    #[must_use]
    pub fn new(
        pipeline: Arc<Pipeline>,
        inbox: Option<Arc<Inbox>>,
        bound: usize,
        clock: Clock,
        tell: Tell,
    ) -> (Queue, Self) {
        let (sender, incidents) = mpsc::channel(bound);
        let promises = Promises::new(inbox);
        let way = Way {
            pipeline: Arc::clone(&pipeline),
            clock,
            tell: Arc::clone(&tell),
            // Before anything is taken here: what is found now is of another process.
            left: Mutex::new(promises.left()),
            promises: promises.clone(),
            incidents: sender,
            owners: Owners::new(),
            later: Mutex::default(),
        };
        (Queue::new(way), Self { incidents, pipeline, promises, clock, tell })
    }

    /// Works until the queue is closed and empty; `publish` makes each report known.
    ///
    /// # Errors
    /// The first failure of `publish`: there is no use in looking into what nobody will see. What
    /// was claimed for that report is given back, and its delivery waits on in the inbox.
    pub async fn run<P, F>(mut self, publish: P) -> Result<(), Failure>
    where
        P: Fn(Arc<Report>) -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        while let Some(Task { accepted, mut promise }) = self.incidents.recv().await {
            self.promises.begin(&mut promise).await;
            let outcome = self.pipeline.work(&accepted, (self.clock)(), &publish).await;
            let failure = match &outcome {
                Outcome::NotPublished(failure) => Some(failure.clone()),
                _ => None,
            };
            (self.tell)(accepted.about(), outcome);
            if let Some(failure) = failure {
                self.promises.put_back(&mut promise).await;
                return Err(failure);
            }
            self.promises.done(promise).await;
        }
        Ok(())
    }

    /// How many incidents wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.incidents.len()
    }
}
