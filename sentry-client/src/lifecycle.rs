//! The life of an issue: its states, and which change is allowed from where.

use sentry_hooks::model::Issue;
use serde_json::{Value, json};

use crate::{Invalid, Version};

/// Where an issue stands, read from Sentry's `status`, `substatus` and `statusDetails`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssueState {
    /// Open; `Regressed` when it was resolved and came back.
    Unresolved(Open),
    /// Done.
    Resolved,
    /// Done once the next release is out.
    ResolvedInNextRelease,
    /// Ignored, which the user interface calls archived.
    Archived(Until),
    /// Being deleted, merged or reprocessed: nothing can be changed.
    Leaving,
    /// A word that is not known.
    Unknown,
}

/// How an issue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Open {
    /// Seen for the first time lately.
    New,
    /// Nothing special; also what old servers mean, which do not tell.
    Ongoing,
    /// Many more events than expected.
    Escalating,
    /// It was resolved and occurred again.
    Regressed,
}

/// Until when an issue is archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Until {
    /// For good; also what old servers mean, which do not tell.
    Forever,
    /// Until it escalates.
    Escalating,
    /// Until a time, a count of events or a count of users is reached.
    ConditionMet,
}

impl IssueState {
    /// Reads Sentry's words. `next_release` is `statusDetails.inNextRelease`.
    #[must_use]
    pub fn read(status: &str, substatus: Option<&str>, next_release: bool) -> Self {
        match status {
            "unresolved" => Self::Unresolved(match substatus {
                Some("new") => Open::New,
                Some("escalating") => Open::Escalating,
                Some("regressed") => Open::Regressed,
                _ => Open::Ongoing,
            }),
            "resolved" if next_release => Self::ResolvedInNextRelease,
            "resolvedInNextRelease" => Self::ResolvedInNextRelease,
            "resolved" => Self::Resolved,
            "ignored" | "muted" => Self::Archived(match substatus {
                Some("archived_until_escalating") => Until::Escalating,
                Some("archived_until_condition_met") => Until::ConditionMet,
                _ => Until::Forever,
            }),
            "pending_deletion" | "deletion_in_progress" | "pending_merge" | "reprocessing" => {
                Self::Leaving
            }
            _ => Self::Unknown,
        }
    }

    /// The state of an issue.
    #[must_use]
    pub fn of(issue: &Issue<'_>) -> Self {
        let details: Option<Value> = issue.status_details.as_ref().and_then(|it| it.parse().ok());
        let next = details.as_ref().and_then(|it| it.get("inNextRelease"));
        let next = next.is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)));
        Self::read(issue.status.as_deref().unwrap_or_default(), issue.substatus.as_deref(), next)
    }

    /// Whether somebody should look at it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unresolved(_))
    }

    /// Whether a change is allowed from here.
    ///
    /// | from | unresolve | resolve | archive |
    /// | --- | --- | --- | --- |
    /// | unresolved | yes: it stays so | yes | yes |
    /// | resolved, also in the next release | yes | yes, with other details | yes |
    /// | archived | yes | yes | yes, until something else |
    /// | leaving | - | - | - |
    /// | a word that is not known | yes | yes | yes: Sentry decides |
    ///
    /// # Errors
    ///
    /// [`NotAllowed`] with the state and the change.
    pub fn allows(self, change: &StatusChange) -> Result<(), NotAllowed> {
        match self {
            Self::Leaving => Err(NotAllowed { from: self, change: change.name() }),
            _ => Ok(()),
        }
    }
}

/// A change that an issue's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an issue that is {from:?} cannot be {change}")]
pub struct NotAllowed {
    from: IssueState,
    change: &'static str,
}

impl NotAllowed {
    /// The state that does not allow it.
    #[must_use]
    pub fn from(&self) -> IssueState {
        self.from
    }
}

/// A change of an issue's status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusChange {
    /// Open it again.
    Unresolve,
    /// Call it done.
    Resolve(Resolution),
    /// Ignore it.
    Archive(Archive),
}

/// Since when an issue counts as resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// Now: the next event is a regression.
    Now,
    /// In the release after the current one: events of the current release are no regression.
    NextRelease,
    /// In the release that is being made.
    UpcomingRelease,
    /// In this release.
    Release(Version),
    /// In the latest release.
    LatestRelease,
    /// In the release that will hold this commit.
    Commit {
        /// The commit's SHA.
        sha: String,
        /// The repository's name as Sentry has it, e.g. `acme/shop`.
        repository: String,
    },
}

/// Until when an issue is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Archive {
    /// For good.
    Forever,
    /// Until it escalates.
    UntilEscalating,
    /// For so many minutes.
    ForMinutes(u32),
    /// Until so many more events; within so many minutes, if given (at most a week).
    UntilEvents(u32, Option<u32>),
    /// Until so many more users; within so many minutes, if given (at most a week).
    UntilUsers(u32, Option<u32>),
}

