//! Recorded answers of Sentry, each served over a socket and read by the client.
//!
//! The recordings are not part of this repository. They are looked for in
//! `$SENTRY_HOOKS_SHARED/sentry/corpus/api`, else in `../shared/…` beside the workspace; without
//! them the test says that it is skipped. Fixtures of our own are in `fixtures.rs`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(all(feature = "testing", feature = "reqwest"))]

use std::path::PathBuf;

use sentry_client::model::{Event, Issue};
use sentry_client::testing::{FakeIssue, FakeSentry, FakeServer, Fault};
use sentry_client::token::Installation;
use sentry_client::{
    Cursor, EventQuery, HttpClient, IssueIds, IssueQuery, IssueRef, IssueUpdate, LimitedBy,
    NewDeploy, NewRelease, PlainStacktrace, Priority, ReleaseQuery, RetryPolicy, SentryClient,
    Slug, Version, Which,
};
use serde_json::Value;
use time::OffsetDateTime;

fn corpus() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let shared = std::env::var("SENTRY_HOOKS_SHARED").unwrap_or_else(|_| beside.to_owned());
    let corpus = PathBuf::from(shared).join("sentry/corpus/api");
    if corpus.join("INDEX.json").exists() {
        return Some(corpus);
    }
    eprintln!("skipped: {} not found", corpus.display());
    None
}

struct Stage {
    sentry: FakeSentry,
    client: HttpClient,
    server: FakeServer,
    issue: IssueRef,
}

impl Stage {
    async fn new() -> Self {
        let sentry = FakeSentry::new("acme");
        let issue = sentry.add_issue(FakeIssue::new("shop", "KeyError: x"));
        let server = sentry.serve().await.unwrap();
        let client = HttpClient::builder()
            .base_url(server.url())
            .organization("acme")
            .token("token")
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        // Routes are known from here on, so each answer is asked for once.
        client.issue(&issue).await.unwrap();
        Self { sentry, client, server, issue }
    }

    fn answer(&self, status: u16, headers: &Value, body: Vec<u8>) {
        let mut fault = Fault::status(status).body(body);
        for (name, value) in headers.as_object().into_iter().flatten() {
            let name: &'static str = name.to_lowercase().leak();
            fault = fault.header(name, value.as_str().unwrap());
        }
        self.sentry.fail_next(fault);
    }
}

fn date(value: &Value) -> Option<OffsetDateTime> {
    let text = value.as_str()?;
    OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
}

/// Checks one fact of the index against a typed value.
fn same(file: &str, at: &str, expected: &Value, found: impl Into<Value>) {
    assert_eq!(*expected, found.into(), "{file} {at}");
}

fn issue_facts(file: &str, facts: &Value, prefix: &str, issue: &Issue<'_>) -> usize {
    let mut checked = 0;
    for (at, expected) in facts.as_object().into_iter().flatten() {
        let Some(member) = at.strip_prefix(prefix) else { continue };
        let text = |text: &Option<std::borrow::Cow<'_, str>>| Value::from(text.as_deref());
        match member {
            "/id" => same(file, at, expected, issue.id.to_string()),
            "/shortId" => same(file, at, expected, text(&issue.short_id)),
            "/title" => same(file, at, expected, text(&issue.title)),
            "/culprit" => same(file, at, expected, text(&issue.culprit)),
            "/level" => same(file, at, expected, text(&issue.level_word)),
            "/status" => same(file, at, expected, text(&issue.status)),
            "/substatus" => same(file, at, expected, text(&issue.substatus)),
            "/platform" => same(file, at, expected, text(&issue.platform)),
            "/priority" => same(file, at, expected, text(&issue.priority)),
            "/issueType" => same(file, at, expected, text(&issue.issue_type)),
            "/issueCategory" => same(file, at, expected, text(&issue.issue_category)),
            "/type" => same(file, at, expected, text(&issue.ty)),
            "/count" => same(file, at, expected, issue.count.map(|it| it.to_string())),
            "/userCount" => same(file, at, expected, issue.user_count),
            "/firstSeen" => assert_eq!(issue.first_seen(), date(expected), "{file} {at}"),
            "/lastSeen" => assert_eq!(issue.last_seen(), date(expected), "{file} {at}"),
            "/assignedTo" => {
                assert_eq!(issue.assigned_to.is_none(), expected.is_null(), "{file} {at}");
            }
            _ => continue,
        }
        checked += 1;
    }
    checked
}

