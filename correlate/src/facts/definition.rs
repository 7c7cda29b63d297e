//! Definitions in reduced code lines: functions, methods, classes.

/// The name that a line defines.
pub(crate) fn name(line: &str) -> Option<&str> {
    let mut words = Spaced(line);
    // Modifiers may stand before the word that defines.
    for _ in 0..6 {
        let word = words.next()?;
        if KEYWORDS.contains(&word) {
            let name = words.next()?;
            let name = if name == "self" { words.next()? } else { name };
            return (name.len() >= 2 && !name.starts_with(|c: char| c.is_ascii_digit()))
                .then_some(name);
        }
        if !MODIFIERS.contains(&word) {
            return None;
        }
    }
    None
}

/// Whether a definition may begin with a word, in whatever case it is spelt.
pub(super) fn begins(word: &str) -> bool {
    // Most words are too long.
    word.len() <= LONGEST
        && KEYWORDS.iter().chain(MODIFIERS).any(|begin| begin.eq_ignore_ascii_case(word))
}

/// Length of the longest word that a definition begins with.
const LONGEST: usize = "interface".len();

#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "def", "class", "function", "fn", "func", "struct", "enum", "interface", "trait", "module", "fun", "sub",
    "record", "protocol",
];

#[rustfmt::skip]
const MODIFIERS: &[&str] = &[
    "pub", "async", "export", "default", "public", "private", "protected", "static", "final", "abstract", "crate",
    "const", "unsafe", "internal", "sealed", "override", "virtual", "open", "data", "partial",
];

/// What stands between spaces.
struct Spaced<'l>(&'l str);

impl<'l> Iterator for Spaced<'l> {
    type Item = &'l str;

    fn next(&mut self) -> Option<&'l str> {
        let rest = self.0.trim_start_matches(' ');
        let end = rest.bytes().position(|byte| byte == b' ').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_that_begins_a_definition_is_passed_over() {
        assert!(KEYWORDS.iter().chain(MODIFIERS).all(|word| begins(&word.to_uppercase())));
        assert!(!begins("definition"));
    }

    #[test]
    fn names() {
        assert_eq!(name("def visit_select self select"), Some("visit_select"));
        assert_eq!(name("pub async fn run"), Some("run"));
        assert_eq!(name("export default function load id"), Some("load"));
        assert_eq!(name("public static class Foo"), Some("Foo"));
        assert_eq!(name("return def"), None);
        assert_eq!(name(""), None);
    }
}
