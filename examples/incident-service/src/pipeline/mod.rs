//! From a delivery to its published answer, in two steps.
//!
//! The fast step ([`Pipeline::decide`]) asks the policy, passes over repeats and claims the
//! cooldown. The slow one ([`Pipeline::work`]) gathers the incident's changes, ranks them and
//! publishes the report; only then the claims are confirmed. Where that fails they are given back.

mod analysis;
mod backlog;
mod outcome;
mod owners;
mod promises;
mod queue;
mod repeats;
mod windows;
mod worker;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sentry_correlate::source::Query;
use sentry_correlate::{Incident, Report};
use sentry_hooks::{Claim, CooldownStore, Decision, Delivery, Policy, cooldown_key};
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::Failure;
pub use analysis::{Analysis, Investigator};
pub use outcome::{About, Outcome};
pub use queue::{NotKept, Queue};
pub use worker::{Clock, Tell, Worker};

use repeats::{Repeats, Seen};

/// How long an issue cools down whose release nobody knew: a clone may have it by then.
const UNRESOLVED: Duration = Duration::from_secs(2 * 60);
/// How often such a delivery is looked into.
const LOOKS: u32 = 6;

/// Everything that a delivery passes through. Shared by reference; holds no delivery.
pub struct Pipeline {
    /// Which deliveries to look into.
    pub policy: Policy,
    /// Where claims on troubles live.
    pub cooldowns: Arc<dyn CooldownStore>,
    /// Where deliveries are remembered. A store of its own, so that no flood of deliveries can
    /// push cooldowns out.
    pub repeats: Arc<dyn CooldownStore>,
    /// How long a trouble stays answered.
    pub cooldown: Duration,
    /// Who looks into incidents.
    pub investigator: Arc<Investigator>,
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// What the fast step says.
#[derive(Debug)]
#[non_exhaustive]
pub enum Decided {
    /// To be looked into; what it needs is claimed.
    Accepted(Box<Accepted>),
    /// Nothing more to do.
    Done(Outcome),
    /// Another attempt is at it and may yet fail or die: to be offered again.
    Busy {
        /// What is taken.
        key: String,
        /// When the other attempt's lease ends.
        until: OffsetDateTime,
    },
}

/// An incident to look into, with what is claimed for it.
#[derive(Debug)]
pub struct Accepted {
    about: About,
    incident: Incident,
    key: String,
    repeats: Repeats,
    owner: String,
    /// How often it was looked into already.
    looks: u32,
}

impl Accepted {
    /// The delivery that brought it.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// How often it was looked into with this outcome, where it is to be looked into again.
    fn again(&self, outcome: &Outcome) -> Option<u32> {
        let looks = self.looks + 1;
        (matches!(outcome, Outcome::Unresolved(..)) && looks < LOOKS).then_some(looks)
    }
}

impl Pipeline {
    /// A lease that outlives the work on one incident.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.investigator.patience().saturating_add(Duration::from_secs(30))
    }

