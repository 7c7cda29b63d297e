//! A secret never comes out: not in errors, not in `Debug`, not in a log line.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(all(feature = "testing", feature = "reqwest"))]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use sentry_client::testing::{FakeIssue, FakeSentry, Fault};
use sentry_client::token::{Grant, Installation, MemoryTokenStore, RenewingToken, TokenStore};
use sentry_client::{HttpClient, RetryPolicy, Secret, SentryClient};

const CANARY: &str = "sntryu_CANARY/0123+45=6789abcdef0123";

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The canary plain, percent-encoded, in base64 at each offset, and in URL-safe base64.
fn forms() -> Vec<String> {
    let mut forms = vec![CANARY.to_owned(), "CANARY".to_owned(), percent(CANARY)];
    for shift in 0..3 {
        let padded = format!("{}{CANARY}", " ".repeat(shift));
        for engine in [
            base64::engine::general_purpose::STANDARD_NO_PAD,
            base64::engine::general_purpose::URL_SAFE_NO_PAD,
        ] {
            let code = engine.encode(&padded);
            forms.push(code[4..code.len() - 2].to_owned());
        }
    }
    forms
}

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn assert_clean(what: &str, text: &str) {
    for form in forms() {
        assert!(!text.contains(&form), "{what} shows the secret as {form}: {text}");
    }
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let sentry = FakeSentry::new("acme");
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: pool"));
    let server = sentry.serve().await.unwrap();
    let mut policy = RetryPolicy::default();
    policy.first_wait = Duration::from_millis(2);
    let builder = HttpClient::builder()
        .base_url(server.url())
        .organization("acme")
        .token(CANARY)
        .retry(policy);
    assert_clean("the builder", &format!("{builder:?} {builder:#?}"));
    let client = builder.clone().build().unwrap();
    assert_clean("the client", &format!("{client:?} {client:#?}"));
    client.issue(&issue).await.unwrap();

    // A server that gives back what it was sent, in each shape of an error body.
    let code = base64::engine::general_purpose::STANDARD.encode(format!("x:{CANARY}"));
    let percent = percent(CANARY);
    let mut errors = 0;
    for status in [302, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
        for echo in [CANARY, code.as_str(), percent.as_str()] {
            for body in [
                format!(r#"{{"detail":"bad token {echo}"}}"#),
                format!(
                    r#"{{"detail":{{"code":"{echo}","message":"{echo}","extra":{{"slug":"{echo}"}}}}}}"#
                ),
                format!(r#"{{"{echo}":["{echo}"]}}"#),
                format!(r#"{{"error":"{echo}"}}"#),
                format!(r#""{echo}""#),
                format!("Bearer {echo}"),
                format!("<html>{echo}</html>"),
            ] {
                for _ in 0..4 {
                    sentry.fail_next(
                        Fault::status(status).header("retry-after", "99").body(body.clone()),
                    );
                }
                let error = client.issue(&issue).await.unwrap_err();
                let upstream = error.upstream_message().unwrap_or_default();
                let mut shown = format!("{error} {error:?} {error:#?} {upstream}");
                shown += &format!("{:?} {:?} {:?}", error.code(), error.fields(), error.new_slug());
                let mut source = std::error::Error::source(&error);
                while let Some(cause) = source {
                    shown += &format!("{cause} {cause:?}");
                    source = cause.source();
                }
                assert_clean("an error", &shown);
                errors += 1;
                while client.issue(&issue).await.is_err() {}
            }
        }
    }
    assert_eq!(errors, 210);

    // A success that cannot be read, quoting what was sent.
    for body in [format!(r#"{{"id":{{"{CANARY}":1}}}}"#), format!("[{CANARY}")] {
        sentry.fail_next(Fault::status(200).body(body));
        let error = client.issue(&issue).await.unwrap_err();
        assert!(error.is_unreadable());
        assert_clean("an unreadable answer", &format!("{error} {error:?}"));
    }

    // No connection; a token that no header can hold.
    let nowhere = builder.clone().base_url("http://127.0.0.1:1").build().unwrap();
    let error = nowhere.issue(&issue).await.unwrap_err();
    assert_clean(
        "no connection",
        &format!("{error} {error:?} {:?}", std::error::Error::source(&error)),
    );
    let broken = builder.token(format!("{CANARY}\n")).build().unwrap();
    let error = broken.issue(&issue).await.unwrap_err();
    assert_clean("a broken token", &format!("{error} {error:?}"));

    // Renewal that fails, with every secret that takes part.
    let installation =
        Installation::new("01635075-0000-4f96-8fc8-ff9680780a13", "id", CANARY).unwrap();
    let installation = installation.base_url(&server.url()).unwrap();
    assert_clean("an installation", &format!("{installation:?}"));
    let store = MemoryTokenStore::new();
    let grant =
        Grant::new(CANARY, Some(Secret::new(CANARY)), Some(time::OffsetDateTime::UNIX_EPOCH));
    store.save("x", &grant).await.unwrap();
    assert_clean("a store", &format!("{store:?} {grant:?}"));
    let tokens = RenewingToken::new("x", installation, store);
    assert_clean("a renewing token", &format!("{tokens:?}"));
    let client = HttpClient::builder()
        .base_url(server.url())
        .organization("acme")
        .tokens(tokens)
        .build()
        .unwrap();
    sentry.fail_next(
        Fault::status(401).body(format!(r#"{{"detail":"{CANARY}","error":"{CANARY}"}}"#)),
    );
    let error = client.issue(&issue).await.unwrap_err();
    assert_clean("a failed renewal", &format!("{error} {error:?} {:?}", error.upstream_message()));

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("asking Sentry again") && log.contains("could not be renewed"), "it logs");
    assert_clean("the log", &log);
}
