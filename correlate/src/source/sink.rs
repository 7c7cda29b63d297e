//! How a source hands over what it has, as it gets it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Gap;
use crate::release::Resolution;
use crate::{Blame, Change, Deployment, FramePath};

/// Takes what a source finds. Cheap to clone; clones share one collection, and a blocking source
/// takes one to its thread.
///
/// Once the caller has stopped waiting, whatever comes is dropped and [`Sink::interrupt`] is set.
///
/// ```
/// use sentry_correlate::source::Sink;
///
/// let sink = Sink::new();
/// let on_a_thread = sink.clone();
/// std::thread::spawn(move || on_a_thread.merges(3)).join().unwrap();
/// assert!(!sink.interrupt().is_set());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sink {
    collected: Arc<Mutex<Collected>>,
    interrupt: Interrupt,
}

/// What a source has given so far.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) sealed: bool,
    pub(crate) changes: Vec<Change>,
    /// Where each commit lies in `changes`, so that a repeated one takes no second place.
    seen: HashMap<String, usize>,
    /// Commits in the order of the window, where the source said so.
    order: Vec<String>,
    pub(crate) merges: usize,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) blame: Vec<Blame>,
    pub(crate) paths: Vec<FramePath>,
    pub(crate) resolution: Option<Resolution>,
    pub(crate) gaps: Vec<Gap>,
    more_gaps: u64,
}

/// Most gaps that are listed.
const MAX_GAPS: usize = 100;

impl Sink {
    /// An empty sink with a fresh interrupt flag.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands over one change. A commit that was handed over before is replaced.
    pub fn change(&self, change: Change) {
        self.with(|all| match all.seen.get(&change.sha) {
            Some(&at) => all.changes[at] = change,
            None => {
                all.seen.insert(change.sha.clone(), all.changes.len());
                all.changes.push(change);
            }
        });
    }

    /// Says in which order the window's commits stand, the oldest first and none before its
    /// parents, for a source that hands changes over in another one.
    pub fn order(&self, shas: Vec<String>) {
        self.with(|all| all.order = shas);
    }

    /// Says how many merges of the window were passed over.
    pub fn merges(&self, merges: usize) {
        self.with(|all| all.merges += merges);
    }

    /// Hands over one deployment.
    pub fn deployment(&self, deployment: Deployment) {
        self.with(|all| all.deployments.push(deployment));
    }

    /// Says who last touched the line of a frame.
    pub fn blame(&self, blame: Blame) {
        self.with(|all| all.blame.push(blame));
    }

    /// Says where the file of a frame lives in the repository.
    pub fn frame_path(&self, path: FramePath) {
        self.with(|all| all.paths.push(path));
    }

    /// Says which window was chosen and why.
    pub fn resolved(&self, resolution: Resolution) {
        self.with(|all| all.resolution = Some(resolution));
    }

    /// Says that something was left out. Saying the same twice does no harm; past a hundred the
    /// rest is only counted.
    pub fn gap(&self, gap: Gap) {
        self.with(|all| {
            if all.gaps.contains(&gap) {
                return;
            }
            if all.gaps.len() < MAX_GAPS {
                all.gaps.push(gap);
            } else {
                all.more_gaps += 1;
            }
        });
    }

    /// The flag that tells blocking work to stop.
    #[must_use]
    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// The changes handed over so far, in the order of the window and numbered so
    /// ([`Change::position`]), for callers that ask one source without [`crate::gather`].
    #[must_use]
    pub fn take_changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        self.with(|all| {
            all.arrange();
            all.seen.clear();
            changes = std::mem::take(&mut all.changes);
        });
        crate::order::number(&mut changes);
        changes
    }

    /// Closes the sink, tells the source to stop, and takes what has come.
    pub(crate) fn close(&self) -> Collected {
        self.interrupt.set();
        let mut taken = Collected::default();
        self.with(|all| {
            all.arrange();
            all.count_gaps();
            taken = std::mem::take(all);
            all.sealed = true;
        });
        taken
    }

    fn with(&self, act: impl FnOnce(&mut Collected)) {
        // A panic while the lock is held cannot leave the vectors half-written in a way that
        // matters, so the data stays usable.
        let mut all = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.sealed {
            act(&mut all);
        }
    }
}

impl Collected {
    /// Brings the changes into the window's order; those it does not name come last.
    fn arrange(&mut self) {
        if self.order.is_empty() {
            return;
        }
        let places: HashMap<&str, usize> =
            self.order.iter().enumerate().map(|(place, sha)| (sha.as_str(), place)).collect();
        self.changes
            .sort_by_key(|change| places.get(change.sha.as_str()).copied().unwrap_or(usize::MAX));
        self.seen.clear();
    }

    fn count_gaps(&mut self) {
        if self.more_gaps > 0 {
            self.gaps.push(Gap::Limit {
                what: "gaps listed".to_owned(),
                limit: MAX_GAPS as u64,
                left_out: Some(self.more_gaps),
            });
        }
    }
}

/// Tells blocking work to stop. Clones share one flag.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// A flag that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop. It cannot be taken back.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work should stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for libraries that take one.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_told_once_and_bounded() {
        let sink = Sink::new();
        sink.gap(Gap::Shallow);
        sink.gap(Gap::Shallow);
        assert_eq!(sink.clone().close().gaps, [Gap::Shallow]);

        let sink = Sink::new();
        for frames in 0..150 {
            sink.gap(Gap::Blame { frames });
        }
        let gaps = sink.close().gaps;
        assert_eq!(gaps.len(), MAX_GAPS + 1);
        let rest = Gap::Limit { what: "gaps listed".into(), limit: 100, left_out: Some(50) };
        assert_eq!(gaps.last(), Some(&rest));
    }

    #[test]
    fn a_closed_sink_takes_nothing_and_says_stop() {
        let sink = Sink::new();
        let source = sink.clone();
        source.merges(2);
        assert_eq!(sink.close().merges, 2);
        source.merges(5);
        assert_eq!(sink.close().merges, 0);
        assert!(source.interrupt().is_set());
    }
}
