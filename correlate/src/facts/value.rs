//! Values as written, and the quantities in them.

use super::{Setting, Trend, Unit, Value};

impl Value {
    /// Reads a value; the key may name the unit (`timeout_ms`).
    pub(crate) fn read(key: &str, text: &str) -> Self {
        let text = unquote(text);
        let (number, unit) = span(text)
            .map(|seconds| (Some(seconds), Unit::Seconds))
            .or_else(|| quantity(key, text))
            .unwrap_or((None, Unit::None));
        Self { text: text.to_owned(), number, unit }
    }
}

impl Setting {
    /// The numbers before and after, where both values are quantities.
    pub(crate) fn numbers(&self) -> Option<(f64, f64)> {
        Some((self.old.as_ref()?.number?, self.new.as_ref()?.number?))
    }

    /// Of these the one that is smaller without its sign, and the larger one.
    pub(crate) fn sizes(&self) -> Option<(f64, f64)> {
        let (old, new) = self.numbers()?;
        Some((old.abs().min(new.abs()), old.abs().max(new.abs())))
    }
}

/// The text without its quotes.
pub(crate) fn unquote(text: &str) -> &str {
    let text = text.trim().trim_end_matches([',', ';']).trim();
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

/// A span of time in seconds: `00:02:00`, `PT5M`, `P1D`, `1m30s`.
fn span(text: &str) -> Option<f64> {
    let clock: Vec<&str> = text.split(':').collect();
    if let [hours, minutes, seconds] = clock.as_slice() {
        let number = |part: &str| part.parse::<f64>().ok().filter(|_| part.len() >= 2);
        return Some(number(hours)? * 3_600.0 + number(minutes)? * 60.0 + number(seconds)?);
    }
    let iso = text.strip_prefix('P');
    let text = iso.unwrap_or(text);
    let (mut sum, mut digits, mut parts, mut letters) = (0.0, String::new(), 0, String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '0'..='9' | '.' => digits.push(c),
            'T' if iso.is_some() && digits.is_empty() => {}
            c if c.is_ascii_alphabetic() && !digits.is_empty() => {
                letters.push(c.to_ascii_lowercase());
                if chars.peek().is_none_or(char::is_ascii_digit) {
                    let factor = match letters.as_str() {
                        "d" => 86_400.0,
                        "h" => 3_600.0,
                        "m" => 60.0,
                        "s" => 1.0,
                        "ms" => 0.001,
                        _ => return None,
                    };
                    sum += digits.parse::<f64>().ok()? * factor;
                    parts += 1;
                    digits.clear();
                    letters.clear();
                }
            }
            _ => return None,
        }
    }
    // `5m` alone may be memory: the key tells.
    (digits.is_empty() && (parts > 1 || iso.is_some() && parts == 1)).then_some(sum)
}

/// The number a text starts with, in its base unit.
fn quantity(key: &str, text: &str) -> Option<(Option<f64>, Unit)> {
    let digits = text.trim_start_matches(['-', '+']);
    let end = digits
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
        .unwrap_or(digits.len());
    let number: f64 = digits[..end].replace('_', "").parse().ok()?;
    let number = if text.starts_with('-') { -number } else { number };
    let suffix = digits[end..].trim().to_ascii_lowercase();
    let (factor, unit) = match suffix.as_str() {
        "" => of_key(key),
        "ms" | "msec" | "millis" | "milliseconds" => (0.001, Unit::Seconds),
        "us" | "µs" => (1e-6, Unit::Seconds),
        "s" | "sec" | "secs" | "second" | "seconds" => (1.0, Unit::Seconds),
        "min" | "mins" | "minute" | "minutes" => (60.0, Unit::Seconds),
        "h" | "hour" | "hours" => (3_600.0, Unit::Seconds),
        "d" | "day" | "days" => (86_400.0, Unit::Seconds),
        "w" | "week" | "weeks" => (604_800.0, Unit::Seconds),
        "b" | "byte" | "bytes" => (1.0, Unit::Bytes),
        "k" | "kb" | "ki" | "kib" => (1_024.0, Unit::Bytes),
        "mb" | "mi" | "mib" => (1_048_576.0, Unit::Bytes),
        "g" | "gb" | "gi" | "gib" => (1_073_741_824.0, Unit::Bytes),
        "%" => (0.01, Unit::Percent),
        "r/s" => (1.0, Unit::None),
        "r/m" => (1.0 / 60.0, Unit::None),
        // A bare `m` is minutes for times, mebibytes for sizes, and thousandths for processors.
        "m" if of_key(key).1 == Unit::Seconds || is_time(key) => (60.0, Unit::Seconds),
        "m" if key.to_ascii_lowercase().contains("cpu") => (0.001, Unit::None),
        "m" => (1_048_576.0, Unit::Bytes),
        _ => return None,
    };
    Some((Some(number * factor), unit))
}

