//! What broke, in the few words the ranker needs.
//!
//! An [`Incident`] is owned and small. It is built from a Sentry event in one place
//! (`Incident::from_event`); nothing after that knows Sentry's wire forms.

use std::borrow::Cow;

use time::OffsetDateTime;

/// One error that happened in one deployed version of a program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incident {
    /// Sentry's numeric issue id, as decimal digits, where the event has been grouped.
    pub issue_id: Option<String>,
    /// Sentry's event id: 32 hex digits, lower case.
    pub event_id: String,
    /// Title as Sentry shows it. Reporter-controlled text: renderers escape it.
    pub title: String,
    /// Free message of the event (for events without exception, or beside it).
    pub message: String,
    /// Sentry's platform word (`python`, `javascript`, `node`, `go`, `c`, …).
    pub platform: Option<String>,
    /// When it began, with the source of that knowledge.
    pub onset: Option<Onset>,
    /// Release as the event names it, e.g. `shop@1.4.0`.
    pub release: Option<String>,
    /// Environment as the event names it, e.g. `production`.
    pub environment: Option<String>,
    /// Exceptions in order of raising: the cause first, the outermost last.
    pub exceptions: Vec<Exception>,
    /// How much it hurts.
    pub impact: Impact,
    /// Pages about the incident.
    pub links: Links,
}

/// When the error began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onset {
    /// The moment.
    pub at: OffsetDateTime,
    /// Where the moment was read.
    pub basis: OnsetBasis,
}

/// Where an onset was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnsetBasis {
    /// Sentry's `firstSeen` of the issue.
    FirstSeen,
    /// The time of the event at hand: the error may be older.
    EventTime,
}

/// How much an incident hurts; `None` is "unknown", never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Impact {
    /// Events of the issue so far.
    pub events: Option<u64>,
    /// Distinct users affected so far.
    pub users: Option<u64>,
    /// First occurrence.
    pub since: Option<OffsetDateTime>,
}

/// Pages about an incident, as Sentry gave them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// The event's page.
    pub event: Option<String>,
    /// The issue's page.
    pub issue: Option<String>,
}

/// One exception of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exception {
    /// Type name, e.g. `TimeoutError`.
    pub ty: Option<String>,
    /// The exception's text.
    pub value: Option<String>,
    /// Module or package that defines the type, e.g. `sqlalchemy.exc`.
    pub module: Option<String>,
    /// Frames, the oldest call first, the crash site last.
    pub frames: Vec<Frame>,
}

/// One stack frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Path as the SDK reported it (often relative to the program's root).
    pub filename: Option<String>,
    /// Absolute path on the machine where it ran.
    pub abs_path: Option<String>,
    /// Function name.
    pub function: Option<String>,
    /// Module or class.
    pub module: Option<String>,
    /// Package, library or image.
    pub package: Option<String>,
    /// Line, counted from 1.
    pub line: Option<u32>,
    /// Whether the frame is the program's own code; absent on the wire is `false`.
    pub in_app: bool,
    /// The source line itself.
    pub context_line: Option<String>,
    /// Lines before it.
    pub pre_context: Vec<String>,
    /// Lines after it.
    pub post_context: Vec<String>,
}

/// Names a frame of an incident: index into [`Incident::exceptions`], then into its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameRef {
    /// Index into [`Incident::exceptions`].
    pub exception: usize,
    /// Index into [`Exception::frames`].
    pub frame: usize,
}

