//! Sentry's smaller things: releases, deploys, commits, code mappings, hashes, tags, the token's
//! owner. Every field that may be missing or null is optional; unknown fields are ignored.

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

use sentry_hooks::model::Id;

use crate::date;

/// A release.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Release {
    /// The version as it was given, e.g. `shop@2.1.0`.
    pub version: String,
    /// The version without package name, as Sentry shows it.
    #[serde(default)]
    pub short_version: Option<String>,
    /// A commit or tag; often absent, see [`Release::last_commit`].
    #[serde(default, rename = "ref")]
    pub reference: Option<String>,
    /// A page about the release.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was made known to Sentry.
    #[serde(default, deserialize_with = "date::lenient")]
    pub date_created: Option<OffsetDateTime>,
    /// When it went out, where somebody said so.
    #[serde(default, deserialize_with = "date::lenient")]
    pub date_released: Option<OffsetDateTime>,
    /// First event.
    #[serde(default, deserialize_with = "date::lenient")]
    pub first_event: Option<OffsetDateTime>,
    /// Last event.
    #[serde(default, deserialize_with = "date::lenient")]
    pub last_event: Option<OffsetDateTime>,
    /// How many commits Sentry knows; zero when no repository is linked.
    #[serde(default, deserialize_with = "null_default")]
    pub commit_count: u64,
    /// How many deploys.
    #[serde(default, deserialize_with = "null_default")]
    pub deploy_count: u64,
    /// How many issues were first seen in it.
    #[serde(default, deserialize_with = "null_default")]
    pub new_groups: u64,
    /// The newest commit.
    #[serde(default)]
    pub last_commit: Option<Commit>,
    /// The newest deploy.
    #[serde(default)]
    pub last_deploy: Option<Deploy>,
    /// Whose release it is.
    #[serde(default, deserialize_with = "null_default")]
    pub projects: Vec<ReleaseProject>,
}

/// A project as a release names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ReleaseProject {
    /// The project's id.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<Id>,
    /// The project's slug; null occurs.
    #[serde(default)]
    pub slug: Option<String>,
}

/// A commit that Sentry knows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Commit {
    /// The SHA; not always hexadecimal.
    pub id: String,
    /// The message.
    #[serde(default)]
    pub message: Option<String>,
    /// When it was committed.
    #[serde(default, deserialize_with = "date::lenient")]
    pub date_created: Option<OffsetDateTime>,
    /// Who wrote it.
    #[serde(default)]
    pub author: Option<Author>,
    /// Where it lies.
    #[serde(default)]
    pub repository: Option<Repository>,
    /// How Sentry came to suspect it, in answers about suspects.
    #[serde(default)]
    pub suspect_commit_type: Option<String>,
    /// How strongly, in some answers about suspects.
    #[serde(default)]
    pub score: Option<i64>,
}

/// Who wrote a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Author {
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// E-mail address. Personal data.
    #[serde(default)]
    pub email: Option<String>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    /// Sentry's id of it.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<Id>,
    /// Name, mostly `owner/name`; null occurs.
    #[serde(default)]
    pub name: Option<String>,
    /// Address of the repository.
    #[serde(default)]
    pub url: Option<String>,
}

/// A release that went to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Deploy {
    /// Sentry's id of it.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<Id>,
    /// Where to; null occurs.
    #[serde(default)]
    pub environment: Option<String>,
    /// A name somebody gave it.
    #[serde(default)]
    pub name: Option<String>,
    /// A page about it.
    #[serde(default)]
    pub url: Option<String>,
    /// When it began.
    #[serde(default, deserialize_with = "date::lenient")]
    pub date_started: Option<OffsetDateTime>,
    /// When it was done: the time of the deploy.
    #[serde(default, deserialize_with = "date::lenient")]
    pub date_finished: Option<OffsetDateTime>,
}

/// An author with the commits that Sentry suspects.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Committer {
    /// Who; unknown for some.
    #[serde(default)]
    pub author: Option<Author>,
    /// What. The same commit may occur twice.
    #[serde(default, deserialize_with = "null_default")]
    pub commits: Vec<Commit>,
}

/// How a path of a stack trace becomes a path of a repository: the prefix `stack_root` is replaced
/// by `source_root`, the longest match first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CodeMapping {
    /// Sentry's id of it.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<Id>,
    /// For which project.
    #[serde(default)]
    pub project_slug: Option<String>,
    /// Into which repository, mostly `owner/name`.
    #[serde(default)]
    pub repo_name: Option<String>,
    /// Prefix in stack traces; may be empty or `/`.
    #[serde(default, deserialize_with = "null_default")]
    pub stack_root: String,
    /// Prefix in the repository; may be empty or `/`.
    #[serde(default, deserialize_with = "null_default")]
    pub source_root: String,
    /// The branch shown by default.
    #[serde(default)]
    pub default_branch: Option<String>,
}

/// A hash by which events are grouped into an issue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct IssueHash {
    /// The hash: 32 hex digits.
    pub id: String,
}

