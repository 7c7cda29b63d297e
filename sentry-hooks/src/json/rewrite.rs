//! JSON written again as other programs write it, to find out what was signed.

use std::{borrow::Cow, ops::Range};

use super::{Kind, elements, kind, members_raw};

/// How a program writes JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) spacing: Spacing,
    /// Non-ASCII text as `\uXXXX`.
    pub(crate) ascii: bool,
    /// Further characters that are escaped.
    pub(crate) escapes: Escapes,
    pub(crate) numbers: Numbers,
    pub(crate) keys: Keys,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// None.
    Compact,
    /// One space after `,` and `:`.
    Spaced,
    /// One member a line, indented by so many spaces.
    Indented(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    AsWritten,
    /// All are 64-bit floats; whole ones lose their fraction.
    JavaScript,
    /// Those with fraction or exponent are 64-bit floats and keep a fraction.
    Python,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// What JSON asks for.
    Needed,
    /// `/` as `\/`.
    Slash,
    /// `<`, `>`, `&`, U+2028 and U+2029 as `\uXXXX`.
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    AsWritten,
    /// In order of their code points.
    Sorted,
    /// Array indices first, as JavaScript keeps them.
    IndicesFirst,
}

/// Writes a value, which the scanner has accepted, in that style.
pub(crate) fn rewrite(raw: &str, style: Style) -> String {
    let mut out = String::with_capacity(raw.len() + raw.len() / 4);
    value(raw, style, 0, &mut out);
    out
}

fn value(raw: &str, style: Style, depth: usize, out: &mut String) {
    match kind(raw) {
        Kind::String => string(&raw[1..raw.len() - 1], style, out),
        Kind::Number => out.push_str(&number(raw, style.numbers)),
        Kind::Array => {
            let mut items = Vec::new();
            elements(raw, |item| items.push((None, item)));
            container(['[', ']'], &items, style, depth, out);
        }
        Kind::Object => {
            let mut items = Vec::new();
            members_raw(raw, |key, item| items.push((Some(key), item)));
            order(&mut items, style.keys);
            container(['{', '}'], &items, style, depth, out);
        }
        _ => out.push_str(raw),
    }
}

type Item<'a> = (Option<&'a str>, &'a str);

fn order(items: &mut [Item<'_>], keys: Keys) {
    let text = |key: Option<&str>| super::text::unescape(key.unwrap_or_default());
    match keys {
        Keys::AsWritten => {}
        Keys::Sorted => items.sort_by_cached_key(|(key, _)| text(*key)),
        Keys::IndicesFirst => items.sort_by_cached_key(|(key, _)| {
            let key = text(*key);
            let index = key.parse::<u32>().ok().filter(|n| n.to_string() == key);
            index.map_or(u64::MAX, u64::from)
        }),
    }
}

fn container(
    [open, close]: [char; 2],
    items: &[Item<'_>],
    style: Style,
    depth: usize,
    out: &mut String,
) {
    out.push(open);
    for (index, (key, item)) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match style.spacing {
            Spacing::Indented(width) => line(width * (depth + 1), out),
            Spacing::Spaced if index > 0 => out.push(' '),
            Spacing::Spaced | Spacing::Compact => {}
        }
        if let Some(key) = key {
            string(key, style, out);
            out.push_str(if style.spacing == Spacing::Compact { ":" } else { ": " });
        }
        value(item, style, depth + 1, out);
    }
    if let (Spacing::Indented(width), false) = (style.spacing, items.is_empty()) {
        line(width * depth, out);
    }
    out.push(close);
}

fn line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A string given without its quotes. Lone surrogates stay escaped, whatever the style.
fn string(inner: &str, style: Style, out: &mut String) {
    out.push('"');
    for unit in char::decode_utf16(super::text::units(inner)) {
        match unit {
            Ok(c) => character(c, style, out),
            Err(lone) => escape(lone.unpaired_surrogate(), out),
        }
    }
    out.push('"');
}

fn character(c: char, style: Style, out: &mut String) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '/' if style.escapes == Escapes::Slash => "\\/",
        _ => "",
    };
    let html = matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    if !short.is_empty() {
        out.push_str(short);
    } else if c < ' ' || (style.ascii && !c.is_ascii()) || (html && style.escapes == Escapes::Html)
    {
        for unit in c.encode_utf16(&mut [0; 2]) {
            escape(*unit, out);
        }
    } else {
        out.push(c);
    }
}

fn escape(unit: u16, out: &mut String) {
    use std::fmt::Write as _;
    // Writing to a string does not fail.
    let _ = write!(out, "\\u{unit:04x}");
}

