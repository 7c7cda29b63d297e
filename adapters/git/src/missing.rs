//! Objects that a repository lacks, told in one line however many they are.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::ObjectId;
use sentry_correlate::SourceError;
use sentry_correlate::source::{Gap, Sink};

/// What makes a partial clone whole. A fetch that is merely repeated would leave out the same again.
/// Short: renderers cut what comes from outside at 120 letters.
const REMEDY: &str =
    "the clone is partial: complete it by `git fetch --refetch --no-filter`, or clone in full";

/// An object that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Its name, or that of the commit whose part it is.
    pub(crate) id: ObjectId,
    /// What it is, e.g. `blob 1234… of src/cart.py`.
    pub(crate) what: String,
    /// What was wrong with it, in one line.
    pub(crate) detail: String,
}

/// All that one answer lacks.
#[derive(Debug, Default)]
pub(crate) struct Missing(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    objects: HashSet<ObjectId>,
    /// The first by name, so that the order of reading does not show.
    first: Option<(String, String)>,
    /// Frames that have no blame for it.
    frames: usize,
}

impl Missing {
    pub(crate) fn add(&self, lost: &Lost) {
        let mut known = self.lock();
        known.objects.insert(lost.id);
        known.keep_first(&lost.what, &lost.detail);
    }

    /// A frame whose line could not be followed.
    pub(crate) fn add_frame(&self, detail: &str) {
        let mut known = self.lock();
        known.frames += 1;
        if known.objects.is_empty() {
            known.keep_first("a version of a file in the stack", detail);
        }
    }

    /// Says what is missing and what to do about it, if anything is.
    pub(crate) fn tell(&self, repo: &gix::Repository, sink: &Sink) {
        let known = self.lock();
        let Some((what, detail)) = &known.first else { return };
        let what = match known.objects.len() {
            0 | 1 => what.clone(),
            count => format!("{count} objects, among them {what}"),
        };
        let mut detail = if is_partial(repo) { REMEDY } else { detail }.to_owned();
        match known.frames {
            0 => {}
            1 => detail += "; 1 frame not blamed",
            frames => detail += &format!("; {frames} frames not blamed"),
        }
        sink.gap(Gap::Unreadable { what, detail });
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn keep_first(&mut self, what: &str, detail: &str) {
        if self.first.as_ref().is_none_or(|(first, _)| what < first.as_str()) {
            self.first = Some((what.to_owned(), detail.to_owned()));
        }
    }
}

/// The error of a repository that could not be read at all, with the remedy where there is one.
pub(crate) fn explained(repo: &gix::Repository, error: SourceError) -> SourceError {
    match error {
        SourceError::Unreadable { detail } if is_partial(repo) => {
            SourceError::Unreadable { detail: format!("{REMEDY} ({detail})") }
        }
        other => other,
    }
}

/// Whether the repository was cloned with a filter, so that it lacks what git would fetch when
/// needed.
fn is_partial(repo: &gix::Repository) -> bool {
    let config = repo.config_snapshot();
    let mut remotes = config.plumbing().sections_by_name("remote").into_iter().flatten();
    config.string("extensions.partialClone").is_some()
        || remotes.any(|remote| {
            let value = remote.value("promisor");
            value.is_some_and(|value| !matches!(value.as_slice(), b"false" | b"no" | b"0"))
        })
}
