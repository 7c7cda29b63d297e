//! Names of attempts.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

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

    pub(super) fn next(&self) -> String {
        format!("{}-{}", self.process, self.attempts.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_attempts_share_a_name_even_across_restarts() {
        let (before, after) = (Owners::new(), Owners::new());
        let names = HashSet::from([before.next(), before.next(), after.next(), after.next()]);
        assert_eq!(names.len(), 4);
    }
}
