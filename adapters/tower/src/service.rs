//! The service: verify, then call the inner one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body;
use sentry_hooks::{ReceiveError, Reply, Verifier};
use tower_service::Service;

use crate::{BodyDeadline, VerifiedBody, read_delivery};

/// Verifies requests and passes them on; made by [`VerifyLayer`](crate::VerifyLayer).
#[derive(Clone)]
pub struct Verify<S, D> {
    pub(crate) inner: S,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) limit: usize,
    pub(crate) deadline: D,
}

impl<S, D, ReqBody, ResBody> Service<Request<ReqBody>> for Verify<S, D>
where
    S: Service<Request<VerifiedBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    D: BodyDeadline,
    D::Future: Send + 'static,
    ReqBody: Body + Send + 'static,
    ReqBody::Data: Send,
    ResBody: From<&'static str>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ResBody>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // The clone may not be ready, so the one that is goes along.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let (verifier, limit) = (Arc::clone(&self.verifier), self.limit);
        let deadline = self.deadline.start();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let read = read_delivery(&verifier, limit, &parts.headers, body, deadline);
            match read.await {
                Ok(delivery) => {
                    let body = VerifiedBody::new(delivery.body().clone());
                    parts.extensions.insert(delivery);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(error) => Ok(refusal(error)),
            }
        })
    }
}

fn refusal<B: From<&'static str>>(error: ReceiveError) -> Response<B> {
    let reply = error.reply();
    let mut response = Response::new(B::from(reply.body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(Reply::CONTENT_TYPE));
    response.extensions_mut().insert(error);
    response
}

impl<S: fmt::Debug, D> fmt::Debug for Verify<S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("inner", &self.inner)
            .field("verifier", &self.verifier)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
