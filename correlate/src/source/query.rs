//! What sources are asked.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;

use crate::{FrameRef, Incident};

/// Two revisions: what is reachable from `new` and not from `old`.
///
/// ```
/// use sentry_correlate::source::Range;
///
/// let range: Range = "v1.3.1..v1.4.0".parse().unwrap();
/// assert_eq!((range.old.as_str(), range.new.as_str()), ("v1.3.1", "v1.4.0"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Range {
    /// The version that ran before: a tag, a SHA or any other revision the source understands.
    pub old: String,
    /// The version that failed.
    pub new: String,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.old, self.new)
    }
}

/// The text is not of the form `OLD..NEW`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no range; write OLD..NEW, for example v1.3.1..v1.4.0")]
pub struct ParseRangeError(String);

impl FromStr for Range {
    type Err = ParseRangeError;

    /// Reads `OLD..NEW`. Three dots are refused: `old...new` means something else to git.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseRangeError(text.to_owned());
        let (old, new) = text.split_once("..").ok_or_else(refuse)?;
        if old.is_empty() || new.is_empty() || new.starts_with('.') || new.contains("..") {
            return Err(refuse());
        }
        Ok(Self { old: old.to_owned(), new: new.to_owned() })
    }
}

/// What to look for: which version failed, where and since when, and the stack it failed with.
///
/// ```
/// use sentry_correlate::{Incident, source::Query};
///
/// let incident = Incident { release: Some("shop@1.4.0".into()), ..Incident::default() };
/// let query = Query::of(&incident);
/// assert_eq!(query.release.as_deref(), Some("shop@1.4.0"));
/// assert!(query.range.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// The window, where the caller knows it. It wins over everything else.
    pub range: Option<Range>,
    /// Release name as the event has it, e.g. `shop@1.4.0`.
    pub release: Option<String>,
    /// Environment as the event has it.
    pub environment: Option<String>,
    /// When the error began.
    pub onset: Option<OffsetDateTime>,
    /// The stack, for mapping paths and blaming lines.
    pub frames: Vec<QueryFrame>,
}

/// A frame of the incident, as far as a source needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFrame {
    /// Which frame of the incident.
    pub frame: FrameRef,
    /// Path as the SDK reported it.
    pub filename: Option<String>,
    /// Absolute path on the machine where it ran.
    pub abs_path: Option<String>,
    /// Module or class.
    pub module: Option<String>,
    /// Line, counted from 1.
    pub line: Option<u32>,
    /// Whether the frame is the program's own code.
    pub in_app: bool,
}

impl Query {
    /// The query that an incident poses: its release, environment, onset and frames.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let frames = incident.exceptions.iter().enumerate().flat_map(|(exception, raised)| {
            raised.frames.iter().enumerate().map(move |(frame, at)| QueryFrame {
                frame: FrameRef { exception, frame },
                filename: at.filename.clone(),
                abs_path: at.abs_path.clone(),
                module: at.module.clone(),
                line: at.line,
                in_app: at.in_app,
            })
        });
        Self {
            range: None,
            release: incident.release.clone(),
            environment: incident.environment.clone(),
            onset: incident.onset.map(|onset| onset.at),
            frames: frames.collect(),
        }
    }

    /// The same query for a window that the caller knows.
    #[must_use]
    pub fn with_range(mut self, range: Range) -> Self {
        self.range = Some(range);
        self
    }

    /// The same query for another release than the event's.
    #[must_use]
    pub fn with_release(mut self, release: impl Into<String>) -> Self {
        self.release = Some(release.into());
        self
    }
}

/// Which event to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventQuery {
    /// Sentry's issue id, as decimal digits.
    pub issue_id: Option<String>,
    /// Sentry's event id, 32 hex digits. Without it: the issue's latest event.
    pub event_id: Option<String>,
    /// Slug or id of the project, where the event id alone does not lead to it.
    pub project: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        let range: Range = "a..b".parse().unwrap();
        assert_eq!(range.to_string(), "a..b");
        assert_eq!("v1.0..v1.1".parse::<Range>().unwrap().new, "v1.1");
        for wrong in ["", "..", "a", "a..", "..b", "a...b", "a..b..c"] {
            let error = wrong.parse::<Range>().unwrap_err();
            assert!(error.to_string().contains("OLD..NEW"), "{wrong}");
        }
    }
}
