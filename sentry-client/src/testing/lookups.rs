//! The smaller things that the fake knows.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::issue::IssueRow;
use super::state::{Answer, State, not_found};

impl IssueRow {
    pub(super) fn hashes(&self) -> Vec<Value> {
        let mut hashes: Vec<&str> =
            self.events.iter().filter_map(|event| event["fingerprints"][0].as_str()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.into_iter().map(|hash| json!({ "id": hash, "latestEvent": {} })).collect()
    }

    /// The values of a tag, most frequent first.
    pub(super) fn tag_values(&self, key: &str) -> Vec<Value> {
        let mut values: BTreeMap<&str, (u64, &Value, &Value)> = BTreeMap::new();
        for event in &self.events {
            let tags = event["tags"].as_array().into_iter().flatten();
            let found = tags.filter(|tag| tag["key"] == key).find_map(|tag| tag["value"].as_str());
            let at = &event["dateCreated"];
            if let Some(value) = found {
                let seen = values.entry(value).or_insert((0, at, at));
                (seen.0, seen.2) = (seen.0 + 1, at);
            }
        }
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by_key(|(_, (count, ..))| std::cmp::Reverse(*count));
        let json = values.into_iter().map(|(value, (count, first, last))| {
            json!({ "key": key, "name": value, "value": value, "count": count,
                "firstSeen": first, "lastSeen": last })
        });
        json.collect()
    }

    pub(super) fn tag(&self, key: &str) -> Answer {
        let values = self.tag_values(key);
        if values.is_empty() {
            return Err(not_found());
        }
        let total: u64 = values.iter().filter_map(|value| value["count"].as_u64()).sum();
        Ok(json!({ "key": key, "name": key, "uniqueValues": values.len(), "totalValues": total,
            "topValues": values }))
    }
}

impl State {
    pub(super) fn project_event(&self, project: &str, event: &str) -> Answer<&Value> {
        let project = self.project(project)?.id;
        let (row, event) = self.event(event)?;
        if row.project.id == project { Ok(event) } else { Err(not_found()) }
    }

    pub(super) fn projects_json(&self) -> Vec<Value> {
        self.projects.iter().filter(|it| !it.foreign).map(super::state::ProjectRow::json).collect()
    }

    pub(super) fn releases_json(&self, projects: &[String], containing: &str) -> Vec<Value> {
        let all = self.releases.iter().rev().map(super::state::ReleaseRow::json);
        let containing = containing.to_lowercase();
        let of_project = |release: &Value| {
            let mut rows = release["projects"].as_array().into_iter().flatten();
            let is = |row: &Value, name: &String| {
                row["slug"] == **name || row["id"].as_u64() == name.parse().ok()
            };
            projects.is_empty() || rows.any(|row| projects.iter().any(|name| is(row, name)))
        };
        let named = |release: &Value| {
            release["version"].as_str().is_some_and(|it| it.to_lowercase().contains(&containing))
        };
        all.filter(|release| of_project(release) && named(release)).collect()
    }

    pub(super) fn code_mappings_json(&self, project: Option<&str>) -> Answer<Vec<Value>> {
        let Some(project) = project else { return Ok(self.code_mappings.clone()) };
        let id = self.project(project)?.id.to_string();
        Ok(self.code_mappings.iter().filter(|it| it["projectId"] == *id).cloned().collect())
    }
}
