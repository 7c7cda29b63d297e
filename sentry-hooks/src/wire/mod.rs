//! Sentry's two spellings of the same things.

pub(crate) mod rest;
pub(crate) mod stack;
pub(crate) mod webhook;

use crate::{
    ParseError,
    json::{self, Scanner},
    model::{Event, Part},
};

/// Reads an event in whichever form it comes, also from inside a delivery.
pub(crate) fn detect(bytes: &[u8]) -> Result<Event<'_>, ParseError> {
    let mut scanner = Scanner::from_bytes(bytes)?;
    if scanner.peek() != Some(b'{') {
        scanner.skip()?;
        scanner.finish()?;
        return Err(ParseError::NotAnObject);
    }
    let text = scanner.skip()?;
    scanner.finish()?;
    let (text, form) = find(text).ok_or(ParseError::NotAnEvent)?;
    read(text, form)
}

/// Reads what stands where an event belongs, in whichever form; `None` unless it is an object.
#[cfg(feature = "webhook")]
pub(crate) fn either(raw: &str) -> Option<Event<'_>> {
    if !json::is_object(raw) {
        return None;
    }
    let (text, form) = find_inner(raw)?;
    read(text, form).ok()
}

fn read(text: &str, form: Found) -> Result<Event<'_>, ParseError> {
    let mut scanner = Scanner::new(text);
    match form {
        Found::Webhook => webhook::event(&mut scanner),
        Found::Rest => rest::event(&mut scanner),
    }
}

#[derive(Clone, Copy)]
enum Found {
    Webhook,
    Rest,
}

/// The event's text within `text`, and its form.
fn find(text: &str) -> Option<(&str, Found)> {
    let mut data = None;
    let mut event = None;
    let mut form = None;
    json::members(text, |key, value| match key {
        "eventID" | "groupID" | "dateCreated" | "entries" => form = Some(Found::Rest),
        "event_id"
        | "exception"
        | "stacktrace"
        | "threads"
        | "datetime"
        | "timestamp"
        | "logentry"
        | "sentry.interfaces.Exception" => {
            form = form.or(Some(Found::Webhook));
        }
        "data" if json::is_object(value) => data = Some(value),
        "event" | "error" if json::is_object(value) => event = Some(value),
        _ => {}
    });
    // A delivery's `data` and a body's `event` come first: `event_id` may stand beside them.
    if let Some(inner) = event {
        return find_inner(inner);
    }
    if let (Some(data), None) = (data, form) {
        let mut inner = None;
        json::members(data, |key, value| {
            if matches!(key, "event" | "error") && json::is_object(value) {
                inner = Some(value);
            }
        });
        return inner.and_then(find_inner);
    }
    form.map(|form| (text, form))
}

/// The form of what stands where an event belongs.
fn find_inner(text: &str) -> Option<(&str, Found)> {
    let mut form = Found::Webhook;
    json::members(text, |key, _| {
        if matches!(key, "eventID" | "groupID" | "dateCreated" | "entries") {
            form = Found::Rest;
        }
    });
    Some((text, form))
}

/// Reads an object's members and says of each where it stands within the object.
///
/// `f` gets the key, the value's text and its range. Returns the object's text.
pub(crate) fn object<'a>(
    scanner: &mut Scanner<'a>,
    mut f: impl FnMut(&str, &'a str, Part),
) -> Result<&'a str, ParseError> {
    if scanner.peek() != Some(b'{') {
        return Err(ParseError::NotAnObject);
    }
    let start = scanner.position();
    scanner.object(|s, key| {
        let value = s.skip()?;
        let end = s.position() - start;
        f(key, value, Part { start: end - value.len(), end });
        Ok(())
    })
}
