//! A proxy of the environment sees nothing that goes from this machine to itself.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![cfg(all(feature = "testing", feature = "reqwest"))]

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sentry_client::testing::FakeSentry;
use sentry_client::token::Installation;
use sentry_client::{HttpClient, RetryPolicy, SentryClient};
use tokio::net::TcpListener;

/// Names the server to the program that this test starts.
const SERVER: &str = "SENTRY_CLIENT_TEST_SERVER";
/// Says that it is to bring a client of its own.
const OWN: &str = "SENTRY_CLIENT_TEST_OWN";

/// A proxy is named by the environment of a whole process, so the calls are made by another one:
/// this test, started with the proxy in its environment.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_sees_no_token_on_its_way_to_this_machine() {
    if let Ok(server) = std::env::var(SERVER) {
        return calls(&server, std::env::var_os(OWN).is_some()).await;
    }
    let sentry = FakeSentry::new("acme");
    let server = sentry.serve().await.unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    let seen = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&seen);
    tokio::spawn(async move {
        // A connection is enough; it ends when it is dropped.
        while proxy.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let child = async |own: bool| {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "a_proxy_sees_no_token_on_its_way_to_this_machine"]);
        program.env(SERVER, server.url()).env_remove("NO_PROXY").env_remove("no_proxy");
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
            program.env(name, &proxy_url);
        }
        if own {
            program.env(OWN, "1");
        }
        let output = tokio::task::spawn_blocking(move || program.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    child(false).await;
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    assert_eq!(server.requests(), 2);
    // The same with a client that minds the environment: the proxy is one indeed.
    child(true).await;
    assert!(seen.load(Ordering::SeqCst) > 0);
    assert_eq!(server.requests(), 2);
}

async fn calls(server: &str, own: bool) {
    let builder = HttpClient::builder().base_url(server).organization("acme").token("token");
    let builder = builder.retry(RetryPolicy::never());
    if own {
        #[cfg(feature = "rustls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder.http_client(reqwest::Client::new()).build().unwrap();
        assert!(client.projects(None).await.unwrap_err().is_unavailable());
        return;
    }
    builder.build().unwrap().projects(None).await.unwrap();
    let uuid = "01635075-0000-4f96-8fc8-ff9680780a13";
    let installation = Installation::new(uuid, "id", "client-secret").unwrap();
    let installation = installation.base_url(server).unwrap();
    assert!(installation.exchange("unknown").await.unwrap_err().is_unauthorized());
}
