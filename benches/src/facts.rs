//! Cases as facts alone: where a project broke, how it showed, which commit was named.
//!
//! `cases.toml` holds no source code and no diff. [`crate::build`] makes whole cases of it with
//! clones of the projects.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::{Source, Trace};

/// One case as facts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The case's name, unique in its file.
    pub id: String,
    /// URL of the project's repository.
    pub repository: String,
    /// Tag or full object name of what was deployed.
    pub release: String,
    /// Tag or full object name of what ran before.
    pub previous: String,
    /// Full object names of the commits that the maintainers named.
    pub culprits: Vec<String>,
    /// How the trace came about.
    pub trace: Trace,
    /// Sentry's word for the platform.
    pub platform: String,
    /// Release name as the event gives it, e.g. `sqlalchemy@0.8.1`.
    pub version: String,
    /// When the error was seen, as RFC 3339.
    pub at: String,
    /// Folder under which the files of the trace lay, with its last slash.
    pub root: String,
    /// Exceptions in order of raising: the cause first, the outermost last.
    #[serde(rename = "exception")]
    pub exceptions: Vec<ExceptionFact>,
}

/// One exception of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionFact {
    /// Type name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The exception's text.
    pub value: Option<String>,
    /// Where the type is defined.
    pub module: Option<String>,
    /// Oldest call first, crash site last.
    pub frames: Vec<FrameFact>,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameFact {
    /// Path as an SDK reports it.
    pub file: String,
    /// Line, counted from 1.
    pub line: Option<u32>,
    /// Function name.
    pub function: Option<String>,
    /// Module or class.
    pub module: Option<String>,
    /// Whether the frame is not the project's own code.
    #[serde(default)]
    pub library: bool,
    /// Folder of this file where it is not the case's.
    pub root: Option<String>,
}

/// Why facts could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FactsError {
    /// The file could not be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not of this form; the message names line and column.
    #[error("{}: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<toml::de::Error>,
    },
}

/// Reads a file of facts.
///
/// # Errors
///
/// [`FactsError`] when the file is unreadable or not of this form.
pub fn read(path: &Path) -> Result<Vec<Fact>, FactsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| FactsError::Unreadable { path: path.to_owned(), source })?;
    parse(&text)
        .map_err(|source| FactsError::Malformed { path: path.to_owned(), source: Box::new(source) })
}

fn parse(text: &str) -> Result<Vec<Fact>, toml::de::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(rename = "case")]
        cases: Vec<Fact>,
    }
    Ok(toml::from_str::<File>(text)?.cases)
}

impl Fact {
    /// `owner/name` of the repository: the last two parts of its URL.
    #[must_use]
    pub fn repo(&self) -> &str {
        let url = self.repository.trim_end_matches('/');
        let mut slashes = url.rmatch_indices('/').map(|(at, _)| at);
        slashes.nth(1).map_or(url, |at| &url[at + 1..])
    }

    /// The truth about the case.
    #[must_use]
    pub fn source(&self) -> Source {
        Source {
            repo: self.repo().to_owned(),
            culprits: self.culprits.clone(),
            trace: self.trace,
            kind: None,
            read: false,
        }
    }

    /// The error as Sentry's REST API would write it.
    #[must_use]
    pub fn event(&self) -> String {
        let values: Vec<_> = self.exceptions.iter().map(|raised| self.exception(raised)).collect();
        let event = json!({
            "eventID": event_id(&self.id),
            "platform": self.platform,
            "title": self.title(),
            "dateCreated": self.at,
            "release": { "version": self.version },
            "tags": [{ "key": "environment", "value": "production" }],
            "entries": [{ "type": "exception", "data": { "values": values } }],
        });
        event.to_string()
    }

    fn title(&self) -> String {
        let Some(outermost) = self.exceptions.last() else { return String::new() };
        match outermost.value.as_deref().and_then(|value| value.lines().next()) {
            Some(value) => format!("{}: {value}", outermost.ty),
            None => outermost.ty.clone(),
        }
    }

    fn exception(&self, raised: &ExceptionFact) -> Value {
        let frames: Vec<_> = raised.frames.iter().map(|frame| self.frame(frame)).collect();
        json!({
            "type": raised.ty,
            "value": raised.value,
            "module": raised.module,
            "stacktrace": { "frames": frames },
        })
    }

