//! What a fake Sentry holds, and what it answers from it, in Sentry's wire form.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::build::{FakeEvent, FakeIssue, Fault};
use super::issue::IssueRow;
use super::lists::{Rows, Selection, rows};
use super::tokens::Tokens;
use crate::date;

/// A refusal, or an injected failure.
pub(super) type Refusal = Fault;
pub(super) type Answer<T = Value> = Result<T, Refusal>;

pub(super) fn not_found() -> Refusal {
    Fault::status(404).body(json!({ "detail": "No such thing here" }).to_string())
}

pub(super) fn refused(field: &str, why: &str) -> Refusal {
    Fault::status(400).body(json!({ field: [why] }).to_string())
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) organization: String,
    pub(super) scopes: Vec<String>,
    pub(super) tokens: Tokens,
    pub(super) projects: Vec<ProjectRow>,
    pub(super) issues: BTreeMap<u64, IssueRow>,
    pub(super) releases: Vec<ReleaseRow>,
    pub(super) code_mappings: Vec<Value>,
    pub(super) committers: BTreeMap<String, Vec<Value>>,
    pub(super) faults: VecDeque<Fault>,
    pub(super) legacy_routes_only: bool,
    clock: OffsetDateTime,
    next_id: u64,
}

#[derive(Debug, Clone)]
pub(super) struct ProjectRow {
    pub(super) id: u64,
    pub(super) slug: String,
    /// Belongs to another organization that the token can see.
    pub(super) foreign: bool,
}

#[derive(Debug)]
pub(super) struct ReleaseRow {
    pub(super) fields: Map<String, Value>,
    pub(super) commits: Vec<Value>,
    pub(super) deploys: Vec<Value>,
}

impl State {
    pub(super) fn new(organization: &str) -> Self {
        Self {
            organization: organization.to_owned(),
            scopes: ["org:read", "project:read", "event:write", "member:read", "team:read"]
                .map(str::to_owned)
                .to_vec(),
            tokens: Tokens::default(),
            projects: Vec::new(),
            issues: BTreeMap::new(),
            releases: Vec::new(),
            code_mappings: Vec::new(),
            committers: BTreeMap::new(),
            faults: VecDeque::new(),
            legacy_routes_only: false,
            clock: datetime!(2026-03-01 10:00 UTC),
            next_id: 1000,
        }
    }

    pub(super) fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(super) fn tick(&mut self) -> OffsetDateTime {
        self.clock += time::Duration::MINUTE;
        self.clock
    }

    pub(super) fn add_project(&mut self, slug: &str, foreign: bool) -> ProjectRow {
        if let Some(known) =
            self.projects.iter().find(|it| it.slug == slug && it.foreign == foreign)
        {
            return known.clone();
        }
        let project = ProjectRow { id: self.id(), slug: slug.to_owned(), foreign };
        self.projects.push(project.clone());
        project
    }

    pub(super) fn add_issue(&mut self, issue: &FakeIssue, foreign: bool) -> u64 {
        let project = self.add_project(&issue.project, foreign);
        let (id, now) = (self.id(), self.tick());
        let number = self.issues.values().filter(|it| it.project.id == project.id).count() + 1;
        let short_id = format!("{}-{number}", project.slug.to_ascii_uppercase());
        let (ty, value) = issue.title.split_once(": ").unwrap_or((&issue.title, ""));
        let Value::Object(fields) = json!({
            "title": issue.title, "culprit": issue.culprit, "level": issue.level,
            "status": "unresolved", "statusDetails": {}, "substatus": "new",
            "priority": issue.priority, "isPublic": false, "isBookmarked": false, "hasSeen": false,
            "isUnhandled": true, "platform": "python", "type": "error", "issueType": "error",
            "issueCategory": "error", "metadata": { "type": ty, "value": value },
            "assignedTo": null, "numComments": 0, "annotations": [], "logger": null,
        }) else {
            unreachable!("an object literal")
        };
        let row = IssueRow {
            id,
            short_id,
            project,
            fields,
            events: Vec::new(),
            users: BTreeSet::new(),
            first_seen: now,
            last_seen: now,
            resolved_after: None,
            archived_for: None,
        };
        self.issues.insert(id, row);
        id
    }

