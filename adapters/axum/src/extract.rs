//! The extractors.

use axum::extract::{FromRef, FromRequest, Request};
use sentry_hooks::{Delivery, Provenance, Receiver, TypedPayload};
use sentry_hooks_tower::read_delivery;

use crate::SentryRejection;

/// Extracts a verified delivery of any resource.
///
/// Needs a [`Receiver`] in the router's state, as the state itself or as a part of it by `FromRef`.
/// Its limit takes the place of axum's `DefaultBodyLimit`. `delivery.webhook()` does not fail on
/// what this extracts: the extractor has checked that the body is JSON and agrees with its headers.
///
/// A [`Delivery`] that a layer in front has put into the request's extensions is taken as it is,
/// unless nobody has verified it ([`Provenance::Nobody`](sentry_hooks::Provenance)). It counts which
/// secrets that layer has, not which this extractor's [`Receiver`] has: with several tenants, give
/// each a route and secrets of its own, or check `delivery.matched_secret()`.
///
/// ```
/// use axum::extract::FromRef;
/// use sentry_hooks_axum::{Receiver, SentryWebhook};
///
/// #[derive(Clone)]
/// struct App {
///     sentry: Receiver,
///     // …
/// }
///
/// impl FromRef<App> for Receiver {
///     fn from_ref(app: &App) -> Receiver {
///         app.sentry.clone()
///     }
/// }
///
/// async fn handler(SentryWebhook(delivery): SentryWebhook) -> &'static str {
///     if let Ok(webhook) = delivery.webhook() {
///         println!("{}.{}", webhook.resource(), webhook.action());
///     }
///     "accepted"
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SentryWebhook(pub Delivery);

impl<S> FromRequest<S> for SentryWebhook
where
    Receiver: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = SentryRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, SentryRejection> {
        let (parts, body) = request.into_parts();
        // A layer in front may have verified it already; what nobody has is read anew.
        let delivery = parts.extensions.get::<Delivery>();
        if let Some(delivery) = delivery.filter(|d| d.provenance() != Provenance::Nobody) {
            return Ok(Self(delivery.clone()));
        }
        let receiver = Receiver::from_ref(state);
        let deadline = tokio::time::sleep(receiver.deadline());
        let (verifier, limit) = (receiver.verifier(), receiver.limit());
        Ok(Self(read_delivery(verifier, limit, &parts.headers, body, deadline).await?))
    }
}

/// Extracts the payload of one resource, verified and typed.
///
/// A delivery of another resource is answered with 200 and not handed over, so that Sentry does not
/// take the integration for broken.
///
/// ```
/// use sentry_hooks::webhook::IssueWebhook;
/// use sentry_hooks_axum::Sentry;
///
/// async fn handler(Sentry(payload): Sentry<IssueWebhook<'static>>) -> &'static str {
///     println!("{:?}", payload.issue.map(|issue| issue.title));
///     "accepted"
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Sentry<T>(pub T);

impl<T, S> FromRequest<S> for Sentry<T>
where
    T: TypedPayload,
    Receiver: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = SentryRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, SentryRejection> {
        let SentryWebhook(delivery) = SentryWebhook::from_request(request, state).await?;
        Ok(Self(delivery.payload()?))
    }
}
