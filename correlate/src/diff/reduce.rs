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

use std::borrow::Cow;

use super::hunks::{Start, Writer};
use super::text::{Raw, Text};
use crate::Hunk;

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
    writer: Writer,
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
        self.writer.begin(keeps_lines(path));
        for raw in hunks {
            raw.removed.iter().for_each(|line| self.writer.removed(Raw::of(&bare(line))));
            raw.added.iter().for_each(|line| self.writer.added(Raw::of(&bare(line))));
            let start = Start { old: raw.old_start, new: raw.new_start };
            self.writer.hunk(start, Raw::of(raw.section));
        }
        self.writer.finish()
    }
}

/// A line without its end; line ends inside become blanks.
fn bare(line: &str) -> Cow<'_, str> {
    let line = line.trim_end_matches(['\n', '\r']);
    match line.contains('\n') {
        true => Cow::Owned(line.replace('\n', " ")),
        false => Cow::Borrowed(line),
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
    if keeps_lines(path) { Text::of_kept(text) } else { Text::of_code(text) }
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
