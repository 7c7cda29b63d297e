//! Work that waits until it is let, and what it needs besides.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use incident_service::pipeline::{Investigator, Pipeline};
use sentry_correlate::source::{ChangeSource, DeploymentSource, Query, Sink, SourceError};
use sentry_hooks::{CooldownStore, Delivery, Headers, MemoryCooldown, Policy, danger};
use tokio::sync::Semaphore;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A source that answers, with nothing, once it is let.
#[derive(Debug, Clone)]
pub(crate) struct Gate(pub(crate) Arc<Semaphore>);

impl Gate {
    pub(crate) fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    pub(crate) fn open() -> Self {
        Self(Arc::new(Semaphore::new(1000)))
    }
}

#[async_trait]
impl ChangeSource for Gate {
    fn name(&self) -> &str {
        "gate"
    }

    async fn changes(&self, _: &Query, _: &Sink) -> Result<(), SourceError> {
        self.0.acquire().await.unwrap().forget();
        Ok(())
    }
}

#[async_trait]
impl DeploymentSource for Gate {
    fn name(&self) -> &str {
        "gate"
    }

    async fn deployments(&self, _: &Query, _: &Sink) -> Result<(), SourceError> {
        Ok(())
    }
}

pub(crate) fn pipeline(gate: Gate, stores: &Stores) -> Arc<Pipeline> {
    Arc::new(Pipeline {
        policy: Policy::new(),
        cooldowns: Arc::clone(&stores.cooldowns) as Arc<dyn CooldownStore>,
        repeats: Arc::clone(&stores.repeats),
        cooldown: Duration::from_secs(600),
        investigator: Arc::new(Investigator::new(gate, HOUR)),
    })
}

pub(crate) struct Stores {
    pub(crate) cooldowns: Arc<MemoryCooldown>,
    pub(crate) repeats: Arc<dyn CooldownStore>,
}

impl Stores {
    pub(crate) fn new() -> Self {
        Self {
            cooldowns: Arc::new(MemoryCooldown::new()),
            repeats: Arc::new(MemoryCooldown::new()),
        }
    }
}

pub(crate) fn delivery(body: &[u8], idempotency: Option<&str>) -> Delivery {
    let headers = Headers::from_pairs(idempotency.map(|key| ("Idempotency-Key", key)));
    danger::unverified_delivery(headers, body.to_vec().into())
}

/// A delivery of that issue.
pub(crate) fn of_issue(id: u32) -> Vec<u8> {
    format!(
        r#"{{"action":"triggered","installation":{{"uuid":"a"}},"data":{{"event":{{"event_id":"{id}",
        "issue_id":"{id}","level":"error","title":"x"}}}}}}"#
    )
    .into_bytes()
}
