//! What is put into a [`FakeSentry`](super::FakeSentry), in Sentry's wire form from the start.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// An issue to add: a title in a project.
///
/// ```
/// use sentry_client::testing::FakeIssue;
/// let issue = FakeIssue::new("shop", "TimeoutError: QueuePool limit reached")
///     .level("fatal")
///     .culprit("checkout in views.py");
/// ```
#[derive(Debug, Clone)]
pub struct FakeIssue {
    pub(super) project: String,
    pub(super) title: String,
    pub(super) level: String,
    pub(super) culprit: Option<String>,
    pub(super) priority: &'static str,
}

impl FakeIssue {
    /// An unresolved issue of level `error`.
    #[must_use]
    pub fn new(project: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            project: project.into(),
            title: title.into(),
            level: "error".to_owned(),
            culprit: None,
            priority: "medium",
        }
    }

    /// Sentry's word for the severity.
    #[must_use]
    pub fn level(mut self, word: impl Into<String>) -> Self {
        self.level = word.into();
        self
    }

    /// Where it happens.
    #[must_use]
    pub fn culprit(mut self, text: impl Into<String>) -> Self {
        self.culprit = Some(text.into());
        self
    }
}

/// An event to add.
///
/// ```
/// use sentry_client::testing::FakeEvent;
/// let event = FakeEvent::new()
///     .exception("TimeoutError", "QueuePool limit of size 5 reached")
///     .frame("shop/db.py", "connect", 41, "    return pool.connect()")
///     .release("shop@2.0.0")
///     .environment("production")
///     .user("7");
/// ```
#[derive(Debug, Clone, Default)]
pub struct FakeEvent {
    pub(super) at: Option<OffsetDateTime>,
    pub(super) release: Option<String>,
    exceptions: Vec<Value>,
    frames: Vec<Value>,
    tags: Vec<(String, String)>,
    user: Option<String>,
    message: Option<String>,
    fingerprint: Option<String>,
}

impl FakeEvent {
    /// An event without anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins an exception; the frames that follow are its frames. The last one is what was
    /// raised last.
    #[must_use]
    pub fn exception(mut self, ty: &str, value: &str) -> Self {
        self.close();
        self.exceptions.push(json!({ "type": ty, "value": value, "module": null,
            "mechanism": { "type": "generic", "handled": false }, "threadId": null,
            "rawStacktrace": null }));
        self
    }

    /// Adds a frame of the program's own code: the newest call so far.
    #[must_use]
    pub fn frame(mut self, file: &str, function: &str, line: u32, text: &str) -> Self {
        let before = line.saturating_sub(1);
        self.frames.push(json!({
            "filename": file, "absPath": format!("/srv/{file}"), "module": null, "package": null,
            "platform": null, "function": function, "rawFunction": null, "lineNo": line,
            "colNo": null, "inApp": true, "vars": null, "instructionAddr": null,
            "context": [[before, "    # before"], [line, text], [line + 1, "    # after"]],
        }));
        self
    }

    /// The release.
    #[must_use]
    pub fn release(mut self, version: &str) -> Self {
        self.release = Some(version.to_owned());
        self.tag("release", version)
    }

    /// The environment.
    #[must_use]
    pub fn environment(self, name: &str) -> Self {
        self.tag("environment", name)
    }

    /// A tag; a second value replaces the first.
    #[must_use]
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.retain(|(known, _)| known != key);
        self.tags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Who met it.
    #[must_use]
    pub fn user(mut self, id: &str) -> Self {
        self.user = Some(id.to_owned());
        self.tag("user", &format!("id:{id}"))
    }

    /// A message, for events without exception.
    #[must_use]
    pub fn message(mut self, text: &str) -> Self {
        self.message = Some(text.to_owned());
        self
    }

    /// When it happened; without it, a minute after the event before.
    #[must_use]
    pub fn at(mut self, at: OffsetDateTime) -> Self {
        self.at = Some(at);
        self
    }

    /// The hash by which it is grouped.
    #[must_use]
    pub fn hash(mut self, hash: &str) -> Self {
        self.fingerprint = Some(hash.to_owned());
        self
    }

    pub(super) fn user_id(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The frames collected so far belong to the exception begun last.
    fn close(&mut self) {
        let frames = std::mem::take(&mut self.frames);
        if let Some(exception) = self.exceptions.last_mut() {
            let frames = json!({ "frames": frames, "framesOmitted": null, "registers": null,
                "hasSystemFrames": false });
            exception["stacktrace"] = frames;
        }
    }

    /// The event in the REST API's form. `base` holds what the issue decides.
    pub(super) fn into_json(mut self, base: Map<String, Value>) -> Value {
        self.close();
        let mut event = base;
        let mut entries = Vec::new();
        if !self.exceptions.is_empty() {
            entries.push(json!({ "type": "exception", "data":
                { "values": self.exceptions, "excOmitted": null, "hasSystemFrames": false } }));
        }
        if let Some(text) = &self.message {
            entries.push(json!({ "type": "message", "data": { "formatted": text } }));
        }
        let tags: Vec<_> =
            self.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        let user = self.user.map(|id| {
            json!({ "id": id, "email": null, "username": null,
            "ip_address": null, "name": null })
        });
        let hash = self.fingerprint.unwrap_or_else(|| "0".repeat(32));
        for (key, value) in [
            ("message", Value::from(self.message.unwrap_or_default())),
            ("entries", Value::from(entries)),
            ("tags", Value::from(tags)),
            ("user", user.into()),
            ("release", self.release.map(|version| json!({ "version": version })).into()),
            ("fingerprints", json!([hash])),
            ("contexts", json!({})),
            ("context", json!({})),
            ("errors", json!([])),
            ("dist", Value::Null),
            ("sdk", Value::Null),
            ("_meta", json!({})),
        ] {
            event.insert(key.to_owned(), value);
        }
        Value::Object(event)
    }
}

/// A failure that the fake answers instead of what it was asked for.
///
/// ```
/// use sentry_client::testing::Fault;
/// let busy = Fault::status(503);
/// let limited = Fault::status(429).header("retry-after", "2");
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delay: std::time::Duration,
}

impl Fault {
    /// An answer of this status, with the body that Sentry would send.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let body = match status {
            429 => json!("Requests come too often"),
            500 => json!({ "detail": "Internal Error", "errorId": null }),
            410 => json!({ "message": "This route is no more." }),
            _ => json!({ "detail": "An injected failure" }),
        };
        Self {
            status,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
            delay: std::time::Duration::ZERO,
        }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With this body, whatever it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// After a while; only the [server](super::FakeServer) waits.
    #[must_use]
    pub fn delay(mut self, delay: std::time::Duration) -> Self {
        self.delay = delay;
        self
    }
}
