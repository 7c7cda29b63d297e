//! What the service answers, as its OpenAPI description has it: the shared model's issues, events
//! and projects written in snake case, with the parts that an agent needs.

use std::borrow::Cow;

use sentry_client::model::{Event, Issue, Project};
use sentry_client::{PlainFrame, PlainStacktrace, Release};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageView<T> {
    /// What is on it; may be empty while more follow.
    pub data: Vec<T>,
    /// Pass it as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssueView {
    /// Numeric id.
    pub id: String,
    /// Id for people, e.g. `SHOP-12`.
    pub short_id: Option<String>,
    /// Title. Whoever can send events writes it.
    pub title: Option<String>,
    /// Where it happens.
    pub culprit: Option<String>,
    /// `fatal`, `error`, `warning`, `info`, `debug` or another word.
    pub level: Option<String>,
    /// `unresolved`, `resolved`, `ignored` or another word.
    pub status: Option<String>,
    /// `new`, `ongoing`, `escalating`, `regressed`, `archived_…` or none.
    pub substatus: Option<String>,
    /// `high`, `medium` or `low`.
    pub priority: Option<String>,
    /// Platform word, e.g. `python`.
    pub platform: Option<String>,
    /// Its project.
    pub project: Option<ProjectView>,
    /// Who is to look at it, by name.
    pub assigned_to: Option<String>,
    /// Number of events.
    pub count: Option<u64>,
    /// Number of users.
    pub user_count: Option<u64>,
    /// First event, ISO 8601.
    pub first_seen: Option<String>,
    /// Last event, ISO 8601.
    pub last_seen: Option<String>,
    /// Its page.
    pub permalink: Option<String>,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectView {
    /// Numeric id.
    pub id: Option<String>,
    /// Short name in URLs.
    pub slug: Option<String>,
    /// Name for people.
    pub name: Option<String>,
    /// Platform word.
    pub platform: Option<String>,
}

/// An event with its stack trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// Event id.
    pub id: String,
    /// The issue it belongs to.
    pub issue_id: Option<String>,
    /// Title. Whoever can send events writes it, as every text of an event.
    pub title: Option<String>,
    /// Message; often empty for exceptions.
    pub message: Option<String>,
    /// Where it happened.
    pub culprit: Option<String>,
    /// Platform word.
    pub platform: Option<String>,
    /// `fatal`, `error`, … or another word.
    pub level: Option<String>,
    /// The release it happened in.
    pub release: Option<String>,
    /// The environment it happened in.
    pub environment: Option<String>,
    /// When, ISO 8601.
    pub timestamp: Option<String>,
    /// Its tags, in Sentry's order.
    pub tags: Vec<TagView>,
    /// The chain of exceptions: the cause first, what was raised last at the end.
    pub exceptions: Vec<ExceptionView>,
    /// The frames of what was raised last, oldest call first.
    pub frames: Vec<FrameView>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TagView {
    /// Key.
    pub key: String,
    /// Value.
    pub value: Option<String>,
}

/// An exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionView {
    /// Type name.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// Its text.
    pub value: Option<String>,
}

/// A stack frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrameView {
    /// Path as the SDK reported it.
    pub filename: Option<String>,
    /// Function name.
    pub function: Option<String>,
    /// Line, counted from 1.
    pub lineno: Option<u32>,
    /// The line itself.
    pub context_line: Option<String>,
    /// The lines before.
    pub pre_context: Vec<String>,
    /// The lines after.
    pub post_context: Vec<String>,
}

/// The stack trace of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StacktraceView {
    /// The issue it belongs to.
    pub issue_id: Option<String>,
    /// The event.
    pub event_id: String,
    /// The trace.
    pub stacktrace: FramesView,
}

/// The frames of a stack trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FramesView {
    /// Oldest call first; the crash is the last.
    pub frames: Vec<FrameView>,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseView {
    /// Version.
    pub version: String,
    /// The commit it was built from, where Sentry knows.
    pub commit: Option<String>,
    /// When it went out, or was made known, ISO 8601.
    pub date: Option<String>,
}

impl From<&Issue<'_>> for IssueView {
    fn from(issue: &Issue<'_>) -> Self {
        Self {
            id: issue.id.to_string(),
            short_id: text(issue.short_id.as_ref()),
            title: text(issue.title.as_ref()),
            culprit: text(issue.culprit.as_ref()),
            level: text(issue.level_word.as_ref()),
            status: text(issue.status.as_ref()),
            substatus: text(issue.substatus.as_ref()),
            priority: text(issue.priority.as_ref()),
            platform: text(issue.platform.as_ref()),
            project: issue.project.as_ref().map(ProjectView::from),
            assigned_to: issue.assigned_to.as_ref().and_then(|it| text(it.name.as_ref())),
            count: issue.count,
            user_count: issue.user_count,
            first_seen: issue.first_seen().and_then(date),
            last_seen: issue.last_seen().and_then(date),
            permalink: issue.page().map(str::to_owned),
        }
    }
}

impl From<&Project<'_>> for ProjectView {
    fn from(project: &Project<'_>) -> Self {
        Self {
            id: project.id.as_ref().map(ToString::to_string),
            slug: text(project.slug.as_ref()),
            name: text(project.name.as_ref()),
            platform: text(project.platform.as_ref()),
        }
    }
}

impl From<&Event<'_>> for EventView {
    fn from(event: &Event<'_>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let tags = event.tags().iter();
        let exceptions = event.exceptions().iter();
        Self {
            id: event.event_id().to_owned(),
            issue_id: event.issue_id().map(|id| id.to_string()),
            title: owned(event.title()),
            message: owned(event.message()),
            culprit: owned(event.culprit()),
            platform: owned(event.platform()),
            level: owned(event.level_word()),
            release: owned(event.release()),
            environment: owned(event.environment()),
            timestamp: event.timestamp().and_then(date),
            tags: tags
                .map(|tag| TagView { key: tag.key.to_string(), value: text(tag.value.as_ref()) })
                .collect(),
            exceptions: exceptions
                .map(|it| ExceptionView {
                    ty: text(it.ty.as_ref()),
                    value: text(it.value.as_ref()),
                })
                .collect(),
            frames: StacktraceView::from(PlainStacktrace::of(event)).stacktrace.frames,
        }
    }
}

impl From<PlainStacktrace> for StacktraceView {
    fn from(trace: PlainStacktrace) -> Self {
        let frames = trace.stacktrace.frames.into_iter().map(FrameView::from).collect();
        Self {
            issue_id: trace.issue_id,
            event_id: trace.event_id,
            stacktrace: FramesView { frames },
        }
    }
}

impl From<PlainFrame> for FrameView {
    fn from(frame: PlainFrame) -> Self {
        Self {
            filename: frame.filename,
            function: frame.function,
            lineno: frame.lineno,
            context_line: frame.context_line,
            pre_context: frame.pre_context,
            post_context: frame.post_context,
        }
    }
}

impl From<&Release> for ReleaseView {
    fn from(release: &Release) -> Self {
        let last = release.last_commit.as_ref().map(|commit| commit.id.clone());
        Self {
            version: release.version.clone(),
            commit: last.or_else(|| release.reference.clone()),
            date: release.date_released.or(release.date_created).and_then(date),
        }
    }
}

fn text(text: Option<&Cow<'_, str>>) -> Option<String> {
    text.map(|text| text.clone().into_owned())
}

fn date(date: OffsetDateTime) -> Option<String> {
    date.format(&Rfc3339).ok()
}
