//! From a delivery to its answer.
//!
//! Repeats are passed over; the policy decides; the cooldown is claimed; the incident's changes are
//! gathered and ranked; then the claim is confirmed, or given back where nothing could be asked.

mod analysis;
mod repeats;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sentry_correlate::source::Query;
use sentry_correlate::{Incident, Report};
use sentry_hooks::{
    Claim, CooldownStore, Decision, Delivery, ParseError, Policy, StoreError, Webhook, cooldown_key,
};
use time::OffsetDateTime;

pub use analysis::{Analysis, Investigator};
pub use worker::{Clock, Queue, Worker};

use repeats::Repeats;

/// What became of a delivery.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It was looked into.
    Answered(Box<Report>),
    /// It was not looked into, for the reason that the decision says.
    Passed(Decision),
    /// It is about trouble and brings no event, so there is no stack to look at.
    NoEvent,
    /// It has the right signature and cannot be read.
    Unreadable(ParseError),
    /// Nothing could be asked or remembered. The next delivery of the same trouble tries again.
    Failed(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(_) => f.write_str("answered"),
            Self::Passed(decision) => decision.fmt(f),
            Self::NoEvent => f.write_str("it brings no event"),
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
        }
    }
}

/// Everything that a delivery passes through. Shared by reference; holds no delivery.
pub struct Pipeline {
    /// Which deliveries to look into.
    pub policy: Policy,
    /// Where claims on troubles live.
    pub cooldowns: Arc<dyn CooldownStore>,
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

impl Pipeline {
    /// A lease outlives the work it is for.
    fn lease(&self) -> Duration {
        self.investigator.patience() + Duration::from_secs(30)
    }

    /// Looks into a delivery. `owner` names this attempt: a name of its own for each arrival, the
    /// same one when an attempt is resumed.
    pub async fn handle(&self, delivery: &Delivery, owner: &str, now: OffsetDateTime) -> Outcome {
        let repeats = Repeats::of(delivery);
        match repeats.claim(&*self.cooldowns, owner, now, self.lease()).await {
            Ok(true) => {}
            Ok(false) => return Outcome::Passed(Decision::Duplicate),
            Err(error) => return Outcome::Failed(error.to_string()),
        }
        let outcome = match delivery.webhook() {
            Ok(webhook) => self.decide(&webhook, owner, now).await,
            Err(error) => Outcome::Unreadable(error),
        };
        let kept = match outcome {
            Outcome::Failed(_) => repeats.release(&*self.cooldowns, owner).await,
            _ => repeats.confirm(&*self.cooldowns, owner, now).await,
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "a repeat of this delivery may be looked into again");
        }
        outcome
    }

    async fn decide(&self, webhook: &Webhook<'_>, owner: &str, now: OffsetDateTime) -> Outcome {
        let decision = self.policy.filter(webhook);
        if !decision.is_accept() {
            return Outcome::Passed(decision);
        }
        // Without an event nothing is claimed: the alert that brings one may come right after.
        let (Some(event), Some(key)) = (webhook.event(), cooldown_key(webhook)) else {
            return Outcome::NoEvent;
        };
        let claim = match self.cooldowns.claim(&key, owner, now, self.lease()).await {
            Ok(claim) => claim,
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        if !matches!(claim, Claim::Claimed | Claim::Yours) {
            return Outcome::Passed(claim.into());
        }
        let outcome = self.answer(&Incident::from_event(event)).await;
        if let Err(error) = self.settle(&outcome, &key, owner, now).await {
            tracing::warn!(%error, "the cooldown was not noted; this issue may be answered again");
        }
        outcome
    }

    async fn settle(
        &self,
        outcome: &Outcome,
        key: &str,
        owner: &str,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        match outcome {
            Outcome::Failed(_) => self.cooldowns.release(key, owner).await,
            _ => self.cooldowns.confirm(key, owner, now + self.cooldown).await,
        }
    }

    async fn answer(&self, incident: &Incident) -> Outcome {
        let analysis = self.investigator.look_into(incident, &Query::of(incident)).await;
        match analysis.try_again() {
            Some(reason) => Outcome::Failed(reason),
            None => Outcome::Answered(Box::new(analysis.report)),
        }
    }
}
