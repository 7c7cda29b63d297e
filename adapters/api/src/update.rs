//! The body by which an issue is changed.

use sentry_client::{Archive, Assignee, IssueUpdate, Priority, Resolution, StatusChange};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::ApiError;

/// What to change in an issue; what is not named stays. At least one member.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "status": "resolved", "in_next_release": true }), min_properties = 1)]
pub struct UpdateBody {
    /// The new status.
    #[serde(default, deserialize_with = "named")]
    #[schema(inline, nullable = false)]
    pub status: Option<StatusWord>,
    /// With `resolved`: in the release after the current one.
    #[serde(default, deserialize_with = "named")]
    #[schema(nullable = false)]
    pub in_next_release: Option<bool>,
    /// With `resolved`: in this release; `latest` means the latest.
    #[serde(default, deserialize_with = "named")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 250,
        pattern = r"^[^/\\\x00-\x1f\x7f-\x9f]+$"
    )]
    pub in_release: Option<String>,
    /// With `ignored`: until it escalates, instead of for good.
    #[serde(default, deserialize_with = "named")]
    #[schema(nullable = false)]
    pub until_escalating: Option<bool>,
    /// With `ignored`: for so many minutes.
    #[serde(default, deserialize_with = "named")]
    #[schema(nullable = false, minimum = 1)]
    pub for_minutes: Option<u32>,
    /// With `ignored`: until so many more events.
    #[serde(default, deserialize_with = "named")]
    #[schema(nullable = false, minimum = 1)]
    pub until_events: Option<u32>,
    /// With `ignored`: until so many more users.
    #[serde(default, deserialize_with = "named")]
    #[schema(nullable = false, minimum = 1)]
    pub until_users: Option<u32>,
    /// The new priority.
    #[serde(default, deserialize_with = "named")]
    #[schema(inline, nullable = false)]
    pub priority: Option<PriorityWord>,
    /// Who is to look at it: `user:ID`, `team:ID`, a name or e-mail address; empty: nobody.
    #[serde(default, deserialize_with = "named")]
    #[schema(nullable = false, max_length = 200)]
    pub assigned_to: Option<String>,
}

/// A member that is there has a value: null is none.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(json: D) -> Result<Option<T>, D::Error> {
    T::deserialize(json).map(Some)
}

/// A status to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// Open.
    Unresolved,
    /// Done.
    Resolved,
    /// Archived.
    Ignored,
}

/// A priority to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriorityWord {
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
}

impl UpdateBody {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<IssueUpdate, ApiError> {
        // Serde's own words quote the body, which nobody asked to be told back.
        let body: Self = serde_json::from_slice(body).map_err(|error| {
            ApiError::invalid(
                "body",
                &format!(
                    "a JSON object of the described form (line {}, column {})",
                    error.line(),
                    error.column()
                ),
            )
        })?;
        body.into_update()
    }

    fn into_update(self) -> Result<IssueUpdate, ApiError> {
        let mut update = IssueUpdate::new();
        if let Some(change) = self.status_change()? {
            update = update.status(change);
        }
        if let Some(word) = self.priority {
            update = update.priority(match word {
                PriorityWord::Low => Priority::Low,
                PriorityWord::Medium => Priority::Medium,
                PriorityWord::High => Priority::High,
            });
        }
        if let Some(assignee) = &self.assigned_to {
            update = update.assign(read_assignee(assignee)?);
        }
        if update.is_empty() {
            return Err(ApiError::invalid("body", "at least one change"));
        }
        Ok(update)
    }

    fn status_change(&self) -> Result<Option<StatusChange>, ApiError> {
        let resolution = self.resolution()?;
        let archive = self.archive()?;
        match (self.status, resolution, archive) {
            (Some(StatusWord::Unresolved), None, None) => Ok(Some(StatusChange::Unresolve)),
            (Some(StatusWord::Resolved), resolution, None) => {
                Ok(Some(StatusChange::Resolve(resolution.unwrap_or(Resolution::Now))))
            }
            (Some(StatusWord::Ignored), None, archive) => {
                Ok(Some(StatusChange::Archive(archive.unwrap_or(Archive::Forever))))
            }
            (None, None, None) => Ok(None),
            _ => Err(ApiError::invalid("status", "the status to which the other members belong")),
        }
    }

    fn resolution(&self) -> Result<Option<Resolution>, ApiError> {
        match (self.in_next_release.filter(|it| *it), self.in_release.as_deref()) {
            (Some(_), Some(_)) => {
                Err(ApiError::invalid("in_release", "no in_next_release beside it"))
            }
            (Some(_), None) => Ok(Some(Resolution::NextRelease)),
            (None, Some("latest")) => Ok(Some(Resolution::LatestRelease)),
            (None, Some(version)) => {
                let version = version.parse();
                let version = version.map_err(|_| ApiError::invalid("in_release", "a version"))?;
                Ok(Some(Resolution::Release(version)))
            }
            (None, None) => Ok(None),
        }
    }

    fn archive(&self) -> Result<Option<Archive>, ApiError> {
        let conditions = [
            self.until_escalating.filter(|it| *it).map(|_| Archive::UntilEscalating),
            self.for_minutes.map(Archive::ForMinutes),
            self.until_events.map(|count| Archive::UntilEvents(count, None)),
            self.until_users.map(|count| Archive::UntilUsers(count, None)),
        ];
        for (name, number) in [
            ("for_minutes", self.for_minutes),
            ("until_events", self.until_events),
            ("until_users", self.until_users),
        ] {
            if number == Some(0) {
                return Err(ApiError::invalid(name, "at least 1"));
            }
        }
        let mut conditions = conditions.into_iter().flatten();
        match (conditions.next(), conditions.next()) {
            (_, Some(_)) => Err(ApiError::invalid("status", "one condition at a time")),
            (condition, None) => Ok(condition),
        }
    }
}

fn read_assignee(text: &str) -> Result<Assignee, ApiError> {
    if text.len() > 800 || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(ApiError::invalid("assigned_to", "up to 200 printable characters"));
    }
    Ok(match text.split_once(':') {
        None if text.is_empty() => Assignee::Nobody,
        Some(("user", id)) => Assignee::User(id.to_owned()),
        Some(("team", id)) => Assignee::Team(id.to_owned()),
        _ => Assignee::Named(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<IssueUpdate, ApiError> {
        UpdateBody::read(body.as_bytes())
    }

    #[test]
    fn bodies() {
        let resolve = StatusChange::Resolve(Resolution::NextRelease);
        assert_eq!(
            read(r#"{"status":"resolved","in_next_release":true}"#).unwrap(),
            IssueUpdate::new().status(resolve)
        );
        assert_eq!(
            read(r#"{"status":"ignored","until_events":5,"assigned_to":"team:4"}"#).unwrap(),
            IssueUpdate::new()
                .status(StatusChange::Archive(Archive::UntilEvents(5, None)))
                .assign(Assignee::Team("4".into()))
        );
        for bad in [
            "{}",
            "[]",
            "null",
            "{",
            r#"{"status":"done"}"#,
            r#"{"x":1}"#,
            r#"{"in_release":"1"}"#,
            r#"{"status":"unresolved","in_release":"1"}"#,
            r#"{"status":"resolved","in_release":"1/2"}"#,
            r#"{"status":"ignored","until_events":5,"until_users":5}"#,
            r#"{"status":"ignored","for_minutes":0}"#,
            r#"{"assigned_to":"\u0000"}"#,
            r#"{"assigned_to":"", "until_users":null}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
