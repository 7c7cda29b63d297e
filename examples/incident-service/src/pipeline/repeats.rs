//! Telling a delivery that came before.

use std::time::Duration;

use sentry_hooks::{Claim, CooldownStore, Delivery, StoreError};
use time::OffsetDateTime;

/// How long a delivery is remembered: longer than Sentry's retries, which end after a quarter of an
/// hour.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// The keys by which a delivery is known again, in the same store and by the same protocol as the
/// cooldowns: of two that come at once, one is worked on.
pub(super) struct Repeats(Vec<String>);

impl Repeats {
    /// The body's digest, which nobody can change without the secret, and Sentry's own key, which
    /// stays the same when a retry is built anew.
    pub(super) fn of(delivery: &Delivery) -> Self {
        let digest: String =
            delivery.body_digest().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut keys = vec![format!("delivery-{digest}")];
        keys.extend(delivery.headers().idempotency_key().map(|key| format!("delivery-key-{key}")));
        Self(keys)
    }

    /// Whether the delivery is new; then it is the owner's.
    pub(super) async fn claim(
        &self,
        store: &dyn CooldownStore,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        for (at, key) in self.0.iter().enumerate() {
            let claim = store.claim(key, owner, now, lease).await?;
            if !matches!(claim, Claim::Claimed | Claim::Yours) {
                for claimed in &self.0[..at] {
                    store.release(claimed, owner).await?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The delivery was worked on.
    pub(super) async fn confirm(
        &self,
        store: &dyn CooldownStore,
        owner: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        for key in &self.0 {
            store.confirm(key, owner, now + REMEMBERED).await?;
        }
        Ok(())
    }

    /// The delivery could not be worked on.
    pub(super) async fn release(
        &self,
        store: &dyn CooldownStore,
        owner: &str,
    ) -> Result<(), StoreError> {
        for key in &self.0 {
            store.release(key, owner).await?;
        }
        Ok(())
    }
}
