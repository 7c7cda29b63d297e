//! The ready route.

use std::future::Future;

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use http::StatusCode;
use sentry_hooks::{Delivery, Reply};

use crate::{Receiver, SentryWebhook};

/// A `POST` route that verifies deliveries and hands them to `keep`.
///
/// `keep` should put the delivery where it is safe and return at once: Sentry waits for one second.
/// `Ok` is answered with 200; an error with 500, which says that the delivery was not kept. Sentry
/// repeats the deliveries of published integrations after most 5xx, but not after 503 or 504; those
/// of internal integrations it never repeats.
///
/// It works in routers of any state.
///
/// ```
/// use axum::Router;
/// use sentry_hooks::Verifier;
/// use sentry_hooks_axum::{Receiver, webhook};
///
/// let (queue, worker) = tokio::sync::mpsc::channel(1024);
/// let receiver = Receiver::new(Verifier::new("the integration's client secret")?);
/// let app: Router = Router::new().route(
///     "/sentry",
///     webhook(receiver, move |delivery| {
///         let queue = queue.clone();
///         async move { queue.try_send(delivery) }
///     }),
/// );
/// # Ok::<(), sentry_hooks::SecretError>(())
/// ```
pub fn webhook<F, Fut, E, S>(receiver: Receiver, keep: F) -> MethodRouter<S>
where
    F: Fn(Delivery) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send,
    E: 'static,
    S: Clone + Send + Sync + 'static,
{
    let handler = async move |SentryWebhook(delivery): SentryWebhook| match keep(delivery).await {
        Ok(()) => answer(StatusCode::OK, Reply::ACCEPTED.body),
        Err(_) => answer(StatusCode::INTERNAL_SERVER_ERROR, "not kept"),
    };
    post(handler).with_state(receiver)
}

fn answer(status: StatusCode, body: &'static str) -> Response {
    (status, [(http::header::CONTENT_TYPE, Reply::CONTENT_TYPE)], body).into_response()
}
