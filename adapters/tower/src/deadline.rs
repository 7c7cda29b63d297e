//! How long a body may take. The runtime's clock is the caller's, so the deadline is a future.

use std::future::{Future, Pending};

/// Starts the clock for one body: when its future is ready first, the request is answered with 408.
///
/// Any `Fn() -> Future` is one: `|| tokio::time::sleep(Duration::from_secs(5))`.
pub trait BodyDeadline {
    /// The future that runs out.
    type Future: Future;

    /// Starts the clock.
    fn start(&self) -> Self::Future;
}

impl<F, Fut> BodyDeadline for F
where
    F: Fn() -> Fut,
    Fut: Future,
{
    type Future = Fut;

    fn start(&self) -> Fut {
        self()
    }
}

/// Never runs out: for servers that limit the time of a request elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDeadline;

impl BodyDeadline for NoDeadline {
    type Future = Pending<()>;

    fn start(&self) -> Pending<()> {
        std::future::pending()
    }
}