fn event_facts(file: &str, expect: &Value, event: &Event<'_>) -> usize {
    let values = &expect["values"];
    let mut checked = 0;
    for (at, expected) in values.as_object().into_iter().flatten() {
        match at.trim_start_matches("/0") {
            "/eventID" => same(file, at, expected, event.event_id()),
            "/groupID" => same(file, at, expected, event.issue_id().map(|it| it.to_string())),
            "/projectID" => same(file, at, expected, event.project_id().map(ToString::to_string)),
            "/title" => same(file, at, expected, event.title()),
            "/culprit" => same(file, at, expected, event.culprit()),
            "/location" => same(file, at, expected, event.location()),
            "/platform" => same(file, at, expected, event.platform()),
            "/dateCreated" => assert_eq!(event.timestamp(), date(expected), "{file} {at}"),
            _ => continue,
        }
        checked += 1;
    }
    let facts = &expect["event"];
    if facts.is_null() {
        return checked;
    }
    same(file, "platform", &facts["platform"], event.platform());
    same(file, "tags", &facts["tags"], event.tags().len());
    same(file, "environment", &facts["environment_tag"], event.tag("environment"));
    same(file, "release", &facts["release_tag"], event.tag("release"));
    let exceptions = facts["exceptions_oldest_first"].as_array().cloned().unwrap_or_default();
    assert_eq!(event.exceptions().len(), exceptions.len(), "{file}");
    for (expected, found) in exceptions.iter().zip(event.exceptions()) {
        same(file, "type", &expected["type"], found.ty.as_deref());
        same(file, "value", &expected["value"], found.value.as_deref());
        let frames = expected["frames"].as_u64().unwrap_or_default();
        assert_eq!(found.frames.len() as u64, frames, "{file}");
    }
    let with_frames = exceptions.iter().rev().find(|it| it["frames"].as_u64() > Some(0));
    if let Some(crash) = with_frames {
        let trace = PlainStacktrace::of(event).stacktrace.frames;
        let innermost = &crash["innermost_frame"];
        let last = trace.last().unwrap();
        assert_eq!(trace.len() as u64, crash["frames"].as_u64().unwrap(), "{file}");
        same(file, "filename", &innermost["filename"], last.filename.clone());
        same(file, "function", &innermost["function"], last.function.clone());
        same(file, "lineNo", &innermost["lineNo"], last.lineno);
    }
    checked + 4
}

/// Facts of records that have no model of their own, checked on the JSON as the client hands it
/// over.
fn json_facts(file: &str, expect: &Value, items: &[Value], list: bool) -> usize {
    let whole = if list { Value::from(items.to_vec()) } else { items[0].clone() };
    let values = expect["values"].as_object().into_iter().flatten();
    let mut checked = 0;
    for (at, expected) in values {
        assert_eq!(whole.pointer(at), Some(expected), "{file} {at}");
        checked += 1;
    }
    checked
}

#[tokio::test]
async fn every_answer_is_read_with_its_facts() {
    let Some(corpus) = corpus() else { return };
    let index = std::fs::read(corpus.join("INDEX.json")).unwrap();
    let index: Vec<Value> = serde_json::from_slice(&index).unwrap();
    let stage = Stage::new().await;
    let (mut files, mut facts) = (0, 0);
    for entry in &index {
        let file = entry["file"].as_str().unwrap();
        let body = std::fs::read(corpus.join(file)).unwrap();
        let checked = match entry["kind"].as_str().unwrap() {
            "error" => error(&stage, entry, body).await,
            "headers" => headers(&stage, file, &body).await,
            kind => success(&stage, kind, entry, body).await,
        };
        assert!(checked > 0, "{file}: nothing checked");
        files += 1;
        facts += checked;
    }
    println!("{files} recorded answers, {facts} facts");
    assert!(files >= 93);
}

