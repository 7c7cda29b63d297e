//! An HTTP server that slow and idle clients cannot hold up.
//!
//! `axum::serve` sets no timer, so in it a client may take as long as it likes over its headers.
//! Here each connection has a deadline for its headers (which also ends idle connections), each
//! request one for its body and answer, and there is a bound on open connections: at the bound the
//! connection that has been idle for longest makes room for a new one.

mod seats;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use seats::{Seat, Seats};

/// What a client may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at the same time; for a further one the longest idle one is ended.
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
    /// 4,096 connections, 2 s for headers, 60 s for a request, 5 s to finish.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connections: 4096, headers: seconds(2), request: seconds(60), drain: seconds(5) }
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
    let seats = Seats::new(limits.connections);
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let stream = listener.accept().await;
            (stream, seats.take().await)
        };
        let (stream, seat) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let stream = match stream {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: let some connections end.
                tracing::warn!(%error, "cannot accept a connection");
                seats.end_idle(32);
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let seat = Arc::new(seat);
        let service = service_fn(answering(router.clone(), Arc::clone(&seat)));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.headers)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let ended = tokio::select! {
                ended = connection => ended,
                () = seat.wanted() => return,
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests under way");
    }
}

/// The router as a service of one connection, whose seat is not idle while a request is answered.
fn answering(
    router: Router,
    seat: Arc<Seat>,
) -> impl Fn(hyper::Request<hyper::body::Incoming>) -> Answering {
    let service = TowerToHyperService::new(router);
    move |request| {
        let busy = seat.busy();
        let answer = service.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(busy);
            answer
        })
    }
}

type Answering =
    std::pin::Pin<Box<dyn Future<Output = Result<Response, std::convert::Infallible>> + Send>>;

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    use super::*;

    const LIMITS: Limits = Limits {
        connections: 80,
        headers: Duration::from_millis(400),
        request: Duration::from_millis(400),
        drain: Duration::from_secs(2),
    };

    async fn echo(body: String) -> String {
        match body.as_str() {
            "slow" => tokio::time::sleep(Duration::from_millis(200)).await,
            "slower" => tokio::time::sleep(Duration::from_secs(2)).await,
            _ => {}
        }
        body
    }

    type Started = (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>);

    async fn start() -> Started {
        start_with(LIMITS).await
    }

    async fn start_with(limits: Limits) -> Started {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", post(echo));
        let server = tokio::spawn(serve(listener, router, limits, async {
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
    async fn a_good_client_is_served_beside_more_silent_ones_than_are_allowed() {
        let patient = Limits { headers: Duration::from_secs(600), ..LIMITS };
        let (address, _stop, _server) = start_with(patient).await;
        let mut silent = Vec::new();
        for _ in 0..3 * LIMITS.connections {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        for _ in 0..5 {
            assert!(talk(address, GOOD).await.starts_with("HTTP/1.1 200"));
        }
    }

    #[tokio::test]
    async fn a_request_under_way_keeps_its_connection() {
        let patient = Limits { request: Duration::from_secs(10), ..LIMITS };
        let (address, _stop, _server) = start_with(patient).await;
        let slow = GOOD.replace("Length: 2", "Length: 6").replace("hi", "slower");
        let client = tokio::spawn(async move { talk(address, &slow).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut silent = Vec::new();
        for _ in 0..3 * LIMITS.connections {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        assert!(talk(address, GOOD).await.starts_with("HTTP/1.1 200"));
        assert!(client.await.unwrap().ends_with("slower"));
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
