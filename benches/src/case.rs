//! Recorded cases: a release went out, an error started, which change caused it?
//!
//! A file of cases is JSON Lines, plain or gzipped, one case per line. [`read`] streams it.
//!
//! A [`Case`] holds the truth ([`Source`]) and the question apart. A ranker takes [`Incident`] and
//! [`Window`], and neither type has room for the truth: what is handed to a ranker cannot give the
//! answer away.

mod none;
mod wire;
mod write;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sentry_correlate::{Incident, Window};
use sentry_hooks::ParseError;
use sentry_hooks::model::Event;

/// One recorded case.
#[derive(Debug, Clone)]
pub struct Case {
    id: String,
    source: Option<Source>,
    event: Box<str>,
    incident: Incident,
    window: Window,
}

/// The truth about a case, as the maintainers of its project told it. No ranker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The project, e.g. `sqlalchemy/sqlalchemy`.
    pub repo: String,
    /// Full object names of the changes that caused the error; any of them is a right answer.
    pub culprits: Vec<String>,
    /// How the stack trace came about.
    pub trace: Trace,
    /// What kind of cause it is (`pool`, `timeout`, …), where the cause is off the stack.
    pub kind: Option<String>,
    /// Whether those who taught the ranker its words had read cases of this service: it then
    /// answers them better than others, and they are no measure of its percentages.
    pub read: bool,
}

/// How a stack trace came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trace {
    /// The crash was reproduced and its trace taken.
    Executed,
    /// A reporter printed it.
    Reported,
    /// The case does not say.
    Unknown,
}

impl Case {
    /// A case of one's own. `event` is one JSON object in the form of Sentry's REST API.
    ///
    /// # Errors
    ///
    /// Says why `event` is no event.
    pub fn new(
        id: String,
        source: Option<Source>,
        event: Box<str>,
        window: Window,
    ) -> Result<Self, ParseError> {
        let incident = Incident::from_event(&Event::from_json(event.as_bytes())?);
        Ok(Self { id, source, event, incident, window })
    }

    /// The case's name, unique in its file.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The truth, where the case tells it.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// The error as Sentry's REST API would write it: one JSON object.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// What a ranker may see of the error.
    #[must_use]
    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    /// What a ranker may see of the candidates: changes, oldest first, and blame.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The same question with its culprits taken out: the right answer is "none of these".
    ///
    /// Blame that named a culprit names an invented commit instead, dated weeks before the
    /// window, so that neither a missing nor a dangling entry gives the answer away. The
    /// invention depends on the culprit's object name alone. `None` where the truth is unknown.
    #[must_use]
    pub fn without_culprit(&self) -> Option<Window> {
        self.source.as_ref().map(|source| none::without(&self.window, &source.culprits))
    }

    /// Writes the case as one line of a file of cases, without a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::line(self)
    }

    /// Reads one line of a file of cases.
    ///
    /// # Errors
    ///
    /// Says what of the line is not as the format wants it.
    pub fn from_json(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<wire::Case>(line)?.into_case()
    }
}

/// Why cases could not be read: which file, which line, what was wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be opened.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file broke off: damaged compression, no UTF-8, a failing disk.
    #[error("{}, line {line}: cannot be read: {source}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Line counted from 1.
        line: usize,
        /// What the system said.
        source: io::Error,
    },
    /// A line is no case.
    #[error("{}, line {line}: not a case: {source}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line counted from 1.
        line: usize,
        /// What the line lacks.
        source: serde_json::Error,
    },
}

/// Streams the cases of a `.jsonl` or `.jsonl.gz` file; empty lines are passed over.
///
/// Compression is recognised by the file's first bytes, whatever it is called.
///
/// # Errors
///
/// [`ReadError::Open`] at once; the iterator yields the others and ends after the first.
pub fn read(
    path: &Path,
) -> Result<impl Iterator<Item = Result<Case, ReadError>> + use<>, ReadError> {
    let open = |source| ReadError::Open { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(open)?);
    let gzip = file.fill_buf().map_err(open)?.starts_with(&[0x1f, 0x8b]);
    let bytes: Box<dyn Read> =
        if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Lines { path: path.to_owned(), bytes: BufReader::new(bytes), line: 0, done: false })
}

/// Reads every case of several files.
///
/// # Errors
///
/// The first [`ReadError`] met.
pub fn read_all<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<Case>, ReadError> {
    let mut cases = Vec::new();
    for path in paths {
        for case in read(path.as_ref())? {
            cases.push(case?);
        }
    }
    Ok(cases)
}

struct Lines {
    path: PathBuf,
    bytes: BufReader<Box<dyn Read>>,
    line: usize,
    done: bool,
}

impl Iterator for Lines {
    type Item = Result<Case, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.next_case().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Lines {
    fn next_case(&mut self) -> Result<Option<Case>, ReadError> {
        let mut text = String::new();
        loop {
            self.line += 1;
            text.clear();
            let read = self.bytes.read_line(&mut text).map_err(|source| ReadError::Broken {
                path: self.path.clone(),
                line: self.line,
                source,
            })?;
            if read == 0 {
                return Ok(None);
            }
            if !text.trim().is_empty() {
                return Case::from_json(&text).map(Some).map_err(|source| ReadError::Line {
                    path: self.path.clone(),
                    line: self.line,
                    source,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
