//! What broke, in the few words the ranker needs.
//!
//! An [`Incident`] is owned and small. It is built from a Sentry event in one place
//! (`Incident::from_event`); nothing after that knows Sentry's wire forms.

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