    fn frame(&self, frame: &FrameFact) -> Value {
        let root = frame.root.as_deref().unwrap_or(&self.root);
        json!({
            "filename": frame.file,
            "absPath": format!("{root}{}", frame.file),
            "module": frame.module,
            "function": frame.function,
            "lineNo": frame.line,
            "inApp": !frame.library,
        })
    }
}

/// 32 hex digits that depend on the case's name alone.
fn event_id(id: &str) -> String {
    let mut random = crate::random::SplitMix::of(id.as_bytes());
    format!("{:016x}{:016x}", random.next_u64(), random.next_u64())
}

#[cfg(test)]
mod tests {
    use sentry_correlate::Incident;
    use sentry_hooks::model::Event;

    use super::*;

    const ONE: &str = r#"
        [[case]]
        id = "shop-1"
        repository = "https://example.com/acme/shop"
        release = "v1.4.0"
        previous = "v1.3.1"
        culprits = ["e4f5"]
        trace = "executed"
        platform = "python"
        version = "shop@1.4.0"
        at = "2026-03-02T14:00:00Z"
        root = "/srv/app/"

        [[case.exception]]
        type = "KeyError"
        value = "'total'"
        frames = [
          { file = "shop/cart.py", line = 12, function = "total", module = "shop.cart" },
          { file = "json/decoder.py", line = 3, library = true, root = "/usr/lib/" },
        ]
    "#;

    #[test]
    fn facts_become_an_event_that_is_read_as_any_other() {
        let fact = &parse(ONE).unwrap()[0];
        let event = fact.event();
        let incident = Incident::from_event(&Event::from_json(event.as_bytes()).unwrap());
        assert_eq!(incident.title, "KeyError: 'total'");
        assert_eq!(incident.release.as_deref(), Some("shop@1.4.0"));
        assert_eq!(incident.environment.as_deref(), Some("production"));
        assert_eq!(incident.onset.unwrap().at, time::macros::datetime!(2026-03-02 14:00 UTC));
        let frames = &incident.exceptions[0].frames;
        assert_eq!(frames[0].abs_path.as_deref(), Some("/srv/app/shop/cart.py"));
        assert_eq!((frames[0].line, frames[0].in_app), (Some(12), true));
        assert_eq!(frames[1].abs_path.as_deref(), Some("/usr/lib/json/decoder.py"));
        assert!(!frames[1].in_app);
    }

    #[test]
    fn the_truth_names_the_project_by_owner_and_name() {
        let fact = &parse(ONE).unwrap()[0];
        assert_eq!(fact.source().repo, "acme/shop");
        assert_eq!(fact.source().culprits, ["e4f5"]);
    }

    #[test]
    fn what_is_misspelt_is_an_error_that_names_its_line() {
        let error = parse(&ONE.replace("culprits", "culprit")).unwrap_err().to_string();
        assert!(error.contains("culprit") && error.contains("line"), "{error}");
    }

    #[test]
    fn the_shipped_facts_are_whole() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut facts = Vec::new();
        for (file, count) in [
            ("cases.toml", 108),
            ("cases/python.toml", 42),
            ("cases/more.toml", 29),
            ("cases/third.toml", 50),
        ] {
            let of_file = read(&shipped.join(file)).unwrap();
            assert_eq!(of_file.len(), count, "{file}");
            facts.extend(of_file);
        }
        let ids: std::collections::BTreeSet<_> = facts.iter().map(|fact| &fact.id).collect();
        assert_eq!(ids.len(), facts.len(), "names are unique");
        for fact in &facts {
            assert!(fact.repository.starts_with("https://github.com/"), "{}", fact.id);
            assert!(fact.culprits.iter().all(|sha| sha.len() == 40), "{}", fact.id);
            let event = fact.event();
            let incident = Incident::from_event(&Event::from_json(event.as_bytes()).unwrap());
            assert!(incident.onset.is_some(), "{}", fact.id);
            assert!(incident.exceptions.iter().any(|raised| !raised.frames.is_empty()));
        }
    }
}
