use std::{borrow::Cow, fmt, sync::OnceLock};

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use super::{
    Exception, Frame, Id, Level, PartName, Raw, Tags, date, frame::own, parts::Parts, urls,
};
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

/// Frames outside exceptions.
#[derive(Debug, Clone, Default)]
struct OtherFrames<'a> {
    stacktrace: Option<Vec<Frame<'a>>>,
    crashed_thread: Vec<Frame<'a>>,
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

/// What it is and where it belongs.
impl<'a> Event<'a> {
    /// The event's id: 32 hex digits, as a rule. Empty where the payload has none.
    #[must_use]
    pub fn event_id(&self) -> &str {
        self.fields.event_id.as_deref().unwrap_or_default()
    }

    /// The issue it was grouped into, from its own field or from the event's URLs.
    #[must_use]
    pub fn issue_id(&self) -> Option<Id> {
        self.fields.issue_id.clone().or_else(|| self.issue_id_from_urls())
    }

    /// The issue's id as the event's URLs tell it, whatever its own field says.
    #[must_use]
    pub fn issue_id_from_urls(&self) -> Option<Id> {
        let fields = &self.fields;
        let url = fields.issue_url.as_deref().and_then(urls::last_segment);
        url.or_else(|| fields.web_url.as_deref().and_then(urls::issue)).map(Id::from)
    }

    /// The project's id.
    #[must_use]
    pub fn project_id(&self) -> Option<&Id> {
        self.fields.project_id.as_ref()
    }

    /// The project's slug, which only the API URL tells.
    #[must_use]
    pub fn project_slug(&self) -> Option<&str> {
        urls::organization_and_project(self.url()?).map(|(_, project)| project)
    }

    /// The organisation's slug, which only the URLs tell.
    #[must_use]
    pub fn organization_slug(&self) -> Option<&str> {
        let api = self.url().and_then(urls::organization_and_project).map(|(org, _)| org);
        api.or_else(|| self.issue_url().and_then(urls::organization))
            .or_else(|| self.web_url().and_then(urls::organization))
    }

    /// Host of the Sentry server that sent it, e.g. `sentry.io`.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.url().or(self.web_url()).or(self.issue_url()).and_then(urls::host)
    }

    /// API URL of the event.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.fields.url.as_deref()
    }

    /// Page of the event.
    #[must_use]
    pub fn web_url(&self) -> Option<&str> {
        self.fields.web_url.as_deref()
    }

    /// API URL of the issue.
    #[must_use]
    pub fn issue_url(&self) -> Option<&str> {
        self.fields.issue_url.as_deref()
    }

    /// The release, from its field or from the tag `release`.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        self.fields.release.as_deref().or_else(|| self.tag("release")).filter(|r| !r.is_empty())
    }

    /// The distribution of the release.
    #[must_use]
    pub fn dist(&self) -> Option<&str> {
        self.fields.dist.as_deref()
    }

    /// The environment, from its field or from the tag `environment`.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        let field = self.fields.environment.as_deref();
        field.or_else(|| self.tag("environment")).filter(|e| !e.is_empty())
    }
}

