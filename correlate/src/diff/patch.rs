//! Patches as text: what `git show`, `git log -p` and `git format-patch` print.

use std::borrow::Cow;

use memchr::memchr;

use super::hunks::{Start, Writer};
use super::reduce::keeps_lines;
use super::text::Raw;
use crate::{FileChange, FileStatus};

/// The files of one commit's patch, reduced. What stands before the first `diff --git` is passed
/// over, and so is what cannot be read: a patch that was cut gives what it has.
///
/// Made for `-U0`. Lines of context are read too: they part a hunk in several, which all name the
/// section that git found for the first.
///
/// ```
/// use sentry_correlate::diff::patch;
///
/// let files = patch::files("\
/// diff --git a/shop/db.py b/shop/db.py
/// index 3a0b1f2..6c1d9e4 100644
/// --- a/shop/db.py
/// +++ b/shop/db.py
/// @@ -7 +7 @@ def connect(url):
/// -    return create_engine(url, pool_size=20)
/// +    return create_engine(url, pool_size=5)
/// ");
/// assert_eq!(files[0].path, "shop/db.py");
/// assert_eq!(files[0].hunks[0].added, ["return create_engine url pool_size 5"]);
/// ```
#[must_use]
pub fn files(patch: &str) -> Vec<FileChange> {
    let mut lines = Lines { rest: patch };
    let mut writer = Writer::default();
    let mut files = Vec::new();
    let mut next = lines.find(|line| line.starts_with("diff --git "));
    while let Some(header) = next {
        let mut file = File::new(header, &mut writer);
        next = file.read(&mut lines);
        files.extend(file.finish());
    }
    files
}

/// The lines of a text without their ends.
struct Lines<'p> {
    rest: &'p str,
}

impl<'p> Iterator for Lines<'p> {
    type Item = &'p str;

    fn next(&mut self) -> Option<&'p str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', self.rest.as_bytes());
        let (line, rest) = match end {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, ""),
        };
        self.rest = rest;
        Some(line)
    }
}

/// One file of a patch as far as it has been read.
struct File<'p, 'w> {
    old: Option<Cow<'p, str>>,
    new: Option<Cow<'p, str>>,
    status: FileStatus,
    additions: u32,
    deletions: u32,
    writer: &'w mut Writer,
    /// Whether its first hunk has begun: until then headers tell its path.
    begun: bool,
}

impl<'p, 'w> File<'p, 'w> {
    fn new(header: &'p str, writer: &'w mut Writer) -> Self {
        let path = header.strip_prefix("diff --git ").and_then(common_path);
        Self {
            old: path.clone(),
            new: path,
            status: FileStatus::Modified,
            additions: 0,
            deletions: 0,
            writer,
            begun: false,
        }
    }

    fn path(&self) -> Option<&str> {
        match self.status {
            FileStatus::Deleted => self.old.as_deref(),
            _ => self.new.as_deref(),
        }
    }

