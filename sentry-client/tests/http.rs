//! What the client does over real sockets when things go wrong.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(all(feature = "testing", feature = "reqwest"))]

use std::sync::Arc;
use std::time::{Duration, Instant};

use sentry_client::testing::{FakeIssue, FakeSentry, FakeServer, Fault};
use sentry_client::token::{
    Grant, Installation, MemoryTokenStore, OAuthApplication, RenewingToken, TokenProvider,
    TokenStore,
};
use sentry_client::{
    HttpClient, HttpClientBuilder, IssueQuery, IssueRef, IssueUpdate, LimitedBy, NewDeploy,
    NewRelease, Priority, ReleaseQuery, RetryPolicy, Secret, SentryClient, SentryClientExt, Slug,
    Version,
};

fn quick() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.first_wait = Duration::from_millis(5);
    policy.attempt_timeout = Duration::from_millis(500);
    policy
}

fn builder(server: &FakeServer) -> HttpClientBuilder {
    HttpClient::builder().base_url(server.url()).organization("acme").token("token").retry(quick())
}

async fn start() -> (FakeSentry, FakeServer, IssueRef) {
    let sentry = FakeSentry::new("acme");
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: pool"));
    let server = sentry.serve().await.unwrap();
    (sentry, server, issue)
}

#[tokio::test]
async fn passing_failures_are_outlived() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    for status in [500, 502, 503, 504, 524, 408] {
        sentry.fail_next(Fault::status(status).body("<html>proxy</html>"));
        client.issue(&issue).await.unwrap();
    }
    sentry.fail_next(Fault::status(200).delay(Duration::from_secs(2)));
    client.issue(&issue).await.unwrap();
    for _ in 0..4 {
        sentry.fail_next(Fault::status(503));
    }
    let error = client.issue(&issue).await.unwrap_err();
    assert!(error.is_unavailable() && error.is_retryable());
    assert_eq!(error.attempts(), 4);
    assert!(error.to_string().starts_with("get issue: unavailable, status 503, after 4 attempts"));
}

#[tokio::test]
async fn what_must_not_happen_twice_is_not_repeated() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    let version: Version = "shop@1".parse().unwrap();
    let project: Slug = "shop".parse().unwrap();
    sentry.fail_next(Fault::status(503));
    client.create_release(&NewRelease::new(&version, &project)).await.unwrap();
    sentry.fail_next(Fault::status(503));
    client.update_issue(&issue, &IssueUpdate::new().priority(Priority::Low)).await.unwrap();
    let deploy = NewDeploy::to("production");
    sentry.fail_next(Fault::status(503));
    let before = server.requests();
    let error = client.create_deploy(&version, &deploy).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(server.requests() - before, 1, "a deploy may have been made");
    sentry.fail_next(Fault::status(429).header("retry-after", "0"));
    client.create_deploy(&version, &deploy).await.unwrap();
    assert_eq!(client.deploys(&version, None).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_limit_is_waited_for_up_to_a_cap() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    sentry.fail_next(
        Fault::status(429)
            .header("x-sentry-rate-limit-remaining", "12")
            .header("x-sentry-rate-limit-concurrentremaining", "0")
            .header("x-sentry-rate-limit-reset", "99999999999"),
    );
    let started = Instant::now();
    client.issue(&issue).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1), "concurrency: not until the window's end");
    sentry.fail_next(
        Fault::status(429)
            .header("x-sentry-rate-limit-remaining", "0")
            .header("x-sentry-rate-limit-reset", "99999999999"),
    );
    let started = Instant::now();
    let error = client.issue(&issue).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_millis(500), "too long a wait is the caller's");
    assert_eq!(error.limited_by(), Some(LimitedBy::Window));
    assert!(error.retry_at().unwrap().year() > 5000);
}

#[tokio::test]
async fn one_deadline_spans_attempts_and_waits() {
    let (sentry, server, issue) = start().await;
    let mut policy = quick();
    policy.deadline = Duration::from_millis(300);
    policy.attempts = 100;
    let client = builder(&server).retry(policy).build().unwrap();
    for _ in 0..100 {
        sentry.fail_next(Fault::status(503).delay(Duration::from_millis(40)));
    }
    let started = Instant::now();
    assert!(client.issue(&issue).await.unwrap_err().is_unavailable());
    assert!(started.elapsed() < Duration::from_millis(700));
}

