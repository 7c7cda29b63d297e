//! The newest commit of the release: the floor.

use sentry_correlate::{Incident, Window};

use super::{Answer, Rule};

/// Suspects the change committed last, then the one before it, and so on.
#[derive(Debug, Clone, Copy)]
pub struct Newest;

impl Rule for Newest {
    fn name(&self) -> &'static str {
        "newest"
    }

    fn answer(&self, _: &Incident, window: &Window) -> Answer {
        Answer::ranked(
            window
                .changes
                .iter()
                .map(|change| (change.sha.clone(), change.committed_at.unix_timestamp() as f64)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, incident, named, window};
    use super::*;

    #[test]
    fn the_last_commit_comes_first() {
        let window = window(&[change("a", 3, &[]), change("b", 1, &[]), change("c", 2, &[])], &[]);
        assert_eq!(named(&Newest, &incident(&[]), &window), ["b", "c", "a"]);
    }
}
