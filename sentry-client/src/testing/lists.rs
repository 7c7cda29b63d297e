//! How the fake searches and pages.

use serde_json::Value;

use super::build::Fault;
use super::issue::IssueRow;
use super::state::{Answer, refused};

/// One page and where its neighbours begin.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) items: Vec<Value>,
    pub(super) next: Option<String>,
    pub(super) previous: Option<String>,
    /// Where the next page would begin, for the `Link` header.
    pub(super) to: usize,
    pub(super) hits: usize,
}

/// What a list is asked for.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) query: String,
    pub(super) projects: Vec<String>,
    pub(super) environments: Vec<String>,
    pub(super) sort: String,
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

/// Cuts a page out of a list, by Sentry's offset cursors `value:offset:is_prev`.
pub(super) fn rows(
    all: impl Iterator<Item = Value>,
    limit: usize,
    cursor: Option<&str>,
) -> Answer<Rows> {
    if !(1..=100).contains(&limit) {
        return Err(refused("detail", "Invalid per_page value. Must be between 1 and 100."));
    }
    let from = match cursor {
        None => 0,
        Some(cursor) => {
            let parts: Vec<&str> = cursor.split(':').collect();
            let digits = |text: &str, most: usize| {
                (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
            };
            let number = |text: &str| match text.split_once('.') {
                Some((whole, fraction)) => digits(whole, 15) && digits(fraction, 9),
                None => digits(text, 15),
            };
            let offset = match parts.as_slice() {
                [value, offset, "0" | "1"] if number(value) && digits(offset, 9) => {
                    offset.parse().ok()
                }
                _ => None,
            };
            let malformed = r#"{"detail":"Invalid cursor parameter."}"#;
            offset.ok_or_else(|| Fault::status(400).body(malformed))?
        }
    };
    let all: Vec<Value> = all.collect();
    let hits = all.len();
    let items: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
    let to = from + limit;
    let next = (to < hits).then(|| format!("0:{to}:0"));
    let previous = (from > 0).then(|| format!("0:{}:1", from.saturating_sub(limit)));
    Ok(Rows { items, next, previous, to, hits })
}

impl Selection {
    /// Sentry's search, as far as it is faked: `is:`, `level:`, `release:`, `environment:`, and
    /// words of the title.
    pub(super) fn takes(&self, issue: &IssueRow) -> bool {
        let of_project = self.projects.is_empty()
            || self
                .projects
                .iter()
                .any(|it| *it == issue.project.slug || *it == issue.project.id.to_string());
        let of_environment = self.environments.is_empty()
            || issue.events.iter().any(|event| self.in_environment(event));
        of_project && of_environment && self.query.split_whitespace().all(|word| takes(issue, word))
    }

    pub(super) fn takes_event(&self, event: &Value) -> bool {
        let words = self.query.split_whitespace().all(|word| match word.split_once(':') {
            Some((key, value)) => tag(event, key) == Some(value),
            None => contains(&event["title"], word),
        });
        words && (self.environments.is_empty() || self.in_environment(event))
    }

    fn in_environment(&self, event: &Value) -> bool {
        tag(event, "environment").is_some_and(|name| self.environments.iter().any(|it| it == name))
    }
}

fn takes(issue: &IssueRow, word: &str) -> bool {
    match word.split_once(':') {
        Some(("is", "archived" | "ignored")) => issue.status() == "ignored",
        Some(("is", status)) => issue.status() == status,
        Some(("level", level)) => issue.fields["level"] == level,
        Some((key, value)) => issue.events.iter().any(|event| tag(event, key) == Some(value)),
        None => contains(&issue.fields["title"], word),
    }
}

fn tag<'e>(event: &'e Value, key: &str) -> Option<&'e str> {
    event["tags"].as_array()?.iter().find(|tag| tag["key"] == key)?["value"].as_str()
}

fn contains(text: &Value, word: &str) -> bool {
    let text = text.as_str().unwrap_or_default().to_lowercase();
    text.contains(&word.to_lowercase())
}
