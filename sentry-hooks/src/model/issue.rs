use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::{Actor, Id, Level, Project, Raw, date, frame::own};
use crate::{ParseError, json};

/// One issue (a group of events), from a webhook or from the REST API: both write it alike.
///
/// Serialising an issue (with `serde_json`) writes the text it came as, byte for byte; members
/// without a field here are reached by [`Issue::member`].
///
/// ```
/// use sentry_hooks::model::{Issue, Level};
///
/// let issue = Issue::from_json(br#"{"id":"43","shortId":"SHOP-R","level":"warning","count":"12"}"#)?;
/// assert_eq!(issue.id, "43");
/// assert_eq!(issue.level(), Some(Level::Warning));
/// assert_eq!(issue.count, Some(12));
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issue<'a> {
    /// Id.
    pub id: Id,
    /// Id for people, e.g. `SHOP-1A`.
    pub short_id: Option<Cow<'a, str>>,
    /// Title. Reporter-controlled.
    pub title: Option<Cow<'a, str>>,
    /// Where Sentry thinks it happens.
    pub culprit: Option<Cow<'a, str>>,
    /// Name of the logger.
    pub logger: Option<Cow<'a, str>>,
    /// Sentry's word for the severity; see [`Issue::level`].
    pub level_word: Option<Cow<'a, str>>,
    /// `unresolved`, `resolved`, `ignored`; rarely another.
    pub status: Option<Cow<'a, str>>,
    /// `ongoing`, `new`, `escalating`, `regressed`, `archived_…`; none when resolved.
    pub substatus: Option<Cow<'a, str>>,
    /// What the status depends on, e.g. `inRelease`.
    pub status_details: Option<Raw<'a>>,
    /// `high`, `medium` or `low`.
    pub priority: Option<Cow<'a, str>>,
    /// Platform word of its events.
    pub platform: Option<Cow<'a, str>>,
    /// The project.
    pub project: Option<Project<'a>>,
    /// Kind of its events: `error`, `default`, …
    pub ty: Option<Cow<'a, str>>,
    /// Kind of issue, e.g. `error`, `performance_n_plus_one_db_queries`.
    pub issue_type: Option<Cow<'a, str>>,
    /// Category of that kind, e.g. `error`, `outage`.
    pub issue_category: Option<Cow<'a, str>>,
    /// What Sentry derived for the title: `type`, `value`, `filename`, `function`, …
    pub metadata: Option<Raw<'a>>,
    /// Who is to look at it.
    pub assigned_to: Option<Actor<'a>>,
    /// Number of events; a string on the wire.
    pub count: Option<u64>,
    /// Number of affected users.
    pub user_count: Option<u64>,
    /// First occurrence as written; see [`Issue::first_seen`].
    pub first_seen_text: Option<Cow<'a, str>>,
    /// Last occurrence as written; see [`Issue::last_seen`].
    pub last_seen_text: Option<Cow<'a, str>>,
    /// Whether an event of it crashed the program.
    pub is_unhandled: Option<bool>,
    /// Page of the issue, in the REST API and in older webhooks.
    pub permalink: Option<Cow<'a, str>>,
    /// API URL; webhooks only.
    pub url: Option<Cow<'a, str>>,
    /// Page of the issue; webhooks only.
    pub web_url: Option<Cow<'a, str>>,
    /// Page of the project; webhooks only.
    pub project_url: Option<Cow<'a, str>>,
    source: Raw<'a>,
}

impl<'a> Issue<'a> {
    /// Reads an issue.
    ///
    /// # Errors
    ///
    /// [`ParseError`] when it is not valid JSON, not an object, or has no id.
    pub fn from_json(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let mut scanner = json::Scanner::from_bytes(bytes)?;
        let text = scanner.skip()?;
        scanner.finish()?;
        if !json::is_object(text) {
            return Err(ParseError::NotAnObject);
        }
        Self::from_raw(text).ok_or(ParseError::NotAnIssue)
    }

    /// Reads an issue from text that the scanner has accepted; `None` without an id.
    pub(crate) fn from_raw(raw: &'a str) -> Option<Self> {
        let mut issue = Self::empty(raw);
        let mut id = None;
        json::members(raw, |key, value| {
            if key == "id" {
                id = Id::from_raw(value);
            } else {
                issue.read(key, value);
            }
        });
        issue.id = id?;
        Some(issue)
    }

    fn empty(raw: &'a str) -> Self {
        Self {
            id: Id::from(0),
            short_id: None,
            title: None,
            culprit: None,
            logger: None,
            level_word: None,
            status: None,
            substatus: None,
            status_details: None,
            priority: None,
            platform: None,
            project: None,
            ty: None,
            issue_type: None,
            issue_category: None,
            metadata: None,
            assigned_to: None,
            count: None,
            user_count: None,
            first_seen_text: None,
            last_seen_text: None,
            is_unhandled: None,
            permalink: None,
            url: None,
            web_url: None,
            project_url: None,
            source: Raw::new(raw),
        }
    }

