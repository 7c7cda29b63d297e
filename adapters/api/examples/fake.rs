//! The service over a made up Sentry: for trying it, and for testing its description against it.
//!
//! ```sh
//! cargo run -p sentry-api-service --example fake -- 3004
//! curl -H 'Authorization: Bearer rw-token' localhost:3004/issues
//! ```
//!
//! A request whose header `x-inject` holds a status is answered as if Sentry had failed so.

use std::time::Duration;

use async_trait::async_trait;
use sentry_api_service::{
    Analyst, AnalystError, ApiService, Callers, Case, HypothesisView, RankingView,
};
use sentry_client::testing::{FakeSentry, Fault};
use tower::ServiceExt as _;

/// Suspects the release's newest commit.
#[derive(Debug)]
struct Newest;

#[async_trait]
impl Analyst for Newest {
    async fn rank(&self, case: &Case) -> Result<RankingView, AnalystError> {
        let commit = case.release.as_ref().and_then(|release| release.last_commit.as_ref());
        let commit = commit.ok_or_else(|| AnalystError::new("the release has no commits"))?;
        Ok(RankingView {
            hypotheses: vec![HypothesisView {
                sha: commit.id.clone(),
                p: 0.5,
                statement: "It is the newest commit of the release".to_owned(),
            }],
            none: 0.5,
            coverage: vec!["the release's newest commit".to_owned()],
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_else(|| "3004".to_owned()).parse()?;
    let sentry = FakeSentry::sample(60);
    let callers = Callers::parse("reader:ro:ro-token,writer:rw:rw-token")?;
    let api = ApiService::new(sentry.clone(), callers).analyst(Newest).remember(Duration::ZERO);
    let app = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let (api, sentry) = (api.clone(), sentry.clone());
        async move {
            let inject =
                request.headers().get("x-inject").and_then(|it| it.to_str().ok()?.parse().ok());
            if let Some(status) = inject {
                sentry.fail_next(Fault::status(status));
            }
            api.oneshot(request).await
        }
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
