//! How much waits in an inbox, and how much may.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bounds on what waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) deliveries: usize,
    pub(crate) bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { deliveries: 10_000, bytes: 1 << 30 }
    }
}

/// The size of each delivery that waits, by its number.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Mutex<Sizes>);

#[derive(Debug, Default)]
struct Sizes {
    each: HashMap<u64, u64>,
    bytes: u64,
}

impl Waiting {
    /// Counts a delivery, unless that is beyond the bounds: then says how many there are, and how
    /// many bytes.
    pub(crate) fn add(&self, number: u64, size: u64, bounds: Bounds) -> Result<(), (usize, u64)> {
        let mut sizes = self.sizes();
        let bytes = sizes.bytes.saturating_add(size);
        if sizes.each.len() >= bounds.deliveries || bytes > bounds.bytes {
            return Err((sizes.each.len(), sizes.bytes));
        }
        sizes.each.insert(number, size);
        sizes.bytes = bytes;
        Ok(())
    }

    /// Counts a delivery that is there, whatever the bounds.
    pub(crate) fn found(&self, number: u64, size: u64) {
        let unbounded = Bounds { deliveries: usize::MAX, bytes: u64::MAX };
        self.add(number, size, unbounded).ok();
    }

    /// A delivery waits no more; whoever says it again changes nothing.
    pub(crate) fn remove(&self, number: u64) {
        let mut sizes = self.sizes();
        let size = sizes.each.remove(&number).unwrap_or_default();
        sizes.bytes -= size;
    }

    /// No panic can leave it half changed, so poison means nothing.
    fn sizes(&self) -> MutexGuard<'_, Sizes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
