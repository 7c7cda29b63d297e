//! Rollbar's suspect deploy: whatever went out last.

use sentry_correlate::{Incident, Window};

use super::{Answer, Rule};

/// Suspects the last deploy before the first occurrence as a whole: its changes tie.
///
/// The candidates are what that deploy brought, so every candidate is named and none preferred;
/// the figures are those of a guess among them.
#[derive(Debug, Clone, Copy)]
pub struct LastDeploy;

impl Rule for LastDeploy {
    fn name(&self) -> &'static str {
        "last-deploy"
    }

    fn answer(&self, _: &Incident, window: &Window) -> Answer {
        Answer::ranked(window.changes.iter().map(|change| (change.sha.clone(), 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, incident, window};
    use super::*;

    #[test]
    fn all_changes_of_the_deploy_tie() {
        let window = window(&[change("a", 3, &[]), change("b", 1, &[])], &[]);
        let answer = LastDeploy.answer(&incident(&[]), &window);
        assert_eq!(answer.suspects().len(), 2);
        assert!(answer.suspects().iter().all(|suspect| suspect.score == 1.0));
    }
}
