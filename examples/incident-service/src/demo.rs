//! `demo`: the whole way, on a sample project, with real deliveries over a real port.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use sentry_correlate::report::{Style, render};
use sentry_correlate::source::{ChangeSource, DeploymentSource, Query, Sink, SourceError};
use sentry_correlate_git::GitRepository;
use sentry_hooks::model::Level;
use sentry_hooks::{Decision, MemoryCooldown, Policy, Verifier, sign};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::Failure;
use crate::cli::DemoArgs;
use crate::loopback;
use crate::pipeline::{About, Investigator, Outcome, Pipeline, Worker};
use crate::receiver::{self, Intake};
use crate::server::{self, Limits};
use crate::shop::{self, repository};

/// The secret that the demo's "Sentry" and the receiver share.
const SECRET: &str = "the-demo-shares-this-secret-with-itself";
const FORGER: &str = "somebody-who-only-guesses-the-secret";
const PATH: &str = "/webhooks/sentry";
const COOLDOWN: Duration = Duration::from_secs(30 * 60);

/// Runs the demo.
///
/// # Errors
/// When files or a loopback port cannot be had, or a step does not end as it should.
pub fn run(args: &DemoArgs) -> Result<(), Failure> {
    let style = if args.color.applies() { Style::colour() } else { Style::plain() };
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::machine)?;
    let mut out = std::io::stdout().lock();
    match &args.keep {
        Some(dir) => {
            if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(Failure::input(format!("{} is not empty", dir.display())));
            }
            runtime.block_on(show(&mut out, dir, style))?;
            let command = "incident-service why --event EVENT.json --repo";
            writeln!(out, "\nThe project is kept: {command} {}", dir.display())
                .map_err(Failure::machine)
        }
        None => {
            let dir = tempfile::tempdir().map_err(Failure::machine)?;
            runtime.block_on(show(&mut out, &dir.path().join("shop.git"), style))
        }
    }
}

/// Shows all steps; the repository is written to `dir`, which must be empty or not exist.
///
/// # Errors
/// As [`run`].
pub async fn show(out: &mut impl Write, dir: &Path, style: Style) -> Result<(), Failure> {
    let mut demo = Demo::start(out, dir, style).await?;
    demo.first().await?;
    demo.again().await?;
    demo.another_event().await?;
    demo.forged().await?;
    demo.stop().await
}

struct Demo<'o, W> {
    out: &'o mut W,
    style: Style,
    address: SocketAddr,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
}