/// Whether a key says that its value is a time.
fn is_time(key: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "alive",
        "deadline",
        "delay",
        "duration",
        "every",
        "expir",
        "grace",
        "heartbeat",
        "idle",
        "interval",
        "lease",
        "lifetime",
        "period",
        "poll",
        "refresh",
        "retention",
        "time",
        "ttl",
        "wait",
        "window",
    ];
    let key = key.to_ascii_lowercase();
    WORDS.iter().any(|word| key.contains(word))
}

fn of_key(key: &str) -> (f64, Unit) {
    let key = key.to_ascii_lowercase();
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| key.ends_with(suffix));
    if ends(&["_ms", ".ms", "-ms", "millis", "milliseconds", "msec"]) {
        (0.001, Unit::Seconds)
    } else if ends(&["_s", "_sec", "_secs", "seconds", ".seconds"]) {
        (1.0, Unit::Seconds)
    } else if ends(&["minutes"]) {
        (60.0, Unit::Seconds)
    } else if ends(&["_mb", "megabytes"]) {
        (1_048_576.0, Unit::Bytes)
    } else {
        (1.0, Unit::None)
    }
}

/// Which way a setting went.
pub(crate) fn trend(old: Option<&Value>, new: Option<&Value>) -> Trend {
    match (old, new) {
        (None, _) => Trend::Added,
        (_, None) => Trend::Removed,
        (Some(old), Some(new)) => match (switch(&old.text), switch(&new.text)) {
            (Some(false), Some(true)) => Trend::Enabled,
            (Some(true), Some(false)) => Trend::Disabled,
            _ => match (old.number, new.number) {
                (Some(a), Some(b)) if comparable(old.unit, new.unit) && b < a => Trend::Lowered,
                (Some(a), Some(b)) if comparable(old.unit, new.unit) && b > a => Trend::Raised,
                (None, None) => among_several(&old.text, &new.text),
                _ => minutes(old, new).unwrap_or(Trend::Replaced),
            },
        },
    }
}

/// `6m` → `45s`: beside a time, a bare `m` is minutes.
fn minutes(old: &Value, new: &Value) -> Option<Trend> {
    let seconds = |value: &Value| match value.unit {
        Unit::Seconds => value.number,
        Unit::Bytes if value.text.ends_with('m') => Some(value.number? / 1_048_576.0 * 60.0),
        _ => None,
    };
    let (before, after) = (seconds(old)?, seconds(new)?);
    if old.unit == new.unit {
        return None;
    }
    Some(if after < before { Trend::Lowered } else { Trend::Raised })
}

/// `4 16k` → `8 16k`, `5 5` → `32 32`: of several values those that differ go the same way.
fn among_several(old: &str, new: &str) -> Trend {
    if cron_period(old).is_some() {
        return Trend::Replaced;
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_whitespace().collect(), new.split_whitespace().collect());
    if old.len() != new.len() || old.len() < 2 {
        return Trend::Replaced;
    }
    let differing = old.iter().zip(&new).filter(|(a, b)| a != b);
    let trends =
        differing.map(|(a, b)| trend(Some(&Value::read("", a)), Some(&Value::read("", b))));
    trends.reduce(|a, b| if a == b { a } else { Trend::Replaced }).unwrap_or(Trend::Replaced)
}