    /// Reads up to the next file's header, and gives that.
    fn read(&mut self, lines: &mut Lines<'p>) -> Option<&'p str> {
        loop {
            let before = lines.rest;
            let line = lines.next()?;
            if let Some(ranges) = line.strip_prefix("@@ -") {
                if let Some(header) = Header::read(ranges) {
                    self.hunk(header, Raw::end_of(before, line, header.section), lines);
                }
            } else if line.starts_with("diff --git ") {
                return Some(line);
            } else if line.starts_with("new file mode ") {
                self.status = FileStatus::Added;
            } else if line.starts_with("deleted file mode ") {
                self.status = FileStatus::Deleted;
            } else if let Some(path) = line.strip_prefix("rename from ") {
                self.status = FileStatus::Renamed;
                self.old = unquoted(path);
            } else if let Some(path) = line.strip_prefix("rename to ") {
                self.new = unquoted(path);
            } else if let Some(path) = line.strip_prefix("copy to ") {
                self.status = FileStatus::Added;
                self.new = unquoted(path);
            } else if let Some(path) = line.strip_prefix("--- ") {
                self.old = sided(path, "a/").or(self.old.take());
            } else if let Some(path) = line.strip_prefix("+++ ") {
                self.new = sided(path, "b/").or(self.new.take());
            }
        }
    }

    /// Reads a hunk behind its header.
    fn hunk(&mut self, header: Header<'p>, section: Raw<'p>, lines: &mut Lines<'p>) {
        let Header { mut old, mut new, .. } = header;
        if !self.begun {
            self.writer.begin(self.path().is_some_and(keeps_lines));
            self.begun = true;
        }
        let mut start = Start { old: old.before(), new: new.before() };
        while old.left > 0 || new.left > 0 {
            let before = lines.rest;
            let Some(line) = lines.next() else { break };
            match line.as_bytes().first() {
                Some(b'-') if old.take() => self.writer.removed(Raw::behind_first(before, line)),
                Some(b'+') if new.take() => self.writer.added(Raw::behind_first(before, line)),
                // Mailers cut the blank off empty lines of context.
                Some(b' ') | None if old.take() && new.take() => {
                    self.end(start, section);
                    start = Start { old: old.before(), new: new.before() };
                }
                // `\ No newline at end of file`
                Some(b'\\') => {}
                // A hunk that was cut: this line belongs to what follows.
                _ => {
                    lines.rest = before;
                    break;
                }
            }
        }
        self.end(start, section);
    }

    /// Keeps a hunk that holds something. Git names the line before where a side has none.
    fn end(&mut self, mut start: Start, section: Raw<'p>) {
        let (removed, added) = self.writer.lines();
        if removed == 0 && added == 0 {
            return;
        }
        start.old += u32::from(removed > 0);
        start.new += u32::from(added > 0);
        self.deletions = self.deletions.saturating_add(removed);
        self.additions = self.additions.saturating_add(added);
        self.writer.hunk(start, section);
    }

    fn finish(self) -> Option<FileChange> {
        let path = self.path().map(str::to_owned);
        let previous = self.old.as_deref().filter(|_| self.status == FileStatus::Renamed);
        let hunks = if self.begun { self.writer.finish() } else { Vec::new() };
        Some(FileChange {
            hunks,
            path: path?,
            previous_path: previous.map(str::to_owned),
            status: self.status,
            additions: self.additions,
            deletions: self.deletions,
        })
    }
}

/// What a hunk's header says.
#[derive(Clone, Copy)]
struct Header<'p> {
    old: Range,
    new: Range,
    section: &'p str,
}

impl<'p> Header<'p> {
    /// Reads `7,2 +7 @@ def connect(url):`.
    fn read(ranges: &'p str) -> Option<Self> {
        let (old, rest) = ranges.split_once(' ')?;
        let (new, rest) = rest.strip_prefix('+')?.split_once(' ')?;
        let section = rest.strip_prefix("@@")?;
        Some(Self { old: Range::read(old)?, new: Range::read(new)?, section })
    }
}

/// The lines of one side that are still to come.
#[derive(Clone, Copy)]
struct Range {
    next: u32,
    left: u32,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        let (start, left): (u32, u32) = (start.parse().ok()?, count.parse().ok()?);
        // An empty side is named by the line before.
        Some(Self { next: start.saturating_add(u32::from(left == 0)), left })
    }

    /// The line before the next one.
    fn before(&self) -> u32 {
        self.next.saturating_sub(1)
    }

    /// Goes on by one line, if there is one to come.
    fn take(&mut self) -> bool {
        let some = self.left > 0;
        if some {
            self.left -= 1;
            self.next = self.next.saturating_add(1);
        }
        some
    }
}

/// The path of a file that has one: `a/PATH b/PATH`.
fn common_path(header: &str) -> Option<Cow<'_, str>> {
    if header.starts_with('"') {
        // A quote inside is escaped.
        let end = header.find("\" ")? + 1;
        return sided(&header[..end], "a/");
    }
    let half = header.len().checked_sub(1)? / 2;
    let (old, new) = (header.get(..half)?, header.get(half + 1..)?);
    let (old, new) = (old.strip_prefix("a/")?, new.strip_prefix("b/")?);
    (old == new).then_some(Cow::Borrowed(old))
}

/// A path without its side's prefix; `None` for `/dev/null`.
fn sided<'p>(path: &'p str, prefix: &str) -> Option<Cow<'p, str>> {
    // Git ends a path that holds blanks with a tab.
    match unquoted(path.strip_suffix('\t').unwrap_or(path))? {
        Cow::Borrowed(path) => path.strip_prefix(prefix).map(Cow::Borrowed),
        Cow::Owned(path) => path.strip_prefix(prefix).map(|path| Cow::Owned(path.to_owned())),
    }
}

