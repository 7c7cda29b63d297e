//! Blamed lines in the order in which rules walk them.

use sentry_correlate::{Blame, Incident, Window};

/// Blame of the program's own frames, innermost first: outermost exception first, last call first.
pub(super) fn innermost_first<'a>(incident: &Incident, window: &'a Window) -> Vec<&'a Blame> {
    let in_app = |blame: &&Blame| {
        incident
            .exceptions
            .get(blame.frame.exception)
            .and_then(|exception| exception.frames.get(blame.frame.frame))
            .is_some_and(|frame| frame.in_app)
    };
    let mut blame: Vec<_> = window.blame.iter().filter(in_app).collect();
    blame.sort_by_key(|blame| std::cmp::Reverse(blame.frame));
    blame
}