    fn read(&mut self, key: &str, value: &'a str) {
        let part = || (!json::is_null(value)).then(|| Raw::new(value));
        match key {
            "shortId" => self.short_id = json::text(value),
            "title" => self.title = json::text(value),
            "culprit" => self.culprit = json::text(value),
            "logger" => self.logger = json::text(value),
            "level" => self.level_word = json::text(value),
            "status" => self.status = json::text(value),
            "substatus" => self.substatus = json::text(value),
            "statusDetails" => self.status_details = part(),
            "priority" => self.priority = json::text(value),
            "platform" => self.platform = json::text(value),
            "project" => self.project = Project::from_raw(value),
            "type" => self.ty = json::text(value),
            "issueType" => self.issue_type = json::text(value),
            "issueCategory" => self.issue_category = json::text(value),
            "metadata" => self.metadata = part(),
            "assignedTo" => self.assigned_to = Actor::from_raw(value),
            "count" => self.count = json::unsigned(value),
            "userCount" => self.user_count = json::unsigned(value),
            "firstSeen" => self.first_seen_text = json::text(value),
            "lastSeen" => self.last_seen_text = json::text(value),
            "isUnhandled" => self.is_unhandled = json::boolean(value),
            "permalink" => self.permalink = json::text(value),
            "url" => self.url = json::text(value),
            "web_url" => self.web_url = json::text(value),
            "project_url" => self.project_url = json::text(value),
            _ => {}
        }
    }

    /// Severity, where its word is one we know.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        Level::from_word(self.level_word.as_deref()?)
    }

    /// When its first event happened.
    #[must_use]
    pub fn first_seen(&self) -> Option<OffsetDateTime> {
        date::parse(self.first_seen_text.as_deref()?)
    }

    /// When its last event happened.
    #[must_use]
    pub fn last_seen(&self) -> Option<OffsetDateTime> {
        date::parse(self.last_seen_text.as_deref()?)
    }

    /// The page of the issue, from whichever field has it.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        self.web_url.as_deref().or(self.permalink.as_deref())
    }

    /// The organisation's slug, which only the URLs tell.
    #[must_use]
    pub fn organization_slug(&self) -> Option<&str> {
        let urls = [&self.url, &self.web_url, &self.permalink, &self.project_url];
        urls.into_iter().filter_map(Option::as_deref).find_map(super::urls::organization)
    }

    /// Host of the Sentry server, e.g. `sentry.io`.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let urls = [&self.url, &self.web_url, &self.permalink, &self.project_url];
        urls.into_iter().filter_map(Option::as_deref).find_map(super::urls::host)
    }

    /// The whole issue as it came.
    #[must_use]
    pub fn raw(&self) -> &Raw<'a> {
        &self.source
    }

    /// Any member by its key on the wire, null included.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<Raw<'_>> {
        self.source.member(key)
    }

    /// Detaches the issue from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Issue<'static> {
        Issue {
            id: self.id,
            short_id: own(self.short_id),
            title: own(self.title),
            culprit: own(self.culprit),
            logger: own(self.logger),
            level_word: own(self.level_word),
            status: own(self.status),
            substatus: own(self.substatus),
            status_details: self.status_details.map(Raw::into_owned),
            priority: own(self.priority),
            platform: own(self.platform),
            project: self.project.map(Project::into_owned),
            ty: own(self.ty),
            issue_type: own(self.issue_type),
            issue_category: own(self.issue_category),
            metadata: self.metadata.map(Raw::into_owned),
            assigned_to: self.assigned_to.map(Actor::into_owned),
            count: self.count,
            user_count: self.user_count,
            first_seen_text: own(self.first_seen_text),
            last_seen_text: own(self.last_seen_text),
            is_unhandled: self.is_unhandled,
            permalink: own(self.permalink),
            url: own(self.url),
            web_url: own(self.web_url),
            project_url: own(self.project_url),
            source: self.source.into_owned(),
        }
    }
}

/// Shows identity, title and state; the rest may be confidential.
impl fmt::Debug for Issue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issue")
            .field("id", &self.id)
            .field("short_id", &self.short_id)
            .field("title", &self.title)
            .field("level", &self.level_word)
            .field("status", &self.status)
            .field("substatus", &self.substatus)
            .finish_non_exhaustive()
    }
}

/// Writes the text as it came (with `serde_json`).
impl Serialize for Issue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.source.serialize(serializer)
    }
}