/// A path as git writes it: in quotes, with escapes, where it holds unusual bytes.
fn unquoted(path: &str) -> Option<Cow<'_, str>> {
    let Some(quoted) = path.strip_prefix('"') else { return Some(Cow::Borrowed(path)) };
    let mut rest = quoted.strip_suffix('"')?.bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                first @ b'0'..=b'3' => {
                    let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                    (first - b'0') << 6 | digit(rest.next()?)? << 3 | digit(rest.next()?)?
                }
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                byte => byte,
            },
            byte => byte,
        });
    }
    Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Hunk;
    use crate::diff::reduce::{RawHunk, Reducer};

    fn ranges(hunks: &[Hunk]) -> Vec<[u32; 4]> {
        hunks.iter().map(|h| [h.old_start, h.old_lines, h.new_start, h.new_lines]).collect()
    }

    #[test]
    fn every_kind_of_file() {
        let files = files(concat!(
            "commit 1234\n\n    A message\n\n",
            "diff --git a/new b.py b/new b.py\nnew file mode 100644\nindex 0000000..d00491f\n",
            "--- /dev/null\n+++ b/new b.py\t\n@@ -0,0 +1,2 @@\n+1\n+--- a/x\n",
            "diff --git a/gone.py b/gone.py\ndeleted file mode 100644\nindex d00491f..0000000\n",
            "--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n\\ No newline at end of file\n",
            "diff --git a/old.py b/new.py\nsimilarity index 90%\nrename from old.py\n",
            "rename to new.py\n--- a/old.py\n+++ b/new.py\n@@ -4,0 +5 @@ def f():\n+    x = 1\n",
            "diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n",
            "diff --git \"a/\\303\\244\\\".py\" \"b/\\303\\244\\\".py\"\nindex 1..2 100644\n",
            "Binary files differ\n",
        ));
        let seen: Vec<_> = files
            .iter()
            .map(|f| (f.path.as_str(), f.previous_path.as_deref(), f.status, ranges(&f.hunks)))
            .collect();
        assert_eq!(
            seen,
            [
                ("new b.py", None, FileStatus::Added, vec![[0, 0, 1, 2]]),
                ("gone.py", None, FileStatus::Deleted, vec![[1, 1, 0, 0]]),
                ("new.py", Some("old.py"), FileStatus::Renamed, vec![[4, 0, 5, 1]]),
                ("run.sh", None, FileStatus::Modified, vec![]),
                ("ä\".py", None, FileStatus::Modified, vec![]),
            ]
        );
        assert_eq!((files[0].additions, files[1].deletions), (2, 1));
        assert_eq!(files[2].hunks[0].section, "def f");
    }

    #[test]
    fn a_cut_hunk_ends_where_the_next_file_begins() {
        let text = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -3,5 +3,5 @@\n-two\n+2\n\
                    diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n";
        let read: Vec<_> =
            files(text).into_iter().map(|file| (file.path, file.hunks.len())).collect();
        assert_eq!(read, [("a".to_owned(), 1), ("b".to_owned(), 1)]);
    }

    #[test]
    fn context_parts_a_hunk() {
        let files = files(
            "diff --git a/a b/a\n@@ -3,6 +3,6 @@ fn f()\n one\n-two\n+2\n three\n\n+4\n-five\n six\n",
        );
        assert_eq!(ranges(&files[0].hunks), [[4, 1, 4, 1], [7, 1, 7, 1]]);
        assert_eq!(files[0].hunks[1].removed, ["five"]);
        assert_eq!(files[0].deletions, 2);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            hunks in prop::collection::vec((1_u32..9, "[a-z(]{0,9}", prop::collection::vec("[-+ @\\\\a-z\"]{0,12}", 0..4), prop::collection::vec("[-+ @a-z]{0,12}", 0..4)), 0..4),
        ) {
            let mut patch = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n".to_owned();
            let mut expected = Vec::new();
            let (mut old, mut new) = (0, 0);
            for (gap, section, removed, added) in &hunks {
                if removed.is_empty() && added.is_empty() {
                    continue;
                }
                (old, new) = (old + gap, new + gap);
                let start = |before: u32, lines: &[String]| before + u32::from(!lines.is_empty());
                let raw = RawHunk {
                    old_start: start(old, removed),
                    new_start: start(new, added),
                    section,
                    removed: removed.iter().map(String::as_str).collect(),
                    added: added.iter().map(String::as_str).collect(),
                };
                let (o, n) = (removed.len(), added.len());
                patch += &format!("@@ -{},{o} +{},{n} @@ {section}\n", raw.old_start, raw.new_start);
                patch.extend(removed.iter().map(|line| format!("-{line}\n")));
                patch.extend(added.iter().map(|line| format!("+{line}\n")));
                (old, new) = (old + removed.len() as u32, new + added.len() as u32);
                expected.push(raw);
            }
            let expected = Reducer::new().file("x.py", expected);
            prop_assert_eq!(&files(&patch)[0].hunks, &expected);
        }

        #[test]
        fn nothing_panics(text in "(diff --git |@@ -[0-9,+ ]{0,12}@@|--- |rename to |\"|[-+ ]|\\PC{0,9}|\n){0,40}") {
            prop_assert!(files(&text).len() <= text.len());
        }
    }
}
