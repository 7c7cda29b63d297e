//! Receives Sentry's webhooks with a bare tower service on hyper and prints what they are about.
//!
//! ```text
//! SENTRY_CLIENT_SECRET=… cargo run -p tower-receiver
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use sentry_hooks::{Delivery, Verifier, sign};
use sentry_hooks_tower::{VerifiedBody, VerifyLayer};
use tower::{Layer, service_fn};

async fn on_sentry(request: Request<VerifiedBody>) -> Result<Response<Full<Bytes>>, Infallible> {
    // Sentry waits for one second: a real receiver puts the delivery into a queue here.
    let delivery = request.extensions().get::<Delivery>();
    if let Some(Ok(webhook)) = delivery.map(Delivery::webhook) {
        println!("{}.{}", webhook.resource(), webhook.action());
    }
    Ok(Response::new(Full::from("accepted")))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("SENTRY_CLIENT_SECRET")
        .map_err(|_| "set SENTRY_CLIENT_SECRET to the integration's client secret")?;
    let service = VerifyLayer::new(Verifier::new(&secret)?)
        .body_deadline(|| tokio::time::sleep(Duration::from_secs(5)))
        .layer(service_fn(on_sentry));

    let body = r#"{"action":"created","data":{"comment_id":1,"issue_id":7}}"#;
    println!("Listening. Send a delivery from another terminal:\n");
    println!("curl http://127.0.0.1:3004/ -H 'Sentry-Hook-Resource: comment' \\");
    println!("  -H 'Sentry-Hook-Signature: {}' -d '{body}'\n", sign(&secret, body.as_bytes())?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3004").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("{error}");
            }
        });
    }
}
