use std::borrow::Cow;

use super::{Id, frame::own};
use crate::json;

/// A project as issues, service hooks and external requests mention it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Project<'a> {
    /// Id; a string in issues, an integer in events.
    pub id: Option<Id>,
    /// Name for people.
    pub name: Option<Cow<'a, str>>,
    /// Short name in URLs.
    pub slug: Option<Cow<'a, str>>,
    /// Platform word; may be empty.
    pub platform: Option<Cow<'a, str>>,
}

impl<'a> Project<'a> {
    /// Reads a project; `None` unless it is an object.
    pub(crate) fn from_raw(raw: &'a str) -> Option<Self> {
        if !json::is_object(raw) {
            return None;
        }
        let mut project = Project::default();
        json::members(raw, |key, value| match key {
            "id" => project.id = Id::from_raw(value),
            "name" => project.name = json::text(value),
            "slug" => project.slug = json::text(value),
            "platform" => project.platform = json::text(value),
            _ => {}
        });
        Some(project)
    }

    /// Reads a project from JSON.
    ///
    /// # Errors
    ///
    /// [`ParseError`](crate::ParseError) when it is not valid JSON or no object.
    pub fn from_json(bytes: &'a [u8]) -> Result<Self, crate::ParseError> {
        let mut scanner = json::Scanner::from_bytes(bytes)?;
        let text = scanner.skip()?;
        scanner.finish()?;
        Self::from_raw(text).ok_or(crate::ParseError::NotAnObject)
    }

    /// Detaches the project from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Project<'static> {
        Project {
            id: self.id,
            name: own(self.name),
            slug: own(self.slug),
            platform: own(self.platform),
        }
    }
}
