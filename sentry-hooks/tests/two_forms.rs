//! One incident, written as a webhook and as the REST API write it, is one `Event`.
#![allow(clippy::unwrap_used, reason = "test code")]

use proptest::{collection::vec, option, prelude::*, sample::select};
use sentry_hooks::model::{Event, Form};
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, macros::format_description};

/// What happened, as no wire writes it.
#[derive(Debug, Clone)]
struct Incident {
    id: u128,
    issue: u64,
    project: u64,
    /// Microseconds since 1970.
    at: i64,
    release: Option<String>,
    environment: Option<String>,
    dist: Option<String>,
    level: &'static str,
    platform: &'static str,
    /// Title, culprit, location.
    words: (String, Option<String>, Option<String>),
    message: Option<String>,
    tags: Map<String, Value>,
    exceptions: Vec<Exception>,
    stack: Option<Vec<Frame>>,
    user: Option<u32>,
}

#[derive(Debug, Clone)]
struct Exception {
    ty: Option<String>,
    value: Option<String>,
    module: Option<String>,
    mechanism: Option<(String, Option<bool>)>,
    thread: Option<u16>,
    frames: Option<Vec<Frame>>,
}

#[derive(Debug, Clone)]
struct Frame {
    file: Option<String>,
    path: Option<String>,
    function: Option<String>,
    module: Option<String>,
    line: u32,
    column: Option<u32>,
    in_app: bool,
    /// Lines before, the line itself, lines after.
    source: Option<(Vec<String>, String, Vec<String>)>,
}

/// Text as people write it, and as they should not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z_./<>@]{1,16}", ".{1,12}", Just("a\"b\\c\n\u{202e}\u{1f440}".to_owned())]
}

fn frame() -> impl Strategy<Value = Frame> {
    let source = (vec(text(), 0..4), text(), vec(text(), 0..4));
    let names = (option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    let place = (10..90_000_u32, option::of(any::<u32>()), any::<bool>());
    (names, place, option::of(source)).prop_map(
        |((file, path, function, module), (line, column, in_app), source)| Frame {
            file,
            path,
            function,
            module,
            line,
            column,
            in_app,
            source,
        },
    )
}

fn exception() -> impl Strategy<Value = Exception> {
    let words = (option::of(text()), option::of(text()), option::of(text()));
    let mechanism = option::of((text(), option::of(any::<bool>())));
    (words, mechanism, option::of(any::<u16>()), option::of(vec(frame(), 0..6))).prop_map(
        |((ty, value, module), mechanism, thread, frames)| Exception {
            ty,
            value,
            module,
            mechanism,
            thread,
            frames,
        },
    )
}

fn incident() -> impl Strategy<Value = Incident> {
    let ids = (any::<u128>(), 1..u64::MAX, 1..u64::MAX, 0..4_000_000_000_000_000_i64);
    let place = (option::of(text()), option::of(text()), option::of(text()));
    let kind = (
        select(vec!["fatal", "error", "warning", "info", "debug"]),
        select(vec!["python", "javascript", "go", "native", "other"]),
    );
    let words = ((text(), option::of(text()), option::of(text())), option::of(text()));
    let tags = proptest::collection::btree_map("[a-z_.]{2,9}", text(), 0..6);
    let stacks = (vec(exception(), 0..4), option::of(vec(frame(), 1..4)), option::of(any::<u32>()));
    (ids, place, kind, words, tags, stacks).prop_map(
        |(
            (id, issue, project, at),
            (release, environment, dist),
            (level, platform),
            (words, message),
            tags,
            (exceptions, stack, user),
        )| {
            let mut tags: Map<_, _> = tags.into_iter().map(|(k, v)| (k, json!(v))).collect();
            tags.insert("level".to_owned(), json!(level));
            for (name, value) in [("release", &release), ("environment", &environment)] {
                tags.remove(name);
                tags.extend(value.as_ref().map(|v| (name.to_owned(), json!(v))));
            }
            Incident {
                id,
                issue,
                project,
                at,
                release,
                environment,
                dist,
                level,
                platform,
                words,
                message,
                tags,
                exceptions,
                stack,
                user,
            }
        },
    )
}

/// Python's `isoformat`, as each form has it: always six digits, or none where they are zero.
fn date(micros: i64, always: bool) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap();
    let fraction =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    let whole = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    if always || micros % 1_000_000 != 0 { at.format(fraction) } else { at.format(whole) }.unwrap()
}