/// A tag of an issue's events, with its most frequent values.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TagSummary {
    /// The tag's key.
    pub key: String,
    /// The key as Sentry shows it.
    #[serde(default)]
    pub name: Option<String>,
    /// How many values there are.
    #[serde(default, deserialize_with = "null_default")]
    pub unique_values: u64,
    /// How many events have the tag.
    #[serde(default, deserialize_with = "null_default")]
    pub total_values: u64,
    /// The most frequent values.
    #[serde(default, deserialize_with = "null_default")]
    pub top_values: Vec<TagValue>,
}

/// A value of a tag.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TagValue {
    /// The value; null occurs.
    #[serde(default)]
    pub value: Option<String>,
    /// In how many events.
    #[serde(default, deserialize_with = "null_default")]
    pub count: u64,
    /// First event with it.
    #[serde(default, deserialize_with = "date::lenient")]
    pub first_seen: Option<OffsetDateTime>,
    /// Last event with it.
    #[serde(default, deserialize_with = "date::lenient")]
    pub last_seen: Option<OffsetDateTime>,
}

/// Whose token it is and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenInfo {
    /// The scopes, e.g. `event:read`.
    pub scopes: Vec<String>,
    /// The id of the token's user; organization tokens have none.
    pub user_id: Option<Id>,
}

impl TokenInfo {
    /// Made from its parts.
    #[must_use]
    pub fn new(scopes: Vec<String>, user_id: Option<Id>) -> Self {
        Self { scopes, user_id }
    }
}

impl<'de> Deserialize<'de> for TokenInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Root {
            #[serde(default)]
            auth: Option<Auth>,
            #[serde(default)]
            user: Option<User>,
        }
        #[derive(Deserialize)]
        struct Auth {
            #[serde(default, deserialize_with = "null_default")]
            scopes: Vec<String>,
        }
        #[derive(Deserialize)]
        struct User {
            #[serde(default, deserialize_with = "id")]
            id: Option<Id>,
        }
        let root = Root::deserialize(deserializer)?;
        Ok(Self {
            scopes: root.auth.map(|auth| auth.scopes).unwrap_or_default(),
            user_id: root.user.and_then(|user| user.id),
        })
    }
}

/// A release to make known to Sentry.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewRelease {
    /// The version.
    pub version: String,
    /// Slugs of its projects, at least one.
    pub projects: Vec<String>,
    /// The commit it was built from.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When it went out; absent: now.
    #[serde(serialize_with = "write_date", skip_serializing_if = "Option::is_none")]
    pub date_released: Option<OffsetDateTime>,
    /// Which commit each repository is at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<NewRef>,
}

/// A repository's place in a new release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRef {
    /// The repository's name as Sentry has it.
    pub repository: String,
    /// The SHA that was released.
    pub commit: String,
    /// The SHA of the release before, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_commit: Option<String>,
}

impl NewRelease {
    /// A release of one project.
    #[must_use]
    pub fn new(version: &crate::Version, project: &crate::Slug) -> Self {
        Self {
            version: version.to_string(),
            projects: vec![project.to_string()],
            reference: None,
            date_released: None,
            refs: Vec::new(),
        }
    }

    /// Built from this commit.
    #[must_use]
    pub fn commit(mut self, sha: impl Into<String>) -> Self {
        self.reference = Some(sha.into());
        self
    }
}

/// A deploy to make known to Sentry.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewDeploy {
    /// Where to.
    pub environment: String,
    /// A name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it began.
    #[serde(serialize_with = "write_date", skip_serializing_if = "Option::is_none")]
    pub date_started: Option<OffsetDateTime>,
    /// When it was done; absent: now.
    #[serde(serialize_with = "write_date", skip_serializing_if = "Option::is_none")]
    pub date_finished: Option<OffsetDateTime>,
}

impl NewDeploy {
    /// A deploy that is done now.
    #[must_use]
    pub fn to(environment: impl Into<String>) -> Self {
        Self {
            environment: environment.into(),
            name: None,
            url: None,
            date_started: None,
            date_finished: None,
        }
    }

    /// When it was done.
    #[must_use]
    pub fn finished(mut self, at: OffsetDateTime) -> Self {
        self.date_finished = Some(at);
        self
    }
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn write_date<S: serde::Serializer>(
    date: &Option<OffsetDateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&date.map(date::write).unwrap_or_default())
}

/// Null counts as absent.
fn null_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Ids are strings here and integers there.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(match value {
        Some(serde_json::Value::String(text)) if !text.is_empty() => Some(Id::from(text)),
        Some(serde_json::Value::Number(number)) => Some(Id::from(number.to_string())),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_absent_names_are_no_error() {
        let release = r#"{"version":"1","projects":[{"id":7,"slug":null}],
            "lastCommit":{"id":"c","repository":{"name":null}},
            "lastDeploy":{"id":"3","environment":null}}"#;
        let release: Release = serde_json::from_str(release).unwrap();
        assert_eq!(release.projects[0].slug, None);
        assert_eq!(release.last_commit.unwrap().repository.unwrap().name, None);
        assert_eq!(release.last_deploy.unwrap().environment, None);
        let absent: Deploy = serde_json::from_str("{}").unwrap();
        assert_eq!(absent.environment, None);
    }
}
