//! What happened when: deployments, commits, first occurrence.

use std::cmp::Ordering;

use time::OffsetDateTime;

use super::mask;
use super::span::Commit;
use crate::{Deployment, Incident, OnsetBasis, Window};

/// Most deployments on the timeline.
const DEPLOYMENTS: usize = 8;

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: OffsetDateTime,
    /// What.
    pub what: Happening,
}

/// What happened at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening {
    /// A suspected commit was made.
    Suspect {
        /// The commit, where its name is well-formed.
        commit: Option<Commit>,
        /// First line of its message.
        summary: String,
    },
    /// Other candidates were committed, from this moment on and without a suspect between them.
    OtherCommits {
        /// How many.
        count: usize,
    },
    /// A version went live.
    Deployed {
        /// What names it.
        name: String,
        /// The commit that runs, where its name is well-formed.
        commit: Option<Commit>,
        /// Where it runs.
        environment: Option<String>,
    },
    /// The error was first seen.
    FirstSeen,
    /// The event at hand; the error may be older.
    Event,
}

/// Builds the timeline; `suspects` are the changes that get a line of their own.
pub(super) fn timeline(incident: &Incident, window: &Window, suspects: &[&str]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = window
        .changes
        .iter()
        .map(|change| Entry {
            at: change.committed_at,
            what: if suspects.contains(&change.sha.as_str()) {
                Happening::Suspect {
                    commit: Commit::new(&change.sha, change.url.as_deref()),
                    summary: summary(&change.message),
                }
            } else {
                Happening::OtherCommits { count: 1 }
            },
        })
        .collect();
    entries.extend(deployments(incident, window).map(|deployment| Entry {
        at: deployment.live_at,
        what: Happening::Deployed {
            name: deployment.name.clone(),
            commit: Commit::new(&deployment.sha, None),
            environment: deployment.environment.clone(),
        },
    }));
    entries.extend(incident.onset.map(|onset| Entry {
        at: onset.at,
        what: match onset.basis {
            OnsetBasis::FirstSeen => Happening::FirstSeen,
            OnsetBasis::EventTime => Happening::Event,
        },
    }));
    entries.sort_by(order);
    entries.dedup_by(collapse);
    entries
}

/// The deployments that frame the story: the last one before the first change, those since, and
/// the first one after the error; the latest [`DEPLOYMENTS`] of these.
fn deployments<'a>(
    incident: &Incident,
    window: &'a Window,
) -> impl Iterator<Item = &'a Deployment> {
    let begin = window.changes.iter().map(|change| change.committed_at).min();
    let end = incident.onset.map(|onset| onset.at);
    let mut all: Vec<&Deployment> = window.deployments.iter().collect();
    all.sort_by(|a, b| a.live_at.cmp(&b.live_at).then_with(|| a.name.cmp(&b.name)));
    let before = |at: Option<OffsetDateTime>| {
        at.map(|at| all.partition_point(|deployment| deployment.live_at < at))
    };
    let from = before(begin).unwrap_or(0).saturating_sub(1);
    let to = before(end).map_or(all.len(), |count| (count + 1).min(all.len()));
    let from = from.max(to.saturating_sub(DEPLOYMENTS)).min(to.saturating_sub(1));
    all.truncate(to);
    all.into_iter().skip(from)
}

/// First line of a commit message, without its secrets.
pub(super) fn summary(message: &str) -> String {
    mask::message(message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim())
}

/// By time; at the same moment commits come before deployments and these before the error.
fn order(a: &Entry, b: &Entry) -> Ordering {
    let rank = |entry: &Entry| match &entry.what {
        Happening::OtherCommits { .. } => (0, String::new()),
        Happening::Suspect { commit, .. } => {
            (1, commit.as_ref().map(|c| c.sha().to_owned()).unwrap_or_default())
        }
        Happening::Deployed { name, .. } => (2, name.clone()),
        Happening::FirstSeen | Happening::Event => (3, String::new()),
    };
    a.at.cmp(&b.at).then_with(|| rank(a).cmp(&rank(b)))
}

fn collapse(later: &mut Entry, kept: &mut Entry) -> bool {
    match (&later.what, &mut kept.what) {
        (Happening::OtherCommits { count: more }, Happening::OtherCommits { count }) => {
            *count += more;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{Change, Onset};

    fn change(sha: &str, at: OffsetDateTime) -> Change {
        Change {
            sha: sha.repeat(40),
            author: "Ana".into(),
            author_email: None,
            authored_at: at,
            committed_at: at,
            message: format!("\nChange {sha}\n\nbody"),
            parents: 1,
            files: vec![],
            url: None,
            position: None,
            ignored_by: None,
        }
    }

    #[test]
    fn others_are_counted_and_moments_are_ordered() {
        let t = datetime!(2026-03-02 10:00 UTC);
        let hour = time::Duration::HOUR;
        let window = Window {
            changes: vec![change("c", t + hour * 2), change("a", t), change("b", t + hour)],
            deployments: vec![Deployment {
                name: "v1".into(),
                sha: "c".repeat(40),
                environment: None,
                live_at: t + hour * 2,
                source: "git tag".into(),
            }],
            ..Window::default()
        };
        let incident = Incident {
            onset: Some(Onset { at: t + hour * 3, basis: OnsetBasis::FirstSeen }),
            ..Incident::default()
        };
        let suspect = "c".repeat(40);
        let lines = timeline(&incident, &window, &[&suspect]);
        let what: Vec<_> = lines.into_iter().map(|e| e.what).collect();
        assert_eq!(what[0], Happening::OtherCommits { count: 2 });
        assert!(matches!(&what[1], Happening::Suspect { summary, .. } if summary == "Change c"));
        assert!(matches!(&what[2], Happening::Deployed { name, .. } if name == "v1"));
        assert_eq!(what[3], Happening::FirstSeen);
    }

    #[test]
    fn deployments_are_those_of_the_story() {
        let t = datetime!(2026-03-02 10:00 UTC);
        let hour = time::Duration::HOUR;
        let deployment = |n: i32| Deployment {
            name: format!("v{n}"),
            sha: "a".repeat(40),
            environment: None,
            live_at: t + hour * n,
            source: "git tag".into(),
        };
        let window = Window {
            changes: vec![change("a", t + hour * 5 / 2)],
            deployments: (0..40).map(deployment).collect(),
            ..Window::default()
        };
        let onset = |n: i32| Incident {
            onset: Some(Onset { at: t + hour * n, basis: OnsetBasis::FirstSeen }),
            ..Incident::default()
        };
        let names = |incident: &Incident| -> Vec<String> {
            deployments(incident, &window).map(|d| d.name.clone()).collect()
        };
        assert_eq!(names(&onset(4)), ["v2", "v3", "v4"]);
        assert_eq!(names(&Incident::default()).len(), DEPLOYMENTS);
        assert_eq!(names(&onset(30)).last().map(String::as_str), Some("v30"));
        assert_eq!(names(&onset(-1)), ["v0"]);
    }
}
