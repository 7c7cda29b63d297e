//! Reads a history told as text.
//!
//! The form is that of `git log -p`, without what can be worked out:
//!
//! ```text
//! commit
//! author Mira Vogt <mira@shop.example>
//! date 2026-11-20T10:01:22+01:00
//! tag v1.4.0 2026-11-20T10:30:00+01:00
//!
//!     Release 1.4.0
//!
//! --- a/shop/__init__.py
//! +++ b/shop/__init__.py
//! @@ -1,3 +1,3 @@
//! …
//! ```
//!
//! `tag` is there where the commit was released. Commits stand in order, oldest first; each has
//! the one before it as its parent.

use super::patch::{FilePatch, PatchError, parse};
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One commit of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Who wrote and committed it.
    pub author: Person,
    /// When, with the author's offset from UTC.
    pub at: OffsetDateTime,
    /// The release made from it, if any.
    pub tag: Option<Tag>,
    /// The whole message, ending in a line feed.
    pub message: String,
    /// What it changes.
    pub patches: Vec<FilePatch>,
}

/// A person as git names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Display name.
    pub name: String,
    /// Mail address.
    pub email: String,
}

/// An annotated tag on a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The tag's name without `refs/tags/`.
    pub name: String,
    /// When the release was made.
    pub at: OffsetDateTime,
}

/// A history that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// A line is not what the form wants at this place.
    #[error("line {line}: expected {expected}")]
    Unexpected {
        /// Line in the text, counted from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The changes of the commit that ends before this line cannot be read.
    #[error("commit at line {line}: {source}")]
    Patch {
        /// Line of the commit's first line, counted from 1.
        line: usize,
        /// What is wrong with them.
        source: PatchError,
    },
}

/// Reads all commits of a text, oldest first.
///
/// # Errors
/// [`HistoryError`] with the line where the form is left.
///
/// ```
/// let text = "commit\nauthor A <a@b.example>\ndate 2026-01-02T03:04:05Z\n\n    Say hello\n\n\
///             --- /dev/null\n+++ b/hello.txt\n@@ -0,0 +1 @@\n+hello\n";
/// let commits = incident_service::shop::history::read(text)?;
/// assert_eq!(commits[0].message, "Say hello\n");
/// assert_eq!(commits[0].patches[0].apply(None)?.as_deref(), Some("hello\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(text: &str) -> Result<Vec<Commit>, HistoryError> {
    let lines: Vec<&str> = text.lines().collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|&at| lines[at] == "commit").collect();
    if starts.first() != Some(&0) {
        return Err(HistoryError::Unexpected { line: 1, expected: "`commit`" });
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).map(|(&start, end)| commit(&lines[start..end], start + 1)).collect()
}

fn commit(lines: &[&str], first: usize) -> Result<Commit, HistoryError> {
    let header = |name: &'static str| {
        lines.iter().take_while(|line| !line.is_empty()).position(|line| line.starts_with(name))
    };
    let unexpected = |at: usize, expected| HistoryError::Unexpected { line: first + at, expected };
    let field = |name: &'static str, expected| {
        let at = header(name).ok_or_else(|| unexpected(0, expected))?;
        Ok((at, &lines[at][name.len()..]))
    };
    let (at, author) = field("author ", "`author Name <mail>` in the commit's header")?;
    let author = person(author).ok_or_else(|| unexpected(at, "`author Name <mail>`"))?;
    let (at, date) = field("date ", "`date` in the commit's header")?;
    let date =
        moment(date).ok_or_else(|| unexpected(at, "a date such as 2026-11-20T10:01:22+01:00"))?;
    let tag = header("tag ")
        .map(|at| tag(&lines[at]["tag ".len()..]).ok_or_else(|| unexpected(at, "`tag NAME DATE`")))
        .transpose()?;

    let body = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    let changes = (body..lines.len())
        .find(|&at| !lines[at].is_empty() && !lines[at].starts_with("    "))
        .unwrap_or(lines.len());
    let message = message(&lines[body..changes]);
    if message.trim().is_empty() {
        return Err(unexpected(body, "a message, indented by four spaces"));
    }
    let patches =
        parse(&lines[changes..]).map_err(|source| HistoryError::Patch { line: first, source })?;
    Ok(Commit { author, at: date, tag, message, patches })
}

fn person(text: &str) -> Option<Person> {
    let (name, rest) = text.split_once(" <")?;
    let email = rest.strip_suffix('>')?;
    Some(Person { name: name.to_owned(), email: email.to_owned() })
}

fn tag(text: &str) -> Option<Tag> {
    let (name, at) = text.split_once(' ')?;
    Some(Tag { name: name.to_owned(), at: moment(at)? })
}

fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

fn message(lines: &[&str]) -> String {
    let text: Vec<&str> =
        lines.iter().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    format!("{}\n", text.join("\n").trim_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "commit\nauthor Tomás R <t@shop.example>\ndate 2026-11-20T10:01:22+01:00\n\
        tag v1 2026-11-20T11:00:00+01:00\n\n    Subject\n\n    Body\n\n\
        --- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+commit\n+\n";

    #[test]
    fn header_message_and_changes_are_read() {
        let commits = read(TEXT).unwrap();
        assert_eq!(commits.len(), 1);
        assert_eq!(commits[0].author.name, "Tomás R");
        assert_eq!(commits[0].message, "Subject\n\nBody\n");
        assert_eq!(commits[0].at.offset().whole_hours(), 1);
        assert_eq!(commits[0].tag.as_ref().unwrap().name, "v1");
        assert_eq!(commits[0].patches[0].apply(None).unwrap().unwrap(), "commit\n\n");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let broken = TEXT.replace("date 2026-11-20T10", "date 2026-31-20T10");
        let error = read(&broken).unwrap_err();
        assert_eq!(error.to_string(), "line 3: expected a date such as 2026-11-20T10:01:22+01:00");
        assert!(read("").is_err());
        assert!(read("commit\n").is_err());
        assert!(matches!(
            read(&TEXT.replace("@@ -0,0", "@@ -0;0")),
            Err(HistoryError::Patch { line: 1, .. })
        ));
    }
}