#[tokio::test]
async fn no_server_is_unavailable_and_too_much_is_not_read() {
    let (_sentry, server, issue) = start().await;
    let small = builder(&server).largest_body(10).build().unwrap();
    assert!(small.issue(&issue).await.unwrap_err().is_unreadable());
    let client = builder(&server).base_url("http://127.0.0.1:1").build().unwrap();
    let error = client.issue(&issue).await.unwrap_err();
    assert!(error.is_unavailable() && error.is_refused_unprocessed());
}

#[tokio::test]
async fn redirects_are_not_followed_but_a_renamed_project_is() {
    let (sentry, server, _) = start().await;
    let client = builder(&server).build().unwrap();
    let old: Slug = "old-name".parse().unwrap();
    let moved = r#"{"detail":{"code":"resource-moved","extra":{"url":"http://evil.invalid/","slug":"shop"}}}"#;
    sentry.fail_next(Fault::status(302).header("location", "http://evil.invalid/").body(moved));
    assert_eq!(client.project(&old).await.unwrap().slug.as_deref(), Some("shop"));
    sentry.fail_next(Fault::status(302).header("location", "http://evil.invalid/").body(""));
    let error = client.project(&old).await.unwrap_err();
    assert!(error.is_redirected() && !error.is_not_found());
    assert!(!format!("{error} {error:?}").contains("evil"));
}

#[tokio::test]
async fn a_sign_in_page_is_not_a_missing_issue() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    let page = || {
        let page = Fault::status(302).header("location", "https://u:canary@sso.invalid/?t=canary");
        page.body("<html>canary</html>")
    };
    let low = IssueUpdate::new().priority(Priority::Low);
    let before = server.requests();
    sentry.fail_next(page());
    let read = client.issue(&issue).await.unwrap_err();
    sentry.fail_next(page());
    let changed = client.update_issue(&issue, &low).await.unwrap_err();
    for error in [read, changed] {
        assert!(error.is_redirected() && error.is_unavailable() && !error.is_not_found());
        let text = format!("{error} {error:?}");
        assert!(text.contains("check the base URL") && !text.contains("canary"), "{text}");
    }
    assert_eq!(server.requests() - before, 2, "neither repeated nor asked of older routes");
}

#[tokio::test]
async fn lists_stay_on_the_host_and_outlive_failures() {
    let sentry = FakeSentry::sample(23);
    let server = sentry.serve().await.unwrap();
    let client = builder(&server).build().unwrap();
    // The server's links name `acme.sentry.invalid`: following them would fail.
    let mut pager = client.all_issues(IssueQuery::everything().limit(5), None);
    let mut seen = Vec::new();
    while let Some(issue) = pager.next().await {
        seen.push(issue.unwrap().id);
        if seen.len() == 7 {
            sentry.fail_next(Fault::status(502));
            // A new issue moves the list: the last of a page comes again at the head of the next.
            sentry.add_issue(FakeIssue::new("shop", "KeyError: meanwhile"));
        }
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (23, 23));
}