impl<'o, W: Write> Demo<'o, W> {
    async fn start(out: &'o mut W, dir: &Path, style: Style) -> Result<Self, Failure> {
        let written = repository::write(&shop::HISTORY, dir).map_err(Failure::machine)?;
        let (head, _) = written.commits.last().ok_or_else(|| Failure::machine("no history"))?;
        writeln!(
            out,
            "The project: a tea shop in Python, {} commits, {} releases, written to a git \
             repository\nwithout git; its head is {head}.",
            written.commits.len(),
            shop::HISTORY.len(),
        )
        .map_err(Failure::machine)?;

        let repo = Named(GitRepository::open(dir).map_err(Failure::machine)?);
        let pipeline = Pipeline {
            policy: Policy::new().min_level(Level::Error),
            cooldowns: Arc::new(MemoryCooldown::new()),
            repeats: Arc::new(MemoryCooldown::new()),
            cooldown: COOLDOWN,
            investigator: Arc::new(Investigator::new(repo, Duration::from_secs(30))),
        };
        let (tell, outcomes) = mpsc::unbounded_channel();
        let tell = Arc::new(move |_: &About, outcome| {
            // The demo has ended early when nobody listens.
            tell.send(outcome).ok();
        });
        let (queue, worker) =
            Worker::new(Arc::new(pipeline), None, 8, OffsetDateTime::now_utc, tell);
        // The demo prints the reports itself, among its own words.
        tokio::spawn(worker.run(|_| std::future::ready(Ok(()))));
        let verifier = Verifier::new(SECRET).map_err(Failure::machine)?;
        let limits = Limits::default();
        let intake = Intake {
            path: PATH.to_owned(),
            body_limit: sentry_hooks::DEFAULT_BODY_LIMIT,
            body_deadline: limits.request,
        };
        let routes = receiver::routes(verifier, &intake, queue);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::machine)?;
        let address = listener.local_addr().map_err(Failure::machine)?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(server::serve(listener, routes, limits, async {
            // A sender that is gone means the same.
            stopped.await.ok();
        }));
        writeln!(out, "The receiver listens on a free loopback port.\n")
            .map_err(Failure::machine)?;
        Ok(Self { out, style, address, outcomes, stop, server })
    }

    async fn first(&mut self) -> Result<(), Failure> {
        self.step(1, "Sentry delivers an alert: event_alert.triggered, signed")?;
        self.post(shop::FIRST_DELIVERY, SECRET, 200).await?;
        let Outcome::Answered(report) = self.outcome().await? else {
            return Err(Failure::machine("the first delivery was not answered"));
        };
        let report = render::text(&report, self.style);
        self.say(&format!("looked into:\n\n{report}"))
    }

    async fn again(&mut self) -> Result<(), Failure> {
        self.step(2, "The same delivery comes again")?;
        self.post(shop::FIRST_DELIVERY, SECRET, 200).await?;
        match self.outcome().await? {
            Outcome::Passed(Decision::Duplicate) => {
                self.say("passed over: the same delivery came before.\n")
            }
            other => Err(unexpected(&other)),
        }
    }

    async fn another_event(&mut self) -> Result<(), Failure> {
        self.step(3, "Another event of the same issue")?;
        self.post(shop::SECOND_DELIVERY, SECRET, 200).await?;
        match self.outcome().await? {
            Outcome::Passed(Decision::Cooling { suppressed, .. }) => self.say(&format!(
                "passed over: the issue was answered and cools down for {} minutes; \
                 {suppressed} kept back so far.\n",
                COOLDOWN.as_secs() / 60,
            )),
            other => Err(unexpected(&other)),
        }
    }

    async fn forged(&mut self) -> Result<(), Failure> {
        self.step(4, "A forged delivery, signed with another secret")?;
        self.post(shop::SECOND_DELIVERY, FORGER, 401).await?;
        self.say("refused: it was neither read nor queued.\n")
    }

    async fn stop(self) -> Result<(), Failure> {
        // The server is gone already when nobody takes the signal.
        self.stop.send(()).ok();
        self.server.await.map_err(Failure::machine)
    }

    fn step(&mut self, number: u8, what: &str) -> Result<(), Failure> {
        writeln!(self.out, "{number}. {what}").map_err(Failure::machine)
    }

    fn say(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "   → {text}").map_err(Failure::machine)
    }

    /// Posts a body as Sentry does, and says what was answered.
    async fn post(&mut self, body: &'static [u8], secret: &str, want: u16) -> Result<(), Failure> {
        let signature = sign(secret, body).map_err(Failure::machine)?;
        let request = Request::post(PATH)
            .header("Host", "localhost")
            .header("Content-Type", "application/json")
            .header("Sentry-Hook-Resource", "event_alert")
            .header("Sentry-Hook-Signature", signature)
            .body(Bytes::from_static(body))
            .map_err(Failure::machine)?;
        let answer = loopback::send(self.address, request).await.map_err(Failure::machine)?;
        let status = answer.status;
        self.say(&format!("answered {} {}", status.as_u16(), answer.text()))?;
        if status.as_u16() == want {
            Ok(())
        } else {
            Err(Failure::machine("another answer was due"))
        }
    }

    async fn outcome(&mut self) -> Result<Outcome, Failure> {
        self.outcomes.recv().await.ok_or_else(|| Failure::machine("the worker has ended"))
    }
}

fn unexpected(outcome: &Outcome) -> Failure {
    Failure::machine(format!("this should have been passed over: {outcome}"))
}

/// The repository under a name that does not change with the temporary directory.
#[derive(Debug, Clone)]
struct Named(GitRepository);

const NAME: &str = "git shop.git";

#[async_trait]
impl ChangeSource for Named {
    fn name(&self) -> &str {
        NAME
    }

    async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        self.0.changes(query, sink).await
    }
}

#[async_trait]
impl DeploymentSource for Named {
    fn name(&self) -> &str {
        NAME
    }

    async fn deployments(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        self.0.deployments(query, sink).await
    }
}
