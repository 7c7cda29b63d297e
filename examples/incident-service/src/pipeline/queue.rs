//! The way in, which decides at once and keeps what it accepts.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sentry_hooks::{Decision, Delivery, Provenance, cooldown_key};
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc};

use super::backlog::{Backlog, Undone};
use super::owners::Owners;
use super::promises::{Promise, Promises};
use super::{About, Accepted, Clock, Decided, Outcome, Pipeline, Tell};
use crate::printable;

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
    /// What waits on the disk alone; empty without an inbox.
    pub(super) backlog: Arc<Backlog>,
    /// Tells the worker to end.
    pub(super) stop: Arc<Notify>,
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

/// An attempt at a delivery.
struct Offer {
    /// Its name.
    owner: String,
    /// A place that it has already.
    room: Option<mpsc::OwnedPermit<Task>>,
    /// How often the delivery was looked into already.
    looks: u32,
}

impl Offer {
    fn new(queue: &Queue) -> Self {
        Self { owner: queue.0.owners.next(), room: None, looks: 0 }
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
    /// Too many wait for others of their issue. With an inbox it can wait on the disk.
    #[error("too many wait for others of their issue")]
    TooMany,
}

/// A delivery was not taken; whoever sent it should send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the delivery was not kept")]
pub struct NotKept;

impl Queue {
    pub(super) fn new(way: Arc<Way>) -> Self {
        Self(way)
    }

    /// Decides on a delivery, and takes it where it is accepted and there is room. With an inbox,
    /// what is taken is on the disk when this returns, and there is room as long as the inbox has it.
    ///
    /// # Errors
    /// When the inbox, or without one the queue, is full, the worker is gone, a store does not
    /// answer, or the delivery cannot be written. Nothing stays claimed for it.
    pub async fn keep(&self, delivery: Delivery) -> Result<(), NotKept> {
        let queue = self.clone();
        // Whoever sent it may go away at any point; what has begun here comes to its end.
        let taken = tokio::spawn(async move {
            let mut promise = Promise::None;
            let taken = match queue.take(&delivery, &mut promise, Offer::new(&queue)).await {
                Err(Refused::TooMany) if queue.0.promises.on_disk() => {
                    queue.put_off(&delivery, &mut promise, None).await
                }
                taken => taken,
            };
            taken.map_err(|refused| queue.refuse(&delivery, refused))
        });
        taken.await.unwrap_or(Err(NotKept))
    }

    /// Tells the worker to end after the incident in hand: what else waits is on the disk, and the
    /// next process goes on with it. Without an inbox it does nothing: the worker works everything
    /// off, and ends when all clones of the queue are gone.
    pub fn stop(&self) {
        self.0.stop.notify_one();
    }