impl Incident {
    /// Snake case, `exception.values`.
    fn webhook(&self) -> Value {
        let (title, culprit, location) = &self.words;
        let tags: Vec<_> = self.tags.iter().map(|(k, v)| json!([k, v])).collect();
        let mut event = json!({
            "event_id": format!("{:032x}", self.id), "issue_id": self.issue.to_string(),
            "project": self.project, "datetime": date(self.at, true), "type": "error",
            "release": self.release, "dist": self.dist, "level": self.level,
            "platform": self.platform, "title": title, "culprit": culprit, "location": location,
            "message": self.message.clone().unwrap_or_default(), "tags": tags,
            "url": "https://sentry.io/api/0/projects/acme/shop/events/1f/",
            "fingerprint": ["{{ default }}"],
        });
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                event[key] = value;
            }
        };
        set("environment", self.environment.clone().map(Value::from));
        set("stacktrace", self.stack.as_ref().map(|f| json!({"frames": all(f, Frame::webhook)})));
        set("user", self.user.map(|id| json!({"id": id.to_string()})));
        if !self.exceptions.is_empty() {
            set("exception", Some(json!({"values": all(&self.exceptions, Exception::webhook)})));
        }
        event
    }

    /// Camel case, `entries`; environment and level are among the tags alone.
    fn rest(&self) -> Value {
        let (title, culprit, location) = &self.words;
        let tag = |(k, v): (&String, &Value)| json!({"key": k, "value": v});
        let tags: Vec<_> = self.tags.iter().rev().map(tag).collect();
        let mut entries = Vec::new();
        if let Some(stack) = &self.stack {
            let data = json!({"frames": all(stack, Frame::rest), "hasSystemFrames": true});
            entries.push(json!({"data": data, "type": "stacktrace"}));
        }
        if !self.exceptions.is_empty() {
            let data =
                json!({"values": all(&self.exceptions, Exception::rest), "excOmitted": null});
            entries.push(json!({"type": "exception", "data": data}));
        }
        let release = self.release.as_ref().map(|r| json!({"version": r, "shortVersion": "x"}));
        json!({
            "id": format!("{:032x}", self.id), "eventID": format!("{:032x}", self.id),
            "groupID": self.issue.to_string(), "projectID": self.project.to_string(),
            "dateCreated": date(self.at, false), "type": "error", "release": release,
            "dist": self.dist, "platform": self.platform, "title": title, "culprit": culprit,
            "location": location, "message": self.message.clone().unwrap_or_default(),
            "tags": tags, "entries": entries, "contexts": {}, "context": {},
            "user": self.user.map(|id| json!({"id": id.to_string(), "email": null})),
        })
    }
}

fn all<T>(list: &[T], write: impl Fn(&T) -> Value) -> Vec<Value> {
    list.iter().map(write).collect()
}

impl Exception {
    fn webhook(&self) -> Value {
        let mechanism = self.mechanism.as_ref();
        json!({
            "type": self.ty, "value": self.value, "module": self.module, "thread_id": self.thread,
            "mechanism": mechanism.map(|(ty, handled)| json!({"type": ty, "handled": handled})),
            "stacktrace": self.frames.as_ref().map(|f| json!({"frames": all(f, Frame::webhook)})),
        })
    }

