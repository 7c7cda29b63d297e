//! `serve`: the webhook with the work behind it, and the REST service, on one port.

use std::future::Future;
use std::io::{ErrorKind, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use sentry_api_service::{ApiConfig, ApiService};
use sentry_hooks::{MemoryCooldown, Policy, Verifier};
use sentry_store_file::{FileCooldown, Inbox, StoreFileError};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::{JoinError, JoinHandle};

use crate::analyst::RepositoryAnalyst;
use crate::cli::ServeArgs;
use crate::pipeline::{About, Investigator, Outcome, Pipeline, Queue, Worker};
use crate::published::published;
use crate::receiver::{self, Intake};
use crate::server::{self, Limits};
use crate::{Failure, input, output, printable, refusals};

/// How long the body of a delivery may take.
const BODY_DEADLINE: Duration = Duration::from_secs(2);
/// How long the incident in hand may be worked on after the service was told to stop.
const LAST_WORK: Duration = Duration::from_secs(60);
/// Says that the process lives.
const HEALTH: &str = "/health";
/// The variables that switch the REST service on.
const REST: [&str; 3] = ["SENTRY_AUTH_TOKEN", "SENTRY_ORG", "API_TOKENS"];

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// When the configuration is not usable, the repository cannot be opened, the port is taken, or
/// reports cannot be written to standard output any more.
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    log_to_standard_error();
    let verifier = match args.secret.as_slice() {
        [] => None,
        secrets => Some(Verifier::with_secrets(secrets).map_err(Failure::input)?),
    };
    let investigator = investigator(args)?;
    let webhook = match (verifier, &investigator) {
        (Some(verifier), Some(investigator)) => Some(Behind::open(args, verifier, investigator)?),
        (Some(_), None) => return Err(Failure::input("the webhook needs --repo or REPO")),
        (None, _) => None,
    };
    let rest = rest(investigator)?;
    if webhook.is_none() && rest.is_none() {
        return Err(Failure::input(format!(
            "nothing to serve: set SENTRY_WEBHOOK_SECRET and REPO for the webhook, or {} for the \
             REST service",
            REST.join(", ")
        )));
    }
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::machine)?;
    let done = runtime.block_on(serve(args, webhook, rest));
    // A source that still reads must not keep a process that has nothing more to say.
    runtime.shutdown_background();
    done
}

fn investigator(args: &ServeArgs) -> Result<Option<Arc<Investigator>>, Failure> {
    let Some(dir) = &args.repo else { return Ok(None) };
    let repo = input::repository(dir, &args.map, args.repo_url.as_deref())?;
    let patience = Duration::from_secs(args.gather_seconds.into());
    Ok(Some(Arc::new(Investigator::new(repo, patience))))
}

/// What is behind the webhook.
struct Behind {
    verifier: Verifier,
    pipeline: Pipeline,
    inbox: Inbox,
}

