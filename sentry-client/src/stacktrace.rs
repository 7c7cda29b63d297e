//! An event's stack trace in its plain form.

use sentry_hooks::model::{Event, Frame};
use serde::{Deserialize, Serialize};

/// The frames of an event and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainStacktrace {
    /// The issue to which the event belongs, where the event says so.
    pub issue_id: Option<String>,
    /// The event.
    pub event_id: String,
    /// The trace.
    pub stacktrace: PlainFrames,
}

/// The frames of a [`PlainStacktrace`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainFrames {
    /// Oldest call first: the crash is the last frame. Of the exception that was raised last; of
    /// the event's own stack trace or crashed thread where no exception has frames.
    pub frames: Vec<PlainFrame>,
}

/// One frame of a [`PlainStacktrace`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainFrame {
    /// Path as the SDK reported it.
    pub filename: Option<String>,
    /// Function name.
    pub function: Option<String>,
    /// Line, counted from 1.
    pub lineno: Option<u32>,
    /// The line itself.
    pub context_line: Option<String>,
    /// The lines before, in file order.
    pub pre_context: Vec<String>,
    /// The lines after, in file order.
    pub post_context: Vec<String>,
}

impl PlainStacktrace {
    /// The stack trace of an event; without frames where the event has none.
    #[must_use]
    pub fn of(event: &Event<'_>) -> Self {
        let raised = event.exceptions().iter().rev().find(|it| !it.frames.is_empty());
        let frames = raised.map_or_else(|| event.loose_frames(), |it| &it.frames);
        Self {
            issue_id: event.issue_id().map(|id| id.to_string()),
            event_id: event.event_id().to_owned(),
            stacktrace: PlainFrames { frames: frames.iter().map(PlainFrame::of).collect() },
        }
    }
}

impl PlainFrame {
    fn of(frame: &Frame<'_>) -> Self {
        let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(str::to_owned);
        let lines = |lines: Vec<std::borrow::Cow<'_, str>>| {
            lines.into_iter().map(std::borrow::Cow::into_owned).collect()
        };
        Self {
            filename: text(&frame.filename),
            function: text(&frame.function),
            lineno: frame.line,
            context_line: text(&frame.context_line),
            pre_context: lines(frame.pre_context()),
            post_context: lines(frame.post_context()),
        }
    }
}
