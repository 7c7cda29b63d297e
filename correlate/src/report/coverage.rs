//! What was and was not looked at, in words.

use super::evidence::duration;
use super::span::{Number, Sentence, Span};
use crate::release::{Endpoint, PredecessorRule, ReleaseRule, Resolution};
use crate::source::{Asked, Counts, Coverage, Gap, Outcome, SourceError};

/// One question to one source, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// The source's name.
    pub source: String,
    /// How much of the question was answered.
    pub status: Status,
    /// What was asked and what came.
    pub sentence: Sentence,
    /// What is missing, and what to do about it; empty when the answer is whole.
    pub missing: Vec<Sentence>,
    /// Which window was chosen and why; empty where the source chose none.
    pub window: Sentence,
}

/// How much of a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// All of it.
    Complete,
    /// Some of it.
    Partial,
    /// What came before the deadline.
    Cut,
    /// The source failed; what it gave before is used.
    Failed,
}

impl Status {
    /// The word for it, the same in every renderer.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Cut => "cut by the deadline",
            Self::Failed => "failed",
        }
    }
}

impl Covered {
    pub(super) fn new(coverage: &Coverage) -> Self {
        let (status, missing) = match &coverage.outcome {
            Outcome::Complete => (Status::Complete, Vec::new()),
            Outcome::Partial(gaps) => (Status::Partial, gaps.iter().map(gap).collect()),
            Outcome::Cut => {
                (Status::Cut, vec![Sentence::new().word("allow more time for a whole answer")])
            }
            Outcome::Failed(error) => (Status::Failed, vec![failure(error)]),
        };
        let came = came(&coverage.asked, coverage.counts);
        Self {
            source: coverage.source.clone(),
            status,
            sentence: asked(&coverage.asked).word(":").then(came),
            missing,
            window: coverage
                .resolution
                .as_ref()
                .map_or_else(Sentence::new, |found| window(found, is_shallow(&coverage.outcome))),
        }
    }
}

fn asked(asked: &Asked) -> Sentence {
    let s = Sentence::new();
    match asked {
        Asked::Range(range) => s.word("changes of").code(range.to_string()),
        Asked::Release(release) => s.word("changes of release").code(release),
        Asked::UnnamedRelease => s.word("changes of the release that ran"),
        Asked::Deployments => s.word("deployments around the onset"),
    }
}

fn came(asked: &Asked, counts: Counts) -> Sentence {
    let s = Sentence::new();
    if *asked == Asked::Deployments {
        return many(s, counts.deployments, "deployment", "deployments");
    }
    let mut s = many(s, counts.changes, "change", "changes");
    if counts.merges > 0 {
        s = many(s.word(","), counts.merges, "merge passed over", "merges passed over");
    }
    s = many(
        s.word(","),
        counts.mapped,
        "frame found in the repository",
        "frames found in the repository",
    );
    if counts.blamed > 0 {
        s = many(s.word(","), counts.blamed, "line blamed", "lines blamed");
    }
    s
}

fn many(s: Sentence, count: usize, one: &'static str, many: &'static str) -> Sentence {
    s.count(count).word(if count == 1 { one } else { many })
}

fn gap(gap: &Gap) -> Sentence {
    let s = Sentence::new();
    match gap {
        Gap::Limit { what, limit, left_out } => {
            let s = s.word("the limit of").span(large(*limit)).name(what);
            match left_out {
                Some(count) => s.word("left out").span(large(*count)),
                None => s.word("was reached"),
            }
        }
        Gap::Unreadable { what, detail } => {
            s.word("could not read").name(what).word(":").name(detail)
        }
        Gap::Shallow => s.word("the clone is shallow, older history is missing: fetch the rest"),
        Gap::Blame { frames } => {
            many(s, *frames, "frame was", "frames were").word("not blamed in time")
        }
    }
}

/// The error's own text says what to do; all of it is shown as outside text.
fn failure(error: &SourceError) -> Sentence {
    let s = Sentence::new();
    match error {
        SourceError::RateLimited { retry_after: Some(wait) } => s
            .word("the rate limit is used up; try again in")
            .span(duration(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX))),
        other => s.name(other.to_string()),
    }
}

/// Whether the source said that its history ends early.
fn is_shallow(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Partial(gaps) if gaps.contains(&Gap::Shallow))
}

