//! The ready service.

use std::future::Future;

use actix_web::{HttpResponse, Resource, web};
use sentry_hooks::{Delivery, Reply};

use crate::{Receiver, SentryWebhook};

/// A `POST` resource that verifies deliveries and hands them to `keep`.
///
/// `keep` should put the delivery where it is safe and return at once: Sentry waits for one second.
/// `Ok` is answered with 200; an error with 500, which says that the delivery was not kept. Sentry
/// repeats the deliveries of published integrations after most 5xx, but not after 503 or 504; those
/// of internal integrations it never repeats.
///
/// ```
/// use actix_web::App;
/// use sentry_hooks::Verifier;
/// use sentry_hooks_actix::{Receiver, webhook};
///
/// let (queue, worker) = std::sync::mpsc::sync_channel(1024);
/// let receiver = Receiver::new(Verifier::new("the integration's client secret")?);
/// let app = App::new().service(webhook("/sentry", receiver, move |delivery| {
///     let queue = queue.clone();
///     async move { queue.try_send(delivery) }
/// }));
/// # Ok::<(), sentry_hooks::SecretError>(())
/// ```
pub fn webhook<F, Fut, E>(path: &str, receiver: Receiver, keep: F) -> Resource
where
    F: Fn(Delivery) -> Fut + Clone + 'static,
    Fut: Future<Output = Result<(), E>> + 'static,
    E: 'static,
{
    let handler = move |SentryWebhook(delivery): SentryWebhook| {
        let kept = keep(delivery);
        async move {
            match kept.await {
                Ok(()) => {
                    HttpResponse::Ok().content_type(Reply::CONTENT_TYPE).body(Reply::ACCEPTED.body)
                }
                Err(_) => HttpResponse::InternalServerError()
                    .content_type(Reply::CONTENT_TYPE)
                    .body("not kept"),
            }
        }
    };
    web::resource(path).app_data(receiver).route(web::post().to(handler))
}