/// Reading Sentry's events.
impl Incident {
    /// The incident that an event of Sentry tells of. The one place where the ranker's room meets
    /// Sentry's model.
    ///
    /// The onset is the event's own time; who knows the issue's first occurrence sets
    /// [`Incident::onset`] and [`Incident::impact`] afterwards. An event without exceptions that
    /// has a stack trace gets one exception without type that carries the frames.
    ///
    /// ```
    /// use sentry_correlate::Incident;
    /// use sentry_hooks::model::Event;
    ///
    /// let event = Event::from_json(br#"{
    ///     "event_id": "1f", "release": "shop@1.4.0", "environment": "production",
    ///     "exception": {"values": [{"type": "KeyError", "value": "'merchant_id'",
    ///         "stacktrace": {"frames": [{"filename": "shop/pay.py", "function": "charge",
    ///             "lineno": 12, "in_app": true}]}}]}
    /// }"#)?;
    /// let incident = Incident::from_event(&event);
    /// assert_eq!(incident.release.as_deref(), Some("shop@1.4.0"));
    /// assert_eq!(incident.exceptions[0].frames[0].line, Some(12));
    /// # Ok::<(), sentry_hooks::ParseError>(())
    /// ```
    #[must_use]
    pub fn from_event(event: &sentry_hooks::model::Event<'_>) -> Self {
        let owned = |text: Option<&str>| text.filter(|t| !t.is_empty()).map(str::to_owned);
        let mut exceptions: Vec<Exception> =
            event.exceptions().iter().map(Exception::from_event).collect();
        if exceptions.iter().all(|exception| exception.frames.is_empty())
            && let Some(frames) = event.stacktrace().filter(|frames| !frames.is_empty())
        {
            let frames = frames.iter().map(Frame::from_event).collect();
            match exceptions.last_mut() {
                Some(outermost) => outermost.frames = frames,
                None => exceptions.push(Exception { frames, ..Exception::default() }),
            }
        }
        Self {
            issue_id: event.issue_id().map(|id| id.to_string()),
            event_id: event.event_id().to_owned(),
            title: event.title().unwrap_or_default().to_owned(),
            message: event.message().unwrap_or_default().to_owned(),
            platform: owned(event.platform()),
            onset: event.timestamp().map(|at| Onset { at, basis: OnsetBasis::EventTime }),
            release: owned(event.release()),
            environment: owned(event.environment()),
            exceptions,
            impact: Impact::default(),
            links: Links::from_event(event),
        }
    }
}

impl Links {
    /// An event names its own page, `…/issues/ID/events/EVENT/`, which the issue's page begins.
    /// `issue_url` is no page but the API's.
    fn from_event(event: &sentry_hooks::model::Event<'_>) -> Self {
        let page = event.web_url().filter(|url| !url.is_empty());
        let issue = page.and_then(|page| {
            let (issue, _) = page.rsplit_once("/events/")?;
            issue.contains("/issues/").then(|| format!("{issue}/"))
        });
        Self { event: page.map(str::to_owned), issue }
    }
}

impl Exception {
    fn from_event(exception: &sentry_hooks::model::Exception<'_>) -> Self {
        let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        Self {
            ty: owned(&exception.ty),
            value: owned(&exception.value),
            module: owned(&exception.module),
            frames: exception.frames.iter().map(Frame::from_event).collect(),
        }
    }
}

impl Frame {
    fn from_event(frame: &sentry_hooks::model::Frame<'_>) -> Self {
        let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        let lines = |lines: Vec<Cow<'_, str>>| lines.into_iter().map(Cow::into_owned).collect();
        Self {
            filename: owned(&frame.filename),
            abs_path: owned(&frame.abs_path),
            function: owned(&frame.function),
            module: owned(&frame.module),
            package: owned(&frame.package),
            line: frame.line,
            in_app: frame.is_in_app(),
            context_line: owned(&frame.context_line),
            pre_context: lines(frame.pre_context()),
            post_context: lines(frame.post_context()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sentry_hooks::model::Event;

    use super::*;

    #[test]
    fn links_are_pages_and_not_the_api() {
        let links = |json: &[u8]| Links::from_event(&Event::from_webhook_json(json).unwrap());
        let whole = links(
            br#"{"event_id":"1f","issue_url":"https://sentry.io/api/0/issues/43/",
                 "web_url":"https://acme.sentry.io/issues/43/events/1f/"}"#,
        );
        assert_eq!(whole.issue.as_deref(), Some("https://acme.sentry.io/issues/43/"));
        assert_eq!(whole.event.as_deref(), Some("https://acme.sentry.io/issues/43/events/1f/"));
        let bare = links(br#"{"event_id":"1f","issue_url":"https://sentry.io/api/0/issues/43/"}"#);
        assert_eq!(bare, Links::default());
    }
}
