//! Receives Sentry's webhooks with axum and prints what they are about.
//!
//! ```text
//! SENTRY_CLIENT_SECRET=… cargo run -p axum-receiver
//! ```

use std::error::Error;

use axum::{Router, routing::post};
use sentry_hooks::{Verifier, sign};
use sentry_hooks_axum::{Receiver, SentryWebhook};

async fn on_sentry(SentryWebhook(delivery): SentryWebhook) -> &'static str {
    // Sentry waits for one second: a real receiver puts the delivery into a queue here.
    if let Ok(webhook) = delivery.webhook() {
        println!("{}.{}", webhook.resource(), webhook.action());
    }
    "accepted"
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("SENTRY_CLIENT_SECRET")
        .map_err(|_| "set SENTRY_CLIENT_SECRET to the integration's client secret")?;
    let receiver = Receiver::new(Verifier::new(&secret)?);
    let app = Router::new().route("/sentry", post(on_sentry)).with_state(receiver);

    let body = r#"{"action":"created","data":{"comment_id":1,"issue_id":7}}"#;
    println!("Listening. Send a delivery from another terminal:\n");
    println!("curl http://127.0.0.1:3004/sentry -H 'Sentry-Hook-Resource: comment' \\");
    println!("  -H 'Sentry-Hook-Signature: {}' -d '{body}'\n", sign(&secret, body.as_bytes())?);
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3004").await?, app).await?;
    Ok(())
}
