//! An issue of the fake, and what events and updates do to it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::build::Fault;
use super::state::{Answer, ProjectRow, refused};
use crate::date;

#[derive(Debug)]
pub(super) struct IssueRow {
    pub(super) id: u64,
    pub(super) short_id: String,
    pub(super) project: ProjectRow,
    /// Members that somebody can change, and those that never change.
    pub(super) fields: Map<String, Value>,
    /// Oldest first.
    pub(super) events: Vec<Value>,
    pub(super) users: BTreeSet<String>,
    pub(super) first_seen: OffsetDateTime,
    pub(super) last_seen: OffsetDateTime,
    /// The release that was the latest when it was resolved "in the next release".
    pub(super) resolved_after: Option<String>,
    /// How many more events end its being archived.
    pub(super) archived_for: Option<u64>,
}

impl IssueRow {
    pub(super) fn json(&self, organization: &str) -> Value {
        let mut json = self.fields.clone();
        let permalink = format!("https://{organization}.sentry.example/issues/{}/", self.id);
        for (key, value) in [
            ("id", Value::from(self.id.to_string())),
            ("shortId", self.short_id.clone().into()),
            ("permalink", permalink.into()),
            ("count", self.events.len().to_string().into()),
            ("userCount", self.users.len().into()),
            ("firstSeen", date::write(self.first_seen).into()),
            ("lastSeen", date::write(self.last_seen).into()),
            ("project", self.project.json()),
        ] {
            json.insert(key.to_owned(), value);
        }
        Value::Object(json)
    }

    pub(super) fn status(&self) -> &str {
        self.fields["status"].as_str().unwrap_or_default()
    }

    /// What an event does to the status.
    pub(super) fn occurred(&mut self, release: Option<&str>) {
        let (status, substatus) = match self.status() {
            "resolved" => {
                let same =
                    self.resolved_after.is_some() && self.resolved_after.as_deref() == release;
                if same {
                    return;
                }
                ("unresolved", "regressed")
            }
            "ignored" => match &mut self.archived_for {
                Some(left) if *left > 1 => {
                    *left -= 1;
                    return;
                }
                Some(_) => ("unresolved", "ongoing"),
                None => return,
            },
            _ => return,
        };
        (self.resolved_after, self.archived_for) = (None, None);
        self.put_status(status, json!({}), Some(substatus));
    }

    pub(super) fn set_status(
        &mut self,
        status: &Value,
        details: Value,
        substatus: Option<&Value>,
        latest: Option<Value>,
        versions: &[Value],
    ) -> Answer<()> {
        if self.status().starts_with("pending") {
            return Err(refused("status", "The issue is being taken away."));
        }
        if let Some(release) = details.get("inRelease")
            && release != "latest"
            && !versions.contains(release)
        {
            let body = json!({ "statusDetails": { "inRelease": ["No release of this version."] } });
            return Err(Fault::status(400).body(body.to_string()));
        }
        (self.resolved_after, self.archived_for) = (None, None);
        match status.as_str() {
            Some("unresolved") => self.put_status("unresolved", json!({}), Some("ongoing")),
            Some("resolved") => {
                if details.get("inNextRelease").is_some() {
                    let text = latest.and_then(|it| it.as_str().map(str::to_owned));
                    self.resolved_after = Some(text.unwrap_or_default());
                }
                self.put_status("resolved", details, None);
            }
            Some("ignored") => {
                self.archived_for = details.get("ignoreCount").and_then(Value::as_u64);
                let word = substatus.and_then(Value::as_str).unwrap_or("archived_forever");
                self.put_status("ignored", details, Some(word));
            }
            _ => return Err(refused("status", "Not a status.")),
        }
        Ok(())
    }

    fn put_status(&mut self, status: &str, details: Value, substatus: Option<&str>) {
        self.fields.insert("status".to_owned(), status.into());
        self.fields.insert("statusDetails".to_owned(), details);
        self.fields.insert("substatus".to_owned(), substatus.into());
    }
}
