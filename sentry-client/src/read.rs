//! Sentry's JSON, read into the shared model and into records.

use sentry_hooks::model::{Event, Issue, Project};
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// A body as one record.
pub(crate) fn record<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| unreadable(operation, &error))
}

/// A body as a list. An entry that cannot be read is left out, aloud: the others are still worth
/// having. Several of which none can be read are an answer of another form.
#[cfg(feature = "reqwest")]
pub(crate) fn list<T>(
    operation: &'static str,
    body: &[u8],
    read: impl Fn(&'static str, &[u8]) -> Result<T>,
) -> Result<Vec<T>> {
    let entries: Vec<&serde_json::value::RawValue> =
        serde_json::from_slice(body).map_err(|error| unreadable(operation, &error))?;
    let mut items = Vec::with_capacity(entries.len());
    let mut failed = None;
    for entry in &entries {
        match read(operation, entry.get().as_bytes()) {
            Ok(item) => items.push(item),
            Err(error) => {
                tracing::warn!(%error, "an entry of a list is left out");
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) if items.is_empty() && entries.len() > 1 => Err(error),
        _ => Ok(items),
    }
}

pub(crate) fn issue(operation: &'static str, body: &[u8]) -> Result<Issue<'static>> {
    Issue::from_json(body)
        .map(Issue::into_owned)
        .map_err(|_| Error::unreadable(operation, "no issue"))
}

pub(crate) fn event(operation: &'static str, body: &[u8]) -> Result<Event<'static>> {
    Event::from_rest_json(body)
        .map(Event::into_owned)
        .map_err(|_| Error::unreadable(operation, "no event"))
}

pub(crate) fn project(operation: &'static str, body: &[u8]) -> Result<Project<'static>> {
    Project::from_json(body)
        .map(Project::into_owned)
        .map_err(|_| Error::unreadable(operation, "no project"))
}

/// Where reading failed, without the words of serde, which quote what they read.
fn unreadable(operation: &'static str, error: &serde_json::Error) -> Error {
    let what = match error.classify() {
        serde_json::error::Category::Data => "not of the expected form",
        serde_json::error::Category::Eof => "cut short",
        _ => "no JSON",
    };
    let place = format!("{what}, line {}, column {}", error.line(), error.column());
    Error::unreadable(operation, place)
}
