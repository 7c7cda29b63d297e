//! Exceptions and frames of an event, read when asked for.

use super::Event;
use crate::{
    model::{Exception, Frame, PartName},
    wire,
};

/// Frames outside exceptions.
#[derive(Debug, Clone, Default)]
pub(super) struct OtherFrames<'a> {
    pub(super) stacktrace: Option<Vec<Frame<'a>>>,
    pub(super) crashed_thread: Vec<Frame<'a>>,
}

/// The stack.
impl<'a> Event<'a> {
    /// The exceptions in order of raising: the cause first, the outermost last.
    ///
    /// Empty for messages. They are read on the first call, the last 2,000 exceptions and the newest
    /// 20,000 frames at most; Sentry keeps far fewer.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception<'a>] {
        self.exceptions.get_or_init(|| {
            self.read(PartName::Exception, wire::stack::exceptions, |text| {
                wire::stack::exceptions(text).into_iter().map(Exception::into_owned).collect()
            })
            .unwrap_or_default()
        })
    }

    /// The frames of the event's own stack trace (messages with an attached stack), oldest call
    /// first; `None` where it has no such stack trace.
    #[must_use]
    pub fn stacktrace(&self) -> Option<&[Frame<'a>]> {
        self.other_frames().stacktrace.as_deref()
    }

    fn other_frames(&self) -> &OtherFrames<'a> {
        self.other_frames.get_or_init(|| OtherFrames {
            stacktrace: self
                .read(PartName::Stacktrace, wire::stack::frames, |text| {
                    wire::stack::frames(text).map(own_frames)
                })
                .flatten(),
            crashed_thread: self
                .read(PartName::Threads, wire::stack::crashed_thread, |text| {
                    own_frames(wire::stack::crashed_thread(text))
                })
                .unwrap_or_default(),
        })
    }

    /// The frame where it crashed: the newest frame of the last exception that has frames, else of
    /// the event's own stack trace, else of the crashed thread.
    #[must_use]
    pub fn crash_frame(&self) -> Option<&Frame<'a>> {
        let of_exceptions = self.exceptions().iter().rev().find_map(|e| e.frames.last());
        of_exceptions.or_else(|| self.loose_frames().last())
    }

    /// The program's own frames, the newest first, from the last exception backwards; where no
    /// exception has frames, those of the event's own stack trace or of the crashed thread.
    pub fn in_app_frames(&self) -> impl Iterator<Item = &Frame<'a>> {
        let exceptions = self.exceptions();
        let loose =
            if exceptions.iter().all(|e| e.frames.is_empty()) { self.loose_frames() } else { &[] };
        exceptions
            .iter()
            .rev()
            .flat_map(|e| e.frames.iter().rev())
            .chain(loose.iter().rev())
            .filter(|f| f.is_in_app())
    }

    /// The newest of the program's own frames.
    #[must_use]
    pub fn top_in_app_frame(&self) -> Option<&Frame<'a>> {
        self.in_app_frames().next()
    }

    /// The frames outside exceptions, oldest call first: those of the event's own stack trace, else
    /// of the crashed thread; empty where there are neither.
    #[must_use]
    pub fn loose_frames(&self) -> &[Frame<'a>] {
        let other = self.other_frames();
        match &other.stacktrace {
            Some(frames) if !frames.is_empty() => frames,
            _ => &other.crashed_thread,
        }
    }
}

fn own_frames(frames: Vec<Frame<'_>>) -> Vec<Frame<'static>> {
    frames.into_iter().map(Frame::into_owned).collect()
}
