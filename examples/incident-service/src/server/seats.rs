//! Who is connected, and who leaves when there is no room.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The places for connections.
#[derive(Clone)]
pub(super) struct Seats {
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Idle>>,
}

/// The idle connections, the one that has been so for longest first.
#[derive(Default)]
struct Idle {
    turns: u64,
    seats: BTreeMap<u64, Arc<Notify>>,
}

/// A connection's place. It is free again when this is dropped.
pub(super) struct Seat {
    idle: Arc<Mutex<Idle>>,
    /// Its turn among the idle ones.
    turn: Mutex<u64>,
    wanted: Arc<Notify>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Keeps a seat from being taken away.
pub(super) struct Busy(Arc<Seat>);

impl Seats {
    pub(super) fn new(places: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(places)), idle: Arc::default() }
    }

    /// A place; where all are taken, the one that has been idle for longest.
    pub(super) async fn take(&self) -> Seat {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => {
                self.end_idle(1);
                // The semaphore is never closed.
                Arc::clone(&self.free).acquire_owned().await.ok()
            }
        };
        let wanted = Arc::new(Notify::new());
        let turn = Mutex::new(lock(&self.idle).add(Arc::clone(&wanted)));
        Seat { idle: Arc::clone(&self.idle), turn, wanted, _permit: permit }
    }

    /// Ends the connections that have been idle for longest.
    pub(super) fn end_idle(&self, at_most: usize) {
        let mut idle = lock(&self.idle);
        for _ in 0..at_most {
            let Some((_, wanted)) = idle.seats.pop_first() else { return };
            wanted.notify_one();
        }
    }
}

impl Seat {
    /// The seat is wanted for somebody else.
    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// A request is under way until the answer is dropped.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        lock(&self.idle).seats.remove(&lock(&self.turn));
        Busy(Arc::clone(self))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.idle).seats.remove(&lock(&self.turn));
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        *lock(&self.0.turn) = lock(&self.0.idle).add(Arc::clone(&self.0.wanted));
    }
}

impl Idle {
    fn add(&mut self, wanted: Arc<Notify>) -> u64 {
        self.turns += 1;
        self.seats.insert(self.turns, wanted);
        self.turns
    }
}

/// No panic can leave these half changed, so the lock's poison means nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
