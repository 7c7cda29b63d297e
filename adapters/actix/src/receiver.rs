//! What the extractors need from the application's data.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use sentry_hooks::{DEFAULT_BODY_LIMIT, Delivery, Headers, Intake, ReceiveError, Verifier};

/// Secrets and limits of a receiver; cheap to clone.
///
/// Give it to the application with `App::app_data(receiver)`; `web::Data<Receiver>` is found too.
#[derive(Debug, Clone)]
pub struct Receiver {
    verifier: Arc<Verifier>,
    limit: usize,
    deadline: Duration,
}

impl Receiver {
    /// A receiver that takes bodies of up to [`DEFAULT_BODY_LIMIT`] bytes within 10 seconds.
    pub fn new(verifier: impl Into<Arc<Verifier>>) -> Self {
        Self {
            verifier: verifier.into(),
            limit: DEFAULT_BODY_LIMIT,
            deadline: Duration::from_secs(10),
        }
    }

    /// Refuses bodies of more than `bytes` with 413, without buffering them.
    ///
    /// It replaces actix-web's `PayloadConfig`, which has no effect here.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Refuses bodies that take longer with 408.
    #[must_use]
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub(crate) async fn receive(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<Delivery, ReceiveError> {
        let read = pin!(self.read(request, payload));
        match select(read, pin!(actix_web::rt::time::sleep(self.deadline))).await {
            Either::Left((delivery, _)) => delivery,
            Either::Right(_) => Err(ReceiveError::Timeout),
        }
    }

    /// Reads the payload as it came: no middleware's decompression, no extractor's limits.
    async fn read(
        &self,
        request: &HttpRequest,
        mut payload: Payload,
    ) -> Result<Delivery, ReceiveError> {
        let headers = request.headers();
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
        let mut intake = Intake::begin(Headers::from_pairs(pairs), length, self.limit)?;
        while let Some(chunk) = payload.next().await {
            intake.push(chunk.map_err(|_| ReceiveError::Interrupted)?)?;
        }
        intake.finish(&self.verifier)
    }
}