/// What happened.
impl<'a> Event<'a> {
    /// Severity, where its word is one we know.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level_word().and_then(Level::from_word)
    }

    /// Sentry's word for the severity, from its field or from the tag `level`.
    #[must_use]
    pub fn level_word(&self) -> Option<&str> {
        self.fields.level.as_deref().or_else(|| self.tag("level"))
    }

    /// Sentry's platform word: `python`, `javascript`, `node`, `go`, `native`, …
    #[must_use]
    pub fn platform(&self) -> Option<&str> {
        self.fields.platform.as_deref()
    }

    /// Sentry's word for the kind of event: `error`, `default`, `csp`, `generic`, …
    #[must_use]
    pub fn ty(&self) -> Option<&str> {
        self.fields.ty.as_deref()
    }

    /// Title as Sentry shows it. Reporter-controlled.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.fields.title.as_deref()
    }

    /// The event's message; usually empty for exceptions, whose text is in their value.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.fields.message.as_deref()
    }

    /// Where Sentry thinks it happened.
    #[must_use]
    pub fn culprit(&self) -> Option<&str> {
        self.fields.culprit.as_deref()
    }

    /// The file Sentry shows beside the title.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.fields.location.as_deref()
    }

    /// Name of the logger; often empty.
    #[must_use]
    pub fn logger(&self) -> Option<&str> {
        self.fields.logger.as_deref().or_else(|| self.tag("logger"))
    }

    /// Name of the transaction, from its field or from the tag `transaction`.
    #[must_use]
    pub fn transaction(&self) -> Option<&str> {
        self.fields.transaction.as_deref().or_else(|| self.tag("transaction"))
    }

    /// When it happened, from whichever field has it.
    #[must_use]
    pub fn timestamp(&self) -> Option<OffsetDateTime> {
        let datetime = self.datetime().and_then(date::parse);
        datetime.or_else(|| self.date_part(PartName::Timestamp))
    }

    /// When it happened, as the wire writes it (`datetime`, `dateCreated`).
    #[must_use]
    pub fn datetime(&self) -> Option<&str> {
        self.fields.datetime.as_deref()
    }

    /// When Sentry took it in.
    #[must_use]
    pub fn received(&self) -> Option<OffsetDateTime> {
        self.date_part(PartName::Received)
    }

    fn date_part(&self, name: PartName) -> Option<OffsetDateTime> {
        json::text(self.part(name)?).and_then(|text| date::parse(&text))
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &Tags<'a> {
        self.tags.get_or_init(|| {
            self.read(PartName::Tags, Tags::from_raw, |t| Tags::from_raw(t).into_owned())
                .unwrap_or_default()
        })
    }

    /// The value of the first tag of that name which has one.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags().get(key)
    }

    /// The client's grouping rule, mostly `["{{ default }}"]`; not a hash. Webhooks only.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<Cow<'_, str>> {
        self.part(PartName::Fingerprint).map(json::strings).unwrap_or_default()
    }

    /// The hashes by which Sentry grouped the event; may be empty.
    #[must_use]
    pub fn hashes(&self) -> Vec<Cow<'_, str>> {
        self.part(PartName::Hashes).map(json::strings).unwrap_or_default()
    }
}

/// The stack.
impl<'a> Event<'a> {
    /// The exceptions in order of raising: the cause first, the outermost last.
    ///
    /// Empty for messages. They are read on the first call.
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

macro_rules! raw_parts {
    ($($(#[$doc:meta])* $method:ident => $part:ident,)*) => {
        /// Parts kept as they came until asked for.
        impl Event<'_> {
            $($(#[$doc])*
            #[must_use]
            pub fn $method(&self) -> Option<Raw<'_>> {
                self.part(PartName::$part).map(Raw::new)
            })*
        }
    };
}

raw_parts! {
    /// What happened before: an object with `values`.
    breadcrumbs => Breadcrumbs,
    /// Contexts by name: `os`, `runtime`, `trace`, …
    contexts => Contexts,
    /// The threads: an object with `values`.
    threads => Threads,
    /// Free data of the program.
    extra => Extra,
    /// The HTTP request during which it happened. May hold personal data.
    request => Request,
    /// Who was affected. Personal data.
    user => User,
    /// What Sentry derived for the title.
    metadata => Metadata,
    /// The SDK that sent it.
    sdk => Sdk,
    /// Installed packages with their versions.
    modules => Modules,
    /// The message with its parameters.
    logentry => LogEntry,
    /// For issues that are not errors: what was found.
    occurrence => Occurrence,
    /// What went wrong while Sentry processed the event.
    errors => Errors,
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

fn own_frames(frames: Vec<Frame<'_>>) -> Vec<Frame<'static>> {
    frames.into_iter().map(Frame::into_owned).collect()
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
