//! One event, from either wire form.

mod facts;
mod stack;

use std::{borrow::Cow, fmt, sync::OnceLock};

use serde::{Serialize, Serializer};

use self::stack::OtherFrames;
use super::{Exception, Id, PartName, Raw, Tags, frame::own, parts::Parts};
use crate::{ParseError, json, wire};

/// Which of Sentry's two spellings an event came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Snake case, `exception.values`: webhooks and stored events.
    Webhook,
    /// Camel case, `entries`: the REST API and service hooks.
    Rest,
}

/// One event, from a webhook or from the REST API.
///
/// Two events are equal when they describe the same incident, whichever form they came in:
/// identity, grouping, release, environment, texts, tags and exceptions are compared; what only
/// one form carries (URLs, the client's fingerprint rule) and the parts kept raw are not.
///
/// Serialising an event (with `serde_json`) writes the text it came as, byte for byte.
///
/// ```
/// use sentry_hooks::model::Event;
///
/// let webhook = Event::from_webhook_json(
///     br#"{"event_id":"1f", "datetime":"2026-01-02T03:04:05Z", "tags":[["release","shop@1"]]}"#)?;
/// let rest = Event::from_rest_json(
///     br#"{"eventID":"1f", "dateCreated":"2026-01-02T03:04:05.000Z",
///          "release":{"version":"shop@1"}, "tags":[{"key":"release","value":"shop@1"}]}"#)?;
/// assert_eq!(webhook, rest);
/// assert_eq!(rest.release(), Some("shop@1"));
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Event<'a> {
    form: Form,
    source: Cow<'a, str>,
    fields: Fields<'a>,
    tags: OnceLock<Tags<'a>>,
    exceptions: OnceLock<Vec<Exception<'a>>>,
    other_frames: OnceLock<OtherFrames<'a>>,
}

/// What the wire modules fill in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) event_id: Option<Cow<'a, str>>,
    pub(crate) issue_id: Option<Id>,
    pub(crate) project_id: Option<Id>,
    pub(crate) release: Option<Cow<'a, str>>,
    pub(crate) dist: Option<Cow<'a, str>>,
    pub(crate) environment: Option<Cow<'a, str>>,
    pub(crate) platform: Option<Cow<'a, str>>,
    pub(crate) level: Option<Cow<'a, str>>,
    pub(crate) logger: Option<Cow<'a, str>>,
    pub(crate) title: Option<Cow<'a, str>>,
    pub(crate) message: Option<Cow<'a, str>>,
    pub(crate) culprit: Option<Cow<'a, str>>,
    pub(crate) location: Option<Cow<'a, str>>,
    pub(crate) transaction: Option<Cow<'a, str>>,
    pub(crate) ty: Option<Cow<'a, str>>,
    pub(crate) datetime: Option<Cow<'a, str>>,
    pub(crate) url: Option<Cow<'a, str>>,
    pub(crate) web_url: Option<Cow<'a, str>>,
    pub(crate) issue_url: Option<Cow<'a, str>>,
    pub(crate) parts: Parts,
}

/// Reading and writing.
impl<'a> Event<'a> {
    /// Reads an event in whichever form it comes.
    ///
    /// Takes the bare event in either form, and also what holds one: the body of an `event_alert`
    /// or `error` webhook, of a service hook, of the legacy plugin, or the REST API's answer to an
    /// event id.
    ///
    /// # Errors
    ///
    /// [`ParseError`] when it is not valid JSON, not an object, or has none of the keys that tell
    /// an event.
    pub fn from_json(bytes: &'a [u8]) -> Result<Self, ParseError> {
        wire::detect(bytes)
    }

    /// Reads an event in the webhooks' form (also the REST API's `/json/` form).
    ///
    /// # Errors
    ///
    /// [`ParseError`] when it is not valid JSON or not an object.
    pub fn from_webhook_json(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let mut scanner = json::Scanner::from_bytes(bytes)?;
        let event = wire::webhook::event(&mut scanner)?;
        scanner.finish()?;
        Ok(event)
    }

