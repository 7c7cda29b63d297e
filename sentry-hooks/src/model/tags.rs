use std::borrow::Cow;

use crate::json::{self, Kind};

/// One tag. Keys can repeat, values can be missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Tag<'a> {
    /// Name; a `sentry:` prefix (legacy webhooks have it) is stripped.
    pub key: Cow<'a, str>,
    /// Value, where there is one.
    pub value: Option<Cow<'a, str>>,
}

/// The tags of an event, in the order of the wire.
///
/// Webhooks write pairs, the REST API objects; both read the same.
///
/// ```
/// use sentry_hooks::model::Event;
///
/// let event = Event::from_webhook_json(br#"{"tags":[["os","Linux"],["empty",null]]}"#)?;
/// assert_eq!(event.tags().get("os"), Some("Linux"));
/// assert_eq!(event.tags().len(), 2);
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags<'a>(Vec<Tag<'a>>);

impl<'a> Tags<'a> {
    /// Pairs, objects with `key` and `value`, or one object from key to value.
    pub(crate) fn from_raw(raw: &'a str) -> Self {
        let mut tags = Vec::new();
        match json::kind(raw) {
            Kind::Array => json::elements(raw, |tag| tags.extend(Tag::from_raw(tag))),
            Kind::Object => json::members(raw, |key, value| {
                tags.push(Tag::new(Cow::Owned(key.to_owned()), json::text(value)));
            }),
            _ => {}
        }
        Self(tags)
    }

    /// The value of the first tag of that name which has one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|t| t.key == key && t.value.is_some())?.value.as_deref()
    }

    /// The tags, in the order of the wire.
    pub fn iter(&self) -> std::slice::Iter<'_, Tag<'a>> {
        self.0.iter()
    }

    /// Number of tags.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Detaches the tags from the bytes they were read from.
    #[must_use]
    pub fn into_owned(self) -> Tags<'static> {
        Tags(self.0.into_iter().map(Tag::into_owned).collect())
    }

    /// Sorted, for comparing two wire forms that differ in order.
    pub(crate) fn sorted(&self) -> Vec<&Tag<'a>> {
        let mut tags: Vec<_> = self.0.iter().collect();
        tags.sort();
        tags
    }
}

impl<'t, 'a> IntoIterator for &'t Tags<'a> {
    type Item = &'t Tag<'a>;
    type IntoIter = std::slice::Iter<'t, Tag<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> Tag<'a> {
    fn new(key: Cow<'a, str>, value: Option<Cow<'a, str>>) -> Self {
        let key = match key {
            Cow::Borrowed(key) => Cow::Borrowed(key.strip_prefix("sentry:").unwrap_or(key)),
            Cow::Owned(key) => Cow::Owned(match key.strip_prefix("sentry:") {
                Some(bare) => bare.to_owned(),
                None => key,
            }),
        };
        Self { key, value }
    }

    /// A pair or an object; `None` for anything else and for tags without key.
    fn from_raw(raw: &'a str) -> Option<Self> {
        let mut key = None;
        let mut value = None;
        if json::is_object(raw) {
            json::members(raw, |name, member| match name {
                "key" => key = json::text(member),
                "value" => value = json::text(member),
                _ => {}
            });
        } else {
            let mut index = 0;
            json::elements(raw, |member| {
                match index {
                    0 => key = json::text(member),
                    1 => value = json::text(member),
                    _ => {}
                }
                index += 1;
            });
        }
        key.map(|key| Self::new(key, value))
    }

    fn into_owned(self) -> Tag<'static> {
        Tag {
            key: Cow::Owned(self.key.into_owned()),
            value: self.value.map(|v| Cow::Owned(v.into_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_objects_read_the_same() {
        let pairs = Tags::from_raw(r#"[["level","error"],["empty",null],["sentry:release","1"]]"#);
        let objects = Tags::from_raw(
            r#"[{"key":"level","value":"error","_meta":null},{"key":"empty","value":null},
                {"value":"1","key":"release"},{"key":null,"value":"x"},7]"#,
        );
        assert_eq!(pairs, objects);
        assert_eq!(pairs.get("release"), Some("1"));
        assert_eq!(pairs.get("empty"), None);
        assert_eq!(Tags::from_raw(r#"{"level":"error"}"#).get("level"), Some("error"));
    }
}