    /// Offers what waits on the disk, as the queue has room, until the worker is gone.
    pub(super) async fn feed(way: Weak<Way>, backlog: Arc<Backlog>) {
        let mut in_vain = 0;
        loop {
            // While it waits it must not keep the worker alive.
            backlog.filled().await;
            let Some(incidents) = way.upgrade().map(|way| way.incidents.clone()) else { return };
            let Ok(room) = incidents.reserve_owned().await else { return };
            let Some(queue) = way.upgrade().map(Self) else { return };
            let Some(undone) = backlog.pop() else { continue };
            in_vain = if queue.offer(undone, room).await { 0 } else { in_vain + 1 };
            drop(queue);
            if in_vain >= backlog.len().max(1) {
                in_vain = 0;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Whether what waited on the disk need not wait there on.
    async fn offer(&self, undone: Undone, room: mpsc::OwnedPermit<Task>) -> bool {
        let Undone { kept, owner, refused, looks } = undone;
        let Some((delivery, mut promise)) = self.0.promises.read(kept).await else { return true };
        let offer = Offer {
            owner: owner.clone().unwrap_or_else(|| self.0.owners.next()),
            room: Some(room),
            looks,
        };
        let Err(reason) = self.take(&delivery, &mut promise, offer).await else {
            say_going_on(refused);
            return true;
        };
        say_held_up(&reason, refused);
        // Where its promise is lost the next process finds it.
        if let Some(kept) = promise.take() {
            self.0.backlog.push(Undone { kept, owner, refused: true, looks });
        }
        false
    }

    /// [`Queue::keep`] of a delivery that may be promised already. The promise is taken where the
    /// delivery is.
    async fn take(
        &self,
        delivery: &Delivery,
        promise: &mut Promise,
        offer: Offer,
    ) -> Result<(), Refused> {
        let way = &self.0;
        // It works those off that came before it, each for a lease at most.
        let before = way.incidents.max_capacity() - way.incidents.capacity() + way.backlog.len();
        let turns = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(2);
        let lease = way.pipeline.lease().saturating_mul(turns);
        match way.pipeline.decide(delivery, &offer.owner, (way.clock)(), lease).await {
            Decided::Accepted(accepted) => self.enqueue(accepted, delivery, promise, offer).await,
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
        mut accepted: Box<Accepted>,
        delivery: &Delivery,
        promise: &mut Promise,
        offer: Offer,
    ) -> Result<(), Refused> {
        let way = &self.0;
        accepted.looks = offer.looks;
        let done = match (offer.room.map_or_else(|| way.room(), Ok), way.promises.on_disk()) {
            (Ok(room), _) => match way.promises.make(delivery, promise).await {
                Ok(()) => {
                    say_accepted(delivery, accepted.about());
                    room.send(Task { accepted, promise: promise.take() });
                    return Ok(());
                }
                Err(failure) => Err(Refused::NoRoom(failure.to_string())),
            },
            // Its claims are kept for it.
            (Err(TrySendError::Full(())), true) => {
                self.put_off(delivery, promise, Some(offer.owner)).await
            }
            (Err(full), _) => Err(Refused::NoRoom(full.to_string())),
        };
        match done {
            Ok(()) => say_accepted(delivery, accepted.about()),
            Err(_) => way.pipeline.give_back(&accepted).await,
        }
        done
    }

    /// Keeps a delivery on the disk alone.
    async fn put_off(
        &self,
        delivery: &Delivery,
        promise: &mut Promise,
        owner: Option<String>,
    ) -> Result<(), Refused> {
        let made = self.0.promises.make(delivery, promise).await;
        made.map_err(|failure| Refused::NoRoom(failure.to_string()))?;
        if let Some(kept) = promise.take() {
            self.0.backlog.push(Undone { kept, owner, refused: false, looks: 0 });
        }
        Ok(())
    }

    /// Says which delivery is not kept, and why.
    fn refuse(&self, delivery: &Delivery, refused: Refused) -> NotKept {
        let refused = match refused {
            Refused::Undecided(reason) => {
                self.tell(delivery, Outcome::Failed(reason));
                return NotKept;
            }
            refused => printable::line(&refused.to_string()),
        };
        let webhook = delivery.webhook().ok();
        let About { name, issue, project, bytes, .. } = About::of(delivery, webhook.as_ref());
        let key = webhook.as_ref().and_then(cooldown_key);
        tracing::warn!(delivery = ?name, ?issue, ?project, ?key, bytes, "not kept: {refused}");
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
            Reserved::Full => return Err(Refused::TooMany),
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
            let Err(reason) = self.take(delivery, promise, Offer::new(self)).await else {
                say_going_on(*refused);
                return true;
            };
            say_held_up(&reason, std::mem::replace(refused, true));
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

/// Says once that a delivery is accepted: not again when it comes from the disk.
fn say_accepted(delivery: &Delivery, about: &About) {
    if delivery.provenance() == Provenance::Store {
        return;
    }
    let About { name, issue, project, secret, bytes } = about;
    tracing::info!(delivery = ?name, ?issue, ?project, secret, bytes, "accepted");
}

/// Says that a delivery is held up, unless that was `said` before.
fn say_held_up(reason: &Refused, said: bool) {
    if !said {
        tracing::warn!("{reason}: a delivery that was kept is held up");
    }
}

/// Says that it goes on, where it was `said` to be held up.
fn say_going_on(said: bool) {
    if said {
        tracing::info!("a delivery that was held up goes on");
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
    /// A place in the queue, for what nobody waits in front of.
    fn room(&self) -> Result<mpsc::OwnedPermit<Task>, TrySendError<()>> {
        if self.backlog.len() > 0 && !self.incidents.is_closed() {
            return Err(TrySendError::Full(()));
        }
        let room = self.incidents.clone().try_reserve_owned();
        room.map_err(|full| match full {
            TrySendError::Full(_) => TrySendError::Full(()),
            TrySendError::Closed(_) => TrySendError::Closed(()),
        })
    }

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
