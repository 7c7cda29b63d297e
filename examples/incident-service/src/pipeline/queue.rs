//! The way in, which decides at once and keeps what it accepts.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sentry_hooks::{Decision, Delivery};
use sentry_store_file::Kept;
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::promises::{Promise, Promises};
use super::{About, Accepted, Clock, Decided, Outcome, Pipeline, Tell};

/// The way in. Cheap to clone; the worker ends when all clones are gone.
#[derive(Clone)]
pub struct Queue(Arc<Way>);

/// An incident in the queue.
pub(super) struct Task {
    pub(super) accepted: Box<Accepted>,
    pub(super) promise: Promise,
}

pub(super) struct Way {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) clock: Clock,
    pub(super) tell: Tell,
    pub(super) promises: Promises,
    /// What another process has left undone, until it is offered.
    pub(super) left: Mutex<Vec<Kept>>,
    pub(super) incidents: mpsc::Sender<Task>,
    pub(super) owners: Owners,
    /// Keys of the deliveries that are offered again later, one of each key.
    pub(super) later: Mutex<HashSet<String>>,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("free", &self.0.incidents.capacity()).finish()
    }
}

/// Why a delivery is not taken now.
#[derive(Debug, Error)]
enum Refused {
    /// A store does not answer.
    #[error("{0}")]
    Undecided(String),
    /// It fits into no queue, or cannot be written.
    #[error("{0}")]
    NoRoom(String),
}

/// A delivery was not taken; whoever sent it should send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the delivery was not kept")]
pub struct NotKept;

impl Queue {
    pub(super) fn new(way: Way) -> Self {
        Self(Arc::new(way))
    }

    /// Decides on a delivery, and takes it where it is accepted and there is room. With an inbox,
    /// what is taken is on the disk when this returns.
    ///
    /// # Errors
    /// When the queue is full, the worker is gone, a store does not answer, or the delivery cannot
    /// be written. Nothing stays claimed for it.
    pub async fn keep(&self, delivery: Delivery) -> Result<(), NotKept> {
        let queue = self.clone();
        // Whoever sent it may go away at any point; what has begun here comes to its end.
        let taken = tokio::spawn(async move {
            let taken = queue.take(&delivery, &mut Promise::None, None).await;
            taken.map_err(|refused| queue.refuse(&delivery, refused))
        });
        taken.await.unwrap_or(Err(NotKept))
    }

    /// Offers what another process has taken and not dealt with, as there is room.
    pub async fn resume(&self) {
        let left = std::mem::take(&mut *unpoisoned(&self.0.left));
        if !left.is_empty() {
            tracing::info!("{} deliveries were left undone", left.len());
        }
        for kept in left {
            let Ok(room) = self.0.incidents.clone().reserve_owned().await else { return };
            let Some((delivery, mut promise)) = self.0.promises.read(kept).await else { continue };
            if let Err(refused) = self.take(&delivery, &mut promise, Some(room)).await {
                tracing::error!("{refused}: a delivery left undone waits for the next start");
            }
        }
    }

    /// [`Queue::keep`] of a delivery that may be promised already. The promise is taken where the
    /// delivery is.
    async fn take(
        &self,
        delivery: &Delivery,
        promise: &mut Promise,
        room: Option<mpsc::OwnedPermit<Task>>,
    ) -> Result<(), Refused> {
        let way = &self.0;
        let owner = way.owners.next();
        // It works those off that came before it, each for a lease at most.
        let before = way.incidents.max_capacity() - way.incidents.capacity();
        let turns = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(2);
        let lease = way.pipeline.lease().saturating_mul(turns);
        match way.pipeline.decide(delivery, &owner, (way.clock)(), lease).await {
            Decided::Accepted(accepted) => self.enqueue(accepted, delivery, promise, room).await,
            Decided::Busy { key, until } => self.offer_again(delivery, promise, key, until).await,
            Decided::Done(Outcome::Failed(reason)) => Err(Refused::Undecided(reason)),
            Decided::Done(outcome) => {
                self.tell(delivery, outcome);
                way.promises.done(promise.take()).await;
                Ok(())
            }
        }
    }

    async fn enqueue(
        &self,
        accepted: Box<Accepted>,
        delivery: &Delivery,
        promise: &mut Promise,
        room: Option<mpsc::OwnedPermit<Task>>,
    ) -> Result<(), Refused> {
        let way = &self.0;
        let room = room.map_or_else(|| way.incidents.clone().try_reserve_owned(), Ok);
        let refused = match room {
            Err(full) => full.to_string(),
            Ok(room) => match way.promises.make(delivery, promise).await {
                Err(failure) => failure.to_string(),
                Ok(()) => {
                    room.send(Task { accepted, promise: promise.take() });
                    return Ok(());
                }
            },
        };
        way.pipeline.give_back(&accepted).await;
        Err(Refused::NoRoom(refused))
    }

