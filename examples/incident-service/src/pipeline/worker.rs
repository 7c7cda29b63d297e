//! The queue between answering a delivery and working on it.
//!
//! It is held in memory: what waits in it is lost when the process is killed.

use std::fmt;
use std::sync::Arc;

use sentry_hooks::Delivery;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::{Outcome, Pipeline};

/// Tells the time.
pub type Clock = fn() -> OffsetDateTime;

/// The queue's way in. Cheap to clone; the worker ends when all clones are gone.
#[derive(Clone)]
pub struct Queue(mpsc::Sender<Delivery>);

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("free", &self.0.capacity()).finish()
    }
}

impl Queue {
    /// Takes a delivery if there is room.
    ///
    /// # Errors
    /// Gives the delivery back when the queue is full or its worker is gone.
    pub fn keep(&self, delivery: Delivery) -> Result<(), Box<Delivery>> {
        self.0.try_send(delivery).map_err(|error| match error {
            TrySendError::Full(delivery) => {
                tracing::warn!("the queue is full, a delivery was not kept");
                Box::new(delivery)
            }
            TrySendError::Closed(delivery) => Box::new(delivery),
        })
    }
}

/// Works deliveries off, one after the other.
#[derive(Debug)]
pub struct Worker {
    deliveries: mpsc::Receiver<Delivery>,
    pipeline: Arc<Pipeline>,
    clock: Clock,
}

impl Worker {
    /// A queue for at most `bound` waiting deliveries, and its worker.
    #[must_use]
    pub fn new(pipeline: Arc<Pipeline>, bound: usize, clock: Clock) -> (Queue, Self) {
        let (sender, deliveries) = mpsc::channel(bound);
        (Queue(sender), Self { deliveries, pipeline, clock })
    }

    /// Works until the queue is closed and empty; `tell` learns what became of each delivery.
    pub async fn run(mut self, mut tell: impl FnMut(&Delivery, Outcome)) {
        let mut arrivals = 0_u64;
        while let Some(delivery) = self.deliveries.recv().await {
            arrivals += 1;
            let owner = format!("arrival-{arrivals}");
            let outcome = self.pipeline.handle(&delivery, &owner, (self.clock)()).await;
            tell(&delivery, outcome);
        }
    }

    /// How many deliveries wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.deliveries.len()
    }
}
