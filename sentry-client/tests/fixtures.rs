//! Answers in the forms of newer and older servers, authored from the facts: what may be missing
//! or null is, ids are strings or numbers, dates have each of their forms.
#![cfg(all(feature = "testing", feature = "reqwest"))]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sentry_client::testing::{FakeIssue, FakeSentry, Fault};
use sentry_client::{
    EventQuery, HttpClient, IssueQuery, IssueRef, IssueState, Open, ReleaseQuery, RetryPolicy,
    SentryClient, Slug, Until, Which,
};
use time::macros::datetime;

struct Stage {
    sentry: FakeSentry,
    client: HttpClient,
    issue: IssueRef,
    _server: sentry_client::testing::FakeServer,
}

impl Stage {
    async fn new() -> Self {
        let sentry = FakeSentry::new("acme");
        let issue = sentry.add_issue(FakeIssue::new("shop", "KeyError: x"));
        let server = sentry.serve().await.unwrap();
        let client = HttpClient::builder()
            .base_url(server.url())
            .organization("acme")
            .token("any-token")
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        client.issue(&issue).await.unwrap();
        Self { sentry, client, issue, _server: server }
    }

    fn answer(&self, body: &str) {
        self.sentry.fail_next(Fault::status(200).body(body));
    }
}

#[tokio::test]
async fn issues() {
    let stage = Stage::new().await;
    // Today's, in full; of former times, with an e-mail's owner; next to nothing.
    for (body, state, count) in [
        (
            r#"{"id":"6507376925","shortId":"SHOP-1","title":"KeyError: 'x'","culprit":null,
                "level":"error","status":"ignored","substatus":"archived_until_condition_met",
                "statusDetails":{"ignoreCount":10},"priority":"high","count":"25","userCount":1,
                "firstSeen":"2026-04-03T22:51:19.403000Z","lastSeen":"2026-04-12T11:34:11Z",
                "assignedTo":{"type":"team","id":"4","name":"shop"},"annotations":[],
                "project":{"id":"17","slug":"shop","name":"shop","platform":null},"new":{"a":[1]}}"#,
            IssueState::Archived(Until::ConditionMet),
            Some(25),
        ),
        (
            r#"{"id":43,"shortId":null,"status":"resolved","statusDetails":{"inNextRelease":true},
                "count":"7","firstSeen":"2020-04-03T22:51:19+00:00","lastSeen":null,
                "assignedTo":{"id":"7","username":"ana","email":"ana@shop.example"},
                "annotations":["<a href=\"/x\">x</a>"],"stats":{"24h":[[1586165056.0,1]]}}"#,
            IssueState::ResolvedInNextRelease,
            Some(7),
        ),
        (r#"{"id":"1","status":"unresolved"}"#, IssueState::Unresolved(Open::Ongoing), None),
        (r#"{"id":"1","status":"snoozed"}"#, IssueState::Unknown, None),
    ] {
        stage.answer(body);
        let issue = stage.client.issue(&stage.issue).await.unwrap();
        assert_eq!(IssueState::of(&issue), state);
        assert_eq!(issue.count, count);
    }
    stage.answer(r#"[{"id":"1"},{"id":2,"title":null}]"#);
    let page = stage.client.issues(&IssueQuery::everything(), None).await.unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
    for broken in ["", "[]", "{}", "null", r#"{"id":null}"#, "{\"id\":\"1\""] {
        stage.answer(broken);
        assert!(stage.client.issue(&stage.issue).await.unwrap_err().is_unreadable(), "{broken}");
    }
}

#[tokio::test]
async fn events() {
    let stage = Stage::new().await;
    stage.answer(
        r#"{"id":"17","eventID":"9999aaafcc8b46d797c23c6077c6ff01","groupID":null,"release":null,
            "projectID":"5","dateCreated":"2026-03-01T10:00:00Z","tags":[{"key":"release","value":"shop@1"},
            {"key":null,"value":null}],"occurrence":null,"entries":[{"type":"unheard-of","data":7},
            {"type":"exception","data":{"values":[{"type":"KeyError","value":null,"stacktrace":null},
            {"type":null,"value":"x","stacktrace":{"frames":[{"filename":"a.py","lineNo":2,"inApp":null,
            "context":[[1,"one"],[2,"two"],[3,null]]}]}}]}}]}"#,
    );
    let event = stage.client.issue_event(&stage.issue, Which::Latest).await.unwrap();
    assert_eq!(event.event_id(), "9999aaafcc8b46d797c23c6077c6ff01");
    assert_eq!((event.release(), event.exceptions().len()), (Some("shop@1"), 2));
    assert_eq!(event.timestamp(), Some(datetime!(2026-03-01 10:00 UTC)));
    let trace = sentry_client::PlainStacktrace::of(&event).stacktrace.frames;
    assert_eq!(trace[0].context_line.as_deref(), Some("two"));
    assert_eq!(trace[0].pre_context, ["one"]);
    stage.answer(r#"[{"eventID":"1f","event.type":"error","title":"KeyError: 'x'","tags":[]}]"#);
    let query = EventQuery::new().without_bodies();
    let page = stage.client.events(&stage.issue, &query, None).await.unwrap();
    assert!(page.items[0].exceptions().is_empty());
    stage.answer(r#"{"organizationSlug":"acme","projectSlug":"shop","groupId":17,"eventId":"1f","event":{"eventID":"1f"}}"#);
    let resolved = stage.client.resolve_event(&"1f".parse().unwrap()).await.unwrap();
    assert_eq!(resolved.issue.as_str(), "17");
}

#[tokio::test]
async fn the_smaller_things() {
    let stage = Stage::new().await;
    let (client, issue) = (&stage.client, &stage.issue);
    let shop: Slug = "shop".parse().unwrap();
    stage.answer(
        r#"[{"id":2,"version":"shop@1","ref":null,"dateReleased":null,"dateCreated":"2026-03-01T10:00:00.000Z",
            "commitCount":null,"lastCommit":null,"projects":[{"id":17,"slug":"shop","name":"shop"}],
            "authors":[{"name":null}],"versionInfo":null},{"version":"bare"}]"#,
    );
    let releases = client.releases(&ReleaseQuery::new(), None).await.unwrap().items;
    assert_eq!(releases[0].date_created, Some(datetime!(2026-03-01 10:00 UTC)));
    assert_eq!((releases[0].commit_count, releases[1].projects.len()), (0, 0));
    let version = "shop@1".parse().unwrap();
    stage.answer(r#"[{"id":"not-hex","message":null,"author":{},"repository":null,"pullRequest":null},{"id":"b"}]"#);
    assert_eq!(client.release_commits(&version, None).await.unwrap().items.len(), 2);
    stage.answer(r#"[{"id":"9","environment":"production","name":null,"dateStarted":null,"dateFinished":"2026-03-01T10:00:00Z"}]"#);
    let deploys = client.deploys(&version, None).await.unwrap().items;
    assert_eq!(deploys[0].date_finished, Some(datetime!(2026-03-01 10:00 UTC)));
    stage.answer(r#"{"committers":[{"author":null,"commits":[{"id":"a","repository":{"id":"","name":"acme/shop","dateCreated":""}}],"x":1}]}"#);
    let committers = client.committers(&shop, &"1f".parse().unwrap()).await.unwrap();
    let repository = committers[0].commits[0].repository.as_ref().unwrap();
    assert_eq!(repository.name.as_deref(), Some("acme/shop"));
    stage.answer(r#"[{"id":"1","stackRoot":"","sourceRoot":null,"provider":null,"integrationId":null,"defaultBranch":null}]"#);
    assert_eq!(client.code_mappings(None, None).await.unwrap().items[0].stack_root, "");
    let key = "browser".parse().unwrap();
    stage.answer(r#"{"key":"browser","name":null,"totalValues":3,"topValues":[{"value":null,"count":1,"lastSeen":null}]}"#);
    assert_eq!(client.issue_tag(issue, &key).await.unwrap().top_values[0].value, None);
    stage.answer(r#"{"key":"browser","topValues":null}"#);
    assert!(client.issue_tag(issue, &key).await.unwrap().top_values.is_empty());
    stage.answer(r#"{"version":"0","user":null,"auth":{"scopes":["org:ci"]}}"#);
    let info = client.token_info().await.unwrap();
    assert_eq!((info.scopes.as_slice(), info.user_id), (["org:ci".to_owned()].as_slice(), None));
    stage.answer(r#"{"version":"0","auth":null}"#);
    assert!(client.token_info().await.unwrap().scopes.is_empty());
}
