//! The REST face of `serve`: callers see Sentry's issues, and the ranking beside them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use bytes::Bytes;
use common::Program;
use incident_service::loopback;
use incident_service::shop::{self, repository};
use sentry_client::testing::{FakeEvent, FakeIssue, FakeSentry};
use serde_json::Value;
use time::macros::datetime;

const SENTRY_TOKEN: &str = "canary-sentry-token";
const CALLER_TOKEN: &str = "canary-caller-token";

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_service_ranks_with_the_repository() {
    let sentry = FakeSentry::new("tea-shop");
    sentry.add_project("shop");
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: QueuePool limit"));
    let event = FakeEvent::new()
        .exception("TimeoutError", "QueuePool limit of size 5 overflow 2 reached")
        .frame("shop/checkout.py", "find_order", 69, "    return session.execute(")
        .release("shop@1.4.0")
        .environment("production")
        .at(datetime!(2026-11-20 13:55 UTC));
    sentry.add_event(&issue, event);
    sentry.set_scopes(&["org:read", "project:read", "event:read", "member:read"]);
    let server = sentry.serve().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let repo = dir.path().join("shop.git");
    repository::write(&shop::HISTORY, &repo).unwrap();

    let mut program = Program::serve(&[
        ("REPO", repo.to_str().unwrap()),
        ("SENTRY_AUTH_TOKEN", SENTRY_TOKEN),
        ("SENTRY_BASE_URL", &server.url()),
        ("SENTRY_ORG", "tea-shop"),
        ("API_TOKENS", &format!("agent:ro:{CALLER_TOKEN}")),
        ("RUST_LOG", "trace"),
    ]);
    let url = program.url_after("REST service at ");
    let url = url.split(',').next().unwrap();
    let address = url.trim_start_matches("http://").parse().unwrap();
    let get = async |path: &str, token: Option<&str>| {
        let request = http::Request::get(path).header("Host", "localhost");
        let request = token.into_iter().fold(request, |request, token| {
            request.header("Authorization", format!("Bearer {token}"))
        });
        let answer = loopback::send(address, request.body(Bytes::new()).unwrap()).await.unwrap();
        (answer.status.as_u16(), serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    };

    assert_eq!(get("/issues", None).await.0, 401);
    let (status, issues) = get("/issues", Some(CALLER_TOKEN)).await;
    assert_eq!((status, issues["data"].as_array().map(Vec::len)), (200, Some(1)));
    let path = format!("/issues/{}/analysis", issues["data"][0]["id"].as_str().unwrap());
    let (status, analysis) = get(&path, Some(CALLER_TOKEN)).await;
    assert_eq!(status, 200, "{analysis}");
    let first = &analysis["ranking"]["hypotheses"][0];
    let statement = first["statement"].as_str().unwrap();
    assert!(statement.contains("reduced from 20 to 5"), "{analysis}");
    assert_eq!(get("/openapi.json", None).await.0, 200);

    let (report, log) = program.end();
    assert!(log.contains("lacks the scope team:read"), "{log}");
    for token in [SENTRY_TOKEN, CALLER_TOKEN] {
        assert!(!log.contains(token) && !report.contains(token));
        assert!(!analysis.to_string().contains(token));
    }
}

#[test]
fn half_a_configuration_names_what_is_missing() {
    let refused = |variables: &[(&str, &str)], says: &str| {
        let (code, log) = Program::refused(variables);
        assert_eq!(code, Some(2), "{log}");
        assert!(log.contains(says), "{log}");
    };
    refused(&[], "nothing to serve");
    refused(&[("SENTRY_ORG", "tea-shop")], "SENTRY_AUTH_TOKEN is not set");
    refused(&[("SENTRY_WEBHOOK_SECRET", "secret")], "--repo");
    let token = ("SENTRY_AUTH_TOKEN", "canary-token");
    let callers = ("API_TOKENS", "a:ro:canary-caller");
    refused(&[token, callers, ("SENTRY_ORG", "Tea Shop")], "SENTRY_ORG is not");
    let inside = ("SENTRY_BASE_URL", "http://sentry.internal:9000");
    refused(&[token, callers, ("SENTRY_ORG", "tea-shop"), inside], "SENTRY_ALLOW_PLAIN_HTTP=1");
    let canary = [("SENTRY_AUTH_TOKEN", "a"), ("SENTRY_ORG", "b"), ("API_TOKENS", "canary")];
    let (_, log) = Program::refused(&canary);
    assert!(log.contains("API_TOKENS") && !log.contains("canary"), "{log}");
}