/// About how many seconds lie between two runs of a schedule in the notation of cron; `None` where
/// a text is none.
pub(crate) fn cron_period(text: &str) -> Option<f64> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let is_field = |field: &&str| {
        field.bytes().all(|b| b.is_ascii_digit() || b"*/,-?L#".contains(&b))
            || field.len() == 3 && field.bytes().all(|b| b.is_ascii_uppercase())
    };
    if !matches!(fields.len(), 5 | 6) || !fields.iter().all(is_field) || !text.contains('*') {
        return None;
    }
    // Six fields begin with seconds.
    let mut unit = if fields.len() == 6 { 1.0 } else { 60.0 };
    for (field, units) in fields.iter().zip(if unit == 1.0 { &SECONDS[..] } else { &SECONDS[1..] })
    {
        match field.split_once('/') {
            Some((_, every)) => return Some(unit * every.parse::<f64>().ok()?.max(1.0)),
            None if *field == "*" => return Some(unit),
            None => unit *= units / field.split(',').count() as f64,
        }
    }
    Some(unit)
}

/// How many of a field of a schedule make one of the next: seconds, minutes, hours, days, months.
const SECONDS: [f64; 6] = [60.0, 60.0, 24.0, 30.0, 12.0, 1.0];

fn comparable(a: Unit, b: Unit) -> bool {
    a == b
}

fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "enabled" | "enable" => Some(true),
        "false" | "off" | "no" | "disabled" | "disable" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(key: &str, old: &str, new: &str) -> Trend {
        trend(Some(&Value::read(key, old)), Some(&Value::read(key, new)))
    }

    #[test]
    fn quantities_are_compared_in_their_unit() {
        assert_eq!(way("timeout", "30s", "3000ms"), Trend::Lowered);
        assert_eq!(way("timeout_ms", "5000", "50"), Trend::Lowered);
        assert_eq!(way("memory", "512Mi", "1Gi"), Trend::Raised);
        assert_eq!(way("visibility_seconds", "30", "30s"), Trend::Replaced);
        assert_eq!(way("digest", "false", "true"), Trend::Enabled);
        assert_eq!(way("tz", "Europe/Berlin", "Europe/Wien"), Trend::Replaced);
        assert_eq!(Value::read("a", "\"x y\",").text, "x y");
        assert_eq!(way("header_buffers", "4 16k", "8 16k"), Trend::Raised);
        assert_eq!(way("proxy", "a b", "a c"), Trend::Replaced);
        assert_eq!(way("keep_alive", "00:02:00", "00:03:00"), Trend::Raised);
        assert_eq!(way("lease", "PT5M", "PT30S"), Trend::Lowered);
        assert_eq!(way("wait", "1m30s", "45s"), Trend::Lowered);
        assert_eq!(way("keepalive", "6m", "45s"), Trend::Lowered);
        assert_eq!(way("memory", "6m", "45m"), Trend::Raised);
        assert_eq!(Value::read("pod", "P1").number, None);
        assert_eq!(Value::read("host", "10.0.0.1").number, None);
    }

    #[test]
    fn schedules() {
        for (text, period) in [
            ("15 * * * *", Some(3_600.0)),
            ("*/5 * * * *", Some(300.0)),
            ("0 3 * * *", Some(86_400.0)),
            ("0 */2 * * *", Some(7_200.0)),
            ("*/10 * * * * *", Some(10.0)),
            ("* * * * *", Some(60.0)),
            ("4 16 3 2 1", None),
            ("a b c d e", None),
        ] {
            assert_eq!(cron_period(text), period, "{text}");
        }
        assert_eq!(way("digest", "15 * * * *", "22 * * * *"), Trend::Replaced);
        assert_eq!(way("threads", "5 5", "32 32"), Trend::Raised);
    }

    #[test]
    fn a_unit_that_appears_is_no_comparison() {
        assert_eq!(way("wait", "30", "30s"), Trend::Replaced);
    }
}
