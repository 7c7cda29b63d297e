//! Words from outside, made safe to show on a terminal and in a log.
//!
//! Whoever knows a project's public key can write into its events. What they write must not move
//! the cursor, begin a line of its own, or stand in another order than it is read.

use std::fmt::Write;

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

/// Characters that control the terminal, break lines, reorder text, or cannot be seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
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
