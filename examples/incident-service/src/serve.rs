//! `serve`: the receiver over HTTP, with the work behind it.

use std::future::Future;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use sentry_correlate::rank::Ranker;
use sentry_correlate_git::GitRepository;
use sentry_hooks::{Delivery, MemoryCooldown, Policy, Verifier};
use time::OffsetDateTime;
use tokio::net::TcpListener;

use crate::Failure;
use crate::cli::ServeArgs;
use crate::pipeline::{Outcome, Pipeline, Worker};
use crate::receiver::{self, Intake};
use crate::server::{self, Limits};
use crate::why;

/// How long deliveries that wait may be worked on after the service was told to stop.
const LAST_WORK: Duration = Duration::from_secs(60);

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// When the configuration is not usable, the repository cannot be opened, or the port is taken.
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    log_to_standard_error();
    let verifier = Verifier::with_secrets(&args.secret).map_err(Failure::input)?;
    let pipeline = pipeline(args)?;
    if !args.webhook_path.starts_with('/') || args.webhook_path == "/health" {
        return Err(Failure::input("the webhook's path must begin with / and not be /health"));
    }
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::machine)?;
    runtime.block_on(serve(args, verifier, pipeline))
}

fn pipeline(args: &ServeArgs) -> Result<Pipeline, Failure> {
    let repo = GitRepository::open(&args.repo)
        .map_err(Failure::input)?
        .with_source_roots(args.map.iter().cloned());
    let policy = Policy::new()
        .min_level(args.min_level)
        .projects(&args.project)
        .environments(&args.environment);
    Ok(Pipeline {
        policy,
        cooldowns: Arc::new(MemoryCooldown::new()),
        cooldown: Duration::from_secs(u64::from(args.cooldown_minutes) * 60),
        changes: Arc::new(repo.clone()),
        deployments: Arc::new(repo),
        patience: Duration::from_secs(args.gather_seconds.into()),
        ranker: Ranker::default(),
    })
}

async fn serve(args: &ServeArgs, verifier: Verifier, pipeline: Pipeline) -> Result<(), Failure> {
    let address = (args.host, args.port);
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::machine(format!("cannot listen on {}:{}: {error}", args.host, args.port))
    })?;
    let address = listener.local_addr().map_err(Failure::machine)?;
    let (queue, worker) =
        Worker::new(Arc::new(pipeline), args.queue.into(), OffsetDateTime::now_utc);
    let limits = Limits::default();
    let intake = Intake {
        path: args.webhook_path.clone(),
        body_limit: args.body_limit,
        body_deadline: limits.request,
    };
    let routes = receiver::routes(verifier, &intake, queue);
    let (format, color) = (args.format, args.color);
    let work = tokio::spawn(worker.run(move |delivery, outcome| {
        log(delivery, &outcome);
        if let Outcome::Answered(report) = &outcome {
            println!("{}", why::rendered(report, format, color));
        }
    }));
    tracing::info!("listening on http://{address}{}", args.webhook_path);
    tracing::info!("deliveries wait in memory: those not worked on are lost if killed");
    server::serve(listener, routes, limits, stop()).await;
    tracing::info!("stopped listening, working off what waits");
    if tokio::time::timeout(LAST_WORK, work).await.is_err() {
        return Err(Failure::machine("stopped with deliveries not worked on"));
    }
    Ok(())
}

fn log(delivery: &Delivery, outcome: &Outcome) {
    let webhook = delivery.webhook();
    let name = webhook.as_ref().map(sentry_hooks::Webhook::name).unwrap_or_default();
    let issue = webhook.as_ref().ok().and_then(sentry_hooks::Webhook::issue_id);
    let issue = issue.map(|id| id.to_string());
    let bytes = delivery.body().len();
    match outcome {
        Outcome::Failed(_) => tracing::error!(delivery = ?name, ?issue, bytes, "{outcome}"),
        _ => tracing::info!(delivery = ?name, ?issue, bytes, "{outcome}"),
    }
}

/// Reports go to standard output, so that the log does not mix with them.
fn log_to_standard_error() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second call (in tests) keeps the first log.
    log.try_init().ok();
}

#[cfg(unix)]
fn stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    async {
        let terminated = async {
            match terminate {
                Ok(mut terminate) => {
                    terminate.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
    }
}

#[cfg(not(unix))]
async fn stop() {
    tokio::signal::ctrl_c().await.ok();
}
