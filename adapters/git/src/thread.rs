//! Blocking work on a thread of its own, awaited without a runtime.

use futures_channel::oneshot;
use sentry_correlate::SourceError;
use sentry_correlate::source::Interrupt;

/// Runs `work` on a new thread. When the future is dropped first, the work is told to stop.
pub(crate) async fn run(
    interrupt: Interrupt,
    work: impl FnOnce() -> Result<(), SourceError> + Send + 'static,
) -> Result<(), SourceError> {
    let (send, receive) = oneshot::channel();
    let mut stop = StopOnDrop(Some(interrupt));
    std::thread::Builder::new()
        .name("git source".to_owned())
        .spawn(move || {
            // Nobody listens any more when the future was dropped.
            let _ = send.send(work());
        })
        .map_err(|error| SourceError::Unavailable { detail: format!("no thread: {error}") })?;
    let outcome = receive.await;
    stop.0 = None;
    outcome.unwrap_or_else(|_| {
        let detail = "reading the repository ended unexpectedly".to_owned();
        Err(SourceError::Unreadable { detail })
    })
}

struct StopOnDrop(Option<Interrupt>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if let Some(interrupt) = &self.0 {
            interrupt.set();
        }
    }
}
