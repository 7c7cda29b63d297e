//! What the extractors need from the application's state.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use sentry_hooks::{DEFAULT_BODY_LIMIT, Delivery, Provenance, ReceiveError, Verifier};
use sentry_hooks_tower::read_delivery;

/// Secrets and limits of a receiver; cheap to clone.
///
/// Put it into the router's state, as the state itself or as a part of it:
///
/// ```
/// use axum::extract::FromRef;
/// use sentry_hooks_axum::Receiver;
///
/// #[derive(Clone)]
/// struct App {
///     sentry: Receiver,
///     // …
/// }
///
/// impl FromRef<App> for Receiver {
///     fn from_ref(app: &App) -> Receiver {
///         app.sentry.clone()
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Receiver {
    verifier: Arc<Verifier>,
    limit: usize,
    deadline: Duration,
}

impl Receiver {
    /// A receiver that takes bodies of up to [`DEFAULT_BODY_LIMIT`] bytes within 10 seconds.
    pub fn new(verifier: impl Into<Arc<Verifier>>) -> Self {
        Self {
            verifier: verifier.into(),
            limit: DEFAULT_BODY_LIMIT,
            deadline: Duration::from_secs(10),
        }
    }

    /// Refuses bodies of more than `bytes` with 413, without buffering them.
    ///
    /// It replaces axum's `DefaultBodyLimit`, which has no effect here.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Refuses bodies that take longer with 408.
    #[must_use]
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub(crate) async fn receive(&self, request: Request) -> Result<Delivery, ReceiveError> {
        let (parts, body) = request.into_parts();
        // A layer in front may have verified it already; what nobody has is read anew.
        let delivery = parts.extensions.get::<Delivery>();
        if let Some(delivery) = delivery.filter(|d| d.provenance() != Provenance::Nobody) {
            return Ok(delivery.clone());
        }
        let deadline = tokio::time::sleep(self.deadline);
        read_delivery(&self.verifier, self.limit, &parts.headers, body, deadline).await
    }
}
