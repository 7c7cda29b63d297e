//! Extractors and service answer the table of requests as every other receiver does.

#![allow(clippy::unwrap_used)]

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpMessage, HttpServer, ResponseError, web};
use sentry_hooks::webhook::{Comment, IssueWebhook};
use sentry_hooks::{Delivery, Headers, ReceiveError, Reply, Verifier, danger, sign};
use sentry_hooks_actix::{Receiver, Sentry, SentryRejection, SentryWebhook, webhook};
use sentry_hooks_tower::testing::{BODY_DEADLINE, BODY_LIMIT, assert_conforms, verifier};

fn receiver() -> Receiver {
    Receiver::new(verifier()).body_limit(BODY_LIMIT).body_deadline(BODY_DEADLINE)
}

async fn extracted(SentryWebhook(_): SentryWebhook) -> &'static str {
    Reply::ACCEPTED.body
}

/// Starts a real server with the extractor at `/extract` and the ready service at `/keep`.
fn serve(kept: Arc<Mutex<Vec<Delivery>>>) -> (SocketAddr, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(move || {
        let kept = Arc::clone(&kept);
        let keep = move |delivery| {
            kept.lock().unwrap().push(delivery);
            async { Ok::<_, ()>(()) }
        };
        App::new()
            .app_data(web::Data::new(receiver()))
            .route("/extract", web::post().to(extracted))
            .service(webhook("/keep", receiver(), keep))
    })
    .workers(2)
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}

#[actix_web::test]
async fn extractor_and_service_answer_every_request_of_the_table() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (address, handle) = serve(Arc::clone(&kept));
    web::block(move || {
        assert_conforms(address, "/extract");
        assert_conforms(address, "/keep");
    })
    .await
    .unwrap();
    handle.stop(false).await;

    let kept = kept.lock().unwrap();
    assert_eq!(kept.len(), 7);
    // A replay is told by its digest, whatever its headers say.
    assert_eq!(kept[0].body_digest(), kept[1].body_digest());
}

const COMMENT: &str = r#"{"action":"created","data":{"comment_id":1,"issue_id":7,"comment":"hm"}}"#;

fn signed(path: &str) -> TestRequest {
    let signature = sign("secret", COMMENT.as_bytes()).unwrap();
    TestRequest::post()
        .uri(path)
        .insert_header(("Sentry-Hook-Signature", signature))
        .set_payload(COMMENT)
}

async fn comment(Sentry(comment): Sentry<Comment<'static>>) -> String {
    comment.comment.unwrap_or_default().into_owned()
}

async fn issue(Sentry(_): Sentry<IssueWebhook<'static>>) -> &'static str {
    "an issue"
}

#[actix_web::test]
async fn one_resource_is_typed_and_the_others_are_answered_and_passed_over() {
    let receiver = Receiver::new(Verifier::new("secret").unwrap());
    let app = App::new()
        .app_data(receiver)
        .route("/comment", web::post().to(comment))
        .route("/issue", web::post().to(issue));
    let app = init_service(app).await;
    let response = call_service(&app, signed("/comment").to_request()).await;
    assert_eq!(read_body(response).await, "hm");

    let response = call_service(&app, signed("/issue").to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(read_body(response).await, "ignored");
}

#[actix_web::test]
async fn only_what_was_verified_is_taken_from_the_extensions() {
    let receiver = Receiver::new(Verifier::new("secret").unwrap());
    let route = web::post().to(extracted);
    let app = init_service(App::new().app_data(receiver).route("/", route)).await;
    let unsigned = || TestRequest::post().uri("/").set_payload(COMMENT).to_request();

    let request = unsigned();
    let claimed = danger::unverified_delivery(Headers::default(), COMMENT.into());
    request.extensions_mut().insert(claimed);
    let response = call_service(&app, request).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);

    let request = unsigned();
    let signature = sign("another", COMMENT.as_bytes()).unwrap();
    let headers = Headers::from_pairs([("Sentry-Hook-Signature", &*signature)]);
    let verified = Verifier::new("another").unwrap().receive(headers, COMMENT.into()).unwrap();
    request.extensions_mut().insert(verified);
    assert_eq!(call_service(&app, request).await.status(), StatusCode::OK);
}

#[actix_web::test]
async fn what_cannot_be_kept_is_not_accepted() {
    let receiver = Receiver::new(Verifier::new("secret").unwrap());
    let keep = async |_| Err("the disk is full at /var/secret");
    let app = init_service(App::new().service(webhook("/", receiver, keep))).await;
    let response = call_service(&app, signed("/").to_request()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(read_body(response).await, "not kept");
}

#[actix_web::test]
async fn an_application_without_a_receiver_is_told_what_to_do() {
    let app = App::new().route("/", web::post().to(extracted));
    let app = init_service(app).await;
    let response = call_service(&app, signed("/").to_request()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let told = response.response().error().map(ToString::to_string);
    assert!(told.is_some_and(|told| told.contains("App::app_data")));
}

async fn second(_: web::Bytes, SentryWebhook(_): SentryWebhook) -> &'static str {
    "never"
}

#[actix_web::test]
async fn a_body_that_another_extractor_took_is_told_in_the_log() {
    let receiver = Receiver::new(Verifier::new("secret").unwrap());
    let app = App::new()
        .app_data(receiver)
        .route("/second", web::post().to(second))
        .route("/", web::post().to(extracted));
    let app = init_service(app).await;
    let told = async |request: TestRequest| {
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let told = response.response().error().map(ToString::to_string).unwrap();
        let reason = response.response().extensions().get::<ReceiveError>().copied();
        assert!(matches!(reason, Some(ReceiveError::Signature(_))));
        assert_eq!(read_body(response).await, "unauthorized", "the sender learns nothing of it");
        told
    };
    let length = ("Content-Length", COMMENT.len().to_string());
    let chunked = ("Transfer-Encoding", "chunked");
    let taken = told(signed("/second").insert_header(length)).await;
    assert!(taken.contains("had been read before"), "{taken}");
    let taken = told(signed("/second").insert_header(chunked)).await;
    assert!(taken.contains("had been read before"), "{taken}");
    // Whoever sends an empty body has forged it; nobody took anything.
    let empty = signed("/").set_payload("").insert_header(("Content-Length", "0"));
    assert!(!told(empty).await.contains("read before"));
    let wrong = signed("/").insert_header(("Sentry-Hook-Signature", "00"));
    assert!(!told(wrong).await.contains("read before"));
}

#[test]
fn a_rejection_says_why_in_code() {
    let rejection = SentryRejection::from(ReceiveError::TooLarge { limit: 9 });
    assert_eq!(rejection.status_code(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(rejection.body_text(), "payload too large");
    assert_eq!(rejection.reason(), Some(ReceiveError::TooLarge { limit: 9 }));
    let response = rejection.error_response();
    assert!(response.extensions().get::<ReceiveError>().is_some());
}
