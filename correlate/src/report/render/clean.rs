//! Text from outside, made harmless for the eye and the terminal.
//!
//! Removed: escape sequences, control characters, characters that reorder or hide text. Bounded:
//! the number of combining marks in a row, and the width.

use super::hidden::is_hidden;

/// One line: blanks, tabs and line breaks become single spaces, both ends are trimmed, and the
/// result is at most `max` columns wide (an ellipsis marks the cut).
pub(crate) fn line(text: &str, max: usize) -> String {
    let visible = visible(text);
    let mut out = String::with_capacity(visible.len());
    for word in visible.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    cut(out, max)
}

/// One line of source: indentation is kept, a tab is four columns, nothing breaks the line.
pub(crate) fn source_line(text: &str, max: usize) -> String {
    let flat: String = visible(text)
        .chars()
        .map(|c| if c != '\t' && c.is_whitespace() { ' ' } else { c })
        .collect();
    cut(flat.trim_end().replace('\t', "    "), max)
}

/// Columns that `text` takes in a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn cut(mut text: String, max: usize) -> String {
    if width(&text) <= max {
        return text;
    }
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += columns(*c);
            used + 1 > max
        })
        .map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    text.truncate(text.trim_end().len());
    text.push('…');
    text
}

/// What remains to be seen: escape sequences dropped, line breaks turned into spaces, invisible
/// characters dropped. Tabs stay.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut marks = 0;
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_csi(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut chars),
            '\t' => out.push('\t'),
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if is_hidden(c) => {}
            c if is_mark(c) => {
                marks += 1;
                if marks <= 2 {
                    out.push(c);
                }
                continue;
            }
            c => out.push(c),
        }
        marks = 0;
    }
    out
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// After ESC: a control sequence, a string sequence, or intermediates and one final character.
fn skip_escape(chars: &mut Chars<'_>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_csi(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_string(chars);
        }
        _ => {
            while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
            chars.next_if(|c| matches!(c, '0'..='~'));
        }
    }
}

fn skip_csi(chars: &mut Chars<'_>) {
    while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    chars.next_if(|c| matches!(c, '@'..='~'));
}

/// Up to BEL, ST or ESC `\`, but never past a line's end: an unfinished sequence must not swallow
/// the rest of the text.
fn skip_string(chars: &mut Chars<'_>) {
    while let Some(c) = chars.next_if(|c| !matches!(c, '\n' | '\r')) {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                chars.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// East Asian wide and emoji blocks count two columns, combining marks none.
fn columns(c: char) -> usize {
    if is_mark(c) {
        return 0;
    }
    let wide = matches!(c,
        '\u{1100}'..='\u{115e}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_go_whole() {
        for (text, expected) in [
            ("a\u{1b}[31mred\u{1b}[0m", "ared"),
            ("\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "click"),
            ("\u{1b}]52;c;cm0gLXJm\u{7}x", "x"),
            ("\u{9b}2Jx", "x"),
            ("\u{1b}(Bx", "x"),
            ("\u{1b}cx", "x"),
            ("\u{1b}]0;title without end\nnext", "next"),
            ("\u{1b}", ""),
        ] {
            assert_eq!(line(text, 80), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_are_flat_and_bounded() {
        assert_eq!(line(" a\r\n\tb\u{2028}c ", 80), "a b c");
        assert_eq!(line("abcdef", 4), "abc…");
        assert_eq!(line("日本語", 4), "日…");
        assert_eq!(source_line("\tif x:\u{85}y  ", 80), "    if x: y");
    }

    #[test]
    fn hidden_characters_go_and_marks_are_few() {
        assert_eq!(line("pay\u{202e}\u{200b}load\u{feff}\u{e0041}", 80), "payload");
        assert_eq!(line(&format!("a{}", "\u{301}".repeat(50)), 80), "a\u{301}\u{301}");
    }

    proptest! {
        #[test]
        fn nothing_unseen_is_left(text in "\\PC*|[\\x00-\\xff]{0,40}|(\\PC|\\x1b|\\x9b|\\]|\\[|\u{202e}|\u{200b}){0,60}", max in 1_usize..60) {
            for out in [line(&text, max), source_line(&text, max)] {
                prop_assert!(width(&out) <= max);
                prop_assert!(!out.chars().any(is_hidden), "{out:?}");
            }
        }

        #[test]
        fn plain_text_is_left_alone(text in "[a-z0-9_.:()]{1,20}( [a-z0-9_.:()]{1,20}){0,5}") {
            prop_assert_eq!(line(&text, 500), text);
        }
    }
}
