//! The token for Sentry and the callers' tokens never come out.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use base64::Engine as _;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use sentry_api_service::{ApiConfig, ApiService};
use sentry_client::testing::{FakeIssue, FakeSentry, Fault};
use sentry_client::{HttpClient, RetryPolicy};
use tower::ServiceExt as _;

mod support;
use support::Log;

const SENTRY: &str = "sntryu_CANARY/0123+45=6789abcdef0123";
const CALLER: &str = "caller/CANARY+token=9876543210";

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn assert_clean(what: &str, text: &str) {
    assert!(!text.contains("CANARY"), "{what}: {text}");
    for secret in [SENTRY, CALLER] {
        for shift in 0..3 {
            let code = base64(&format!("{}{secret}", " ".repeat(shift)));
            let inner = &code[4..code.len() - 4];
            assert!(!text.contains(inner), "{what}: {text}");
        }
    }
}

#[tokio::test]
async fn nothing_shows_a_token() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let config = ApiConfig::from_lookup(|name| match name {
        "SENTRY_AUTH_TOKEN" => Some(SENTRY.to_owned()),
        "SENTRY_ORG" => Some("acme".to_owned()),
        "API_TOKENS" => Some(format!("agent:rw:{CALLER}")),
        _ => None,
    })
    .unwrap();
    assert_clean("the configuration", &format!("{config:?} {config:#?}"));
    for name in ["SENTRY_AUTH_TOKEN", "API_TOKENS"] {
        let error = ApiConfig::from_lookup(|asked| {
            let organization = (asked == "SENTRY_ORG").then(|| "acme".to_owned());
            organization.or_else(|| (asked == name).then(|| format!("{SENTRY},{CALLER}")))
        });
        let error = error.unwrap_err();
        assert_clean("a configuration error", &format!("{error} {error:?}"));
    }

    let sentry = FakeSentry::new("acme");
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: pool"));
    let server = sentry.serve().await.unwrap();
    let client = HttpClient::builder()
        .base_url(server.url())
        .organization(&config.organization)
        .token(config.sentry_token.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let api = ApiService::new(client, config.callers).remember(std::time::Duration::ZERO);
    assert_clean("the service", &format!("{api:?} {api:#?}"));

    let mut answers = 0;
    for status in [200, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503] {
        for echo in [SENTRY.to_owned(), percent(SENTRY), base64(&format!("x:{SENTRY}"))] {
            for body in [
                format!(r#"{{"detail":"{echo}"}}"#),
                format!(r#"{{"{echo}":["{echo}"]}}"#),
                format!(r#"{{"error":"{echo}"}}"#),
                format!("<html>{echo}</html>"),
            ] {
                for (method, token) in [("GET", CALLER), ("PUT", CALLER), ("GET", "wrong")] {
                    sentry.fail_next(Fault::status(status).body(body.clone()));
                    let sent = if method == "PUT" { r#"{"priority":"low"}"# } else { "" };
                    let request = Request::builder()
                        .method(method)
                        .uri(format!("/issues/{issue}"))
                        .header("authorization", format!("Bearer {token}"))
                        .body(Full::new(Bytes::from_static(sent.as_bytes())))
                        .unwrap();
                    let response = api.clone().oneshot(request).await.unwrap();
                    assert!(!response.status().is_success());
                    let head = format!("{:?}", response.headers());
                    let body = response.into_body().collect().await.unwrap().to_bytes();
                    assert_clean(
                        "an answer",
                        &format!("{head} {}", String::from_utf8_lossy(&body)),
                    );
                    answers += 1;
                }
            }
        }
    }
    assert_eq!(answers, 12 * 3 * 4 * 3);
    let log = log.take();
    assert!(log.contains("caller=\"agent\""), "it logs who called");
    assert!(log.contains("redirects elsewhere"), "it logs what the operator can mend");
    assert_clean("the log", &log);
}
