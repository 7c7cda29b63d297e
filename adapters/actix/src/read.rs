//! From a request to a delivery.

use std::pin::pin;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use sentry_hooks::{Delivery, Headers, Intake, ReceiveError, Receiver};

use crate::SentryRejection;

/// Reads a request's body within the receiver's limit and time, verifies it, and checks that it can
/// be read.
pub(crate) async fn read_delivery(
    receiver: &Receiver,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Delivery, SentryRejection> {
    let read = pin!(read(receiver, request, payload));
    match select(read, pin!(actix_web::rt::time::sleep(receiver.deadline()))).await {
        Either::Left((delivery, _)) => delivery,
        Either::Right(_) => Err(ReceiveError::Timeout.into()),
    }
}

/// Reads the payload as it came: no middleware's decompression, no extractor's limits.
async fn read(
    receiver: &Receiver,
    request: &HttpRequest,
    mut payload: Payload,
) -> Result<Delivery, SentryRejection> {
    let headers = request.headers();
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let mut intake = Intake::begin(Headers::from_pairs(pairs), length, receiver.limit())?;
    let mut empty = true;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ReceiveError::Interrupted)?;
        empty &= chunk.is_empty();
        intake.push(chunk)?;
    }
    // A body that was cut off on its way is an error of the payload; one that ends well before it
    // began was read by somebody else.
    let announced = length.map_or(headers.contains_key(TRANSFER_ENCODING), |length| length > 0);
    intake.finish(receiver.verifier()).map_err(|error| match error {
        ReceiveError::Signature(_) if empty && announced => SentryRejection::read_before(error),
        error => error.into(),
    })
}