    /// Says why a delivery is not kept.
    fn refuse(&self, delivery: &Delivery, refused: Refused) -> NotKept {
        match refused {
            Refused::Undecided(reason) => self.tell(delivery, Outcome::Failed(reason)),
            Refused::NoRoom(reason) => tracing::warn!("{reason}: a delivery was not kept"),
        }
        NotKept
    }

    fn tell(&self, delivery: &Delivery, outcome: Outcome) {
        let webhook = delivery.webhook().ok();
        (self.0.tell)(&About::of(delivery, webhook.as_ref()), outcome);
    }

    /// Offers a delivery again when the lease that was in its way may be over. One of each key is
    /// enough: what it stands for is the same trouble.
    async fn offer_again(
        &self,
        delivery: &Delivery,
        promise: &mut Promise,
        key: String,
        until: OffsetDateTime,
    ) -> Result<(), Refused> {
        let way = &self.0;
        match way.reserve(&key) {
            Reserved::Already => {
                self.tell(delivery, Outcome::Passed(Decision::Busy { until }));
                way.promises.done(promise.take()).await;
                return Ok(());
            }
            Reserved::Full => {
                return Err(Refused::NoRoom("too many wait for others of their issue".to_owned()));
            }
            Reserved::Now => {}
        }
        if let Err(failure) = way.promises.make(delivery, promise).await {
            way.later().remove(&key);
            return Err(Refused::NoRoom(failure.to_string()));
        }
        // The lease of one that waits covers those before it and is over sooner, as a rule.
        let wait = Duration::try_from(until - (way.clock)()).unwrap_or_default();
        let wait = wait.min(way.pipeline.lease());
        let promise = promise.take();
        let waiting = Waiting { delivery: delivery.clone(), promise, key, until, refused: false };
        // It must not keep the worker alive.
        let way = Arc::downgrade(way);
        tokio::spawn(async move {
            let mut waiting = waiting;
            tokio::time::sleep(wait.max(PAUSE)).await;
            while let Some(way) = way.upgrade() {
                if Self(way).come_again(&mut waiting).await {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(())
    }

    /// Whether a delivery that has waited need not wait on.
    ///
    /// Its type is written out because it stands inside itself.
    fn come_again<'a>(
        &'a self,
        waiting: &'a mut Waiting,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        let Waiting { delivery, promise, key, until, refused } = waiting;
        Box::pin(async move {
            self.0.later().remove(key);
            let Err(reason) = self.take(delivery, promise, None).await else {
                if *refused {
                    tracing::info!("a delivery that was held up goes on");
                }
                return true;
            };
            if !std::mem::replace(refused, true) {
                tracing::warn!("{reason}: a delivery that was kept is held up");
            }
            // It keeps its place, however many there are, unless another one of its key has come.
            let alone = self.0.later().insert(key.clone());
            if !alone {
                self.tell(delivery, Outcome::Passed(Decision::Busy { until: *until }));
                self.0.promises.done(promise.take()).await;
            }
            !alone
        })
    }
}

/// A delivery that another one of the same trouble is in the way of.
struct Waiting {
    delivery: Delivery,
    promise: Promise,
    key: String,
    until: OffsetDateTime,
    /// Whether it was offered in vain before, which is said once.
    refused: bool,
}

/// Between two offers of the same delivery, at least.
const PAUSE: Duration = Duration::from_secs(1);

enum Reserved {
    Now,
    Already,
    Full,
}

impl Way {
    /// A place among those that are offered again later.
    fn reserve(&self, key: &str) -> Reserved {
        let mut keys = self.later();
        if keys.contains(key) {
            Reserved::Already
        } else if keys.len() >= self.incidents.max_capacity() {
            Reserved::Full
        } else {
            keys.insert(key.to_owned());
            Reserved::Now
        }
    }

    fn later(&self) -> MutexGuard<'_, HashSet<String>> {
        unpoisoned(&self.later)
    }
}

/// No panic can leave what is locked here half changed, so poison means nothing.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names of attempts. The random part keeps those of other processes and of this one before its
/// restart apart: stores may be shared and outlive the process.
pub(super) struct Owners {
    process: String,
    attempts: AtomicU64,
}

impl Owners {
    pub(super) fn new() -> Self {
        // The hasher of the standard library is keyed at random.
        let random = || RandomState::new().hash_one(std::process::id());
        let process = format!("{:016x}{:016x}", random(), random());
        Self { process, attempts: AtomicU64::new(0) }
    }

    fn next(&self) -> String {
        format!("{}-{}", self.process, self.attempts.fetch_add(1, Ordering::Relaxed))
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
