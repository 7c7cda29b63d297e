//! What the operator is told in the log.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use sentry_api_service::{ApiService, Callers};
use sentry_client::testing::{FakeEvent, FakeIssue, FakeSentry, Fault};
use tower::ServiceExt as _;
use tracing_subscriber::filter::LevelFilter;

mod support;
use support::Log;

/// The warnings of one test, whose thread alone they come from.
fn begin() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::WARN)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

/// The lines since the last call.
fn warnings(log: &Log) -> Vec<String> {
    log.take().lines().map(str::to_owned).collect()
}

fn service(sentry: &FakeSentry, callers: &str) -> ApiService {
    let callers = Callers::parse(callers).unwrap();
    ApiService::new(sentry.clone(), callers).remember(Duration::ZERO)
}

async fn get(api: &ApiService, path: &str) -> u16 {
    let request = Request::get(path).header("authorization", "Bearer ro-token");
    let request = request.body(Full::<Bytes>::default()).unwrap();
    api.clone().oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_missing_scope_is_named_at_the_start() {
    let (log, _guard) = begin();
    let sentry = FakeSentry::new("acme");
    let read = ["org:read", "project:read", "event:read", "member:read", "team:read"];
    sentry.set_scopes(&read);
    let reading = service(&sentry, "reader:ro:ro-token");
    assert_eq!(reading.check_token().await.unwrap().scopes, read);
    assert_eq!(warnings(&log).len(), 0, "nobody may write, so event:write is not needed");

    let writing = service(&sentry, "reader:ro:ro-token,writer:rw:rw-token");
    let error = writing.check_token().await.unwrap_err();
    assert_eq!(error.missing_scope(), Some("event:write"));
    let lines = warnings(&log);
    assert!(lines.len() == 1 && lines[0].contains("lacks the scope event:write"), "{lines:?}");
    assert_eq!(get(&writing, "/issues").await, 200, "it serves what it can");

    for (fault, says) in [
        (Fault::status(401).body("canary"), "does not accept this service's token"),
        (Fault::status(503).body("canary"), "cannot be asked"),
        (Fault::status(302).body("canary"), "check the base URL"),
    ] {
        sentry.fail_next(fault);
        assert!(writing.check_token().await.is_err());
        let lines = warnings(&log);
        assert!(lines.len() == 1 && lines[0].contains(says), "{lines:?}");
        assert!(!lines[0].contains("canary"), "{lines:?}");
    }
}

#[tokio::test]
async fn what_sentry_forbids_is_told_once_for_each_call() {
    let (log, _guard) = begin();
    let sentry = FakeSentry::new("acme");
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: pool"));
    sentry.add_event(&issue, FakeEvent::new().release("shop@2.0.0"));
    let api = service(&sentry, "reader:ro:ro-token");
    let one = format!("/issues/{issue}");
    for (status, path, word) in [
        (403, one.as_str(), "event:write"),
        (403, "/issues", "event:read"),
        (401, one.as_str(), "does not accept"),
        (302, one.as_str(), "SENTRY_BASE_URL"),
    ] {
        for _ in 0..3 {
            sentry.fail_next(Fault::status(status).body(r#"{"detail":"canary"}"#));
            assert!(get(&api.clone(), path).await >= 400);
        }
        let lines = warnings(&log);
        assert!(lines.len() == 1 && lines[0].contains(word), "{status}: {lines:?}");
        assert!(!lines[0].contains("canary"), "{lines:?}");
    }
    for _ in 0..2 {
        assert_eq!(get(&api, "/issues/999999").await, 404);
        sentry.fail_next(Fault::status(503));
        assert_eq!(get(&api, &one).await, 503);
    }
    assert_eq!(warnings(&log).len(), 0, "what passes or is a caller's mistake is not told");
}
