//! The fields that this client sends.

/// Names of every field in bodies and queries, dotted where nested (not within lists: a refusal
/// names the list). A refusal that names another holds a word that whoever answered chose.
const SENT: &[&str] = &[
    "assignedTo",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "cursor",
    "dateFinished",
    "dateReleased",
    "dateStarted",
    "end",
    "environment",
    "full",
    "grant_type",
    "hasSeen",
    "id",
    "isBookmarked",
    "isPublic",
    "limit",
    "name",
    "per_page",
    "priority",
    "project",
    "projects",
    "query",
    "redirect_uri",
    "ref",
    "refresh_token",
    "refs",
    "sort",
    "start",
    "statsPeriod",
    "status",
    "statusDetails",
    "statusDetails.ignoreCount",
    "statusDetails.ignoreDuration",
    "statusDetails.ignoreUserCount",
    "statusDetails.ignoreUserWindow",
    "statusDetails.ignoreWindow",
    "statusDetails.inCommit",
    "statusDetails.inCommit.commit",
    "statusDetails.inCommit.repository",
    "statusDetails.inNextRelease",
    "statusDetails.inRelease",
    "statusDetails.inUpcomingRelease",
    "substatus",
    "url",
    "version",
];

/// This client's own word for a field, if it sends one of that name.
pub(crate) fn sent(field: &str) -> Option<&'static str> {
    SENT.iter().copied().find(|own| *own == field)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        Archive, Assignee, IssueUpdate, NewDeploy, NewRef, NewRelease, Priority, Resolution, Slug,
        StatusChange, Version,
    };

    fn names(path: &str, value: &Value, found: &mut Vec<String>) {
        if !path.is_empty() {
            found.push(path.to_owned());
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            let dot = if path.is_empty() { "" } else { "." };
            names(&format!("{path}{dot}{key}"), value, found);
        }
    }

    fn version() -> Version {
        "shop@2.1.0".parse().unwrap()
    }

    fn updates() -> Vec<IssueUpdate> {
        let minutes = Some(60);
        let resolutions = [
            Resolution::NextRelease,
            Resolution::UpcomingRelease,
            Resolution::Release(version()),
            Resolution::Commit { repository: "acme/shop".into(), sha: "e4f5a6b".into() },
        ];
        let archives = [
            Archive::ForMinutes(5),
            Archive::UntilEvents(5, minutes),
            Archive::UntilUsers(5, minutes),
        ];
        let changes = resolutions.into_iter().map(StatusChange::Resolve);
        let changes = changes.chain(archives.into_iter().map(StatusChange::Archive));
        let update = IssueUpdate::new().assign(Assignee::Nobody).priority(Priority::High);
        let update = update.public(true).bookmarked(true).seen(true);
        changes.map(|change| update.clone().status(change)).collect()
    }

    #[test]
    fn what_bodies_hold_is_known() {
        let slug: Slug = "shop".parse().unwrap();
        let now = Some(OffsetDateTime::UNIX_EPOCH);
        let mut release = NewRelease::new(&version(), &slug);
        release.reference = Some("e4f5a6b".into());
        release.date_released = now;
        release.refs.push(NewRef {
            repository: "acme/shop".into(),
            commit: "e4f5a6b".into(),
            previous_commit: Some("e4f5a6a".into()),
        });
        let mut deploy = NewDeploy::to("production");
        (deploy.name, deploy.url) = (Some("x".into()), Some("y".into()));
        (deploy.date_started, deploy.date_finished) = (now, now);
        let mut bodies: Vec<Value> = updates().iter().map(|it| it.to_json().unwrap()).collect();
        bodies.push(serde_json::to_value(&release).unwrap());
        bodies.push(serde_json::to_value(&deploy).unwrap());
        let mut found = Vec::new();
        bodies.iter().for_each(|body| names("", body, &mut found));
        for name in found {
            assert_eq!(sent(&name), Some(name.as_str()), "{name}");
        }
    }

    #[cfg(feature = "reqwest")]
    #[test]
    fn what_queries_hold_is_known() {
        use crate::{EventQuery, IssueQuery, ReleaseQuery};
        let slug: Slug = "shop".parse().unwrap();
        let now = OffsetDateTime::UNIX_EPOCH;
        let pairs = [
            IssueQuery::unresolved()
                .project(slug.clone())
                .environment("x")
                .between(now, now)
                .pairs(),
            EventQuery::new().matching("x").stats_period("1h".parse().unwrap()).pairs(),
            ReleaseQuery::new().project(slug).containing("x").limit(1).pairs(),
        ];
        for (name, _) in pairs.concat() {
            assert_eq!(sent(name), Some(name));
        }
    }
}