    pub(super) fn add_event(&mut self, issue: u64, event: FakeEvent) -> Option<String> {
        let at = event.at.unwrap_or_else(|| self.tick());
        let event_id = format!("{:032x}", u128::from(self.id()) << 64 | 0xfa_ce);
        let row = self.issues.get_mut(&issue)?;
        let Value::Object(base) = json!({
            "id": event_id, "eventID": event_id, "groupID": row.id.to_string(),
            "projectID": row.project.id.to_string(), "type": "error",
            "title": row.fields["title"], "culprit": row.fields["culprit"], "location": null,
            "platform": "python", "dateCreated": date::write(at), "dateReceived": date::write(at),
            "nextEventID": null, "previousEventID": null, "size": 1, "packages": {},
            "occurrence": null,
        }) else {
            unreachable!("an object literal")
        };
        if row.events.is_empty() {
            row.first_seen = at;
        }
        row.first_seen = row.first_seen.min(at);
        row.last_seen = row.last_seen.max(at);
        row.users.extend(event.user_id().map(str::to_owned));
        row.occurred(event.release.as_deref());
        let when = |event: &Value| event["dateCreated"].as_str().and_then(date::read);
        let place = row.events.partition_point(|other| when(other) <= Some(at));
        row.events.insert(place, event.into_json(base));
        Some(event_id)
    }

    /// The issue a path or an argument names: numeric id or short id, of this organization.
    pub(super) fn issue_id(&self, name: &str) -> Answer<u64> {
        let id = match name.parse() {
            Ok(id) => Some(id),
            Err(_) => self
                .issues
                .values()
                .find(|it| it.short_id.eq_ignore_ascii_case(name))
                .map(|it| it.id),
        };
        let id = id.filter(|id| self.issues.get(id).is_some_and(|it| !it.project.foreign));
        id.ok_or_else(not_found)
    }

    pub(super) fn issue(&self, name: &str) -> Answer<&IssueRow> {
        let id = self.issue_id(name)?;
        self.issues.get(&id).ok_or_else(not_found)
    }

    pub(super) fn update_issue(&mut self, name: &str, body: &Value) -> Answer {
        let id = self.issue_id(name)?;
        self.change(id, body)?;
        Ok(self.issue(name)?.json(&self.organization))
    }

    /// A bulk update: `None` when nothing matched.
    pub(super) fn update_issues(&mut self, ids: &[u64], body: &Value) -> Answer<Option<Value>> {
        let ids: Vec<u64> =
            ids.iter().copied().filter(|id| self.issue_id(&id.to_string()).is_ok()).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        for id in &ids {
            self.change(*id, body)?;
        }
        Ok(Some(body.clone()))
    }

