//! The routes of deliveries.

use std::time::Duration;

use axum::Router;
use sentry_hooks::Verifier;
use sentry_hooks_axum::{Receiver, webhook};

use crate::pipeline::Queue;

/// What the receiver takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Path of the webhook.
    pub path: String,
    /// Largest body, in bytes.
    pub body_limit: usize,
    /// How long a body may take.
    pub body_deadline: Duration,
}

/// The webhook's route: decides on what it has verified, queues what it accepts, answers at once.
pub fn routes(verifier: Verifier, intake: &Intake, queue: Queue) -> Router {
    let receiver =
        Receiver::new(verifier).body_limit(intake.body_limit).body_deadline(intake.body_deadline);
    let keep = move |delivery| {
        let queue = queue.clone();
        async move { queue.keep(delivery).await }
    };
    Router::new().route(&intake.path, webhook(receiver, keep))
}
