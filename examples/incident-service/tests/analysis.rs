//! What an analysis leaves to others: the runtime's threads, and processors.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use incident_service::analyst::RepositoryAnalyst;
use incident_service::loopback;
use incident_service::pipeline::Investigator;
use incident_service::server::{self, Limits};
use incident_service::shop::{self, repository};
use sentry_api_service::{ApiService, Callers};
use sentry_client::testing::{FakeEvent, FakeIssue, FakeSentry};
use sentry_correlate::Incident;
use sentry_correlate::source::{ChangeSource, DeploymentSource, Query, Sink, SourceError};
use sentry_correlate_git::GitRepository;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The shop, which says how it is asked.
#[derive(Debug, Clone)]
struct Watched {
    shop: GitRepository,
    seen: Arc<Seen>,
    _dir: Arc<tempfile::TempDir>,
}

#[derive(Debug, Default)]
struct Seen {
    asked: AtomicUsize,
    under_way: AtomicUsize,
    most: AtomicUsize,
    /// Steps of somebody else, now and when the source had given everything.
    steps: AtomicUsize,
    steps_then: AtomicUsize,
}

impl Watched {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.git");
        repository::write(&shop::HISTORY, &path).unwrap();
        let shop = GitRepository::open(&path).unwrap();
        Self { shop, seen: Arc::default(), _dir: Arc::new(dir) }
    }
}

#[async_trait]
impl ChangeSource for Watched {
    fn name(&self) -> &str {
        "watched"
    }

    async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        let seen = &self.seen;
        seen.asked.fetch_add(1, Ordering::SeqCst);
        let under_way = seen.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(under_way, Ordering::SeqCst);
        // Whoever else may come in, comes in.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let given = self.shop.changes(query, sink).await;
        seen.steps_then.store(seen.steps.load(Ordering::SeqCst), Ordering::SeqCst);
        seen.under_way.fetch_sub(1, Ordering::SeqCst);
        given
    }
}

#[async_trait]
impl DeploymentSource for Watched {
    fn name(&self) -> &str {
        "watched"
    }

    async fn deployments(&self, _: &Query, _: &Sink) -> Result<(), SourceError> {
        Ok(())
    }
}

#[tokio::test]
async fn others_go_on_while_changes_are_ranked() {
    let source = Watched::new();
    let seen = Arc::clone(&source.seen);
    let steps = Arc::clone(&seen);
    // The test's runtime has this thread alone.
    let other = tokio::spawn(async move {
        loop {
            steps.steps.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    });
    let investigator = Investigator::new(source, HOUR);
    let query = Query::default().with_range("v1.0.0..v1.4.0".parse().unwrap());
    let analysis = investigator.look_into(Incident::default(), &query).await;
    other.abort();
    assert!(!analysis.report.suspects.is_empty());
    let (then, now) = (seen.steps_then.load(Ordering::SeqCst), seen.steps.load(Ordering::SeqCst));
    assert!(now > then, "not one step while it ranked: {then}");
}

#[tokio::test]
async fn analyses_that_are_asked_for_at_once_are_made_one_after_the_other() {
    let sentry = FakeSentry::new("tea-shop");
    sentry.add_project("shop");
    let issues: Vec<String> = (0..6)
        .map(|n| {
            let issue = sentry.add_issue(FakeIssue::new("shop", format!("TimeoutError: {n}")));
            sentry.add_event(&issue, FakeEvent::new().release("shop@1.4.0"));
            issue.to_string()
        })
        .collect();
    let source = Watched::new();
    let seen = Arc::clone(&source.seen);
    let analyst = RepositoryAnalyst::new(Arc::new(Investigator::new(source, HOUR)));
    let callers = Callers::parse("agent:ro:canary-caller-token").unwrap();
    let service = ApiService::new(sentry, callers).analyst(analyst);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new().fallback_service(service);
    tokio::spawn(server::serve(listener, routes, Limits::default(), std::future::pending()));

    let mut answers = JoinSet::new();
    for issue in issues {
        answers.spawn(async move {
            let request = http::Request::get(format!("/issues/{issue}/analysis"))
                .header("Host", "localhost")
                .header("Authorization", "Bearer canary-caller-token")
                .body(bytes::Bytes::new())
                .unwrap();
            loopback::send(address, request).await.unwrap()
        });
    }
    for answer in answers.join_all().await {
        assert_eq!(answer.status.as_u16(), 200);
        assert!(answer.text().contains("reduced from 20 to 5"), "{}", answer.text());
    }
    assert_eq!(seen.asked.load(Ordering::SeqCst), 6);
    assert_eq!(seen.most.load(Ordering::SeqCst), 1);
}
