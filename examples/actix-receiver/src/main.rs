//! Receives Sentry's webhooks with actix-web and prints what they are about.
//!
//! ```text
//! SENTRY_CLIENT_SECRET=… cargo run -p actix-receiver
//! ```

use std::error::Error;

use actix_web::{App, HttpServer, web};
use sentry_hooks::{Verifier, sign};
use sentry_hooks_actix::{Receiver, SentryWebhook};

async fn on_sentry(SentryWebhook(delivery): SentryWebhook) -> &'static str {
    // Sentry waits for one second: a real receiver puts the delivery into a queue here.
    if let Ok(webhook) = delivery.webhook() {
        println!("{}.{}", webhook.resource(), webhook.action());
    }
    "accepted"
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("SENTRY_CLIENT_SECRET")
        .map_err(|_| "set SENTRY_CLIENT_SECRET to the integration's client secret")?;
    let receiver = Receiver::new(Verifier::new(&secret)?);

    let body = r#"{"action":"created","data":{"comment_id":1,"issue_id":7}}"#;
    println!("Listening. Send a delivery from another terminal:\n");
    println!("curl http://127.0.0.1:3004/sentry -H 'Sentry-Hook-Resource: comment' \\");
    println!("  -H 'Sentry-Hook-Signature: {}' -d '{body}'\n", sign(&secret, body.as_bytes())?);
    HttpServer::new(move || {
        App::new().app_data(receiver.clone()).route("/sentry", web::post().to(on_sentry))
    })
    .bind(("127.0.0.1", 3004))?
    .run()
    .await?;
    Ok(())
}
