//! From a request's parts to a delivery.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body;
use sentry_hooks::{Delivery, Headers, Intake, ReceiveError, Verifier};

/// Reads a body within its limit and its time, verifies it, and checks that it can be read.
///
/// This is what the layer does, for those who build an extractor of their own. `deadline` is any
/// future that is ready when the time is up.
///
/// # Errors
///
/// [`ReceiveError`]; its `reply` says what to answer.
pub async fn read_delivery<B: Body>(
    verifier: &Verifier,
    limit: usize,
    headers: &HeaderMap,
    body: B,
    deadline: impl Future,
) -> Result<Delivery, ReceiveError> {
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let mut intake = Intake::begin(Headers::from_pairs(pairs), content_length(headers), limit)?;
    let (mut body, mut deadline) = (pin!(body), pin!(deadline));
    loop {
        let frame = poll_fn(|cx| {
            if deadline.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(ReceiveError::Timeout));
            }
            body.as_mut().poll_frame(cx).map(Ok)
        });
        match frame.await? {
            None => return intake.finish(verifier),
            Some(Err(_)) => return Err(ReceiveError::Interrupted),
            Some(Ok(frame)) => {
                // Trailers carry nothing of ours.
                if let Ok(data) = frame.into_data() {
                    intake.push(into_bytes(data))?;
                }
            }
        }
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Free of charge where the data are `Bytes` already.
fn into_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