fn number(raw: &str, numbers: Numbers) -> Cow<'_, str> {
    let Ok(float) = raw.parse::<f64>() else { return Cow::Borrowed(raw) };
    match numbers {
        Numbers::AsWritten => Cow::Borrowed(raw),
        Numbers::Python if !raw.contains(['.', 'e', 'E']) => Cow::Borrowed(raw),
        Numbers::JavaScript if !float.is_finite() => Cow::Borrowed("null"),
        Numbers::JavaScript if float == 0.0 => Cow::Borrowed("0"),
        Numbers::JavaScript => Cow::Owned(plain_or_exponent(float, 1e-6..1e21, 1)),
        Numbers::Python if !float.is_finite() => {
            Cow::Borrowed(if float > 0.0 { "Infinity" } else { "-Infinity" })
        }
        Numbers::Python => {
            let text = plain_or_exponent(float, 1e-4..1e16, 2);
            let whole = text.bytes().all(|b| b == b'-' || b.is_ascii_digit());
            Cow::Owned(if whole { text + ".0" } else { text })
        }
    }
}

/// The shortest digits that read back the same; with an exponent of so many digits at least
/// outside of `plain`.
fn plain_or_exponent(float: f64, plain: Range<f64>, digits: usize) -> String {
    if float == 0.0 || plain.contains(&float.abs()) {
        return float.to_string();
    }
    let text = format!("{float:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    format!("{mantissa}e{sign}{exponent:0>digits$}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const PLAIN: Style = Style {
        spacing: Spacing::Compact,
        ascii: false,
        escapes: Escapes::Needed,
        numbers: Numbers::AsWritten,
        keys: Keys::AsWritten,
    };

    #[test]
    fn writes_as_each_program_does() {
        let text =
            r#" {"b": 10.0, "a/": "<é\ud83d\udc40\u0001\ud800>", "2": [], "1": [1e21, {}]} "#
                .trim();
        // What Node and Python print for it.
        assert_eq!(
            rewrite(
                text,
                Style { numbers: Numbers::JavaScript, keys: Keys::IndicesFirst, ..PLAIN }
            ),
            r#"{"1":[1e+21,{}],"2":[],"b":10,"a/":"<é👀\u0001\ud800>"}"#
        );
        assert_eq!(
            rewrite(
                text,
                Style { spacing: Spacing::Spaced, ascii: true, numbers: Numbers::Python, ..PLAIN }
            ),
            r#"{"b": 10.0, "a/": "<\u00e9\ud83d\udc40\u0001\ud800>", "2": [], "1": [1e+21, {}]}"#
        );
        assert_eq!(
            rewrite(r#"{"a":[1,{"b":[]}]}"#, Style { spacing: Spacing::Indented(2), ..PLAIN }),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}"
        );
        assert_eq!(rewrite(r#""</>""#, Style { escapes: Escapes::Slash, ..PLAIN }), r#""<\/>""#);
        assert_eq!(
            rewrite(
                r#"{"b":"<","a":1}"#,
                Style { escapes: Escapes::Html, keys: Keys::Sorted, ..PLAIN }
            ),
            r#"{"a":1,"b":"\u003c"}"#
        );
    }

    #[test]
    fn numbers_as_python_and_javascript_print_them() {
        for (raw, python, javascript) in [
            ("10.0", "10.0", "10"),
            ("1.50", "1.5", "1.5"),
            ("-0.0", "-0.0", "0"),
            ("0", "0", "0"),
            ("1e3", "1000.0", "1000"),
            ("1e16", "1e+16", "10000000000000000"),
            ("123456789012345678", "123456789012345678", "123456789012345680"),
            ("0.0001", "0.0001", "0.0001"),
            ("0.00001", "1e-05", "0.00001"),
            ("1.5e-7", "1.5e-07", "1.5e-7"),
            ("1E+21", "1e+21", "1e+21"),
            ("1592404974.656", "1592404974.656", "1592404974.656"),
        ] {
            assert_eq!(number(raw, Numbers::Python), python);
            assert_eq!(number(raw, Numbers::JavaScript), javascript);
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(".{0,4}", inner, 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn means_the_same_in_every_style(json in json(), ascii: bool, numbers in 0..3_usize, indent in 0..3_usize) {
            let spacing = [Spacing::Compact, Spacing::Spaced, Spacing::Indented(3)][indent];
            let numbers = [Numbers::AsWritten, Numbers::JavaScript, Numbers::Python][numbers];
            let style = Style { spacing, ascii, numbers, ..PLAIN };
            let written = rewrite(&json.to_string(), style);
            prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &json);
            prop_assert!(!ascii || written.is_ascii());
        }

        #[test]
        fn agrees_with_serde_json(json in json()) {
            prop_assert_eq!(rewrite(&serde_json::to_string_pretty(&json).unwrap(), PLAIN), json.to_string());
        }
    }
}
