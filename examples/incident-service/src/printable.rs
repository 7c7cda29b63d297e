//! Words from outside, made safe to show on a terminal and in a log.
//!
//! Whoever knows a project's public key can write into its events. What they write must not move
//! the cursor, begin a line of its own, or stand in another order than it is read.

use std::fmt::Write;

use sentry_correlate::report::render::is_hidden;

/// The text as one line: what controls or hides is written as an escape (`\n`, `\u{1b}`).
#[must_use]
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.extend(c.escape_default()),
            c if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// A finished JSON text in which what controls or hides is written as `\u` escapes. It means the
/// same: outside of its strings JSON has no such characters but line breaks.
#[must_use]
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !is_hidden(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            write!(out, "\\u{unit:04x}").ok();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: &str = "a\u{1b}[2J\n\r\u{7f}\u{9b}\u{202e}\u{2066}\u{200b}\u{e0041}é🫖";

    #[test]
    fn nothing_that_controls_remains() {
        let shown = line(BAD);
        assert!(!shown.chars().any(is_hidden), "{shown:?}");
        assert!(shown.starts_with(r"a\u{1b}[2J\n\r\u{7f}\u{9b}\u{202e}"), "{shown}");
        assert!(shown.ends_with("é🫖"));
    }

    #[test]
    fn json_means_the_same() {
        let text = serde_json::to_string_pretty(&[BAD, "b"]).unwrap();
        let shown = json(&text);
        assert!(!shown.chars().any(|c| c != '\n' && is_hidden(c)), "{shown:?}");
        assert_eq!(serde_json::from_str::<[String; 2]>(&shown).unwrap(), [BAD, "b"]);
    }
}
