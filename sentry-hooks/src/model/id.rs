use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json;

/// An id of Sentry: of an issue, a project, a rule, a user.
///
/// The same id is a string in one payload and an integer in the next, and beyond 32 bits on
/// sentry.io. Both are one `Id`, which prints its decimal digits. Ids that are no decimal number
/// (`"sentry"`, uuids) are kept as they are.
///
/// ```
/// use sentry_hooks::model::Id;
///
/// assert_eq!(Id::from("4509877862268928"), Id::from(4509877862268928_u64));
/// assert_eq!(Id::from("sentry").to_string(), "sentry");
/// assert_eq!(Id::from("007").to_string(), "007");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Repr);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    /// What a `u64` prints exactly as it was written.
    Number(u64),
    Text(Box<str>),
}

impl Id {
    /// The number, where the id is one.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Number(n) => Some(*n),
            Repr::Text(_) => None,
        }
    }

    /// An id from JSON text: string or number.
    pub(crate) fn from_raw(raw: &str) -> Option<Self> {
        match json::kind(raw) {
            json::Kind::Number | json::Kind::String => json::text(raw).map(|t| Self::from(&*t)),
            _ => None,
        }
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self(Repr::Number(number))
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        let canonical = !text.starts_with('0') || text == "0";
        match text.parse() {
            Ok(n) if canonical && text.as_bytes()[0].is_ascii_digit() => Self(Repr::Number(n)),
            _ => Self(Repr::Text(text.into())),
        }
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Number(n) => n.fmt(f),
            Repr::Text(t) => t.fmt(f),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        match &self.0 {
            // What it prints is what was written, so equal text means equal number.
            Repr::Number(_) => Self::from(other).0 == self.0,
            Repr::Text(text) => **text == *other,
        }
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// Writes the id as a string, which no reader can round.
impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        Self::from_raw(raw.get())
            .ok_or_else(|| serde::de::Error::custom("an id is a string or a number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_integers_are_one_id() {
        assert_eq!(Id::from_raw("\"43\""), Id::from_raw("43"));
        assert_eq!(Id::from_raw("43").unwrap().as_u64(), Some(43));
    }

    #[test]
    fn odd_values_survive() {
        for text in ["", "0", "00", "+1", "-1", "18446744073709551616", "1.5e3", "é", "a-b"] {
            assert_eq!(Id::from(text).to_string(), text);
        }
        assert_eq!(Id::from_raw("null"), None);
        assert_eq!(Id::from_raw("18446744073709551615").unwrap().as_u64(), Some(u64::MAX));
    }

    #[test]
    fn serialises_as_a_string() {
        assert_eq!(serde_json::to_string(&Id::from(5)).unwrap(), "\"5\"");
    }
}