async fn success(stage: &Stage, kind: &str, entry: &Value, body: Vec<u8>) -> usize {
    let file = entry["file"].as_str().unwrap();
    let (expect, values) = (&entry["expect"], &entry["expect"]["values"]);
    let list = serde_json::from_slice::<Value>(&body).unwrap().is_array();
    let client = &stage.client;
    let version: Version = "shop@1".parse().unwrap();
    let project: Slug = "shop".parse().unwrap();
    let event_id = "1f".parse().unwrap();
    stage.answer(entry["status"].as_u64().unwrap().try_into().unwrap(), &Value::Null, body.clone());
    match (kind, file) {
        ("issue", _) => issue_facts(file, values, "", &client.issue(&stage.issue).await.unwrap()),
        ("issue-list", _) => {
            let page = client.issues(&IssueQuery::everything(), None).await.unwrap();
            assert_eq!(page.items.len() as u64, expect["lengths"][""].as_u64().unwrap());
            page.items
                .iter()
                .enumerate()
                .map(|(at, issue)| issue_facts(file, values, &format!("/{at}"), issue))
                .sum()
        }
        ("issue-mutation", _) => {
            let ids = IssueIds::new([1, 2]).unwrap();
            let update = IssueUpdate::new().priority(Priority::Low);
            let changed = client.update_issues(&ids, &update).await.unwrap();
            let sentry_client::BulkOutcome::Changed(fields) = changed else { panic!("{file}") };
            json_facts(file, expect, &[Value::Object(fields)], false)
        }
        ("event", _) => {
            let event = client.issue_event(&stage.issue, Which::Latest).await.unwrap();
            event_facts(file, expect, &event)
        }
        ("event-list", _) => {
            let query = EventQuery::new().without_bodies();
            let page = client.events(&stage.issue, &query, None).await.unwrap();
            assert_eq!(page.items.len() as u64, expect["lengths"][""].as_u64().unwrap());
            event_facts(file, expect, &page.items[0])
        }
        ("resolve", _) => {
            let resolved = client.resolve_event(&event_id).await.unwrap();
            same(file, "project", &values["/projectSlug"], resolved.project.as_str());
            same(file, "group", &values["/groupId"], resolved.issue.as_str());
            2
        }
        ("project", _) if list => {
            let page = client.projects(None).await.unwrap();
            let found = &page.items[0];
            same(file, "id", &values["/0/id"], found.id.as_ref().map(ToString::to_string));
            same(file, "slug", &values["/0/slug"], found.slug.as_deref());
            same(file, "name", &values["/0/name"], found.name.as_deref());
            3
        }
        ("project", _) => {
            let found = client.project(&project).await.unwrap();
            same(file, "id", &values["/id"], found.id.as_ref().map(ToString::to_string));
            same(file, "slug", &values["/slug"], found.slug.as_deref());
            same(file, "platform", &values["/platform"], found.platform.as_deref());
            3
        }
        ("release", _) => {
            let (prefix, found) = if list {
                let page = client.releases(&ReleaseQuery::new(), None).await.unwrap();
                ("/0", page.items[0].clone())
            } else if entry["method"] == "POST" {
                let new = NewRelease::new(&version, &project);
                ("", client.create_release(&new).await.unwrap())
            } else {
                ("", client.release(&version).await.unwrap())
            };
            let value = |name: &str| &values[format!("{prefix}/{name}")];
            same(file, "version", value("version"), found.version.clone());
            same(file, "ref", value("ref"), found.reference.clone());
            same(file, "newGroups", value("newGroups"), found.new_groups);
            assert_eq!(found.date_created, date(value("dateCreated")), "{file}");
            assert_eq!(found.date_released, date(value("dateReleased")), "{file}");
            5
        }
        ("commit", _) => {
            let found = client.release_commits(&version, None).await.unwrap().items;
            same(file, "id", &values["/0/id"], found[0].id.clone());
            same(file, "message", &values["/0/message"], found[0].message.clone());
            assert_eq!(found[0].date_created, date(&values["/0/dateCreated"]), "{file}");
            3
        }
        ("deploy", _) => {
            let (prefix, found) = if list {
                ("/0", client.deploys(&version, None).await.unwrap().items[0].clone())
            } else {
                let new = NewDeploy::to("production");
                ("", client.create_deploy(&version, &new).await.unwrap())
            };
            let value = |name: &str| &values[format!("{prefix}/{name}")];
            same(file, "id", value("id"), found.id.map(|it| it.to_string()));
            same(file, "environment", value("environment"), found.environment);
            same(file, "name", value("name"), found.name);
            assert_eq!(found.date_finished, date(value("dateFinished")), "{file}");
            assert_eq!(found.date_started, date(value("dateStarted")), "{file}");
            5
        }
        ("committers", "committers_one.json") => {
            let found = client.committers(&project, &event_id).await.unwrap();
            let at = |at: &str| &values[format!("/committers/0/{at}")];
            same(file, "author", at("author/name"), found[0].author.clone().unwrap().name);
            same(file, "commit", at("commits/0/id"), found[0].commits[0].id.clone());
            same(file, "score", at("commits/0/score"), found[0].commits[0].score);
            3
        }
        ("committers", _) => {
            let found = client.committers(&project, &event_id).await.unwrap();
            assert_eq!((&found[0].author, &found[0].commits[0].message), (&None, &None));
            let kind = found[0].commits[0].suspect_commit_type.clone();
            same(file, "kind", &values["/committers/0/commits/0/suspectCommitType"], kind);
            3
        }
        ("code-mapping", "code_mappings_list.json") => {
            let found = client.code_mappings(None, None).await.unwrap().items;
            same(file, "repo", &values["/0/repoName"], found[0].repo_name.clone());
            same(file, "stack", &values["/0/stackRoot"], found[0].stack_root.clone());
            same(file, "source", &values["/0/sourceRoot"], found[0].source_root.clone());
            same(file, "branch", &values["/0/defaultBranch"], found[0].default_branch.clone());
            4
        }
        ("user", _) => {
            let info = client.token_info().await.unwrap();
            same(file, "scopes", &values["/auth/scopes"], info.scopes);
            assert!(info.user_id.is_some());
            2
        }
        ("token", "sentry_app_token.json") => {
            let installation = Installation::new("1f", "id", "secret").unwrap();
            let installation = installation.base_url(&stage.server.url()).unwrap();
            let grant = installation.exchange("code").await.unwrap();
            assert_eq!(grant.expires_at, date(&values["/expiresAt"]));
            assert!(grant.refresh_token.is_some());
            2
        }
        ("token", _) => {
            let back = "https://shop.example/back";
            let application = sentry_client::token::OAuthApplication::new("id", back).unwrap();
            let application = application.base_url(&stage.server.url()).unwrap();
            let sign_in = application.authorize(&[]).unwrap();
            let (url, state, verifier) = sign_in.into_parts();
            let text = state.expose().to_owned();
            let sign_in = sentry_client::token::SignIn::from_parts(url, state, verifier);
            let grant = application.exchange(&sign_in, &text, "code").await.unwrap();
            assert_eq!((grant.refresh_token, grant.expires_at), (None, None));
            2
        }
        ("issue-extra", "issue_tag_values.json") => {
            let tag = client.issue_tag(&stage.issue, &"k".parse().unwrap()).await.unwrap();
            same(file, "key", &values["/key"], tag.key);
            same(file, "total", &values["/totalValues"], tag.total_values);
            2
        }
        ("issue-extra", "issue_tag_values_openapi.json") => {
            let key = "k".parse().unwrap();
            let found = client.issue_tag_values(&stage.issue, &key, None).await.unwrap().items;
            same(file, "value", &values["/0/value"], found[0].value.clone());
            same(file, "count", &values["/0/count"], found[0].count);
            assert_eq!(found[0].first_seen, date(&values["/0/firstSeen"]));
            3
        }
        ("issue-extra", "issue_hashes.json") => {
            let found = client.issue_hashes(&stage.issue, None).await.unwrap().items;
            same(file, "id", &values["/0/id"], found[0].id.clone());
            1
        }
        ("event-raw", _) => {
            let page = client.get_json(&["projects", "acme", "shop"], &[], None).await.unwrap();
            let event = Event::from_webhook_json(&body).unwrap();
            same(file, "id", &values["/event_id"], event.event_id());
            assert_eq!(event.timestamp().is_some(), values["/timestamp"].is_number());
            2 + json_facts(file, expect, &page.items, list)
        }
        // Organizations, repositories, installations and other answers without a method.
        _ => {
            let page = client.get_json(&["organizations"], &[], None).await.unwrap();
            json_facts(file, expect, &page.items, list)
        }
    }
}

