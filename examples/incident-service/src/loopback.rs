//! One request over a plain connection: enough for the demo and the tests, which talk to this
//! machine alone.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

/// A request that got no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoopbackError {
    /// Nobody listens there.
    #[error("cannot connect: {0}")]
    Connect(#[from] std::io::Error),
    /// The connection ended or did not speak HTTP.
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request on a connection of its own.
///
/// # Errors
/// [`LoopbackError`]; an answer of any status is none.
pub async fn send(address: SocketAddr, request: Request<Bytes>) -> Result<Answer, LoopbackError> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // What goes wrong with it, the request's own error says.
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request.map(Full::new)).await?;
    let (head, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Answer { status: head.status, headers: head.headers, body })
}
