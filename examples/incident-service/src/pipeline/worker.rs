//! The worker behind the queue, which takes its time.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use sentry_correlate::Report;
use sentry_store_file::Inbox;
use time::OffsetDateTime;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::backlog::{Backlog, Undone};
use super::owners::Owners;
use super::promises::{Promise, Promises};
use super::queue::{Queue, Task, Way};
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
    /// What feeds the queue from the disk; gone when the queue is.
    way: Weak<Way>,
    backlog: Arc<Backlog>,
    stop: Arc<Notify>,
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
    /// with; what finds no place in the queue waits there, and what another process has left is
    /// worked on first. Without one, what waits is lost with the process.
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
        // Before anything is taken here: what is found now is of another process.
        let left = promises.left();
        if !left.is_empty() {
            tracing::info!("{} deliveries were left undone", left.len());
        }
        let (backlog, stop) = (Arc::new(Backlog::new(left)), Arc::new(Notify::new()));
        let way = Way {
            pipeline: Arc::clone(&pipeline),
            clock,
            tell: Arc::clone(&tell),
            backlog: Arc::clone(&backlog),
            promises: promises.clone(),
            incidents: sender,
            stop: Arc::clone(&stop),
            owners: Owners::new(),
            later: Mutex::default(),
        };
        let way = Arc::new(way);
        let fed = Arc::downgrade(&way);
        let worker = Self { incidents, pipeline, promises, way: fed, backlog, stop, clock, tell };
        (Queue::new(way), worker)
    }

    /// Works until the queue is closed and empty, or, with an inbox, until it is
    /// [told to end](Queue::stop); `publish` makes each report known.
    ///
    /// # Errors
    /// The first failure of `publish`: there is no use in looking into what nobody will see. What
    /// was claimed for that report is given back, and its delivery waits on in the inbox.
    pub async fn run<P, F>(mut self, publish: P) -> Result<(), Failure>
    where
        P: Fn(Arc<Report>) -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        let feed = Queue::feed(self.way.clone(), Arc::clone(&self.backlog));
        let _feeding = EndsWith(tokio::spawn(feed));
        while let Some(Task { accepted, mut promise }) = self.next().await {
            self.promises.begin(&mut promise).await;
            let outcome = self.pipeline.work(&accepted, (self.clock)(), &publish).await;
            let failure = match &outcome {
                Outcome::NotPublished(failure) => Some(failure.clone()),
                _ => None,
            };
            let again = accepted.again(&outcome);
            (self.tell)(accepted.about(), outcome);
            if let Some(failure) = failure {
                self.promises.put_back(&mut promise).await;
                return Err(failure);
            }
            match again {
                Some(looks) => self.look_again(promise, looks).await,
                None => self.promises.done(promise).await,
            }
        }
        Ok(())
    }

    /// Offers a delivery again when what was missing may be there. Until then it waits on the disk;
    /// without an inbox, the next delivery of the issue is what looks again.
    async fn look_again(&self, mut promise: Promise, looks: u32) {
        // That work on it began says nothing against it.
        self.promises.put_back(&mut promise).await;
        let Some(kept) = promise else { return };
        let backlog = Arc::clone(&self.backlog);
        // Its issue cools down until then, and its own claim must be over.
        let soon = self.pipeline.soon() + MARGIN;
        tokio::spawn(async move {
            tokio::time::sleep(soon).await;
            backlog.push(Undone { kept, owner: None, refused: false, looks });
        });
    }

    async fn next(&mut self) -> Option<Task> {
        tokio::select! {
            biased;
            () = self.stop.notified(), if self.promises.on_disk() => None,
            task = self.incidents.recv() => task,
        }
    }

    /// How many incidents wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.incidents.len()
    }
}

/// What clocks may differ by.
const MARGIN: Duration = Duration::from_secs(1);

/// A task that ends with whoever holds this.
struct EndsWith(JoinHandle<()>);

impl Drop for EndsWith {
    fn drop(&mut self) {
        self.0.abort();
    }
}