    /// Reads an event in the REST API's form (also the service hooks').
    ///
    /// # Errors
    ///
    /// [`ParseError`] when it is not valid JSON or not an object.
    pub fn from_rest_json(bytes: &'a [u8]) -> Result<Self, ParseError> {
        let mut scanner = json::Scanner::from_bytes(bytes)?;
        let event = wire::rest::event(&mut scanner)?;
        scanner.finish()?;
        Ok(event)
    }

    pub(crate) fn new(form: Form, source: &'a str, fields: Fields<'a>) -> Self {
        Self {
            form,
            source: Cow::Borrowed(source),
            fields,
            tags: OnceLock::new(),
            exceptions: OnceLock::new(),
            other_frames: OnceLock::new(),
        }
    }

    /// Detaches the event from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        Event {
            form: self.form,
            source: Cow::Owned(self.source.into_owned()),
            fields: self.fields.into_owned(),
            tags: OnceLock::new(),
            exceptions: OnceLock::new(),
            other_frames: OnceLock::new(),
        }
    }

    /// The form it came in.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The whole event as it came.
    #[must_use]
    pub fn raw(&self) -> Raw<'_> {
        Raw::new(&self.source)
    }

    /// Any top-level member by its key on the wire, null included.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<Raw<'_>> {
        let mut found = None;
        json::members(&self.source, |name, value| {
            if name == key {
                found = Some(Raw::new(value));
            }
        });
        found
    }
}

impl<'a> Event<'a> {
    fn part(&self, name: PartName) -> Option<&str> {
        self.fields.parts.text(name, &self.source)
    }

    /// Reads a part, borrowing where the event itself borrows.
    fn read<T>(
        &self,
        name: PartName,
        borrowing: impl FnOnce(&'a str) -> T,
        owning: impl FnOnce(&str) -> T,
    ) -> Option<T> {
        match &self.source {
            Cow::Borrowed(source) => self.fields.parts.text(name, source).map(borrowing),
            Cow::Owned(source) => self.fields.parts.text(name, source).map(owning),
        }
    }
}

impl Fields<'_> {
    fn into_owned(self) -> Fields<'static> {
        Fields {
            event_id: own(self.event_id),
            issue_id: self.issue_id,
            project_id: self.project_id,
            release: own(self.release),
            dist: own(self.dist),
            environment: own(self.environment),
            platform: own(self.platform),
            level: own(self.level),
            logger: own(self.logger),
            title: own(self.title),
            message: own(self.message),
            culprit: own(self.culprit),
            location: own(self.location),
            transaction: own(self.transaction),
            ty: own(self.ty),
            datetime: own(self.datetime),
            url: own(self.url),
            web_url: own(self.web_url),
            issue_url: own(self.issue_url),
            parts: self.parts,
        }
    }
}

impl<'b> PartialEq<Event<'b>> for Event<'_> {
    fn eq(&self, other: &Event<'b>) -> bool {
        let filled = |text: Option<&str>| text.filter(|t| !t.is_empty()).map(str::to_owned);
        self.event_id() == other.event_id()
            && self.issue_id() == other.issue_id()
            && self.project_id() == other.project_id()
            && self.release() == other.release()
            && filled(self.dist()) == filled(other.dist())
            && self.environment() == other.environment()
            && self.platform() == other.platform()
            && self.level_word() == other.level_word()
            && self.title() == other.title()
            && filled(self.message()) == filled(other.message())
            && filled(self.culprit()) == filled(other.culprit())
            && filled(self.location()) == filled(other.location())
            && self.ty() == other.ty()
            && self.timestamp() == other.timestamp()
            && self.tags().sorted() == other.tags().sorted()
            && self.exceptions() == other.exceptions()
            && self.stacktrace() == other.stacktrace()
    }
}

impl Eq for Event<'_> {}

/// Shows identity and title; the rest may be confidential.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("form", &self.form)
            .field("event_id", &self.event_id())
            .field("issue_id", &self.issue_id())
            .field("project_id", &self.project_id())
            .field("release", &self.release())
            .field("environment", &self.environment())
            .field("title", &self.title())
            .finish_non_exhaustive()
    }
}

/// Writes the text as it came (with `serde_json`).
impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw().serialize(serializer)
    }
}