    fn change(&mut self, id: u64, body: &Value) -> Answer<()> {
        let latest = self.releases.last().map(|release| release.fields["version"].clone());
        let versions: Vec<_> =
            self.releases.iter().map(|release| release.fields["version"].clone()).collect();
        let row = self.issues.get_mut(&id).ok_or_else(not_found)?;
        if let Some(status) = body.get("status") {
            let details = body.get("statusDetails").cloned().unwrap_or_else(|| json!({}));
            row.set_status(status, details, body.get("substatus"), latest, &versions)?;
        }
        for key in ["isPublic", "isBookmarked", "hasSeen", "priority"] {
            if let Some(value) = body.get(key) {
                row.fields.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(assignee) = body.get("assignedTo") {
            row.fields
                .insert("assignedTo".to_owned(), assigned(assignee.as_str().unwrap_or_default()));
        }
        Ok(())
    }

    pub(super) fn issues(&self, selection: &Selection) -> Answer<Rows> {
        let mut found: Vec<&IssueRow> =
            self.issues.values().filter(|it| !it.project.foreign && selection.takes(it)).collect();
        let seconds = |at: OffsetDateTime| at.unix_timestamp();
        found.sort_by_key(|it| {
            let rank = match selection.sort.as_str() {
                "new" => seconds(it.first_seen),
                "freq" => i64::try_from(it.events.len()).unwrap_or(i64::MAX),
                "user" => i64::try_from(it.users.len()).unwrap_or(i64::MAX),
                _ => seconds(it.last_seen),
            };
            (std::cmp::Reverse(rank), it.id)
        });
        let json = found.into_iter().map(|it| it.json(&self.organization));
        rows(json, selection.limit, selection.cursor.as_deref())
    }

    pub(super) fn events(&self, name: &str, selection: &Selection, full: bool) -> Answer<Rows> {
        let row = self.issue(name)?;
        let events = row.events.iter().rev().filter(|event| selection.takes_event(event));
        let events = events.map(|event| if full { event.clone() } else { short(event) });
        rows(events, selection.limit, selection.cursor.as_deref())
    }

    pub(super) fn issue_event(&self, name: &str, which: &str) -> Answer {
        let row = self.issue(name)?;
        let event = match which {
            "latest" => row.events.last(),
            "oldest" => row.events.first(),
            "recommended" => row
                .events
                .iter()
                .rev()
                .find(|event| event["entries"].as_array().is_some_and(|it| !it.is_empty()))
                .or(row.events.last()),
            _ => None,
        };
        event.cloned().ok_or_else(not_found)
    }

    /// An event by its id, with its issue.
    pub(super) fn event(&self, id: &str) -> Answer<(&IssueRow, &Value)> {
        let rows = self.issues.values().filter(|it| !it.project.foreign);
        let mut found = rows.flat_map(|row| row.events.iter().map(move |event| (row, event)));
        found.find(|(_, event)| event["eventID"] == id).ok_or_else(not_found)
    }

    pub(super) fn project(&self, name: &str) -> Answer<&ProjectRow> {
        let named =
            |it: &&ProjectRow| !it.foreign && (it.slug == name || it.id.to_string() == name);
        self.projects.iter().find(named).ok_or_else(not_found)
    }

    pub(super) fn release(&self, version: &str) -> Answer<&ReleaseRow> {
        self.releases.iter().find(|it| it.fields["version"] == version).ok_or_else(not_found)
    }

    /// Creates a release; `false` when it is there already.
    pub(super) fn create_release(&mut self, body: &Value) -> Answer<(Value, bool)> {
        let version = body["version"].as_str().unwrap_or_default().to_owned();
        let projects = body["projects"].as_array().cloned().unwrap_or_default();
        if version.is_empty() {
            return Err(refused("version", "This field is required."));
        }
        if projects.is_empty() {
            return Err(refused("projects", "This field is required."));
        }
        let mut named = Vec::new();
        for project in &projects {
            let slug = project.as_str().unwrap_or_default();
            let row = self.project(slug).map_err(|_| refused("projects", "No such project."))?;
            named.push(json!({ "id": row.id, "slug": row.slug, "name": row.slug }));
        }
        if let Ok(known) = self.release(&version) {
            return Ok((known.json(), false));
        }
        let (id, now) = (self.id(), date::write(self.tick()));
        let Value::Object(fields) = json!({
            "id": id, "version": version, "shortVersion": version, "ref": body.get("ref"),
            "url": body.get("url"), "dateCreated": now, "dateReleased": body.get("dateReleased"),
            "status": "open", "newGroups": 0, "projects": named, "authors": [],
            "firstEvent": null, "lastEvent": null,
        }) else {
            unreachable!("an object literal")
        };
        let row = ReleaseRow { fields, commits: Vec::new(), deploys: Vec::new() };
        let json = row.json();
        self.releases.push(row);
        Ok((json, true))
    }

    pub(super) fn create_deploy(&mut self, version: &str, body: &Value) -> Answer {
        self.release(version)?;
        if body["environment"].as_str().unwrap_or_default().is_empty() {
            return Err(refused("environment", "This field is required."));
        }
        let (id, now) = (self.id(), date::write(self.tick()));
        let deploy = json!({
            "id": id.to_string(), "environment": body["environment"], "name": body.get("name"),
            "url": body.get("url"), "dateStarted": body.get("dateStarted"),
            "dateFinished": body.get("dateFinished").cloned().unwrap_or_else(|| now.into()),
        });
        let row = self.releases.iter_mut().find(|it| it.fields["version"] == version);
        row.ok_or_else(not_found)?.deploys.insert(0, deploy.clone());
        Ok(deploy)
    }
}

impl ProjectRow {
    pub(super) fn json(&self) -> Value {
        json!({ "id": self.id.to_string(), "slug": self.slug, "name": self.slug,
            "platform": "python", "status": "active", "dateCreated": "2026-01-01T00:00:00Z" })
    }
}

impl ReleaseRow {
    pub(super) fn json(&self) -> Value {
        let mut json = self.fields.clone();
        for (key, value) in [
            ("commitCount", Value::from(self.commits.len())),
            ("deployCount", self.deploys.len().into()),
            ("lastCommit", self.commits.first().cloned().into()),
            ("lastDeploy", self.deploys.first().cloned().into()),
        ] {
            json.insert(key.to_owned(), value);
        }
        Value::Object(json)
    }
}

/// `user:7`, `team:4` or a name.
fn assigned(text: &str) -> Value {
    match text.split_once(':') {
        _ if text.is_empty() => Value::Null,
        Some(("team", id)) => json!({ "type": "team", "id": id, "name": id }),
        Some((_, id)) => json!({ "type": "user", "id": id, "name": id }),
        None => json!({ "type": "user", "id": "1", "name": text, "email": text }),
    }
}

/// The record that a list holds unless whole events are asked for.
fn short(event: &Value) -> Value {
    let mut short = event.clone();
    if let Some(map) = short.as_object_mut() {
        map.remove("entries");
        map.remove("contexts");
        let ty = map.remove("type");
        map.extend(ty.map(|ty| ("event.type".to_owned(), ty)));
    }
    short
}
