//! Telling a delivery that came before.

use std::time::Duration;

use sentry_hooks::{Claim, CooldownStore, Delivery, StoreError, Webhook};
use time::OffsetDateTime;

use super::{held_until, later};

/// How long a delivery is remembered: longer than Sentry's retries, which end after a quarter of an
/// hour.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// The keys by which a delivery is known again, kept by the protocol of the cooldowns: of two that
/// come at once, one is worked on.
#[derive(Debug)]
pub(super) struct Repeats(Vec<String>);

/// What is known of a delivery.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing; it is the owner's now.
    New,
    /// It was dealt with.
    Before,
    /// Another attempt is at it.
    Busy { key: String, until: OffsetDateTime },
}

impl Repeats {
    /// The body's digest, which nobody can change without the secret, and Sentry's own key, which
    /// stays the same when a retry is built anew.
    ///
    /// The latter stands in a header, which is not signed: it counts among deliveries of the same
    /// name, installation and `trouble` alone, so that a key planted on one delivery cannot make
    /// another trouble's delivery look like a repeat.
    pub(super) fn of(delivery: &Delivery, webhook: &Webhook<'_>, trouble: &str) -> Self {
        let digest: String =
            delivery.body_digest().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut keys = vec![format!("delivery-{digest}")];
        if let Some(key) = delivery.headers().idempotency_key() {
            let installation = webhook.installation_uuid();
            let name = webhook.name();
            keys.push(format!("delivery-key-{trouble}-{name:?}-{installation:?}-{key}"));
        }
        Self(keys)
    }

    /// Claims the delivery where it is new. Otherwise, and on an error, nothing stays claimed.
    pub(super) async fn claim(
        &self,
        store: &dyn CooldownStore,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Seen, StoreError> {
        for (at, key) in self.0.iter().enumerate() {
            let seen = match store.claim(key, owner, now, lease).await {
                Ok(Claim::Claimed | Claim::Yours) => continue,
                Ok(claim) => Ok(match held_until(claim) {
                    Some(until) => Seen::Busy { key: key.clone(), until },
                    None => Seen::Before,
                }),
                Err(error) => Err(error),
            };
            for claimed in &self.0[..at] {
                // What cannot be given back runs out by itself; the first error says more.
                store.release(claimed, owner).await.ok();
            }
            return seen;
        }
        Ok(Seen::New)
    }

    /// The delivery was dealt with. `now` is the time of the claim.
    pub(super) async fn confirm(
        &self,
        store: &dyn CooldownStore,
        owner: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        for key in &self.0 {
            store.confirm(key, owner, later(now, REMEMBERED)).await?;
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
