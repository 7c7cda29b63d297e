//! Values of settings as spans, in units that people use.

use super::mask;
use super::span::{Number, Span};
use crate::facts::{Unit, Value};

/// Units of a dimension, the largest first, with their size in the base unit.
const SECONDS: &[(&str, f64)] = &[("h", 3_600.0), ("min", 60.0), ("s", 1.0), ("ms", 0.001)];
const BYTES: &[(&str, f64)] = &[
    ("TiB", 1_099_511_627_776.0),
    ("GiB", 1_073_741_824.0),
    ("MiB", 1_048_576.0),
    ("KiB", 1_024.0),
    ("bytes", 1.0),
];

/// One value.
pub(super) fn one(value: &Value) -> Span {
    pair(value, value).0
}

/// Two values in one unit: the largest in which both are whole numbers, so that 120 s → 3 s does
/// not become 2 min → 3 s.
pub(super) fn pair(a: &Value, b: &Value) -> (Span, Span) {
    let unit = match (a.unit, b.unit) {
        (a, b) if a == b => a,
        _ => return (single(a), single(b)),
    };
    if a.number == b.number && a.text != b.text {
        // `30` → `30s`: the same quantity, written so that something else reads it differently.
        return (text(a), text(b));
    }
    match (unit, a.number, b.number) {
        (Unit::Seconds, Some(x), Some(y)) => in_unit(SECONDS, x, y),
        (Unit::Bytes, Some(x), Some(y)) => in_unit(BYTES, x, y),
        _ => (single(a), single(b)),
    }
}

fn single(value: &Value) -> Span {
    match (value.unit, value.number) {
        (Unit::Seconds, Some(n)) => in_unit(SECONDS, n, n).0,
        (Unit::Bytes, Some(n)) => in_unit(BYTES, n, n).0,
        (Unit::Percent, Some(n)) => number(n * 100.0, Some("%")),
        (Unit::None, Some(n)) if is_plain(&value.text) => number(n, None),
        _ => text(value),
    }
}

fn text(value: &Value) -> Span {
    Span::Code(mask::secrets(&value.text))
}

fn in_unit(units: &'static [(&'static str, f64)], x: f64, y: f64) -> (Span, Span) {
    let whole = |n: f64, size: f64| {
        let of = n / size;
        of.fract().abs() < 1e-9
    };
    let base = units.iter().find(|(_, size)| *size <= 1.0);
    let (sign, size) = match (x, y) {
        (0.0, 0.0) => base,
        _ => units.iter().find(|(_, size)| whole(x, *size) && whole(y, *size)).or(units.last()),
    }
    .copied()
    .unwrap_or(("", 1.0));
    let unit = Some(sign).filter(|sign| !sign.is_empty());
    (number(x / size, unit), number(y / size, unit))
}

/// Rounded to what a person reads: six digits after the point at most.
fn number(value: f64, unit: Option<&'static str>) -> Span {
    Span::Number(Number { value: (value * 1e6).round() / 1e6, unit })
}

/// Whether the text is nothing but a number, so that it can stand without being quoted.
fn is_plain(text: &str) -> bool {
    text.len() <= 24 && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::plain;
    use crate::report::span::Sentence;

    fn value(text: &str, number: f64, unit: Unit) -> Value {
        Value { text: text.into(), number: Some(number), unit }
    }

    fn say(a: &Value, b: &Value) -> String {
        let (a, b) = pair(a, b);
        plain(&Sentence::new().span(a).word("->").span(b))
    }

    #[test]
    fn both_sides_share_a_readable_unit() {
        let s = |text: &str, n| value(text, n, Unit::Seconds);
        assert_eq!(say(&s("30s", 30.0), &s("3s", 3.0)), "30 s -> 3 s");
        assert_eq!(say(&s("30000", 30.0), &s("3000", 3.0)), "30 s -> 3 s");
        assert_eq!(say(&s("120s", 120.0), &s("3s", 3.0)), "120 s -> 3 s");
        assert_eq!(say(&s("10m", 600.0), &s("5m", 300.0)), "10 min -> 5 min");
        assert_eq!(say(&s("1s", 1.0), &s("250ms", 0.25)), "1000 ms -> 250 ms");
        assert_eq!(say(&s("1s", 1.0), &s("1s", 1.0)), "1 s -> 1 s");
        assert_eq!(say(&s("0", 0.0), &s("5s", 5.0)), "0 s -> 5 s");
        assert_eq!(say(&s("30", 30.0), &s("30s", 30.0)), "`30` -> `30s`");
        let b = |n| value("", n, Unit::Bytes);
        assert_eq!(say(&b(536_870_912.0), &b(67_108_864.0)), "512 MiB -> 64 MiB");
        assert_eq!(say(&b(1_000_000.0), &b(500.0)), "1,000,000 bytes -> 500 bytes");
    }

    #[test]
    fn bare_numbers_stand_and_other_text_is_quoted() {
        assert_eq!(say(&value("20", 20.0, Unit::None), &value("5", 5.0, Unit::None)), "20 -> 5");
        let text = |t: &str| Value { text: t.into(), number: None, unit: Unit::None };
        assert_eq!(say(&text("fast"), &text("nan")), "`fast` -> `nan`");
        assert_eq!(say(&value("0.5", 0.5, Unit::Percent), &text("x")), "50 % -> `x`");
    }
}
