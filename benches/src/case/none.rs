//! Taking the culprit out, without a trace that it was there.

use crate::random::SplitMix;
use sentry_correlate::{Blame, Window};
use time::{Duration, OffsetDateTime};

/// The window without these changes, blame included.
pub(super) fn without(window: &Window, culprits: &[String]) -> Window {
    let is_culprit = |sha: &str| culprits.iter().any(|culprit| culprit == sha);
    let start = window.changes.iter().map(|change| change.committed_at).min();
    Window {
        changes: window.changes.iter().filter(|c| !is_culprit(&c.sha)).cloned().collect(),
        blame: window
            .blame
            .iter()
            .map(|blame| if is_culprit(&blame.sha) { older(blame, start) } else { blame.clone() })
            .collect(),
        deployments: window.deployments.clone(),
        paths: window.paths.clone(),
    }
}

/// What the line's blame might have been before the culprit: another commit, 4 to 29 weeks before
/// the window began. One commit per culprit, so lines that shared their last change still do.
fn older(blame: &Blame, window_start: Option<OffsetDateTime>) -> Blame {
    let mut random = SplitMix::of(blame.sha.as_bytes());
    let weeks = 4 + random.below(26) as i64;
    let sha: String = (0..5).map(|_| format!("{:08x}", random.next_u64() >> 32)).collect();
    let start = window_start.unwrap_or(blame.committed_at).min(blame.committed_at);
    Blame { frame: blame.frame, sha, committed_at: start - Duration::weeks(weeks) }
}
