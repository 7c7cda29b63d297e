//! The fake behind a socket of this machine.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::FakeSentry;
use super::wire::{Request, Response};

/// A loopback server that serves a [`FakeSentry`] in Sentry's wire form. It ends when dropped.
///
/// Its `Link` headers name another host than its own, as Sentry's do for customer domains.
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl FakeSentry {
    /// Serves this fake on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn serve(&self) -> io::Result<FakeServer> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(AtomicU64::new(0));
        let (sentry, counter) = (self.clone(), Arc::clone(&requests));
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (sentry, counter) = (sentry.clone(), Arc::clone(&counter));
                connections.spawn(async move {
                    let service = service_fn(move |request| {
                        counter.fetch_add(1, Ordering::SeqCst);
                        handle(sentry.clone(), address, request)
                    });
                    // A client that goes away is no fault of the server.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(FakeServer { address, requests, task })
    }
}

impl FakeServer {
    /// Its address, for [`HttpClientBuilder::base_url`](crate::HttpClientBuilder::base_url).
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came in so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handle(
    sentry: FakeSentry,
    address: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    let decode = |segment: &str| {
        let pair = format!("x={}", segment.replace('+', "%2B"));
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, it)| it.into_owned())
    };
    let request = Request {
        method: head.method.to_string(),
        path: path.split('/').filter(|it| !it.is_empty()).filter_map(decode).collect(),
        slash: path.ends_with('/'),
        query: url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect(),
        bearer: head
            .headers
            .get("authorization")
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned)),
        body: body.collect().await.map(|it| it.to_bytes().to_vec()).unwrap_or_default(),
        address: format!("http://{address}"),
    };
    let answer = sentry.respond(&request);
    tokio::time::sleep(answer.delay).await;
    Ok(write(answer))
}

fn write(answer: Response) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Full::new(Bytes::from(answer.body)))
        .unwrap_or_else(|_| hyper::Response::new(Full::default()))
}
