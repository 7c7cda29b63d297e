//! The facts of an issue.

use sentry_hooks::model::Raw;
use serde_json::Value;

use super::facts::{Facts, at};

/// Facts and the keys they stand under; absent ones are left out.
const MEMBERS: [(&str, &str); 18] = [
    ("issue_id", "id"),
    ("short_id", "shortId"),
    ("title", "title"),
    ("culprit", "culprit"),
    ("level", "level"),
    ("status", "status"),
    ("substatus", "substatus"),
    ("priority", "priority"),
    ("first_seen", "firstSeen"),
    ("last_seen", "lastSeen"),
    ("count", "count"),
    ("user_count", "userCount"),
    ("issue_category", "issueCategory"),
    ("issue_type", "issueType"),
    ("is_unhandled", "isUnhandled"),
    ("url", "url"),
    ("web_url", "web_url"),
    ("project_url", "project_url"),
];

/// Facts of the issue of `issue` and `activity_alert`.
pub(super) fn issue(facts: &mut Facts, issue: &Raw<'_>) {
    for (fact, key) in MEMBERS {
        facts.member(fact, issue, key);
    }
    facts.nullable("assigned_to", Some(issue), "assignedTo");
    let nested = [
        ("project_id", ["project", "id"]),
        ("project_slug", ["project", "slug"]),
        ("metadata_type", ["metadata", "type"]),
    ];
    for (fact, path) in nested {
        facts.put(fact, at(issue, &path).unwrap_or(Value::Null));
    }
}
