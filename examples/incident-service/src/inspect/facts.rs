//! The object that `inspect` prints: facts in order, with absent and null told apart.

use sentry_hooks::model::Raw;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// Facts in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts(Vec<(&'static str, Value)>);

impl Facts {
    /// States a fact.
    pub fn put(&mut self, key: &'static str, value: impl Into<Value>) {
        self.0.push((key, value.into()));
    }

    /// States what stands at the key of an object; nothing when the key is absent.
    pub fn member(&mut self, key: &'static str, of: &Raw<'_>, name: &str) {
        if let Some(raw) = of.member(name) {
            self.put(key, value(&raw));
        }
    }

    /// States what stands at the key of an object; null when the key is absent.
    pub fn nullable(&mut self, key: &'static str, of: Option<&Raw<'_>>, name: &str) {
        let found = of.and_then(|of| of.member(name).as_ref().map(value));
        self.put(key, found.unwrap_or(Value::Null));
    }

    /// The fact of that name.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A part of the payload as a value. What no value can hold (a number out of range, half a
/// surrogate pair) is given as the text it can be read as, else as null.
#[must_use]
pub(super) fn value(raw: &Raw<'_>) -> Value {
    raw.parse().unwrap_or_else(|_| raw.as_text().map_or(Value::Null, |text| text.as_ref().into()))
}

/// The value at a path of keys; `None` when a key of it is absent.
#[must_use]
pub(super) fn at(raw: &Raw<'_>, path: &[&str]) -> Option<Value> {
    match path {
        [] => Some(value(raw)),
        [key, rest @ ..] => at(&raw.member(key)?, rest),
    }
}