impl Behind {
    fn open(
        args: &ServeArgs,
        verifier: Verifier,
        investigator: &Arc<Investigator>,
    ) -> Result<Self, Failure> {
        // Characters that mean something to the router are refused before it sees them.
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        let path = &args.webhook_path;
        if !path.starts_with('/') || path == HEALTH || !path.chars().all(plain) {
            return Err(Failure::input(
                "the webhook's path must begin with /, not be /health, and have plain characters",
            ));
        }
        if named(&args.project).next().is_none() {
            tracing::warn!(
                "PROJECTS is not set: deliveries of every project are answered from this one repository"
            );
        }
        let policy = Policy::new()
            .min_level(args.min_level)
            .projects(named(&args.project))
            .environments(named(&args.environment));
        // The inbox makes the directory.
        let inbox = Inbox::open(args.state.join("inbox")).map_err(unusable)?;
        let inbox = inbox.with_max_bytes(args.inbox_bytes);
        let cooldowns = args.state.join("cooldowns");
        let cooldowns =
            FileCooldown::open(cooldowns, OffsetDateTime::now_utc()).map_err(unusable)?;
        let pipeline = Pipeline {
            policy,
            cooldowns: Arc::new(cooldowns),
            repeats: Arc::new(MemoryCooldown::new()),
            cooldown: Duration::from_secs(u64::from(args.cooldown_minutes) * 60),
            investigator: Arc::clone(investigator),
        };
        Ok(Self { verifier, pipeline, inbox })
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the signature that map_err asks for")]
fn unusable(error: StoreFileError) -> Failure {
    if is_of_the_directory(error.io_kind()) {
        Failure::input(error).with_hint("give a directory of this service's own with --state DIR")
    } else {
        Failure::machine(format!("cannot keep what is accepted: {error}"))
    }
}

/// Whether another directory would do: not where the disk is full, for example.
fn is_of_the_directory(system_said: Option<ErrorKind>) -> bool {
    use ErrorKind::{
        AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem,
    };
    let of_the_directory = [
        AlreadyExists,
        IsADirectory,
        NotADirectory,
        NotFound,
        PermissionDenied,
        ReadOnlyFilesystem,
    ];
    // Without word of the system it is in use, or holds something else.
    system_said.is_none_or(|kind| of_the_directory.contains(&kind))
}

/// The REST service, where any of its variables is set.
fn rest(investigator: Option<Arc<Investigator>>) -> Result<Option<ApiService>, Failure> {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !REST.iter().any(set) {
        return Ok(None);
    }
    let config = ApiConfig::from_env().map_err(Failure::input)?;
    let client = config.client().map_err(Failure::input)?;
    let service = ApiService::new(client, config.callers);
    Ok(Some(match investigator {
        Some(investigator) => service.analyst(RepositoryAnalyst::new(investigator)),
        None => service,
    }))
}

async fn serve(
    args: &ServeArgs,
    webhook: Option<Behind>,
    rest: Option<ApiService>,
) -> Result<(), Failure> {
    // Whoever is told that it serves may tell it to stop.
    let stop = stop();
    let listener = TcpListener::bind((args.host, args.port)).await.map_err(|error| {
        Failure::machine(format!("cannot listen on {}:{}: {error}", args.host, args.port))
    })?;
    let address = listener.local_addr().map_err(Failure::machine)?;
    let mut routes = Router::new().route(HEALTH, get(async || "ok"));
    let mut work = None;
    if let Some(behind) = webhook {
        let (deliveries, queue, worker) = receive(args, behind);
        routes = routes.merge(deliveries);
        work = Some((queue, worker));
        tracing::info!("webhook at http://{address}{}", args.webhook_path);
        tracing::info!("what is accepted is kept in {}", args.state.display());
    }
    if let Some(rest) = rest {
        // Beside the start, which waits for nobody: what the token lacks is logged.
        let asked = rest.clone();
        tokio::spawn(async move { asked.check_token().await });
        routes = routes.fallback_service(rest);
        tracing::info!("REST service at http://{address}, described at /openapi.json");
    }
    if work.is_some() {
        routes = refusals::logged(routes, &args.webhook_path);
    }
    let served = server::serve(listener, routes, Limits::default(), stop);
    let Some((queue, mut work)) = work else {
        served.await;
        return Ok(());
    };
    tokio::select! {
        // Without its worker the service would take deliveries and do nothing.
        ended = &mut work => return Err(ended_early(ended)),
        () = served => {}
    }
    tracing::info!("stopped listening; what waits is for the next start");
    queue.stop();
    match tokio::time::timeout(LAST_WORK, work).await {
        Ok(Ok(done)) => done,
        Ok(Err(broken)) => Err(Failure::machine(broken)),
        Err(_) => {
            tracing::warn!("stopped in the middle of an incident: the next start begins it anew");
            Ok(())
        }
    }
}

fn ended_early(ended: Result<Result<(), Failure>, JoinError>) -> Failure {
    match ended {
        Ok(Err(failure)) => failure,
        Ok(Ok(())) => Failure::machine("the worker has ended"),
        Err(broken) => Failure::machine(format!("the worker has ended: {broken}")),
    }
}

/// The items of a list that name something: an empty variable is one empty item.
fn named(list: &[String]) -> impl Iterator<Item = &String> {
    list.iter().filter(|name| !name.is_empty())
}

/// The webhook's routes, and the work behind them. It ends when the queue is told so, or when
/// reports cannot be written.
fn receive(args: &ServeArgs, behind: Behind) -> (Router, Queue, JoinHandle<Result<(), Failure>>) {
    let Behind { verifier, pipeline, inbox } = behind;
    let (queue, worker) = Worker::new(
        Arc::new(pipeline),
        Some(Arc::new(inbox)),
        args.queue.into(),
        OffsetDateTime::now_utc,
        Arc::new(log),
    );
    let intake = Intake {
        path: args.webhook_path.clone(),
        body_limit: args.body_limit,
        body_deadline: BODY_DEADLINE,
    };
    let (format, color) = (args.format, args.color);
    let work = tokio::spawn(worker.run(move |report| async move {
        let text = published(&report, format, color);
        // A reader of the output may be slow.
        let written = tokio::task::spawn_blocking(move || output::deliver(&text));
        written.await.map_err(Failure::machine)?
    }));
    (receiver::routes(verifier, &intake, queue.clone()), queue, work)
}

#[allow(clippy::needless_pass_by_value, reason = "the worker's callback takes it so")]
fn log(about: &About, outcome: Outcome) {
    let About { name, issue, project, secret, bytes } = about;
    // Words of the payload must not look like lines of the log.
    let said = printable::line(&outcome.to_string());
    match outcome {
        Outcome::Failed(_) | Outcome::NotPublished(_) => {
            tracing::error!(delivery = ?name, ?issue, ?project, secret, bytes, "{said}");
        }
        Outcome::Unresolved(..) => {
            tracing::warn!(delivery = ?name, ?issue, ?project, secret, bytes, "{said}");
        }
        _ => tracing::info!(delivery = ?name, ?issue, ?project, secret, bytes, "{said}"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_not_the_directory_s_fault() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let failure = unusable(Inbox::open(file.join("inbox")).unwrap_err()).to_string();
        assert!(failure.contains("--state"), "{failure}");
        assert!(!is_of_the_directory(Some(ErrorKind::StorageFull)));
        assert!(!is_of_the_directory(Some(ErrorKind::QuotaExceeded)));
    }

    #[tokio::test]
    async fn a_worker_that_panics_is_a_failure() {
        let worker: JoinHandle<Result<(), Failure>> =
            tokio::spawn(async { panic!("in the worker") });
        let failure = ended_early(worker.await).to_string();
        assert!(failure.starts_with("the worker has ended"), "{failure}");
    }
}
