//! `git blame` of the line that crashed.

use sentry_correlate::{Incident, Window};

use super::{Answer, Rule, blame};

/// Suspects the commit that last touched the innermost line of the program.
///
/// Says nobody where that commit is older than the release: who looks at blame sees its date.
#[derive(Debug, Clone, Copy)]
pub struct CrashLine;

impl Rule for CrashLine {
    fn name(&self) -> &'static str {
        "blame-crash-line"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let innermost = blame::innermost_first(incident, window).into_iter().next();
        match innermost {
            Some(blame) if window.changes.iter().any(|change| change.sha == blame.sha) => {
                Answer::ranked([(blame.sha.clone(), 1.0)])
            }
            _ => Answer::abstain(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{blame, change, incident, named, window};
    use super::*;

    #[test]
    fn the_innermost_blamed_line_decides() {
        let incident = incident(&[("a.py", "f", 1), ("b.py", "g", 2)]);
        let changes = [change("a", 1, &[]), change("b", 2, &[])];
        let both = window(&changes, &[blame(0, "a", 1), blame(1, "b", 2)]);
        assert_eq!(named(&CrashLine, &incident, &both), ["b"]);
        let old = window(&changes, &[blame(0, "a", 1), blame(1, "ancient", 900)]);
        assert!(CrashLine.answer(&incident, &old).says_none());
    }
}
