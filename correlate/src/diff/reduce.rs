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

use crate::{DisplayLines, Hunk};

/// Longest literal that is kept, and longest word, in characters.
const WORD: usize = 40;
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
    let mut out = String::with_capacity(text.len().min(LINE));
    let mut at = 0;
    // Once a quote is not closed, no later one of its kind is: its search would end the same way.
    let mut unclosed = [false; 2];
    while at < bytes.len() && out.len() <= LINE {
        if let Some(end) = long_literal(text, at, &mut unclosed) {
            at = end;
        } else if is_word(bytes[at]) {
            let run = bytes[at..].iter().take_while(|&&byte| is_word(byte)).count();
            // A number goes on behind a point.
            let whole = if run <= WORD { words(&text[at..], run, &mut out) } else { run };
            at += whole;
        } else {
            at += 1;
        }
    }
    cut(&mut out, LINE);
    out.truncate(out.trim_end().len());
    out
}

/// Where a literal of more than [`WORD`] characters that opens at `at` ends; an escaped character
/// counts once. Shorter ones are read like the rest of the line, and so is what follows a lone
/// quote.
fn long_literal(text: &str, at: usize, unclosed: &mut [bool; 2]) -> Option<usize> {
    let (quote, kind) = match text.as_bytes()[at] {
        b'"' => ('"', 0),
        b'\'' => ('\'', 1),
        _ => return None,
    };
    if unclosed[kind] {
        return None;
    }
    let mut length = 0;
    let mut chars = text[at + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        if c == quote {
            return (length > WORD).then_some(at + 1 + offset + 1);
        }
        if c == '\\' {
            chars.next();
        }
        length += 1;
    }
    unclosed[kind] = true;
    None
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Appends the words and numbers of the first `run` bytes, and the decimals that may follow the
/// last of them. How many bytes that took.
fn words(text: &str, run: usize, out: &mut String) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < run {
        let start = at;
        if bytes[at].is_ascii_digit() {
            at += digits(&bytes[at..]);
            let decimals = decimals(&bytes[at..]);
            if decimals > 0 {
                at += 1 + decimals;
            }
        } else {
            at = run;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&text[start..at]);
    }
    at
}

/// How many digits follow a point; none where they begin a run that is dropped.
fn decimals(bytes: &[u8]) -> usize {
    let Some((b'.', rest)) = bytes.split_first() else { return 0 };
    let run = rest.iter().take_while(|&&byte| is_word(byte)).count();
    if run > WORD { 0 } else { digits(rest) }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A line for display: as it stands, without its line end, cut.
fn display_line(text: &str) -> String {
    let mut out = text.trim_end_matches(['\n', '\r']).to_owned();
    cut(&mut out, DISPLAY);
    out
}

/// Cuts after `most` characters.
fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
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
