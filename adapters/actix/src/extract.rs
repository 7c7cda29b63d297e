//! The extractors.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use sentry_hooks::{Delivery, Provenance, Receiver, TypedPayload};

use crate::SentryRejection;
use crate::read::read_delivery;

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, SentryRejection>>>>;

/// Extracts a verified delivery of any resource.
///
/// It reads the body, which can be read once: beside another extractor that does (`Bytes`, `String`,
/// `Json`, `Form`), the one that stands first among the handler's arguments has it, and the other finds
/// an empty one; here that is a wrong signature, 401. The bytes as they came are `delivery.body()`.
///
/// Needs a [`Receiver`] among the application's data: `App::app_data(receiver)`, or as
/// `web::Data<Receiver>`. Its limit takes the place of actix-web's `PayloadConfig`.
/// `delivery.webhook()` does not fail on what this extracts: the extractor has checked that the body
/// is JSON and agrees with its headers.
///
/// A [`Delivery`] that a middleware in front has put into the request's extensions is taken as it is,
/// unless nobody has verified it ([`Provenance::Nobody`](sentry_hooks::Provenance)). It counts which
/// secrets that middleware has, not which this extractor's [`Receiver`] has: with several tenants, give
/// each a route and secrets of its own, or check `delivery.matched_secret()`.
#[derive(Debug, Clone)]
pub struct SentryWebhook(pub Delivery);

impl FromRequest for SentryWebhook {
    type Error = SentryRejection;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            // A middleware in front may have verified it already; what nobody has is read anew.
            let delivery = request.extensions().get::<Delivery>().cloned();
            if let Some(delivery) = delivery.filter(|d| d.provenance() != Provenance::Nobody) {
                return Ok(Self(delivery));
            }
            let receiver = receiver(&request).ok_or(SentryRejection::NO_RECEIVER)?;
            Ok(Self(read_delivery(&receiver, &request, payload).await?))
        })
    }
}

/// Extracts the payload of one resource, verified and typed.
///
/// A delivery of another resource is answered with 200 and not handed over, so that Sentry does not
/// take the integration for broken.
///
/// ```
/// use sentry_hooks::webhook::IssueWebhook;
/// use sentry_hooks_actix::Sentry;
///
/// async fn handler(Sentry(payload): Sentry<IssueWebhook<'static>>) -> &'static str {
///     println!("{:?}", payload.issue.map(|issue| issue.title));
///     "accepted"
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Sentry<T>(pub T);

impl<T: TypedPayload + 'static> FromRequest for Sentry<T> {
    type Error = SentryRejection;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let webhook = SentryWebhook::from_request(request, payload);
        Box::pin(async move { Ok(Self(webhook.await?.0.payload()?)) })
    }
}

fn receiver(request: &HttpRequest) -> Option<Receiver> {
    request
        .app_data::<Receiver>()
        .or_else(|| request.app_data::<web::Data<Receiver>>().map(web::Data::get_ref))
        .cloned()
}
