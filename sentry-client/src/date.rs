//! Dates as Sentry's API writes and reads them.

use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// ISO 8601 in UTC, as requests need it.
pub(crate) fn write(date: OffsetDateTime) -> String {
    let date = date.to_offset(time::UtcOffset::UTC);
    date.format(&Rfc3339).unwrap_or_default()
}

/// ISO 8601 with or without fraction and offset. What cannot be read counts as absent: fixtures
/// of Sentry hold empty dates.
pub(crate) fn read(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()
}

/// For fields that hold a date, null, nothing, or a text that is no date.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<OffsetDateTime>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.as_deref().and_then(read))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn forms() {
        let date = datetime!(2026-03-01 10:00 UTC);
        for text in [
            "2026-03-01T10:00:00Z",
            "2026-03-01T10:00:00.000Z",
            "2026-03-01T12:00:00+02:00",
            "2026-03-01T10:00:00.000000Z",
            "2026-03-01T10:00:00",
        ] {
            assert_eq!(read(text), Some(date), "{text}");
        }
        assert_eq!(read(""), None);
        assert_eq!(read(&write(date)), Some(date));
    }
}