async fn error(stage: &Stage, entry: &Value, body: Vec<u8>) -> usize {
    let file = entry["file"].as_str().unwrap();
    let status: u16 = entry["status"].as_u64().unwrap().try_into().unwrap();
    let words: Value = serde_json::from_slice(&body).unwrap();
    stage.answer(status, &entry["headers"], body);
    if file == "error_404_no_committers.json" {
        let project = "shop".parse().unwrap();
        let found = stage.client.committers(&project, &"1f".parse().unwrap()).await.unwrap();
        assert!(found.is_empty());
        return 1;
    }
    let error = stage.client.issue(&stage.issue).await.unwrap_err();
    assert_eq!(error.status(), Some(status));
    let kind = match status {
        302 | 404 | 410 => error.is_not_found(),
        400 => error.is_invalid(),
        401 => error.is_unauthorized(),
        403 => error.is_forbidden(),
        429 => error.is_rate_limited() && error.is_retryable() && error.retry_after().is_some(),
        500 => error.is_unavailable() && error.is_retryable(),
        other => panic!("{file}: status {other}"),
    };
    assert!(kind, "{file}: {error:?}");
    let detail = words.get("detail").unwrap_or(&words);
    let said = detail.as_str().or_else(|| detail.get("message").and_then(Value::as_str));
    let said = said.or_else(|| words.get("error").and_then(Value::as_str));
    if let Some(said) = said {
        assert_eq!(error.upstream_message(), Some(said), "{file}");
    }
    let code = detail.get("code").or_else(|| words.get("error")).and_then(Value::as_str);
    assert_eq!(error.code(), code, "{file}");
    if file == "error_400_field_map.json" {
        assert_eq!(error.fields(), ["statusDetails.inRelease"]);
    }
    if file == "error_302_project_moved.json" {
        assert_eq!(error.new_slug(), detail.pointer("/extra/slug").and_then(Value::as_str));
    }
    3
}

