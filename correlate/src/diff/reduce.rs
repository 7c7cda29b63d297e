//! Reduced lines: the identifiers and numbers of a line; configuration lines as they are.
//!
//! Every change source hands its raw lines to one [`Reducer`] per commit, so that what the ranker
//! was fitted on is what it sees in production:
//!
//! * In code, string literals longer than 40 characters are dropped (an escape counts as one), and
//!   so are runs of more than 40 letters, digits and `_`; what remains are the words
//!   `[A-Za-z_][A-Za-z0-9_]*` and the numbers `\d+(\.\d+)?`, joined by single spaces and cut at 160
//!   characters. The section (the enclosing definition that `git
//!   diff` prints after `@@`) is always reduced this way.
//! * Lines of configuration files ([`keeps_lines`]) keep their punctuation, because values are
//!   read from them: white space is collapsed, and the line is cut at 160 characters.
//! * A file keeps at most 400 lines and a commit at most 4,000. The first hunk of a file that
//!   does not fit, and all that follow it in the file, keep their ranges with empty lists; the
//!   first hunk that does not fit into the commit ends the commit's lines the same way.

use crate::scan::{load, word_run};
use crate::{DisplayLines, Hunk};

/// Longest literal that is kept, and longest word, in characters.
const LONGEST: usize = 40;
/// Longest reduced line, in characters.
const LINE: usize = 160;
/// Longest line kept for display, in characters.
const DISPLAY: usize = 400;
/// Most lines kept of a file.
const FILE_LINES: usize = 400;
/// Most lines kept of a commit.
const COMMIT_LINES: usize = 4_000;

/// Suffixes of files whose lines are kept.
const KEPT_SUFFIXES: &[&str] = &[
    ".ini",
    ".toml",
    ".yaml",
    ".yml",
    ".cfg",
    ".env",
    ".properties",
    ".json",
    ".conf",
    ".cnf",
    ".tf",
    ".tfvars",
    ".hcl",
    ".jsonc",
    ".json5",
];

/// A hunk at zero context as it stands in the diff, before reduction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawHunk<'a> {
    /// First line in the old file (for a pure insertion: the line before it).
    pub old_start: u32,
    /// First line in the new file (for a pure deletion: the line before it).
    pub new_start: u32,
    /// The enclosing definition, as `git diff` prints it after the second `@@`; may be empty.
    pub section: &'a str,
    /// Removed lines without `-`, with or without their line ends.
    pub removed: Vec<&'a str>,
    /// Added lines without `+`, with or without their line ends.
    pub added: Vec<&'a str>,
}

/// Reduces the files of one commit; it counts what the commit has used up.
///
/// ```
/// use sentry_correlate::diff::reduce::{RawHunk, Reducer};
///
/// let mut reducer = Reducer::new();
/// let hunks = reducer.file("shop/db.py", [RawHunk {
///     old_start: 7,
///     new_start: 7,
///     section: "def connect(url):",
///     removed: vec!["    return create_engine(url, pool_size=20)"],
///     added: vec!["    return create_engine(url, pool_size=5)"],
/// }]);
/// assert_eq!(hunks[0].section, "def connect url");
/// assert_eq!(hunks[0].added, ["return create_engine url pool_size 5"]);
/// assert_eq!((hunks[0].old_lines, hunks[0].new_lines), (1, 1));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Reducer {
    used: usize,
}

impl Reducer {
    /// A reducer for one commit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reduces the hunks of the commit's next file, in file order.
    pub fn file<'a>(
        &mut self,
        path: &str,
        hunks: impl IntoIterator<Item = RawHunk<'a>>,
    ) -> Vec<Hunk> {
        let reduce: fn(&str) -> String = if keeps_lines(path) { kept_line } else { code_line };
        let mut used_here = 0;
        hunks
            .into_iter()
            .map(|raw| {
                let lines = raw.removed.len() + raw.added.len();
                // A hunk that does not fit uses up what is left, so nothing fits after it.
                let room = (FILE_LINES - used_here).min(COMMIT_LINES - self.used);
                used_here += lines.min(room);
                self.used += lines.min(room);
                let mut hunk = Hunk {
                    old_start: raw.old_start,
                    old_lines: count(raw.removed.len()),
                    new_start: raw.new_start,
                    new_lines: count(raw.added.len()),
                    section: code_line(raw.section),
                    ..Hunk::default()
                };
                if lines <= room {
                    hunk.removed = raw.removed.iter().map(|line| reduce(line)).collect();
                    hunk.added = raw.added.iter().map(|line| reduce(line)).collect();
                    hunk.display = Some(DisplayLines {
                        removed: raw.removed.iter().map(|line| display_line(line)).collect(),
                        added: raw.added.iter().map(|line| display_line(line)).collect(),
                    });
                }
                hunk
            })
            .collect()
    }
}

