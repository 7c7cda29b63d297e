use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::{self, Kind};

/// A part of a payload that nobody has asked for yet: valid JSON text, as it came.
///
/// ```
/// use sentry_hooks::model::Event;
///
/// let body = br#"{"event_id":"1f","extra":{"cart":[1, 2.0]}}"#;
/// let event = Event::from_webhook_json(body)?;
/// let extra = event.extra().expect("the event has extra data");
/// assert_eq!(extra.get(), r#"{"cart":[1, 2.0]}"#);
/// let typed: std::collections::BTreeMap<String, Vec<f64>> = extra.parse()?;
/// assert_eq!(typed["cart"], [1.0, 2.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Raw<'a>(Cow<'a, str>);

impl<'a> Raw<'a> {
    /// Wraps text which the scanner has accepted.
    pub(crate) fn new(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The JSON text.
    #[must_use]
    pub fn get(&self) -> &str {
        &self.0
    }

    /// Reads the text into any type.
    ///
    /// # Errors
    ///
    /// When the text does not fit the type.
    pub fn parse<'s, T: Deserialize<'s>>(&'s self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }

    /// The member of an object by its key (the last one, if the key repeats), null included.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<Raw<'_>> {
        let mut found = None;
        json::members(&self.0, |name, value| {
            if name == key {
                found = Some(Raw::new(value));
            }
        });
        found
    }

    /// The text of a string, or a number or truth value as it is written.
    #[must_use]
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        json::text(&self.0)
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        json::is_null(&self.0)
    }

    /// Number of members of an array or object; of an object with an array `values` the number of
    /// its elements. Zero for everything else.
    #[must_use]
    pub fn count(&self) -> usize {
        let mut count = 0;
        match json::kind(&self.0) {
            Kind::Array => json::elements(&self.0, |_| count += 1),
            Kind::Object => {
                let mut values = None;
                json::members(&self.0, |key, raw| {
                    count += 1;
                    if key == "values" && json::kind(raw) == Kind::Array {
                        values = Some(raw);
                    }
                });
                if let Some(values) = values {
                    count = 0;
                    json::elements(values, |_| count += 1);
                }
            }
            _ => {}
        }
        count
    }

    /// Detaches the text from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Raw<'static> {
        Raw(Cow::Owned(self.0.into_owned()))
    }
}

/// Shows the length alone: payloads hold secrets and free text of strangers.
impl fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

/// Writes the text as it came (with `serde_json`).
impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}
