use std::borrow::Cow;

use super::{Frame, Id, Raw, frame::own};

/// One exception of a chain.
///
/// ```
/// use sentry_hooks::model::Event;
///
/// let event = Event::from_webhook_json(br#"{"exception":{"values":[
///     {"type":"OSError","value":"disk full"},
///     {"type":"UploadFailed","mechanism":{"handled":false}}]}}"#)?;
/// let [cause, outermost] = event.exceptions() else { panic!("two exceptions") };
/// assert_eq!(cause.value.as_deref(), Some("disk full"));
/// assert_eq!(outermost.handled(), Some(false));
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception<'a> {
    /// Type name, e.g. `TimeoutError`.
    pub ty: Option<Cow<'a, str>>,
    /// The exception's text. Reporter-controlled.
    pub value: Option<Cow<'a, str>>,
    /// Module or package that defines the type.
    pub module: Option<Cow<'a, str>>,
    /// How it was caught.
    pub mechanism: Option<Mechanism<'a>>,
    /// The thread it was raised in; a number or a string on the wire.
    pub thread_id: Option<Id>,
    /// Frames, the oldest call first, the crash site last.
    pub frames: Vec<Frame<'a>>,
    /// Whether it came with a stack trace at all; the cause of a Go error has none.
    pub has_stacktrace: bool,
}

/// How an exception was caught.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Mechanism<'a> {
    /// What caught it, e.g. `onerror`, `generic`, `chained`.
    pub ty: Option<Cow<'a, str>>,
    /// Whether the program handled it; `Some(false)` is a crash.
    pub handled: Option<bool>,
    /// Whether the SDK made the exception up to carry a stack trace.
    pub synthetic: Option<bool>,
    /// Number of this exception within the event.
    pub exception_id: Option<u64>,
    /// Number of the exception that this one was a part of.
    pub parent_id: Option<u64>,
    /// Anything else the SDK added.
    pub data: Option<Raw<'a>>,
}

/// Compares what is typed; `data` does not take part.
impl PartialEq for Mechanism<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty
            && self.handled == other.handled
            && self.synthetic == other.synthetic
            && self.exception_id == other.exception_id
            && self.parent_id == other.parent_id
    }
}

impl Eq for Mechanism<'_> {}

impl Exception<'_> {
    /// Whether the program handled it, where the SDK says so.
    #[must_use]
    pub fn handled(&self) -> Option<bool> {
        self.mechanism.as_ref()?.handled
    }

    /// Detaches the exception from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Exception<'static> {
        Exception {
            ty: own(self.ty),
            value: own(self.value),
            module: own(self.module),
            mechanism: self.mechanism.map(Mechanism::into_owned),
            thread_id: self.thread_id,
            frames: self.frames.into_iter().map(Frame::into_owned).collect(),
            has_stacktrace: self.has_stacktrace,
        }
    }
}

impl Mechanism<'_> {
    /// Detaches the mechanism from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Mechanism<'static> {
        Mechanism {
            ty: own(self.ty),
            handled: self.handled,
            synthetic: self.synthetic,
            exception_id: self.exception_id,
            parent_id: self.parent_id,
            data: self.data.map(Raw::into_owned),
        }
    }
}