    /// Whether to look into a delivery. Quick: nothing is gathered.
    ///
    /// `owner` names this attempt and no other; `lease` must outlive the work on it.
    pub async fn decide(
        &self,
        delivery: &Delivery,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Decided {
        let webhook = match delivery.webhook() {
            Ok(webhook) => webhook,
            Err(error) => return Decided::Done(Outcome::Unreadable(error)),
        };
        let decision = self.policy.filter(&webhook);
        if !decision.is_accept() {
            return Decided::Done(Outcome::Passed(decision));
        }
        // Without an event nothing is claimed: the alert that brings one may come right after.
        let (Some(event), Some(key)) = (webhook.event(), cooldown_key(&webhook)) else {
            return Decided::Done(Outcome::NoEvent);
        };
        let accepted = Accepted {
            about: About::of(delivery, Some(&webhook)),
            incident: Incident::from_event(event),
            repeats: Repeats::of(delivery, &webhook, &key),
            key,
            owner: owner.to_owned(),
            looks: 0,
        };
        self.claim(accepted, now, lease).await
    }

    async fn claim(&self, accepted: Accepted, now: OffsetDateTime, lease: Duration) -> Decided {
        let Accepted { key, repeats, owner, .. } = &accepted;
        match repeats.claim(&*self.repeats, owner, now, lease).await {
            Ok(Seen::New) => {}
            Ok(Seen::Before) => return Decided::Done(Outcome::Passed(Decision::Duplicate)),
            Ok(Seen::Busy { key, until }) => return Decided::Busy { key, until },
            Err(error) => return Decided::Done(Outcome::Failed(error.to_string())),
        }
        let decided = match self.cooldowns.claim(key, owner, now, lease).await {
            Ok(Claim::Claimed | Claim::Yours) => return Decided::Accepted(Box::new(accepted)),
            Ok(claim) => match held_until(claim) {
                Some(until) => Decided::Busy { key: key.clone(), until },
                None => {
                    // Dealt with: a repeat of it has nothing to add.
                    let remembered = repeats.confirm(&*self.repeats, owner, now).await;
                    noted(remembered, "a repeat of this delivery will be decided anew");
                    return Decided::Done(Outcome::Passed(claim.into()));
                }
            },
            Err(error) => Decided::Done(Outcome::Failed(error.to_string())),
        };
        noted(repeats.release(&*self.repeats, owner).await, "this delivery stays claimed");
        decided
    }

    /// Looks into an incident and publishes its report; the claims are confirmed after that. Where
    /// the release is not known (yet), the issue cools down for two minutes at most; a report that
    /// says so is published once.
    ///
    /// A lease that has run out while the incident waited is renewed; where somebody else has
    /// taken it, the incident is left to them.
    pub async fn work<P, F>(&self, accepted: &Accepted, now: OffsetDateTime, publish: P) -> Outcome
    where
        P: FnOnce(Arc<Report>) -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        let Accepted { key, owner, .. } = accepted;
        let outcome = match self.cooldowns.claim(key, owner, now, self.lease()).await {
            Ok(Claim::Claimed | Claim::Yours) => self.answer(accepted, publish).await,
            Ok(claim) => Outcome::Passed(claim.into()),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        match outcome {
            Outcome::Answered(_) => {
                self.cool(accepted, now, self.cooldown).await;
                let remembered = accepted.repeats.confirm(&*self.repeats, owner, now).await;
                noted(remembered, "a repeat of this delivery may be looked into again");
            }
            Outcome::Unresolved(..) => {
                self.cool(accepted, now, self.soon()).await;
                self.forget(accepted).await;
            }
            _ => self.give_back(accepted).await,
        }
        outcome
    }

    /// When a release that was not known may be.
    fn soon(&self) -> Duration {
        self.cooldown.min(UNRESOLVED)
    }

    async fn cool(&self, accepted: &Accepted, now: OffsetDateTime, by: Duration) {
        let Accepted { key, owner, .. } = accepted;
        let confirmed = self.cooldowns.confirm(key, owner, later(now, by)).await;
        noted(confirmed, "the cooldown was not noted; this issue may be answered again");
    }

    /// Gives back what is claimed for an incident that nobody looks into.
    pub async fn give_back(&self, accepted: &Accepted) {
        let Accepted { key, owner, .. } = accepted;
        let released = self.cooldowns.release(key, owner).await;
        noted(released, "the claim on this issue stays until its lease runs out");
        self.forget(accepted).await;
    }

    /// The same delivery counts as new when it comes again.
    async fn forget(&self, accepted: &Accepted) {
        let released = accepted.repeats.release(&*self.repeats, &accepted.owner).await;
        noted(released, "this delivery stays claimed until its lease runs out");
    }

    async fn answer<P, F>(&self, accepted: &Accepted, publish: P) -> Outcome
    where
        P: FnOnce(Arc<Report>) -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        let incident = &accepted.incident;
        let analysis = self.investigator.look_into(incident.clone(), &Query::of(incident)).await;
        if let Some(reason) = analysis.unanswered() {
            return Outcome::Failed(reason);
        }
        let unresolved = analysis.unresolved();
        let report = Arc::new(analysis.report);
        // That it is not known was published after the first look.
        if let (Some(reason), 1..) = (&unresolved, accepted.looks) {
            return Outcome::Unresolved(report, reason.clone());
        }
        match (publish(Arc::clone(&report)).await, unresolved) {
            (Ok(()), None) => Outcome::Answered(report),
            (Ok(()), Some(reason)) => Outcome::Unresolved(report, reason),
            (Err(failure), _) => Outcome::NotPublished(failure),
        }
    }
}

/// When the lease of the attempt ends that is at it.
fn held_until(claim: Claim) -> Option<OffsetDateTime> {
    match claim {
        Claim::Busy { until } => Some(until),
        _ => None,
    }
}

/// Says what it means that a store failed; a claim that had been lost already needs no word.
fn noted<T>(result: Result<T, sentry_hooks::StoreError>, meaning: &str) {
    if let Err(error) = result {
        tracing::warn!(%error, "{meaning}");
    }
}

/// A time after another one, or the last that there is.
fn later(now: OffsetDateTime, by: Duration) -> OffsetDateTime {
    let by = time::Duration::try_from(by).unwrap_or(time::Duration::MAX);
    now.checked_add(by).unwrap_or(PrimitiveDateTime::MAX.assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cooldown_is_too_long() {
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(later(now, Duration::from_secs(60)).unix_timestamp(), 60);
        assert!(later(now, Duration::MAX) > later(now, Duration::from_secs(u64::from(u32::MAX))));
    }
}