async fn headers(stage: &Stage, file: &str, body: &[u8]) -> usize {
    let cases: Vec<Value> = serde_json::from_slice(body).unwrap();
    for case in &cases {
        let (expect, headers) = (&case["expect"], &case["headers"]);
        if file == "headers_paging.json" {
            stage.answer(200, headers, b"[]".to_vec());
            let page = stage.client.issues(&IssueQuery::everything(), None).await.unwrap();
            let next = page.next.as_ref().map(Cursor::as_str);
            let has_next = expect["has_next"].as_bool().unwrap();
            assert_eq!(next, expect["next"].as_str().filter(|_| has_next), "{case}");
            assert_eq!(page.hits, expect.get("hits").and_then(Value::as_u64));
            assert_eq!(page.max_hits, expect.get("max_hits").and_then(Value::as_u64));
            assert_eq!(page.direct_hit, expect.get("direct_hit").is_some());
            let has_previous = expect.get("has_previous") == Some(&true.into());
            assert_eq!(page.previous.is_some(), has_previous);
        } else {
            rate_limit(case, expect, headers);
        }
    }
    cases.len()
}

fn rate_limit(case: &Value, expect: &Value, headers: &Value) {
    let names: Vec<(String, &str)> = headers
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap()))
        .collect();
    let limit = sentry_client::RateLimit::read(|name| {
        names.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    });
    for (name, found) in [
        ("limit", limit.limit.map(Value::from)),
        ("remaining", limit.remaining.map(Value::from)),
        ("reset", limit.reset.map(Value::from)),
        ("concurrent_limit", limit.concurrent_limit.map(Value::from)),
    ] {
        if let Some(expected) = expect.get(name) {
            assert_eq!(*expected, found.unwrap_or_default(), "{case}");
        }
    }
    if let Some(by) = expect.get("limited_by").and_then(Value::as_str) {
        let found = match limit.limited_by() {
            LimitedBy::Window => "window",
            LimitedBy::Concurrency => "concurrency",
            _ => "unknown",
        };
        assert_eq!(found, by, "{case}");
    }
    if let Some(at) = case["wait_seconds_at"].as_array() {
        let wait = limit.wait(at[0].as_i64().unwrap());
        assert!(wait.as_secs() >= at[1].as_u64().unwrap(), "{case}");
    }
}