/// Whether the lines of this file are kept with their punctuation: configuration by its suffix
/// (`.ini .toml .yaml .yml .cfg .env .properties .json .conf` and their relatives, so also
/// `package.json` and `Cargo.toml`), `requirements*.txt`, `go.mod`, `Pipfile` and `.env.*`.
///
/// `Dockerfile`, SQL, XML and lock files are reduced like code.
#[must_use]
pub fn keeps_lines(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    KEPT_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || (name.starts_with("requirements") && name.ends_with(".txt"))
        || name.starts_with(".env.")
        || matches!(name, "go.mod" | "Pipfile")
}

/// The reduced form of one line of the file at `path`.
#[must_use]
pub fn line(path: &str, text: &str) -> String {
    if keeps_lines(path) { kept_line(text) } else { code_line(text) }
}

/// A configuration line: white space collapsed, cut.
fn kept_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LINE));
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > 4 * LINE {
            break;
        }
    }
    cut(&mut out, LINE);
    out
}

/// A line of code: its words and numbers.
fn code_line(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Words::default();
    let mut at = 0;
    // Once a quote is not closed, no later one of its kind is: its search would end the same way.
    let mut unclosed = [false; 2];
    while at < bytes.len() && out.length <= LINE {
        match CLASS[usize::from(bytes[at])] {
            WORD_BYTE => {
                let end = at + word_run(bytes, at);
                // A number goes on behind a point.
                at = if end - at <= LONGEST { out.push_words(bytes, at, end) } else { end };
            }
            QUOTE => at = long_literal(bytes, at, &mut unclosed).unwrap_or(at + 1),
            _ => at += 1,
        }
    }
    out.into_line()
}

const WORD_BYTE: u8 = 1;
const QUOTE: u8 = 2;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => WORD_BYTE,
            b'"' | b'\'' => QUOTE,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// Where a literal of more than [`LONGEST`] characters that opens at `at` ends; an escaped character
/// counts once. Shorter ones are read like the rest of the line, and so is what follows a lone
/// quote.
fn long_literal(bytes: &[u8], at: usize, unclosed: &mut [bool; 2]) -> Option<usize> {
    let quote = bytes[at];
    let kind = usize::from(quote == b'\'');
    // Too little is left for a long one.
    if unclosed[kind] || bytes.len() - at <= LONGEST {
        return None;
    }
    let (mut length, mut end) = (0, at + 1);
    while let Some(&byte) = bytes.get(end) {
        if byte == quote {
            return (length > LONGEST).then_some(end + 1);
        }
        // What follows a backslash is passed over; of a character of several bytes the first counts.
        end += if byte == b'\\' { 2 } else { 1 };
        length += usize::from(!is_continuation(byte));
    }
    unclosed[kind] = true;
    None
}

/// Whether a byte of UTF-8 goes on with a character.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The words of one line, which fit on the stack: no more are added behind [`LINE`].
struct Words {
    bytes: [u8; ROOM],
    length: usize,
}

/// Behind a full line there is room for one more run of letters and digits, decimals, the spaces
/// between them, and eight bytes of which some are copied too much.
const ROOM: usize = LINE + 2 * LONGEST + 16;

impl Default for Words {
    fn default() -> Self {
        Self { bytes: [0; ROOM], length: 0 }
    }
}

impl Words {
    /// Appends the words and numbers between `at` and `end`, and the decimals that may follow the
    /// last of them. Where they end.
    fn push_words(&mut self, bytes: &[u8], mut at: usize, end: usize) -> usize {
        while at < end {
            let start = at;
            if bytes[at].is_ascii_digit() {
                at += digits(&bytes[at..]);
                let decimals = decimals(bytes, at);
                if decimals > 0 {
                    at += 1 + decimals;
                }
            } else {
                at = end;
            }
            self.push(bytes, start, at);
        }
        at
    }

    fn push(&mut self, bytes: &[u8], start: usize, end: usize) {
        if self.length > 0 {
            self.bytes[self.length] = b' ';
            self.length += 1;
        }
        // Eight bytes at a time: what is copied too much is written over, or cut off.
        for from in (start..end).step_by(8) {
            let to = &mut self.bytes[self.length + from - start..];
            to[..8].copy_from_slice(&load(bytes, from).to_le_bytes());
        }
        self.length += end - start;
    }

    /// The line, cut.
    fn into_line(self) -> String {
        let line = self.bytes[..self.length.min(LINE)].trim_ascii_end();
        str::from_utf8(line).expect("words and spaces are ASCII").to_owned()
    }
}

