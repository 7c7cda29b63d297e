//! One action per trouble: a claim that is confirmed by acting or given back.

mod clock;
mod entry;
mod memory;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use time::OffsetDateTime;

pub use memory::MemoryCooldown;

/// Where cooldowns live.
///
/// An attempt to act on a delivery (the *owner*) claims the key of the delivery first. Who holds the
/// claim acts, then confirms with the end of the cooldown; until then nobody else gets the key. If
/// acting fails, the owner releases the key at once; if the owner dies, its lease runs out by itself.
///
/// An owner is one attempt: give each a name of its own, e.g. a random one. Two copies of a delivery
/// that share a name would both act.
///
/// ```
/// use std::time::Duration;
/// use sentry_hooks::{Claim, MemoryCooldown};
/// use time::OffsetDateTime;
///
/// let store = MemoryCooldown::new();
/// let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045);
/// let (lease, cooldown) = (Duration::from_secs(30), Duration::from_secs(600));
/// assert_eq!(store.claim_sync("key", "attempt-1", now, lease)?, Claim::Claimed);
/// assert_eq!(
///     store.claim_sync("key", "attempt-2", now, lease)?,
///     Claim::Busy { until: now + lease }
/// );
/// // … attempt 1 acts …
/// assert!(store.confirm_sync("key", "attempt-1", now + cooldown)?);
/// assert_eq!(
///     store.claim_sync("key", "attempt-2", now + lease, lease)?,
///     Claim::Cooling { until: now + cooldown, suppressed: 1 }
/// );
/// # Ok::<(), sentry_hooks::StoreError>(())
/// ```
///
/// # Contract
///
/// - Each method is one atomic step of the store, also between processes that share it.
/// - Time is what the caller passes; the store reads no clock. `now` is the time of the call, not of
///   the delivery. An entry is over when `now` has reached its end. Times are kept to the
///   millisecond at least.
/// - `claim` on a key without entry, or whose entry is over: the owner gets a lease that ends at
///   `now + lease` → [`Claim::Claimed`].
/// - `claim` by the owner of a running lease: the lease now ends at `now + lease` →
///   [`Claim::Yours`]. That is an attempt which goes on under its name after a crash.
/// - `claim` by anyone else during a lease: nothing changes → [`Claim::Busy`]. Whoever gets that
///   offers the delivery again at `until`: if the owner has died, nobody else would act.
/// - `claim` when the entry is confirmed: nothing changes but the count of suppressed claims →
///   [`Claim::Cooling`] with that count, this claim included. The owner's own claims are not counted.
/// - `confirm` by the entry's owner: the entry is confirmed and ends at `until` → `true`, also when
///   repeated, also when the lease had run out and nobody else has claimed. Else nothing happens →
///   `false`: the owner is stale. The caller computes `until` from the `now` that it gave to `claim`:
///   of a clock that is set back in between, a new reading could end the cooldown at once.
/// - `release` by the owner of an unconfirmed entry: the entry is gone → `true`. Else nothing
///   happens → `false`.
/// - A lease in progress is never dropped; a capped store may drop confirmed entries.
///
/// `sentry_hooks::testing::cooldown` (feature `testing`) checks a store against it.
#[async_trait]
pub trait CooldownStore: Send + Sync {
    /// Asks for the key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer or is full.
    async fn claim(
        &self,
        key: &str,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Claim, StoreError>;

    /// Says that the owner has acted: nobody else shall before `until`, which is computed from the
    /// `now` of the claim. False if the owner has lost the key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer.
    async fn confirm(
        &self,
        key: &str,
        owner: &str,
        until: OffsetDateTime,
    ) -> Result<bool, StoreError>;

    /// Gives the key back because acting failed. False if the owner has lost or confirmed it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer.
    async fn release(&self, key: &str, owner: &str) -> Result<bool, StoreError>;
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// The key is yours: act, then confirm or release.
    Claimed,
    /// The key was yours already: you did not get to the end last time.
    Yours,
    /// Somebody is acting, and may yet fail or die: offer the delivery again at `until`.
    Busy {
        /// When that lease ends.
        until: OffsetDateTime,
    },
    /// Somebody has acted.
    Cooling {
        /// When that ends.
        until: OffsetDateTime,
        /// How many claims it has kept back so far, this one included.
        suppressed: u64,
    },
}

macro_rules! forward {
    ($($ty:ty),*) => {$(
        #[async_trait]
        impl<T: CooldownStore + ?Sized> CooldownStore for $ty {
            async fn claim(
                &self,
                key: &str,
                owner: &str,
                now: OffsetDateTime,
                lease: Duration,
            ) -> Result<Claim, StoreError> {
                (**self).claim(key, owner, now, lease).await
            }
            async fn confirm(
                &self,
                key: &str,
                owner: &str,
                until: OffsetDateTime,
            ) -> Result<bool, StoreError> {
                (**self).confirm(key, owner, until).await
            }
            async fn release(&self, key: &str, owner: &str) -> Result<bool, StoreError> {
                (**self).release(key, owner).await
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);

/// Why a store could not answer.
pub struct StoreError {
    kind: Kind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Full,
    Unavailable,
    Broken,
}

impl StoreError {
    /// The store has no room for another claim.
    #[must_use]
    pub fn full() -> Self {
        Self { kind: Kind::Full, source: None }
    }

    /// The store cannot be reached now; the same call may work later.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Unavailable, source: Some(source.into()) }
    }

    /// The store answers, but not as it should; repeating the call will not help.
    pub fn broken(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Broken, source: Some(source.into()) }
    }

    /// Whether the store has no room for another claim.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.kind == Kind::Full
    }

    /// Whether the same call may work later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind != Kind::Broken
    }
}

/// Shows the kind alone; the source may know addresses and credentials.
impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreError").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Full => "the cooldown store is full",
            Kind::Unavailable => "the cooldown store cannot be reached",
            Kind::Broken => "the cooldown store does not work",
        })
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}
