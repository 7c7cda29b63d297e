//! The layer answers the table of requests as every other receiver does.

#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use sentry_hooks::{Delivery, ReceiveError, Reply, sign};
use sentry_hooks_tower::testing::{BODY_DEADLINE, BODY_LIMIT, assert_conforms, verifier};
use sentry_hooks_tower::{VerifiedBody, VerifyLayer};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};

type Answer = Response<Full<Bytes>>;

/// Reads its body like any other service, and finds the same bytes in the delivery.
async fn handler(request: Request<VerifiedBody>) -> Result<Answer, Infallible> {
    let delivery = request.extensions().get::<Delivery>().cloned();
    let body = request.into_body().collect().await?.to_bytes();
    let same = delivery.is_some_and(|delivery| delivery.body() == &body);
    let reply = if same { Reply::ACCEPTED.body } else { "the body differs" };
    Ok(Response::new(Full::from(reply)))
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_every_request_of_the_table() {
    let service = VerifyLayer::new(verifier())
        .body_limit(BODY_LIMIT)
        .body_deadline(|| tokio::time::sleep(BODY_DEADLINE))
        .layer(service_fn(handler));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let builder = auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    tokio::task::spawn_blocking(move || assert_conforms(address, "/sentry")).await.unwrap();
}

#[tokio::test]
async fn a_refusal_tells_outer_layers_why_and_the_sender_nothing() {
    let service = VerifyLayer::new(verifier()).layer(service_fn(handler));
    let request = Request::post("/")
        .header("Sentry-Hook-Signature", sign("another secret", b"{}").unwrap())
        .body(Full::new(Bytes::from_static(b"{}")))
        .unwrap();
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(matches!(response.extensions().get(), Some(ReceiveError::Signature(_))));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "unauthorized");
}
