use std::{borrow::Cow, fmt};

use super::{Id, frame::own};
use crate::json;

/// Who did something: a person, a team, an application or Sentry itself.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Actor<'a> {
    /// Sentry's word: `application`, `user`, `team`.
    pub ty: Option<Cow<'a, str>>,
    /// A number for people, `"sentry"` for Sentry itself, a uuid for an application.
    pub id: Option<Id>,
    /// Display name; may be empty.
    pub name: Option<Cow<'a, str>>,
    /// E-mail address, where given. Personal data.
    pub email: Option<Cow<'a, str>>,
}

/// What kind of actor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorKind {
    /// Sentry itself.
    Sentry,
    /// An integration.
    Application,
    /// A person.
    User,
    /// A team.
    Team,
    /// A word we do not know, or none.
    Other,
}

impl<'a> Actor<'a> {
    /// Reads an actor, an assignee or a user; `None` unless it is an object.
    pub(crate) fn from_raw(raw: &'a str) -> Option<Self> {
        if !json::is_object(raw) {
            return None;
        }
        let mut actor = Actor { ty: None, id: None, name: None, email: None };
        json::members(raw, |key, value| match key {
            "type" => actor.ty = json::text(value),
            "id" => actor.id = Id::from_raw(value),
            "name" => actor.name = json::text(value),
            "email" => actor.email = json::text(value),
            _ => {}
        });
        Some(actor)
    }

    /// What kind of actor it is.
    #[must_use]
    pub fn kind(&self) -> ActorKind {
        match self.ty.as_deref() {
            Some("application") if self.id.as_ref().is_some_and(|id| *id == "sentry") => {
                ActorKind::Sentry
            }
            Some("application") => ActorKind::Application,
            Some("user") => ActorKind::User,
            Some("team") => ActorKind::Team,
            _ => ActorKind::Other,
        }
    }

    /// Detaches the actor from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Actor<'static> {
        Actor { ty: own(self.ty), id: self.id, name: own(self.name), email: own(self.email) }
    }
}

/// Shows type and id; name and e-mail address are personal data.
impl fmt::Debug for Actor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("ty", &self.ty).field("id", &self.id).finish_non_exhaustive()
    }
}
