//! The settings that receivers in every framework share.

use std::sync::Arc;
use std::time::Duration;

use crate::{DEFAULT_BODY_LIMIT, Verifier};

/// Secrets and limits of a receiver; cheap to clone. The adapters hand it to the application in
/// their framework's way.
///
/// ```
/// use std::time::Duration;
/// use sentry_hooks::{Receiver, Verifier};
///
/// let receiver = Receiver::new(Verifier::new("the integration's client secret")?)
///     .body_limit(1024 * 1024)
///     .body_deadline(Duration::from_secs(2));
/// assert_eq!((receiver.limit(), receiver.deadline()), (1024 * 1024, Duration::from_secs(2)));
/// # Ok::<(), sentry_hooks::SecretError>(())
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
    /// In the adapters it takes the place of the framework's own limit, which has no effect there.
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

    /// What verifies the bodies.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The largest body that is taken, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How long a body may take.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }
}