impl StatusChange {
    /// The longest window of a condition in minutes: one week.
    const LONGEST_WINDOW: u32 = 10_080;

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Unresolve => "unresolved",
            Self::Resolve(_) => "resolved",
            Self::Archive(_) => "archived",
        }
    }

    /// `status`, `statusDetails` and `substatus` of the request.
    pub(crate) fn write(&self, body: &mut serde_json::Map<String, Value>) -> Result<(), Invalid> {
        let (status, details, substatus) = match self {
            Self::Unresolve => ("unresolved", None, None),
            Self::Resolve(resolution) => {
                let details = match resolution {
                    Resolution::Now => None,
                    Resolution::NextRelease => Some(json!({ "inNextRelease": true })),
                    Resolution::UpcomingRelease => Some(json!({ "inUpcomingRelease": true })),
                    Resolution::Release(version) => Some(json!({ "inRelease": version.as_str() })),
                    Resolution::LatestRelease => Some(json!({ "inRelease": "latest" })),
                    Resolution::Commit { sha, repository } => {
                        Some(json!({ "inCommit": { "commit": sha, "repository": repository } }))
                    }
                };
                ("resolved", details, None)
            }
            Self::Archive(archive) => {
                let (details, substatus) = archive.write()?;
                ("ignored", details, Some(substatus))
            }
        };
        body.insert("status".to_owned(), status.into());
        body.extend(details.map(|details| ("statusDetails".to_owned(), details)));
        body.extend(substatus.map(|word| ("substatus".to_owned(), word.into())));
        Ok(())
    }
}

impl Archive {
    fn write(self) -> Result<(Option<Value>, &'static str), Invalid> {
        let condition = "archived_until_condition_met";
        Ok(match self {
            Self::Forever => (None, "archived_forever"),
            Self::UntilEscalating => (None, "archived_until_escalating"),
            Self::ForMinutes(minutes) => (Some(json!({ "ignoreDuration": minutes })), condition),
            Self::UntilEvents(count, None) => (Some(json!({ "ignoreCount": count })), condition),
            Self::UntilEvents(count, Some(window)) => {
                let details = json!({ "ignoreCount": count, "ignoreWindow": checked(window)? });
                (Some(details), condition)
            }
            Self::UntilUsers(count, None) => (Some(json!({ "ignoreUserCount": count })), condition),
            Self::UntilUsers(count, Some(window)) => {
                let details =
                    json!({ "ignoreUserCount": count, "ignoreUserWindow": checked(window)? });
                (Some(details), condition)
            }
        })
    }
}

fn checked(window: u32) -> Result<u32, Invalid> {
    if (1..=StatusChange::LONGEST_WINDOW).contains(&window) {
        return Ok(window);
    }
    Err(Invalid::new("window of a condition", "1 to 10080 minutes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(change: &StatusChange) -> Value {
        let mut map = serde_json::Map::new();
        change.write(&mut map).unwrap();
        Value::Object(map)
    }

    #[test]
    fn words_are_read() {
        assert_eq!(
            IssueState::read("unresolved", Some("regressed"), false),
            IssueState::Unresolved(Open::Regressed)
        );
        assert_eq!(
            IssueState::read("unresolved", None, false),
            IssueState::Unresolved(Open::Ongoing)
        );
        assert_eq!(IssueState::read("resolved", None, true), IssueState::ResolvedInNextRelease);
        assert_eq!(
            IssueState::read("ignored", Some("archived_until_escalating"), false),
            IssueState::Archived(Until::Escalating)
        );
        assert_eq!(IssueState::read("pending_merge", None, false), IssueState::Leaving);
        assert_eq!(IssueState::read("snoozed", None, false), IssueState::Unknown);
    }

    #[test]
    fn changes_are_written() {
        assert_eq!(body(&StatusChange::Unresolve), json!({ "status": "unresolved" }));
        assert_eq!(
            body(&StatusChange::Resolve(Resolution::Commit {
                sha: "e4f5a6b".into(),
                repository: "acme/shop".into()
            })),
            json!({ "status": "resolved", "statusDetails":
                { "inCommit": { "commit": "e4f5a6b", "repository": "acme/shop" } } })
        );
        assert_eq!(
            body(&StatusChange::Archive(Archive::UntilUsers(5, Some(60)))),
            json!({ "status": "ignored", "substatus": "archived_until_condition_met",
                "statusDetails": { "ignoreUserCount": 5, "ignoreUserWindow": 60 } })
        );
        let mut map = serde_json::Map::new();
        let too_long = StatusChange::Archive(Archive::UntilEvents(1, Some(10_081)));
        assert!(too_long.write(&mut map).is_err());
    }

    #[test]
    fn what_is_allowed() {
        let resolve = StatusChange::Resolve(Resolution::Now);
        let open = IssueState::Unresolved(Open::New);
        assert!(open.allows(&resolve).is_ok());
        assert!(open.allows(&StatusChange::Unresolve).is_ok(), "asking twice is asking once");
        assert!(IssueState::Resolved.allows(&StatusChange::Unresolve).is_ok());
        assert!(IssueState::Archived(Until::Forever).allows(&resolve).is_ok());
        let refused = IssueState::Leaving.allows(&resolve).unwrap_err();
        assert_eq!(refused.to_string(), "an issue that is Leaving cannot be resolved");
    }
}
