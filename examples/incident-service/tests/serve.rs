//! The receiver's answers, over a real port, and what the work behind it makes of deliveries.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use incident_service::loopback;
use incident_service::pipeline::{About, Investigator, Outcome, Pipeline, Worker};
use incident_service::receiver::{self, Intake};
use incident_service::server::{self, Limits};
use incident_service::shop::{self, repository};
use sentry_correlate_git::GitRepository;
use sentry_hooks::model::Level;
use sentry_hooks::{Decision, MemoryCooldown, Policy, Verifier, sign};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

const SECRET: &str = "test-secret";

struct Service {
    address: std::net::SocketAddr,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    _stop: oneshot::Sender<()>,
    _dir: tempfile::TempDir,
}

impl Service {
    async fn start(bound: usize, work: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.git");
        repository::write(&shop::HISTORY, &path).unwrap();
        let repo = GitRepository::open(&path).unwrap();
        let pipeline = Pipeline {
            policy: Policy::new().min_level(Level::Error),
            cooldowns: Arc::new(MemoryCooldown::new()),
            repeats: Arc::new(MemoryCooldown::new()),
            cooldown: Duration::from_secs(600),
            investigator: Arc::new(Investigator::new(repo, Duration::from_secs(30))),
        };
        let (tell, outcomes) = mpsc::unbounded_channel();
        let tell = Arc::new(move |_: &About, outcome| {
            // A test that has ended does not listen.
            tell.send(outcome).ok();
        });
        let (queue, worker) =
            Worker::new(Arc::new(pipeline), None, bound, OffsetDateTime::now_utc, tell);
        if work {
            tokio::spawn(worker.run(|_| std::future::ready(Ok(()))));
        } else {
            // Kept alive without working, so that the queue fills.
            std::mem::forget(worker);
        }
        let intake = Intake {
            path: "/webhooks/sentry".into(),
            body_limit: 64 * 1024,
            body_deadline: Duration::from_secs(5),
        };
        let routes = receiver::routes(Verifier::new(SECRET).unwrap(), &intake, queue);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::serve(listener, routes, Limits::default(), async {
            stopped.await.ok();
        }));
        Self { address, outcomes, _stop: stop, _dir: dir }
    }

    /// Posts a body and gives back status and text.
    async fn post(&self, body: &[u8], headers: &[(&str, &str)]) -> (u16, String) {
        let request = http::Request::post("/webhooks/sentry").header("Host", "localhost");
        let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
        let request = request.body(body.to_vec().into()).unwrap();
        let answer = loopback::send(self.address, request).await.unwrap();
        (answer.status.as_u16(), answer.text())
    }

    async fn signed(&self, resource: &str, body: &[u8]) -> (u16, String) {
        let signature = sign(SECRET, body).unwrap();
        let headers = [("Sentry-Hook-Resource", resource), ("Sentry-Hook-Signature", &signature)];
        self.post(body, &headers).await
    }

    async fn outcome(&mut self) -> Outcome {
        let next = tokio::time::timeout(Duration::from_secs(20), self.outcomes.recv());
        next.await.expect("the worker works").expect("the worker lives")
    }
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let service = Service::start(8, true).await;
    let body = shop::FIRST_DELIVERY;
    let wrong = sign("another", body).unwrap();
    let unauthorized = (401, "unauthorized".to_owned());
    assert_eq!(service.post(body, &[]).await, unauthorized);
    for signature in [wrong.as_str(), "", "zz", "sha256=00"] {
        let headers = [("Sentry-Hook-Signature", signature)];
        assert_eq!(service.post(body, &headers).await, unauthorized, "{signature}");
    }
    assert_eq!(service.signed("issue", b"{\"action\":").await.0, 400);
    assert_eq!(service.signed("comment", body).await.0, 400, "header and shape contradict");
    assert_eq!(service.signed("issue", &[b' '; 65 * 1024]).await.0, 413);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_waited_for() {
    let service = Service::start(8, true).await;
    let stream = TcpStream::connect(service.address).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    // Chunks without end; the answer comes after the limit.
    to.write_all(
        b"POST /webhooks/sentry HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\
          Sentry-Hook-Signature: 00\r\n\r\n",
    )
    .await
    .unwrap();
    let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
    let sender = tokio::spawn(async move {
        let mut sent = 0;
        // Ends when the receiver closes the connection.
        while sent < 16 * 1024 * 1024 && to.write_all(&chunk).await.is_ok() {
            sent += 0x4000;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        sent
    });
    let mut answer = [0; 64];
    let length = from.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    drop(from);
    let sent = sender.await.unwrap();
    assert!(sent < 16 * 1024 * 1024, "the receiver took {sent} bytes");
}

#[tokio::test]
async fn unknown_resources_are_taken_and_kept() {
    let mut service = Service::start(8, true).await;
    let body = br#"{"action":"exploded","installation":{"uuid":"a"},"data":{"volcano":{"id":1}}}"#;
    assert_eq!(service.signed("volcano", body).await, (200, "accepted".to_owned()));
    let outcome = service.outcome().await;
    assert!(matches!(outcome, Outcome::Passed(Decision::NothingToActOn)), "{outcome}");
}

#[tokio::test]
async fn an_issue_without_an_event_does_not_silence_its_alert() {
    let mut service = Service::start(8, true).await;
    let issue =
        br#"{"action":"created","installation":{"uuid":"0d5f6b6e-4c52-4b0c-9a3e-6f1a2b8c7d90"},
        "data":{"issue":{"id":"6318407215","level":"error",
        "url":"https://sentry.io/api/0/organizations/tea-shop/issues/6318407215/"}}}"#;
    service.signed("issue", issue).await;
    assert!(matches!(service.outcome().await, Outcome::NoEvent));
    service.signed("event_alert", shop::FIRST_DELIVERY).await;
    assert!(matches!(service.outcome().await, Outcome::Answered(_)));
    service.signed("event_alert", shop::SECOND_DELIVERY).await;
    assert!(matches!(service.outcome().await, Outcome::Passed(Decision::Cooling { .. })));
}

