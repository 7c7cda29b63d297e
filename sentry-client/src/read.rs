//! Sentry's JSON, read into the shared model and into records.

use sentry_hooks::model::{Event, Issue, Project};
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// A body as one record.
pub(crate) fn record<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| unreadable(operation, &error))
}

/// A body as its raw entries.
#[cfg(feature = "reqwest")]
pub(crate) fn entries<'b>(
    operation: &'static str,
    body: &'b [u8],
) -> Result<Vec<&'b serde_json::value::RawValue>> {
    serde_json::from_slice(body).map_err(|error| unreadable(operation, &error))
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