#[tokio::test]
async fn a_short_id_is_resolved_once() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    let short = sentry.short_id(&issue);
    for _ in 0..3 {
        client.issue(&short).await.unwrap();
    }
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn an_issue_without_events_does_not_make_the_server_an_old_one() {
    let (_sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    assert!(client.latest_event(&issue).await.unwrap().is_none());
    assert_eq!(server.requests(), 2, "its events, then whether the route is there");
    client.issue(&issue).await.unwrap();
    assert!(client.latest_event(&issue).await.unwrap().is_none());
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn waiting_for_a_place_is_no_part_of_an_attempt() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).parallel(1).retry(quick()).build().unwrap();
    for _ in 0..5 {
        let body = r#"{"id":"1"}"#;
        sentry.fail_next(Fault::status(200).body(body).delay(Duration::from_millis(200)));
    }
    let before = server.requests();
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let (client, issue) = (client.clone(), issue.clone());
            tokio::spawn(async move { client.issue(&issue).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.requests() - before, 5, "none was given up after half a second");
}

/// The fake's tokens end in the year 2999.
async fn installed(
    sentry: &FakeSentry,
    server: &FakeServer,
) -> (HttpClient, Arc<MemoryTokenStore>) {
    let uuid = "01635075-0000-4f96-8fc8-ff9680780a13";
    sentry.add_grant("the-code", None);
    let installation = Installation::new(uuid, "id", "client-secret").unwrap();
    let installation = installation.base_url(&server.url()).unwrap();
    let grant = installation.exchange("the-code").await.unwrap();
    installation.confirm(&grant).await.unwrap();
    assert!(installation.exchange("the-code").await.unwrap_err().is_unauthorized());
    let store = Arc::new(MemoryTokenStore::new());
    store.save(uuid, &grant).await.unwrap();
    let tokens = RenewingToken::new(uuid, installation, store.clone());
    (builder(server).tokens(tokens).parallel(100).build().unwrap(), store)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_simultaneous_401s_are_one_refresh() {
    let (sentry, server, issue) = start().await;
    let (client, store) = installed(&sentry, &server).await;
    client.issue(&issue).await.unwrap();
    assert_eq!(sentry.pairs_issued(), 1);
    sentry.revoke("sntryi_access1");
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (client, issue) = (client.clone(), issue.clone());
            tokio::spawn(async move { client.issue(&issue).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(sentry.pairs_issued(), 2, "one refresh");
    let kept = store.load("01635075-0000-4f96-8fc8-ff9680780a13").await.unwrap().unwrap();
    assert_eq!(kept.access_token.expose(), "sntryi_access2");
    assert_eq!(kept.refresh_token.unwrap().expose(), "refresh2");
}

#[tokio::test]
async fn a_revoked_grant_is_unauthorized_and_asked_for_once() {
    let (sentry, server, issue) = start().await;
    let (client, store) = installed(&sentry, &server).await;
    sentry.revoke("sntryi_access1");
    let end = time::macros::datetime!(2999-01-01 0:00 UTC);
    let dead = Grant::new("sntryi_access1", Some("long-dead".into()), Some(end));
    store.save("01635075-0000-4f96-8fc8-ff9680780a13", &dead).await.unwrap();
    assert!(client.issue(&issue).await.unwrap_err().is_unauthorized());
    let before = server.requests();
    assert!(client.issue(&issue).await.unwrap_err().is_unauthorized());
    assert_eq!(server.requests() - before, 1, "the refresh is not tried again");
}

#[tokio::test]
async fn a_person_signs_in() {
    let (sentry, server, issue) = start().await;
    let application = OAuthApplication::new("id", "https://shop.example/back").unwrap();
    let application = application.client_secret("client-secret").base_url(&server.url()).unwrap();
    let sign_in = application.authorize(&["event:read", "org:read"]).unwrap();
    let state = sign_in.url().query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    sentry.add_grant("code-of-the-browser", None);
    let grant = application.exchange(&sign_in, &state, "code-of-the-browser").await.unwrap();
    assert_eq!(grant.scopes, ["event:read", "org:read"]);
    let again = application.exchange(&sign_in, &state, "code-of-the-browser").await;
    assert!(again.unwrap_err().is_unauthorized());
    let store = MemoryTokenStore::new();
    store.save("user-7", &grant).await.unwrap();
    let tokens = RenewingToken::new("user-7", application, store);
    let client = builder(&server).tokens(tokens).build().unwrap();
    client.issue(&issue).await.unwrap();
    sentry.revoke(grant.access_token.expose());
    client.issue(&issue).await.unwrap();
    assert_eq!(sentry.pairs_issued(), 2);
}

#[tokio::test]
async fn a_401_that_no_token_helps_is_not_answered_by_a_refresh() {
    let (sentry, server, issue) = start().await;
    let (client, _) = installed(&sentry, &server).await;
    let sso = r#"{"detail":{"code":"sso-required","message":"Sign in","extra":{}}}"#;
    sentry.fail_next(Fault::status(401).body(sso));
    let error = client.issue(&issue).await.unwrap_err();
    assert_eq!(error.code(), Some("sso-required"));
    assert_eq!(sentry.pairs_issued(), 1);
}

/// An answer of the older routes about an issue of somebody else's project.
const FOREIGN: &str = r#"{"id":"9","title":"x","project":{"id":"42","slug":"42"}}"#;

#[tokio::test]
async fn a_foreign_issue_is_not_found_whatever_the_older_route_says() {
    let (sentry, server, _) = start().await;
    let client = builder(&server).build().unwrap();
    let foreign: IssueRef = "9".parse().unwrap();
    for answer in [Fault::status(403).body("{}"), Fault::status(200).body(FOREIGN)] {
        sentry.fail_next(Fault::status(404));
        sentry.fail_next(answer);
        assert!(client.issue(&foreign).await.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn a_server_that_became_new_is_noticed() {
    let (sentry, server, issue) = start().await;
    for status in [404, 410] {
        let client = builder(&server).build().unwrap();
        // Once not found, it is taken for a server of former times.
        sentry.fail_next(Fault::status(404));
        client.issue(&issue).await.unwrap();
        sentry.fail_next(Fault::status(status));
        client.issue(&issue).await.unwrap();
        // Now as a new one: what is not found is not looked for elsewhere.
        let before = server.requests();
        sentry.fail_next(Fault::status(404));
        assert!(client.issue(&issue).await.unwrap_err().is_not_found());
        assert_eq!(server.requests() - before, 1);
    }
}

#[tokio::test]
async fn a_short_id_that_leads_nowhere_is_resolved_anew() {
    let (sentry, server, issue) = start().await;
    let client = builder(&server).build().unwrap();
    let short = sentry.short_id(&issue);
    client.issue(&short).await.unwrap();
    sentry.fail_next(Fault::status(404));
    assert!(client.issue(&short).await.unwrap_err().is_not_found());
    let before = server.requests();
    client.issue(&short).await.unwrap();
    assert_eq!(server.requests() - before, 2, "the short id, then the issue");
}

#[tokio::test]
async fn a_client_that_follows_redirects_is_refused() {
    let (sentry, server, issue) = start().await;
    let elsewhere = FakeSentry::new("acme");
    let stranger = elsewhere.serve().await.unwrap();
    // A plain client of reqwest wants a provider of cryptography for the whole process.
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let following = reqwest::Client::new();
    let client = builder(&server).http_client(following).build().unwrap();
    client.issue(&issue).await.unwrap();
    for place in [stranger.url(), server.url()] {
        let location = format!("{place}/api/0/organizations/acme/projects/?elsewhere=1");
        sentry.fail_next(Fault::status(302).header("location", location));
        assert!(client.projects(None).await.unwrap_err().is_invalid());
    }
    assert_eq!(stranger.requests(), 1, "it was followed, and what it answered is not used");
}

#[tokio::test]
async fn all_link_headers_are_read() {
    let (sentry, server, _) = start().await;
    let client = builder(&server).build().unwrap();
    let previous = r#"<u>; rel="previous"; results="false"; cursor="0:0:1""#;
    let next = |cursor: &str| format!(r#"<u>; rel="next"; results="true"{cursor}"#);
    let answer =
        |next: &str| Fault::status(200).header("link", previous).header("link", next).body("[]");
    sentry.fail_next(answer(&next(r#"; cursor="0:25:0""#)));
    let page = client.projects(None).await.unwrap();
    assert_eq!(page.next.unwrap().as_str(), "0:25:0");
    sentry.fail_next(answer(&next("")));
    assert!(client.projects(None).await.unwrap_err().is_unreadable());
}

#[tokio::test]
async fn one_bad_entry_is_left_out_of_a_page() {
    let (sentry, server, _) = start().await;
    let client = builder(&server).build().unwrap();
    let query = ReleaseQuery::new();
    sentry.fail_next(Fault::status(200).body(r#"[{"version":"1"},{"version":7},{"version":"3"}]"#));
    let releases = client.releases(&query, None).await.unwrap().items;
    assert_eq!(releases.iter().map(|it| it.version.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    sentry.fail_next(Fault::status(200).body(r#"[{"id":"1","slug":"a"},"b"]"#));
    assert_eq!(client.projects(None).await.unwrap().items.len(), 1);
    sentry.fail_next(Fault::status(200).body(r#"[{"version":1},{"version":2}]"#));
    assert!(client.releases(&query, None).await.unwrap_err().is_unreadable());
}

/// Its renewal never comes back.
#[derive(Debug)]
struct Stuck;

#[async_trait::async_trait]
impl TokenProvider for Stuck {
    async fn token(&self) -> sentry_client::Result<Secret> {
        Ok("the-token".into())
    }

    async fn renew(&self, _: &Secret) -> sentry_client::Result<Option<Secret>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn the_deadline_spans_the_renewal_of_a_token() {
    let (sentry, server, issue) = start().await;
    let mut policy = quick();
    policy.deadline = Duration::from_millis(200);
    let client = builder(&server).tokens(Stuck).retry(policy).build().unwrap();
    sentry.fail_next(Fault::status(401));
    let answer = tokio::time::timeout(Duration::from_secs(5), client.issue(&issue)).await;
    assert!(answer.expect("in time").unwrap_err().is_unavailable());
}

#[tokio::test]
async fn a_401_with_an_unknown_code_is_answered_by_a_refresh() {
    let (sentry, server, issue) = start().await;
    let (client, _) = installed(&sentry, &server).await;
    let expired = r#"{"detail":{"code":"token-expired","message":"Expired"}}"#;
    sentry.fail_next(Fault::status(401).body(expired));
    client.issue(&issue).await.unwrap();
    assert_eq!(sentry.pairs_issued(), 2);
}
