//! An HTTP server that slow and idle clients cannot hold up.
//!
//! `axum::serve` sets no timer, so in it a client may take as long as it likes over its headers.
//! Here each connection has a deadline for its headers (which also ends idle connections), each
//! request one for its body and answer, and there is a bound on open connections.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a client may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at the same time; further ones wait in the listener's backlog.
    pub connections: usize,
    /// From the opening of a connection, or from the last answer on it, to the end of the headers.
    pub headers: Duration,
    /// From the headers to the answer. A bound for handlers that have none of their own; the
    /// webhook's own is shorter.
    pub request: Duration,
    /// How long requests under way may finish after the server was told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    /// 512 connections, 5 s for headers, 60 s for a request, 5 s to finish.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connections: 512, headers: seconds(5), request: seconds(60), drain: seconds(5) }
    }
}

/// Serves `router` until `stop` is ready, then lets the requests under way finish.
///
/// Errors of single connections end these alone.
pub async fn serve<S>(listener: TcpListener, router: Router, limits: Limits, stop: S)
where
    S: Future<Output = ()>,
{
    let router = router
        .layer(middleware::from_fn(move |request, next| within(limits.request, request, next)));
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &connections) => accepted,
            () = &mut stop => break,
        };
        let (stream, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: wait for some connection to end.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.headers)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests under way");
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, permit))
}

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    use super::*;

    const LIMITS: Limits = Limits {
        connections: 80,
        headers: Duration::from_millis(400),
        request: Duration::from_millis(400),
        drain: Duration::from_secs(2),
    };

    async fn echo(body: String) -> String {
        if body == "slow" {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        body
    }

    async fn start() -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", post(echo));
        let server = tokio::spawn(serve(listener, router, LIMITS, async {
            stopped.await.ok();
        }));
        (address, stop, server)
    }

    /// Sends the text and reads until the server closes the connection.
    async fn talk(address: std::net::SocketAddr, text: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer))
            .await
            .expect("the server ends the connection")
            .ok();
        String::from_utf8(answer).unwrap()
    }

    const GOOD: &str =
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";

    #[tokio::test]
    async fn slow_headers_and_bodies_are_cut() {
        let (address, _stop, _server) = start().await;
        assert!(talk(address, GOOD).await.starts_with("HTTP/1.1 200"));
        assert_eq!(talk(address, "").await, "", "a silent connection is closed");
        let headers = talk(address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Le").await;
        assert!(!headers.contains("200"), "{headers}");
        let body = talk(address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhi").await;
        assert!(body.starts_with("HTTP/1.1 503"), "{body}");
    }

    #[tokio::test]
    async fn a_good_client_is_served_beside_many_slow_ones() {
        let (address, _stop, _server) = start().await;
        let mut silent = Vec::new();
        for _ in 0..64 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let begun = Instant::now();
        assert!(talk(address, GOOD).await.starts_with("HTTP/1.1 200"));
        assert!(begun.elapsed() < LIMITS.headers, "served while the others were still open");
    }

    #[tokio::test]
    async fn requests_under_way_finish_after_the_stop() {
        let (address, stop, server) = start().await;
        let slow = GOOD.replace("Length: 2", "Length: 4").replace("hi", "slow");
        let client = tokio::spawn(async move { talk(address, &slow).await });
        tokio::time::sleep(Duration::from_millis(80)).await;
        stop.send(()).unwrap();
        assert!(client.await.unwrap().ends_with("slow"));
        server.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }
}