fn window(resolution: &Resolution, shallow: bool) -> Sentence {
    let end = |s: Sentence, end: &Endpoint| s.code(&end.name).word("at").commit(&end.sha, None);
    let s = end(Sentence::new().word("the release is"), &resolution.new)
        .word(",")
        .word(release_rule(resolution.release_rule));
    match &resolution.old {
        Some(old) => end(s.word("; before it ran"), old)
            .word(",")
            .word(predecessor_rule(resolution.predecessor_rule)),
        None if shallow => s.word(
            "; no earlier release is known, so all that the clone has of its history was looked at",
        ),
        None => s.word("; there is no earlier release, so all of its history was looked at"),
    }
}

fn release_rule(rule: ReleaseRule) -> &'static str {
    match rule {
        ReleaseRule::Given => "as given",
        ReleaseRule::ExactTag => "by the tag of that name",
        ReleaseRule::PackageTag => "by the tag of its package and version",
        ReleaseRule::VersionTag => "by the tag of its version",
        ReleaseRule::ShaInName => "by the commit in its name",
        ReleaseRule::DeployHistory => "by the deploy history of the environment",
    }
}

fn predecessor_rule(rule: PredecessorRule) -> &'static str {
    match rule {
        PredecessorRule::Given => "as given",
        PredecessorRule::Ancestry => "the nearest earlier release among its ancestors",
        PredecessorRule::VersionOrder => "the next lower version, on a release branch",
        PredecessorRule::DeployHistory => "by the deploy history of the environment",
        PredecessorRule::FirstRelease => "the first release",
    }
}

#[allow(clippy::cast_precision_loss)] // counts above 2^53 are shown rounded
fn large(n: u64) -> Span {
    Span::Number(Number { value: n as f64, unit: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::plain;

    fn endpoint(name: &str, digit: &str) -> Endpoint {
        Endpoint { name: name.into(), sha: digit.repeat(40) }
    }

    #[test]
    fn a_whole_answer_names_its_window() {
        let covered = Covered::new(&Coverage {
            source: "git".into(),
            asked: Asked::Release("shop@1.4.0".into()),
            outcome: Outcome::Complete,
            resolution: Some(Resolution {
                new: endpoint("v1.4.0", "e"),
                old: Some(endpoint("v1.3.0", "a")),
                release_rule: ReleaseRule::VersionTag,
                predecessor_rule: PredecessorRule::Ancestry,
            }),
            counts: Counts { changes: 31, merges: 1, mapped: 4, ..Counts::default() },
        });
        assert_eq!(covered.status, Status::Complete);
        assert_eq!(
            plain(&covered.sentence),
            "Changes of release `shop@1.4.0`: 31 changes, 1 merge passed over, 4 frames found in \
             the repository"
        );
        assert_eq!(
            plain(&covered.window),
            "The release is `v1.4.0` at eeeeeee, by the tag of its version; before it ran \
             `v1.3.0` at aaaaaaa, the nearest earlier release among its ancestors"
        );
        assert!(covered.missing.is_empty());
    }

    #[test]
    fn a_shallow_clone_does_not_claim_all_of_the_history() {
        let window = |outcome| {
            let covered = Covered::new(&Coverage {
                source: "git".into(),
                asked: Asked::UnnamedRelease,
                outcome,
                resolution: Some(Resolution {
                    new: endpoint("v1.4.0", "e"),
                    old: None,
                    release_rule: ReleaseRule::ExactTag,
                    predecessor_rule: PredecessorRule::Ancestry,
                }),
                counts: Counts::default(),
            });
            plain(&covered.window)
        };
        assert!(window(Outcome::Complete).ends_with("so all of its history was looked at"));
        let shallow = window(Outcome::Partial(vec![Gap::Shallow]));
        assert!(shallow.contains("all that the clone has"), "{shallow}");
        assert!(!shallow.contains("all of its history"), "{shallow}");
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = |outcome| {
            let covered = Covered::new(&Coverage {
                source: "git".into(),
                asked: Asked::Deployments,
                outcome,
                resolution: None,
                counts: Counts::default(),
            });
            covered.missing.iter().map(plain).collect::<Vec<_>>()
        };
        let limit = Gap::Limit { what: "commits".into(), limit: 10_000, left_out: Some(2) };
        assert_eq!(
            missing(Outcome::Partial(vec![limit, Gap::Blame { frames: 1 }])),
            ["The limit of 10,000 `commits` left out 2", "1 frame was not blamed in time"]
        );
        assert_eq!(missing(Outcome::Cut), ["Allow more time for a whole answer"]);
        let wait = Some(std::time::Duration::from_secs(600));
        assert_eq!(
            missing(Outcome::Failed(SourceError::RateLimited { retry_after: wait })),
            ["The rate limit is used up; try again in 10 min"]
        );
    }
}
