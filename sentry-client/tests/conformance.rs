//! The suite that every client has to pass, run on the fake and over real sockets.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(all(feature = "testing", feature = "reqwest"))]

use std::sync::Arc;

use sentry_client::testing::{FakeSentry, conformance};
use sentry_client::{HttpClient, SentryClient};

fn client(url: String) -> HttpClient {
    HttpClient::builder().base_url(url).organization("acme").token("token").build().unwrap()
}

#[tokio::test]
async fn the_fake_conforms() {
    let sentry = FakeSentry::new("acme");
    conformance::all(&sentry, &sentry).await;
}

#[tokio::test]
async fn so_does_each_way_to_hold_it() {
    let sentry = FakeSentry::new("acme");
    let boxed: Box<dyn SentryClient> = Box::new(sentry.clone());
    conformance::all(&boxed, &sentry).await;
    let sentry = FakeSentry::new("acme");
    let shared: Arc<dyn SentryClient> = Arc::new(sentry.clone());
    conformance::all(&shared, &sentry).await;
    let sentry = FakeSentry::new("acme");
    conformance::all(&&sentry, &sentry).await;
}

#[tokio::test]
async fn the_client_over_http_conforms() {
    let sentry = FakeSentry::new("acme");
    let server = sentry.serve().await.unwrap();
    conformance::all(&client(server.url()), &sentry).await;
    assert!(server.requests() > 100);
}

#[tokio::test]
async fn over_http_with_a_server_that_has_the_older_routes_alone() {
    let sentry = FakeSentry::new("acme");
    sentry.legacy_routes_only();
    let server = sentry.serve().await.unwrap();
    conformance::all(&client(server.url()), &sentry).await;
}
