//! Extractors and route answer the table of requests as every other receiver does.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::post;
use http::StatusCode;
use sentry_hooks::webhook::{Comment, IssueWebhook};
use sentry_hooks::{Delivery, Headers, ReceiveError, Reply, Verifier, danger, sign};
use sentry_hooks_axum::{Receiver, Sentry, SentryRejection, SentryWebhook, webhook};
use sentry_hooks_tower::VerifyLayer;
use sentry_hooks_tower::testing::{BODY_DEADLINE, BODY_LIMIT, assert_conforms, verifier};
use tokio::net::TcpListener;
use tower::ServiceExt;

fn receiver() -> Receiver {
    Receiver::new(verifier()).body_limit(BODY_LIMIT).body_deadline(BODY_DEADLINE)
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn the_extractor_answers_every_request_of_the_table() {
    let handler = async |SentryWebhook(_): SentryWebhook| Reply::ACCEPTED.body;
    let app = Router::new().route("/sentry", post(handler)).with_state(receiver());
    let address = serve(app).await;
    tokio::task::spawn_blocking(move || assert_conforms(address, "/sentry")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_route_does_and_keeps_what_it_accepts() {
    let kept = Arc::new(Mutex::new(Vec::<Delivery>::new()));
    let keep = {
        let kept = Arc::clone(&kept);
        move |delivery| {
            kept.lock().unwrap().push(delivery);
            async { Ok::<_, ()>(()) }
        }
    };
    let address = serve(Router::new().route("/sentry", webhook(receiver(), keep))).await;
    tokio::task::spawn_blocking(move || assert_conforms(address, "/sentry")).await.unwrap();

    let kept = kept.lock().unwrap();
    assert_eq!(kept.len(), 7);
    // A replay is told by its digest, whatever its headers say.
    assert_eq!(kept[0].body_digest(), kept[1].body_digest());
}

fn signed(body: &'static str) -> Request {
    Request::post("/")
        .header("Sentry-Hook-Signature", sign("secret", body.as_bytes()).unwrap())
        .body(Body::from(body))
        .unwrap()
}

const COMMENT: &str = r#"{"action":"created","data":{"comment_id":1,"issue_id":7,"comment":"hm"}}"#;

#[tokio::test]
async fn one_resource_is_typed_and_the_others_are_answered_and_passed_over() {
    let state = Receiver::new(Verifier::new("secret").unwrap());
    let app = Router::new()
        .route(
            "/",
            post(async |Sentry(c): Sentry<Comment<'static>>| {
                c.comment.unwrap_or_default().into_owned()
            }),
        )
        .route("/issue", post(async |Sentry(_): Sentry<IssueWebhook<'static>>| "an issue"))
        .with_state(state);
    let response = app.clone().oneshot(signed(COMMENT)).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(body, "hm");

    let mut request = signed(COMMENT);
    *request.uri_mut() = "/issue".parse().unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let reason = response.extensions().get::<ReceiveError>();
    assert!(matches!(reason, Some(ReceiveError::OtherResource { .. })));
}

#[tokio::test]
async fn what_a_layer_has_verified_is_not_verified_again() {
    // The state's secret is another one: only the layer's counts.
    let app = Router::new()
        .route(
            "/",
            post(async |SentryWebhook(d): SentryWebhook| format!("{:?}", d.matched_secret())),
        )
        .layer(VerifyLayer::new(Verifier::new("secret").unwrap()))
        .with_state(Receiver::new(Verifier::new("another").unwrap()));
    let response = app.oneshot(signed(COMMENT)).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(body, "Some(0)");
}

#[tokio::test]
async fn what_nobody_has_verified_is_not_taken_from_the_extensions() {
    let app = Router::new()
        .route(
            "/",
            post(async |SentryWebhook(d): SentryWebhook| format!("{:?}", d.matched_secret())),
        )
        .with_state(Receiver::new(Verifier::new("secret").unwrap()));
    let claimed = danger::unverified_delivery(Headers::default(), COMMENT.into());
    let mut unsigned = Request::post("/").body(Body::from(COMMENT)).unwrap();
    unsigned.extensions_mut().insert(claimed.clone());
    let response = app.clone().oneshot(unsigned).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);

    let mut request = signed(COMMENT);
    request.extensions_mut().insert(claimed);
    let response = app.oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(body, "Some(0)", "what is signed is verified on its own");
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_accepted() {
    let receiver = Receiver::new(Verifier::new("secret").unwrap());
    let full = webhook(receiver, async |_| Err("the disk is full at /var/secret"));
    let response = Router::new().route("/", full).oneshot(signed(COMMENT)).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(body, "not kept");
}

#[test]
fn a_rejection_says_why_in_code() {
    let rejection = SentryRejection::from(ReceiveError::TooLarge { limit: 9 });
    assert_eq!(rejection.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(rejection.body_text(), "payload too large");
    assert_eq!(rejection.reason(), ReceiveError::TooLarge { limit: 9 });
    assert_eq!(rejection.to_string(), "the body is larger than 9 bytes");
}