#[tokio::test]
async fn the_same_delivery_is_worked_on_once() {
    let mut service = Service::start(8, true).await;
    let body = shop::FIRST_DELIVERY;
    let signature = sign(SECRET, body).unwrap();
    // Sentry draws another Request-ID for each attempt.
    let headers = [("Sentry-Hook-Signature", signature.as_str()), ("Request-ID", "1")];
    assert_eq!(service.post(body, &headers).await.0, 200);
    assert!(matches!(service.outcome().await, Outcome::Answered(_)));
    let headers = [("Sentry-Hook-Signature", signature.as_str()), ("Request-ID", "2")];
    assert_eq!(service.post(body, &headers).await.0, 200);
    assert!(matches!(service.outcome().await, Outcome::Passed(Decision::Duplicate)));
}

#[tokio::test]
async fn a_full_queue_is_admitted_and_claims_nothing() {
    let mut service = Service::start(1, false).await;
    let other = |body: &[u8]| {
        let text = String::from_utf8(body.to_vec()).unwrap();
        text.replace("6318407215", "6318407216").into_bytes()
    };
    let third = other(shop::SECOND_DELIVERY);
    assert_ne!(third, shop::SECOND_DELIVERY);
    assert_eq!(service.signed("event_alert", shop::FIRST_DELIVERY).await.0, 200);
    for _ in 0..2 {
        let (status, text) = service.signed("event_alert", &third).await;
        assert!(status >= 500, "{status} {text}");
    }
    // What needs no work is taken all the same.
    let body = br#"{"action":"exploded","data":{"volcano":{"id":1}}}"#;
    assert_eq!(service.signed("volcano", body).await.0, 200);
    assert!(matches!(service.outcome().await, Outcome::Passed(Decision::NothingToActOn)));
}
