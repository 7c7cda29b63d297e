//! The way in, which decides at once, and the worker behind it, which takes its time.
//!
//! Between them is a queue of accepted incidents. It is held in memory: what waits in it is lost
//! when the process is killed.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sentry_correlate::Report;
use sentry_hooks::{Decision, Delivery};
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::{About, Accepted, Decided, Outcome, Pipeline};
use crate::Failure;

/// Tells the time.
pub type Clock = fn() -> OffsetDateTime;

/// Learns what became of each delivery.
pub type Tell = Arc<dyn Fn(&About, Outcome) + Send + Sync>;

/// The way in. Cheap to clone; the worker ends when all clones are gone.
#[derive(Clone)]
pub struct Queue(Arc<Way>);

struct Way {
    pipeline: Arc<Pipeline>,
    clock: Clock,
    tell: Tell,
    owners: Owners,
    incidents: mpsc::Sender<Box<Accepted>>,
    /// Keys of the deliveries that are offered again later, one of each key.
    later: Mutex<HashSet<String>>,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("free", &self.0.incidents.capacity()).finish()
    }
}

/// A delivery was not taken; whoever sent it should send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the delivery was not kept")]
pub struct NotKept;

impl Queue {
    /// Decides on a delivery, and takes it where it is accepted and there is room.
    ///
    /// # Errors
    /// When the queue is full, the worker is gone, or a store does not answer. Nothing stays
    /// claimed for the delivery.
    pub async fn keep(&self, delivery: Delivery) -> Result<(), NotKept> {
        let way = &self.0;
        let owner = way.owners.next();
        // It works those off that came before it, each for a lease at most.
        let before = way.incidents.max_capacity() - way.incidents.capacity();
        let turns = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(2);
        let lease = way.pipeline.lease().saturating_mul(turns);
        match way.pipeline.decide(&delivery, &owner, (way.clock)(), lease).await {
            Decided::Accepted(accepted) => self.enqueue(accepted).await,
            Decided::Busy { key, until } => self.offer_again(delivery, key, until),
            Decided::Done(outcome) => {
                let kept = !matches!(outcome, Outcome::Failed(_));
                self.tell(&delivery, outcome);
                if kept { Ok(()) } else { Err(NotKept) }
            }
        }
    }

    async fn enqueue(&self, accepted: Box<Accepted>) -> Result<(), NotKept> {
        let Err(refused) = self.0.incidents.try_send(accepted) else { return Ok(()) };
        tracing::warn!("{refused}: a delivery was not kept");
        self.0.pipeline.give_back(&refused.into_inner()).await;
        Err(NotKept)
    }

    fn tell(&self, delivery: &Delivery, outcome: Outcome) {
        let webhook = delivery.webhook().ok();
        (self.0.tell)(&About::of(delivery, webhook.as_ref()), outcome);
    }

    /// Offers a delivery again when the lease that was in its way may be over. One of each key is
    /// enough: what it stands for is the same trouble.
    fn offer_again(
        &self,
        delivery: Delivery,
        key: String,
        until: OffsetDateTime,
    ) -> Result<(), NotKept> {
        let mut keys = self.0.later();
        if keys.contains(&key) {
            drop(keys);
            self.tell(&delivery, Outcome::Passed(Decision::Busy { until }));
            return Ok(());
        }
        if keys.len() >= self.0.incidents.max_capacity() {
            return Err(NotKept);
        }
        keys.insert(key.clone());
        drop(keys);
        // The lease of one that waits covers those before it and is over sooner, as a rule.
        let wait = Duration::try_from(until - (self.0.clock)()).unwrap_or_default();
        let wait = wait.min(self.0.pipeline.lease());
        // It must not keep the worker alive.
        let way = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(wait.max(PAUSE)).await;
            let Some(way) = way.upgrade() else { return };
            way.later().remove(&key);
            let queue = Queue(way);
            if queue.keep_boxed(delivery.clone()).await.is_err() {
                let again = (queue.0.clock)() + PAUSE;
                if queue.offer_again(delivery, key, again).is_err() {
                    tracing::error!("a delivery that waited for another one was dropped");
                }
            }
        });
        Ok(())
    }

    /// [`Queue::keep`], of a type that can stand inside itself.
    fn keep_boxed(
        &self,
        delivery: Delivery,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotKept>> + Send + '_>> {
        Box::pin(self.keep(delivery))
    }
}

/// Between two offers of the same delivery, at least.
const PAUSE: Duration = Duration::from_secs(1);

impl Way {
    /// No panic can leave the set half changed, so the lock's poison means nothing.
    fn later(&self) -> MutexGuard<'_, HashSet<String>> {
        self.later.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names of attempts. The random part keeps those of other processes and of this one before its
/// restart apart: stores may be shared and outlive the process.
struct Owners {
    process: String,
    attempts: AtomicU64,
}

impl Owners {
    fn new() -> Self {
        // The hasher of the standard library is keyed at random.
        let random = || RandomState::new().hash_one(std::process::id());
        let process = format!("{:016x}{:016x}", random(), random());
        Self { process, attempts: AtomicU64::new(0) }
    }

    fn next(&self) -> String {
        format!("{}-{}", self.process, self.attempts.fetch_add(1, Ordering::Relaxed))
    }
}

/// Works accepted incidents off, one after the other.
pub struct Worker {
    incidents: mpsc::Receiver<Box<Accepted>>,
    pipeline: Arc<Pipeline>,
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
    #[must_use]
    pub fn new(pipeline: Arc<Pipeline>, bound: usize, clock: Clock, tell: Tell) -> (Queue, Self) {
        let (sender, incidents) = mpsc::channel(bound);
        let way = Way {
            pipeline: Arc::clone(&pipeline),
            clock,
            tell: Arc::clone(&tell),
            owners: Owners::new(),
            incidents: sender,
            later: Mutex::default(),
        };
        (Queue(Arc::new(way)), Self { incidents, pipeline, clock, tell })
    }

    /// Works until the queue is closed and empty; `publish` makes each report known.
    ///
    /// # Errors
    /// The first failure of `publish`: there is no use in looking into what nobody will see. What
    /// was claimed for that report is given back.
    pub async fn run<P, F>(mut self, publish: P) -> Result<(), Failure>
    where
        P: Fn(Arc<Report>) -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        while let Some(accepted) = self.incidents.recv().await {
            let outcome = self.pipeline.work(&accepted, (self.clock)(), &publish).await;
            let failure = match &outcome {
                Outcome::NotPublished(failure) => Some(failure.clone()),
                _ => None,
            };
            (self.tell)(accepted.about(), outcome);
            if let Some(failure) = failure {
                return Err(failure);
            }
        }
        Ok(())
    }

    /// How many incidents wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.incidents.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_attempts_share_a_name_even_across_restarts() {
        let (before, after) = (Owners::new(), Owners::new());
        let names = HashSet::from([before.next(), before.next(), after.next(), after.next()]);
        assert_eq!(names.len(), 4);
    }
}
