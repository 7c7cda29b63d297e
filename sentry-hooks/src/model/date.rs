//! Every form of date that Sentry writes.

use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

/// Reads a date: ISO 8601 with `Z`, with an offset or with neither (then UTC), down to the minute
/// or with a fraction of up to nine digits, or seconds since 1970 with or without fraction. `None` for
/// what is no date.
///
/// For the dates that the typed payloads hand over as written:
///
/// ```
/// use sentry_hooks::model::parse_date;
/// use time::macros::datetime;
///
/// // `date_closed` of a metric alert has no seconds, a comment's `timestamp` has an offset.
/// assert_eq!(parse_date("2026-03-04T05:06Z"), Some(datetime!(2026-03-04 5:06 UTC)));
/// let comment = parse_date("2026-03-04T05:06:07.5+00:00");
/// assert_eq!(comment, Some(datetime!(2026-03-04 5:06:07.5 UTC)));
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if text.as_bytes().get(4) == Some(&b'-') { iso(text) } else { epoch(text) }
}

fn iso(text: &str) -> Option<OffsetDateTime> {
    let date = Date::from_calendar_date(
        text.get(..4)?.parse().ok()?,
        Month::try_from(field(text, 4, b'-')?).ok()?,
        field(text, 7, b'-')?,
    )
    .ok()?;
    let Some(rest) = text.get(10..).filter(|r| !r.is_empty()) else {
        return Some(date.midnight().assume_utc());
    };
    if !matches!(rest.as_bytes()[0], b'T' | b't' | b' ') {
        return None;
    }
    let hour = two(rest.get(1..3)?)?;
    let minute = field(rest, 3, b':')?;
    let mut rest = rest.get(6..)?;
    let mut second = 0;
    let mut nanos = 0;
    if rest.starts_with(':') {
        second = field(rest, 0, b':')?;
        rest = rest.get(3..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            nanos = nanoseconds(&fraction[..digits])?;
            rest = &fraction[digits..];
        }
    }
    let time = Time::from_hms_nano(hour, minute, second, nanos).ok()?;
    Some(date.with_time(time).assume_offset(offset(rest)?))
}

/// `Z`, `+HH:MM`, `+HHMM`, `+HH` or nothing.
fn offset(text: &str) -> Option<UtcOffset> {
    let sign = match text.as_bytes().first() {
        None => return Some(UtcOffset::UTC),
        Some(b'Z' | b'z') if text.len() == 1 => return Some(UtcOffset::UTC),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let hours = two(text.get(1..3)?)?;
    let rest = text.get(3..)?;
    let minutes = match rest.strip_prefix(':').unwrap_or(rest) {
        "" => 0,
        minutes => two(minutes)?,
    };
    UtcOffset::from_hms(sign * i8::try_from(hours).ok()?, sign * i8::try_from(minutes).ok()?, 0)
        .ok()
}

/// Two digits after `mark`, which stands at `at`.
fn field(text: &str, at: usize, mark: u8) -> Option<u8> {
    if text.as_bytes().get(at) != Some(&mark) {
        return None;
    }
    two(text.get(at + 1..at + 3)?)
}

fn two(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The first nine digits of a fraction as nanoseconds.
fn nanoseconds(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = &digits[..digits.len().min(9)];
    let scale = 10_u32.pow(9 - u32::try_from(digits.len()).ok()?);
    Some(digits.parse::<u32>().ok()? * scale)
}

/// Seconds since 1970, exact to the digit that was written.
fn epoch(text: &str) -> Option<OffsetDateTime> {
    if text.contains(['e', 'E']) {
        let seconds: f64 = text.parse().ok()?;
        return seconds.is_finite().then(|| {
            OffsetDateTime::UNIX_EPOCH.checked_add(Duration::checked_seconds_f64(seconds)?)
        })?;
    }
    let (whole, nanos) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, nanoseconds(fraction)?),
        None => (text, 0),
    };
    let seconds = OffsetDateTime::from_unix_timestamp(whole.parse().ok()?).ok()?;
    let fraction = Duration::nanoseconds(i64::from(nanos));
    if whole.starts_with('-') {
        seconds.checked_sub(fraction)
    } else {
        seconds.checked_add(fraction)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn reads_every_form_of_the_wire() {
        let at = datetime!(2020-04-06 09:24:16.176 UTC);
        for text in [
            "2020-04-06T09:24:16.176000Z",
            "2020-04-06T09:24:16.176Z",
            "2020-04-06T09:24:16.176000+00:00",
            "2020-04-06T11:24:16.176+02:00",
            "2020-04-06 09:24:16.176",
            "1586165056.176",
        ] {
            assert_eq!(parse(text), Some(at), "{text}");
        }
        assert_eq!(parse("2020-04-06T09:24:16Z"), Some(datetime!(2020-04-06 09:24:16 UTC)));
        assert_eq!(parse("2020-04-06T09:24Z"), Some(datetime!(2020-04-06 09:24 UTC)));
        assert_eq!(parse("2020-04-06"), Some(datetime!(2020-04-06 0:00 UTC)));
        assert_eq!(parse("1586165056"), Some(datetime!(2020-04-06 09:24:16 UTC)));
        assert_eq!(parse("1.586165056e9"), Some(datetime!(2020-04-06 09:24:16 UTC)));
        assert_eq!(parse("-1.5"), Some(datetime!(1969-12-31 23:59:58.5 UTC)));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "yesterday",
            "2020-13-01",
            "2020-01-01T25:00Z",
            "2020-04-06X",
            "é-é-é",
            "2020-04-06T09:24:16.Z",
            "2020-04-06T09:24:16Zx",
            "99999999999999999999",
            "2020-é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn never_panics_on_near_dates(text in "[0-9é]{4}-[0-9]{2}-[0-9]{2}[T :Z.+0-9é-]{0,20}") {
            let _ = parse(&text);
        }
    }
}
