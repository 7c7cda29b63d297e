//! Every call of the client against a server that refuses what Sentry's official description does
//! not allow. `.ci/prism` starts such a server and sets `PRISM_URL`; without it the test says that
//! it is skipped.
#![cfg(all(feature = "testing", feature = "reqwest"))]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sentry_client::{
    Archive, Assignee, Error, EventId, EventQuery, HttpClient, IssueIds, IssueQuery, IssueRef,
    IssueSort, IssueUpdate, NewDeploy, NewRef, NewRelease, Priority, ReleaseQuery, Resolution,
    RetryPolicy, SentryClient, Slug, StatusChange, Version, Which,
};
use time::macros::datetime;

/// A call is accepted when it is answered with success that can be read.
fn accepted<T>(calls: &mut u32, what: &str, answer: Result<T, Error>) {
    *calls += 1;
    if let Err(error) = answer {
        panic!("{what}: {error} {:?}", error.upstream_message());
    }
}

#[tokio::test]
async fn every_call_is_one_that_the_official_description_allows() {
    let Ok(url) = std::env::var("PRISM_URL") else {
        eprintln!("skipped: PRISM_URL is not set (.ci/prism sets it)");
        return;
    };
    let client = HttpClient::builder()
        .base_url(url)
        .organization("acme")
        .token("any-token")
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let mut calls = 0;
    let calls = &mut calls;
    issues(&client, calls).await;
    updates(&client, calls).await;
    events_and_projects(&client, calls).await;
    releases(&client, calls).await;
    println!("{calls} calls accepted");
    assert_eq!(*calls, 44);

    // The server does refuse what the description does not allow.
    let path = ["organizations", "acme", "issues"];
    let wrong = client.get_json(&path, &[("sort", "alphabet")], None).await;
    assert!(wrong.unwrap_err().is_invalid());
}

async fn issues(client: &HttpClient, calls: &mut u32) {
    let shop: Slug = "shop".parse().unwrap();
    let cursor = "0:100:0".parse().unwrap();
    let (start, end) = (datetime!(2026-01-01 0:00 UTC), datetime!(2026-01-02 0:00 UTC));
    for query in [
        IssueQuery::everything(),
        IssueQuery::unresolved().project(shop.clone()).project("17".parse().unwrap()),
        IssueQuery::matching("is:resolved level:error").environment("production").limit(5),
        IssueQuery::everything().stats_period("24h".parse().unwrap()).sort(IssueSort::Users),
        IssueQuery::everything().between(start, end).sort(IssueSort::Events),
        IssueQuery::everything().sort(IssueSort::FirstSeen),
        IssueQuery::everything().sort(IssueSort::Trends),
    ] {
        accepted(calls, "issues", client.issues(&query, None).await);
        accepted(calls, "issues from a cursor", client.issues(&query, Some(&cursor)).await);
    }
    let numeric: IssueRef = "1".parse().unwrap();
    let short: IssueRef = "SHOP-12".parse().unwrap();
    accepted(calls, "issue", client.issue(&numeric).await);
    accepted(calls, "issue by short id", client.issue(&short).await);
    accepted(calls, "hashes", client.issue_hashes(&numeric, Some(&cursor)).await);
    let key = "environment".parse().unwrap();
    accepted(calls, "tag", client.issue_tag(&numeric, &key).await);
    accepted(calls, "tag values", client.issue_tag_values(&numeric, &key, None).await);
}

async fn updates(client: &HttpClient, calls: &mut u32) {
    let issue: IssueRef = "1".parse().unwrap();
    let version: Version = "shop@1".parse().unwrap();
    let commit = Resolution::Commit { sha: "e4f5a6b".into(), repository: "acme/shop".into() };
    for change in [
        StatusChange::Resolve(Resolution::Now),
        StatusChange::Resolve(Resolution::NextRelease),
        StatusChange::Resolve(Resolution::Release(version)),
        StatusChange::Resolve(commit),
        StatusChange::Archive(Archive::Forever),
        StatusChange::Archive(Archive::UntilEscalating),
        StatusChange::Archive(Archive::ForMinutes(60)),
        StatusChange::Archive(Archive::UntilUsers(5, Some(60))),
    ] {
        let update = IssueUpdate::new().status(change);
        accepted(calls, "update", client.update_issue(&issue, &update).await);
    }
    let rest = IssueUpdate::new()
        .assign(Assignee::Team("4".into()))
        .priority(Priority::High)
        .public(false)
        .bookmarked(true)
        .seen(true);
    accepted(calls, "update", client.update_issue(&issue, &rest).await);
    let ids = IssueIds::new([1, 2, 3]).unwrap();
    accepted(calls, "bulk update", client.update_issues(&ids, &rest).await);
}

async fn events_and_projects(client: &HttpClient, calls: &mut u32) {
    let issue: IssueRef = "1".parse().unwrap();
    let shop: Slug = "shop".parse().unwrap();
    let event: EventId = "9999AAAA-ca8b-46d7-97c2-3c6077c6ff01".parse().unwrap();
    let all = EventQuery::new();
    accepted(calls, "events", client.events(&issue, &all, None).await);
    let some = EventQuery::new()
        .without_bodies()
        .matching("release:shop@1")
        .environment("production")
        .stats_period("14d".parse().unwrap());
    accepted(calls, "events", client.events(&issue, &some, None).await);
    for which in [Which::Latest, Which::Oldest, Which::Recommended] {
        accepted(calls, "an issue's event", client.issue_event(&issue, which).await);
    }
    accepted(calls, "resolve event", client.resolve_event(&event).await);
    accepted(calls, "event", client.project_event(&shop, &event).await);
    accepted(calls, "projects", client.projects(None).await);
    accepted(calls, "project", client.project(&shop).await);
}

async fn releases(client: &HttpClient, calls: &mut u32) {
    let shop: Slug = "shop".parse().unwrap();
    let version: Version = "shop@1.0+b: 1".parse().unwrap();
    let query = ReleaseQuery::new().project(shop.clone()).containing("shop").limit(5);
    accepted(calls, "releases", client.releases(&query, None).await);
    accepted(calls, "release", client.release(&version).await);
    let mut new = NewRelease::new(&version, &shop).commit("e4f5a6b");
    new.date_released = Some(datetime!(2026-01-01 0:00 UTC));
    new.refs = vec![NewRef {
        repository: "acme/shop".into(),
        commit: "e4f5a6b".into(),
        previous_commit: Some("d3e4f5a".into()),
    }];
    accepted(calls, "create release", client.create_release(&new).await);
    accepted(calls, "commits", client.release_commits(&version, None).await);
    accepted(calls, "deploys", client.deploys(&version, None).await);
    let deploy = NewDeploy::to("production").finished(datetime!(2026-01-01 0:00 UTC));
    accepted(calls, "create deploy", client.create_deploy(&version, &deploy).await);
}
