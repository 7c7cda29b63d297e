use std::{borrow::Cow, fmt};

use super::{Id, frame::own};
use crate::json;

/// Who was affected by an event. Personal data: `Debug` shows which fields are there, not what is
/// in them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct User<'a> {
    /// The program's own id of the user.
    pub id: Option<Id>,
    /// E-mail address.
    pub email: Option<Cow<'a, str>>,
    /// Name to log in with.
    pub username: Option<Cow<'a, str>>,
    /// Display name.
    pub name: Option<Cow<'a, str>>,
    /// IP address, as written.
    pub ip_address: Option<Cow<'a, str>>,
}

impl<'a> User<'a> {
    /// Reads a user; `None` unless it is an object.
    pub(crate) fn from_raw(raw: &'a str) -> Option<Self> {
        if !json::is_object(raw) {
            return None;
        }
        let mut user = User::default();
        json::members(raw, |key, value| match key {
            "id" => user.id = Id::from_raw(value),
            "email" => user.email = json::text(value),
            "username" => user.username = json::text(value),
            "name" => user.name = json::text(value),
            "ip_address" | "ipAddress" => user.ip_address = json::text(value),
            _ => {}
        });
        Some(user)
    }

    /// Detaches the user from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> User<'static> {
        User {
            id: self.id,
            email: own(self.email),
            username: own(self.username),
            name: own(self.name),
            ip_address: own(self.ip_address),
        }
    }
}

impl fmt::Debug for User<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("User");
        for (name, there) in [
            ("id", self.id.is_some()),
            ("email", self.email.is_some()),
            ("username", self.username.is_some()),
            ("name", self.name.is_some()),
            ("ip_address", self.ip_address.is_some()),
        ] {
            if there {
                shown.field(name, &format_args!("[personal]"));
            }
        }
        shown.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_spellings_and_shows_nothing_personal() {
        let webhook = User::from_raw(r#"{"id":4711,"ip_address":"203.0.113.7","geo":{}}"#).unwrap();
        let rest =
            User::from_raw(r#"{"id":"4711","ipAddress":"203.0.113.7","email":null}"#).unwrap();
        assert_eq!(webhook, rest);
        assert_eq!(format!("{webhook:?}"), "User { id: [personal], ip_address: [personal] }");
        assert_eq!(User::from_raw("null"), None);
    }
}