    fn rest(&self) -> Value {
        let mechanism = self.mechanism.as_ref();
        json!({
            "stacktrace": self.frames.as_ref().map(|f| json!({"frames": all(f, Frame::rest)})),
            "mechanism": mechanism.map(|(ty, handled)| json!({"handled": handled, "type": ty})),
            "threadId": self.thread, "module": self.module, "value": self.value, "type": self.ty,
            "rawStacktrace": null,
        })
    }
}

impl Frame {
    fn webhook(&self) -> Value {
        let mut frame = json!({
            "filename": self.file, "abs_path": self.path, "function": self.function,
            "module": self.module, "lineno": self.line, "colno": self.column,
            "in_app": self.in_app, "data": {"orig_in_app": 1},
        });
        if let Some((before, line, after)) = &self.source {
            frame["pre_context"] = json!(before);
            frame["context_line"] = json!(line);
            frame["post_context"] = json!(after);
        }
        frame
    }

    fn rest(&self) -> Value {
        let mut context = Vec::new();
        if let Some((before, line, after)) = &self.source {
            let first = self.line - u32::try_from(before.len()).unwrap();
            let lines = before.iter().chain([line]).chain(after);
            context = lines.zip(first..).map(|(text, number)| json!([number, text])).collect();
        }
        json!({
            "filename": self.file, "absPath": self.path, "module": self.module, "package": null,
            "function": self.function, "lineNo": self.line, "colNo": self.column,
            "inApp": self.in_app, "context": context, "vars": null,
        })
    }
}

proptest! {
    #[test]
    fn both_forms_of_an_incident_are_equal(incident in incident()) {
        let (webhook, rest) = (incident.webhook().to_string(), incident.rest().to_string());
        let webhook = Event::from_json(webhook.as_bytes()).unwrap();
        let rest = Event::from_json(rest.as_bytes()).unwrap();
        prop_assert_eq!((webhook.form(), rest.form()), (Form::Webhook, Form::Rest));
        prop_assert_eq!(&webhook, &rest);
        prop_assert_eq!(&webhook, &rest.clone().into_owned());

        // What the comparison leaves out, and what it stands on.
        prop_assert_eq!(webhook.issue_id(), Some(incident.issue.into()));
        prop_assert_eq!(webhook.release(), incident.release.as_deref());
        prop_assert_eq!(rest.environment(), incident.environment.as_deref());
        prop_assert_eq!(webhook.exceptions().len(), incident.exceptions.len());
        let micros = rest.timestamp().map(|at| at.unix_timestamp_nanos() / 1000);
        prop_assert_eq!(micros, Some(i128::from(incident.at)));
        prop_assert_eq!(webhook.level(), rest.level());
        prop_assert_eq!(webhook.crash_frame(), rest.crash_frame());
        prop_assert_eq!(webhook.top_in_app_frame(), rest.top_in_app_frame());
        prop_assert_eq!(webhook.affected_user(), rest.affected_user());
        let crash = incident.exceptions.iter().rev().find_map(|e| e.frames.as_ref()?.last());
        let crash = crash.or_else(|| incident.stack.as_ref()?.last());
        prop_assert_eq!(webhook.crash_frame().map(|f| f.line), crash.map(|f| Some(f.line)));
    }

    #[test]
    fn forms_of_two_incidents_differ(incident in incident(), what in 0..6_usize) {
        let mut other = incident.clone();
        match what {
            0 => other.id ^= 1,
            1 => other.at += 1,
            2 => other.words.0.push('!'),
            3 => drop(other.tags.insert("another".to_owned(), json!("tag"))),
            4 => match other.exceptions.iter_mut().find_map(|e| e.frames.as_mut()?.last_mut()) {
                Some(frame) => frame.line += 1,
                None => other.project ^= 1,
            },
            _ => match other.exceptions.pop() {
                Some(_) => {}
                None => other.issue ^= 1,
            },
        }
        let (webhook, rest) = (incident.webhook().to_string(), other.rest().to_string());
        let webhook = Event::from_json(webhook.as_bytes()).unwrap();
        prop_assert_ne!(webhook, Event::from_json(rest.as_bytes()).unwrap());
    }
}
