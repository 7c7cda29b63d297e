//! The layer: its settings.

use std::fmt;
use std::sync::Arc;

use sentry_hooks::{DEFAULT_BODY_LIMIT, Verifier};
use tower_layer::Layer;

use crate::{BodyDeadline, NoDeadline, Verify};

/// Verifies every request before the inner service sees it.
///
/// The inner service gets the request with a [`VerifiedBody`](crate::VerifiedBody) and a
/// [`Delivery`](sentry_hooks::Delivery) among its extensions. What is refused is answered as
/// [`ReceiveError`](sentry_hooks::ReceiveError) tells, and that error travels in the response's
/// extensions, so that outer layers can count it.
#[derive(Clone)]
pub struct VerifyLayer<D = NoDeadline> {
    verifier: Arc<Verifier>,
    limit: usize,
    deadline: D,
}

impl VerifyLayer {
    /// A layer with a body limit of [`DEFAULT_BODY_LIMIT`] and no deadline.
    pub fn new(verifier: impl Into<Arc<Verifier>>) -> Self {
        Self { verifier: verifier.into(), limit: DEFAULT_BODY_LIMIT, deadline: NoDeadline }
    }
}

impl<D> VerifyLayer<D> {
    /// Refuses bodies of more than `bytes` with 413, after at most one chunk too many.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Refuses bodies that take longer than `deadline`, a function that starts a timer, with 408.
    ///
    /// Without it a client can hold a connection for as long as the server in front lets it.
    pub fn body_deadline<E: BodyDeadline>(self, deadline: E) -> VerifyLayer<E> {
        VerifyLayer { verifier: self.verifier, limit: self.limit, deadline }
    }
}

impl<S, D: Clone> Layer<S> for VerifyLayer<D> {
    type Service = Verify<S, D>;

    fn layer(&self, inner: S) -> Verify<S, D> {
        Verify {
            inner,
            verifier: Arc::clone(&self.verifier),
            limit: self.limit,
            deadline: self.deadline.clone(),
        }
    }
}

impl<D> fmt::Debug for VerifyLayer<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyLayer")
            .field("verifier", &self.verifier)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