/// How many digits follow a point at `at`; none where they begin a run that is dropped.
fn decimals(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at) != Some(&b'.') || word_run(bytes, at + 1) > LONGEST {
        return 0;
    }
    digits(&bytes[at + 1..])
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A line for display: as it stands, without its line end, cut.
fn display_line(text: &str) -> String {
    let end = text.bytes().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    clipped(&text[..text.len() - end], DISPLAY).to_owned()
}

/// The first `most` characters.
fn clipped(text: &str, most: usize) -> &str {
    // So few bytes cannot be more characters.
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// Cuts after `most` characters.
fn cut(text: &mut String, most: usize) {
    text.truncate(clipped(text, most).len());
}

fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn code_keeps_words_and_numbers() {
        assert_eq!(line("a.py", "  if x.retries >= 2.50: # don't"), "if x retries 2.50 don t");
        assert_eq!(line("a.sql", "ALTER TABLE t ADD c INT;"), "ALTER TABLE t ADD c INT");
        assert_eq!(line("a.c", "0x1F 12abc"), "0 x1F 12 abc");
    }

    #[test]
    fn long_literals_and_words_are_dropped_short_ones_kept() {
        let long = "w ".repeat(21);
        assert_eq!(line("a.py", &format!("raise E('{long}', 'no key')")), "raise E no key");
        assert_eq!(line("a.py", &format!("a {} b", "x".repeat(41))), "a b");
        assert_eq!(line("a.py", r#"f("it's \" fine", g)"#), "f it s fine g");
        let escaped = format!("f(\"{}\\n\")", "x ".repeat(19) + "x");
        assert_eq!(line("a.c", &escaped), format!("f {} n", "x ".repeat(19) + "x"));
        assert_eq!(
            line("a.c", "it's a short literal, isn't it; \"a lone quote"),
            "it s a short literal isn t it a lone quote"
        );
        assert_eq!(line("a.txt", &format!("v2.7 2.{}", "7x".repeat(21))), "v2 7 2");
    }

    #[test]
    fn configuration_keeps_its_punctuation() {
        assert_eq!(line("c/db.yaml", "  pool_size:   20 "), "pool_size: 20");
        assert_eq!(line("requirements-dev.txt", "urllib3==2.2.3"), "urllib3==2.2.3");
        assert_eq!(line("package.json", "\t\"axios\": \"^1.6.0\","), "\"axios\": \"^1.6.0\",");
        assert!(keeps_lines("Cargo.toml") && keeps_lines(".env.production"));
        assert!(!keeps_lines("Dockerfile") && !keeps_lines("docs/requirements.rst"));
    }

    #[test]
    fn lines_are_cut_by_characters() {
        let cut = line("a.yaml", &"ä".repeat(300));
        assert_eq!(cut.chars().count(), 160);
        assert!(line("a.py", &"abcdefghi ".repeat(40)).chars().count() <= 160);
    }

    #[test]
    fn a_line_of_quotes_is_read_in_linear_time() {
        // A megabyte: with a search to the end from each quote this would not end today.
        let quotes = "\\\"".repeat(500_000);
        assert_eq!(line("a.js", &format!("x = {quotes} y")), "x y");
    }

    #[test]
    fn limits_leave_ranges() {
        let many = vec!["x"; 300];
        let raw =
            |added: &Vec<&'static str>| RawHunk { added: added.clone(), ..RawHunk::default() };
        let mut reducer = Reducer::new();
        let hunks = reducer.file("a.py", [raw(&many), raw(&many), raw(&vec!["y"])]);
        assert_eq!(hunks[0].added.len(), 300);
        assert!(hunks[1].added.is_empty() && hunks[2].added.is_empty());
        assert_eq!((hunks[1].new_lines, hunks[2].new_lines), (300, 1));
        // A file that is too large by itself uses up no more of the commit than any file may.
        assert!(reducer.file("huge.py", [raw(&vec!["x"; 5_000])])[0].added.is_empty());
        for _ in 0..10 {
            assert_eq!(reducer.file("b.py", [raw(&many)])[0].added.len(), 300);
        }
        assert_eq!(reducer.file("b.py", [raw(&vec!["x"; 200])])[0].added.len(), 200);
        assert!(reducer.file("c.py", [raw(&vec!["y"])])[0].added.is_empty());
        assert!(reducer.file("c.py", [raw(&many)])[0].added.is_empty());
    }

    proptest! {
        #[test]
        fn never_panics_and_reducing_twice_changes_nothing(text in "\\PC{0,300}") {
            let once = line("a.rs", &text);
            prop_assert!(once.chars().count() <= 160);
            prop_assert_eq!(line("a.rs", &once), once);
            let kept = line("a.yaml", &text);
            prop_assert!(kept.chars().count() <= 160);
        }
    }
}
