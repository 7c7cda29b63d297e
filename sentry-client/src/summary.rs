//! Events grouped by fingerprint.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use sentry_hooks::model::Event;
use time::OffsetDateTime;

/// Events of one fingerprint.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FingerprintSummary {
    /// The hashes by which Sentry grouped the events, else the client's own fingerprint.
    pub fingerprint: Vec<String>,
    /// How many events.
    pub count: u64,
    /// The first of them.
    pub first_seen: Option<OffsetDateTime>,
    /// The last of them.
    pub last_seen: Option<OffsetDateTime>,
    /// How many different users; events without a user do not count.
    pub users: u64,
    /// How many events in which release.
    pub releases: BTreeMap<String, u64>,
    /// How many events in which environment.
    pub environments: BTreeMap<String, u64>,
}

/// Collects events into [`FingerprintSummary`]s, one by one, keeping none of them. An event that
/// is added twice (lists shift while they are read) counts once.
#[derive(Debug, Clone, Default)]
pub struct Summaries {
    groups: HashMap<Vec<String>, Group>,
    seen: BTreeSet<u64>,
}

#[derive(Debug, Clone, Default)]
struct Group {
    count: u64,
    first_seen: Option<OffsetDateTime>,
    last_seen: Option<OffsetDateTime>,
    users: BTreeSet<u64>,
    releases: BTreeMap<String, u64>,
    environments: BTreeMap<String, u64>,
}

impl Summaries {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts an event.
    pub fn add(&mut self, event: &Event<'_>) {
        if !event.event_id().is_empty() && !self.seen.insert(hash(event.event_id())) {
            return;
        }
        let group = self.groups.entry(fingerprint(event)).or_default();
        group.count += 1;
        if let Some(at) = event.timestamp() {
            group.first_seen = Some(group.first_seen.map_or(at, |first| first.min(at)));
            group.last_seen = Some(group.last_seen.map_or(at, |last| last.max(at)));
        }
        group.users.extend(user(event));
        count(&mut group.releases, event.release());
        count(&mut group.environments, event.environment());
    }

    /// The summaries, most events first.
    #[must_use]
    pub fn finish(self) -> Vec<FingerprintSummary> {
        let mut summaries: Vec<_> = self
            .groups
            .into_iter()
            .map(|(fingerprint, group)| FingerprintSummary {
                fingerprint,
                count: group.count,
                first_seen: group.first_seen,
                last_seen: group.last_seen,
                users: group.users.len() as u64,
                releases: group.releases,
                environments: group.environments,
            })
            .collect();
        summaries
            .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.fingerprint.cmp(&b.fingerprint)));
        summaries
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: Option<&str>) {
    if let Some(name) = name {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
}

fn fingerprint(event: &Event<'_>) -> Vec<String> {
    let hashes = event.hashes();
    let own = if hashes.is_empty() { event.fingerprint() } else { hashes };
    own.into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// Whoever met the event: the tag `user`, which short records carry too, else the user's members
/// in Sentry's order of trust.
fn user(event: &Event<'_>) -> Option<u64> {
    if let Some(user) = event.tag("user") {
        return Some(hash(user));
    }
    let user = event.member("user")?;
    let user: serde_json::Value = user.parse().ok()?;
    ["id", "username", "email", "ip_address"].iter().find_map(|name| {
        let value = user.get(name).filter(|value| !value.is_null())?;
        Some(hash(&format!("{name}:{value}")))
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u32, hash: &str, minute: u8, user: &str, release: &str) -> Event<'static> {
        let json = serde_json::json!({
            "eventID": format!("{id:032x}"), "fingerprints": [hash],
            "dateCreated": format!("2026-01-01T10:{minute:02}:00Z"),
            "tags": [{ "key": "user", "value": user }, { "key": "release", "value": release },
                     { "key": "environment", "value": "production" }],
        });
        Event::from_rest_json(json.to_string().as_bytes()).unwrap().into_owned()
    }

    #[test]
    fn groups_and_counts_once() {
        let mut summaries = Summaries::new();
        for event in [
            event(1, "aa", 5, "id:1", "shop@1"),
            event(2, "bb", 6, "id:2", "shop@1"),
            event(3, "aa", 1, "id:1", "shop@2"),
            event(3, "aa", 1, "id:1", "shop@2"),
        ] {
            summaries.add(&event);
        }
        let summaries = summaries.finish();
        assert_eq!(summaries.len(), 2);
        assert_eq!(summaries[0].fingerprint, ["aa"]);
        assert_eq!((summaries[0].count, summaries[0].users), (2, 1));
        assert_eq!(summaries[0].first_seen.unwrap().minute(), 1);
        assert_eq!(summaries[0].last_seen.unwrap().minute(), 5);
        assert_eq!(summaries[0].releases["shop@2"], 1);
        assert_eq!(summaries[1].environments["production"], 1);
    }
}
