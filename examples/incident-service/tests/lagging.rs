//! A clone that lags behind the deploy, or is away: no such delivery silences its issue for long.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{Program, a_shop, deliver};
use incident_service::pipeline::{
    About, Accepted, Decided, Investigator, Outcome, Pipeline, Worker,
};
use incident_service::shop;
use sentry_correlate_git::GitRepository;
use sentry_hooks::{Decision, Delivery, Headers, MemoryCooldown, Policy, danger};
use sentry_store_file::Inbox;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::mpsc;

const SECRET: &str = "test-secret";
const MINUTE: Duration = Duration::from_secs(60);
const LEASE: Duration = Duration::from_secs(60);
const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 UTC);

struct Scene {
    repo: PathBuf,
    _dir: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let (dir, repo) = a_shop();
        Self { repo, _dir: dir }
    }

    fn pipeline(&self) -> Pipeline {
        let repo = GitRepository::open(&self.repo).unwrap();
        Pipeline {
            policy: Policy::new(),
            cooldowns: Arc::new(MemoryCooldown::new()),
            repeats: Arc::new(MemoryCooldown::new()),
            cooldown: 30 * MINUTE,
            investigator: Arc::new(Investigator::new(repo, 60 * MINUTE)),
        }
    }

    /// The tag of the release that failed.
    fn tag(&self) -> PathBuf {
        self.repo.join("refs/tags/v1.4.0")
    }
}

/// Moves something away until this is dropped.
struct Away {
    from: PathBuf,
    to: PathBuf,
}

impl Away {
    fn new(path: &Path) -> Self {
        // Beside the repository: within it a tag would be a tag of another name.
        let parent = path.ancestors().find(|path| path.join("shop.git").exists()).unwrap();
        let (from, to) = (path.to_owned(), parent.join("away"));
        std::fs::rename(&from, &to).unwrap();
        Self { from, to }
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        std::fs::rename(&self.to, &self.from).unwrap();
    }
}

fn delivery(body: &[u8]) -> Delivery {
    danger::unverified_delivery(Headers::default(), body.to_vec().into())
}

async fn accepted(pipeline: &Pipeline, owner: &str, at: OffsetDateTime) -> Box<Accepted> {
    match pipeline.decide(&delivery(shop::FIRST_DELIVERY), owner, at, LEASE).await {
        Decided::Accepted(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_release_that_is_fetched_later_is_found_by_the_next_delivery() {
    let scene = Scene::new();
    let pipeline = scene.pipeline();
    let away = Away::new(&scene.tag());
    let first = accepted(&pipeline, "first", NOW).await;
    let outcome = pipeline.work(&first, NOW, async |_| Ok(())).await;
    let Outcome::Unresolved(report, reason) = &outcome else { panic!("{outcome}") };
    assert!(report.suspects.is_empty() && reason.contains("shop@1.4.0"), "{reason}");
    drop(away);

    let soon = pipeline.decide(&delivery(shop::SECOND_DELIVERY), "soon", NOW + MINUTE, LEASE).await;
    assert!(matches!(soon, Decided::Done(Outcome::Passed(Decision::Cooling { .. }))), "{soon:?}");
    // The same bytes again are no repeat of something that was answered.
    let later = NOW + 3 * MINUTE;
    let again = accepted(&pipeline, "again", later).await;
    let outcome = pipeline.work(&again, later, async |_| Ok(())).await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome}");
    let end = NOW + 30 * MINUTE;
    let third = [shop::SECOND_DELIVERY, b" "].concat();
    let after = pipeline.decide(&delivery(&third), "after", end, LEASE).await;
    assert!(matches!(after, Decided::Done(Outcome::Passed(Decision::Cooling { .. }))), "{after:?}");
}

#[tokio::test]
async fn a_delivery_that_waits_on_the_disk_is_looked_into_again_by_itself() {
    let scene = Scene::new();
    let inbox = tempfile::tempdir().unwrap();
    let inbox = Arc::new(Inbox::open(inbox.path()).unwrap());
    let pipeline = Pipeline { cooldown: Duration::from_secs(1), ..scene.pipeline() };
    let (tell, mut outcomes) = mpsc::unbounded_channel();
    let tell = Arc::new(move |_: &About, outcome| tell.send(outcome).unwrap_or_default());
    let now = OffsetDateTime::now_utc;
    let (queue, worker) = Worker::new(Arc::new(pipeline), Some(Arc::clone(&inbox)), 8, now, tell);
    let published = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&published);
    let worker = tokio::spawn(worker.run(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok(()))
    }));

    let away = Away::new(&scene.tag());
    queue.keep(delivery(shop::FIRST_DELIVERY)).await.unwrap();
    for _ in 0..2 {
        let outcome = outcomes.recv().await.unwrap();
        assert!(matches!(outcome, Outcome::Unresolved(..)), "{outcome}");
        assert_eq!(inbox.waiting().unwrap().len(), 1, "the next process would look again");
    }
    assert_eq!(published.load(Ordering::Relaxed), 1, "what is not known is said once");
    drop(away);
    while !matches!(outcomes.recv().await.unwrap(), Outcome::Answered(_)) {}
    assert_eq!(published.load(Ordering::Relaxed), 2);
    drop(queue);
    worker.await.unwrap().unwrap();
    assert!(inbox.waiting().unwrap().is_empty());
}

#[tokio::test]
async fn a_repository_that_is_away_answers_nothing_and_claims_nothing() {
    let scene = Scene::new();
    let pipeline = scene.pipeline();
    let away = Away::new(&scene.repo);
    let first = accepted(&pipeline, "first", NOW).await;
    let published = async |_| panic!("there is nothing to publish");
    let outcome = pipeline.work(&first, NOW, published).await;
    let Outcome::Failed(reason) = &outcome else { panic!("{outcome}") };
    assert!(reason.contains("no git repository"), "{reason}");
    drop(away);
    let second = accepted(&pipeline, "second", NOW).await;
    let outcome = pipeline.work(&second, NOW, async |_| Ok(())).await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome}");
}

#[tokio::test]
async fn the_log_warns_of_what_the_repository_does_not_know() {
    let scene = Scene::new();
    let away = Away::new(&scene.tag());
    let mut program = Program::serve(&[
        ("SENTRY_WEBHOOK_SECRET", SECRET),
        ("REPO", scene.repo.to_str().unwrap()),
    ]);
    let url: http::Uri = program.url_after("webhook at ").parse().unwrap();
    deliver(&url, SECRET, shop::FIRST_DELIVERY).await;
    program.logged("the release is not known here").await;
    drop(away);
    let (report, log) = program.end();
    assert!(report.starts_with("No suspect"), "{report}");
    let line = log.lines().find(|line| line.contains("is not known here")).unwrap();
    assert!(line.contains("WARN") && line.contains("shop@1.4.0"), "{line}");
    assert!(!log.contains(": answered "), "{log}");
}
