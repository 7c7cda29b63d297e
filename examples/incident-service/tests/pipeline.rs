//! What stays claimed, whatever happens between a delivery and its published report.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use common::gate::{Gate, Stores, delivery, of_issue, pipeline};
use incident_service::Failure;
use incident_service::pipeline::{About, Accepted, Decided, Outcome, Pipeline, Queue, Worker};
use incident_service::shop;
use sentry_hooks::{Claim, CooldownStore, Decision, MemoryCooldown, StoreError};
use time::OffsetDateTime;
use tokio::sync::mpsc;

const LEASE: Duration = Duration::from_secs(60);

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn accepted(decided: Decided) -> Box<Accepted> {
    match decided {
        Decided::Accepted(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

struct Running {
    queue: Queue,
    outcomes: mpsc::UnboundedReceiver<(About, Outcome)>,
}

fn run(pipeline: &Arc<Pipeline>, bound: usize) -> Running {
    let (tell, outcomes) = mpsc::unbounded_channel();
    let tell = Arc::new(move |about: &About, outcome| {
        tell.send((about.clone(), outcome)).ok();
    });
    let (queue, worker) =
        Worker::new(Arc::clone(pipeline), None, bound, OffsetDateTime::now_utc, tell);
    tokio::spawn(worker.run(|_| std::future::ready(Ok(()))));
    Running { queue, outcomes }
}

impl Running {
    async fn outcome(&mut self) -> Outcome {
        let next = tokio::time::timeout(Duration::from_secs(20), self.outcomes.recv());
        next.await.expect("something is told").expect("the worker lives").1
    }
}

#[tokio::test]
async fn a_report_that_is_not_published_leaves_nothing_claimed() {
    let pipeline = pipeline(Gate::open(), &Stores::new());
    let delivery = delivery(shop::FIRST_DELIVERY, Some("key"));
    let first = accepted(pipeline.decide(&delivery, "first", now(), LEASE).await);
    let broken = async |_| Err(Failure::machine("nobody reads"));
    let outcome = pipeline.work(&first, now(), broken).await;
    assert!(matches!(outcome, Outcome::NotPublished(_)), "{outcome}");

    let second = accepted(pipeline.decide(&delivery, "second", now(), LEASE).await);
    let outcome = pipeline.work(&second, now(), async |_| Ok(())).await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome}");
    let third = pipeline.decide(&delivery, "third", now(), LEASE).await;
    assert!(matches!(third, Decided::Done(Outcome::Passed(Decision::Duplicate))), "{third:?}");
}

#[tokio::test]
async fn the_worker_ends_with_what_publishing_failed_for() {
    let pipeline = pipeline(Gate::open(), &Stores::new());
    let tell = Arc::new(|_: &About, _| ());
    let (queue, worker) = Worker::new(pipeline, None, 8, OffsetDateTime::now_utc, tell);
    queue.keep(delivery(shop::FIRST_DELIVERY, None)).await.unwrap();
    let failure = Failure::machine("nobody reads");
    let broken = |_| std::future::ready(Err(failure.clone()));
    assert_eq!(worker.run(broken).await, Err(failure.clone()));
    assert!(queue.keep(delivery(&of_issue(7), None)).await.is_err(), "nobody works any more");
}

#[tokio::test]
async fn without_an_inbox_everything_is_worked_off() {
    let gate = Gate::shut();
    let mut running = run(&pipeline(gate.clone(), &Stores::new()), 8);
    for issue in 0..4 {
        running.queue.keep(delivery(&of_issue(issue), None)).await.unwrap();
    }
    running.queue.stop();
    drop(std::mem::replace(
        &mut running.queue,
        run(&pipeline(Gate::open(), &Stores::new()), 1).queue,
    ));
    gate.0.add_permits(4);
    for _ in 0..4 {
        assert!(matches!(running.outcome().await, Outcome::Answered(_)));
    }
    assert!(running.outcomes.recv().await.is_none(), "then the worker has ended");
}

#[tokio::test]
async fn the_claim_holds_until_the_report_is_out() {
    let stores = Stores::new();
    let pipeline = pipeline(Gate::open(), &stores);
    let first = delivery(&of_issue(1), None);
    let accepted = accepted(pipeline.decide(&first, "first", now(), LEASE).await);
    let publish = async |_| {
        // The same issue, by another delivery, while the report is on its way out.
        let mut body = of_issue(1);
        body.push(b' ');
        let other = pipeline.decide(&delivery(&body, None), "second", now(), LEASE).await;
        assert!(!matches!(other, Decided::Accepted(_)), "{other:?}");
        Ok(())
    };
    assert!(matches!(pipeline.work(&accepted, now(), publish).await, Outcome::Answered(_)));
}

#[tokio::test]
async fn many_deliveries_do_not_push_a_cooldown_out() {
    let stores = Stores {
        cooldowns: Arc::new(MemoryCooldown::with_capacity_limit(64 * 64)),
        repeats: Arc::new(MemoryCooldown::with_capacity_limit(64)),
    };
    let pipeline = pipeline(Gate::open(), &stores);
    let first = accepted(pipeline.decide(&delivery(&of_issue(1), None), "o", now(), LEASE).await);
    pipeline.work(&first, now(), async |_| Ok(())).await;
    let entries = stores.cooldowns.len();
    for n in 0..2000 {
        let mut body = of_issue(1);
        body.extend(std::iter::repeat_n(b' ', n + 1));
        let decided = pipeline.decide(&delivery(&body, None), &format!("o{n}"), now(), LEASE).await;
        assert!(
            matches!(decided, Decided::Done(Outcome::Passed(Decision::Cooling { .. }))),
            "{decided:?}"
        );
    }
    assert_eq!(stores.cooldowns.len(), entries);
}

#[tokio::test]
async fn a_planted_key_does_not_make_another_trouble_a_repeat() {
    let pipeline = pipeline(Gate::open(), &Stores::new());
    let mut owners = 0;
    for issue in [1, 2] {
        owners += 1;
        let delivery = delivery(&of_issue(issue), Some("planted"));
        let owner = format!("owner-{owners}");
        let accepted = accepted(pipeline.decide(&delivery, &owner, now(), LEASE).await);
        pipeline.work(&accepted, now(), async |_| Ok(())).await;
    }
    // A retry that is built anew is still known.
    let mut body = of_issue(2);
    body.push(b' ');
    let retry = pipeline.decide(&delivery(&body, Some("planted")), "retry", now(), LEASE).await;
    assert!(matches!(retry, Decided::Done(Outcome::Passed(Decision::Duplicate))), "{retry:?}");
}

/// A store that answers claims on keys with this word once it is broken.
struct Broken {
    inner: MemoryCooldown,
    word: &'static str,
}

#[async_trait]
impl CooldownStore for Broken {
    async fn claim(
        &self,
        key: &str,
        owner: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Claim, StoreError> {
        if key.contains(self.word) {
            return Err(StoreError::unavailable("down"));
        }
        self.inner.claim_sync(key, owner, now, lease)
    }

    async fn confirm(
        &self,
        key: &str,
        owner: &str,
        at: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        self.inner.confirm_sync(key, owner, at)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<bool, StoreError> {
        self.inner.release_sync(key, owner)
    }
}

#[tokio::test]
async fn a_claim_that_fails_gives_the_others_back() {
    let broken = Arc::new(Broken { inner: MemoryCooldown::new(), word: "delivery-key-" });
    let stores = Stores { repeats: Arc::clone(&broken) as _, ..Stores::new() };
    let pipeline = pipeline(Gate::open(), &stores);
    let decided = pipeline.decide(&delivery(&of_issue(1), Some("k")), "o", now(), LEASE).await;
    assert!(matches!(decided, Decided::Done(Outcome::Failed(_))), "{decided:?}");
    assert_eq!(broken.inner.len(), 0, "the digest's claim is given back");
    assert_eq!(stores.cooldowns.len(), 0);
}

#[tokio::test]
async fn what_needs_no_work_does_not_wait_for_what_does() {
    let gate = Gate::shut();
    let mut running = run(&pipeline(gate.clone(), &Stores::new()), 1);
    running.queue.keep(delivery(&of_issue(1), None)).await.unwrap();
    for n in 0..300 {
        let body = format!(r#"{{"action":"exploded","data":{{"volcano":{{"id":{n}}}}}}}"#);
        running.queue.keep(delivery(body.as_bytes(), None)).await.unwrap();
        let outcome = running.outcome().await;
        assert!(matches!(outcome, Outcome::Passed(Decision::NothingToActOn)), "{outcome}");
    }
    gate.0.add_permits(1);
    let outcome = running.outcome().await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome}");
}

#[tokio::test]
async fn after_a_restart_nobody_takes_another_attempts_claim_for_its_own() {
    let stores = Stores::new();
    let mut before = run(&pipeline(Gate::shut(), &stores), 8);
    let mut after = run(&pipeline(Gate::open(), &stores), 8);
    before.queue.keep(delivery(&of_issue(1), None)).await.unwrap();
    after.queue.keep(delivery(&of_issue(1), None)).await.unwrap();
    let both = tokio::time::timeout(Duration::from_secs(2), after.outcomes.recv()).await;
    assert!(!matches!(both, Ok(Some((_, Outcome::Answered(_))))), "{both:?}");
    assert!(before.outcomes.try_recv().is_err());
}

#[tokio::test]
async fn what_another_attempt_holds_is_offered_again_when_its_lease_ends() {
    let stores = Stores::new();
    let pipeline = pipeline(Gate::open(), &stores);
    let body = of_issue(1);
    // An attempt that claims for two seconds and is never heard of again.
    let lease = Duration::from_secs(2);
    accepted(pipeline.decide(&delivery(&body, None), "dead", now(), lease).await);
    let mut running = run(&pipeline, 8);
    for n in 1..4 {
        let mut body = body.clone();
        body.extend(std::iter::repeat_n(b' ', n));
        running.queue.keep(delivery(&body, None)).await.unwrap();
    }
    let outcome = running.outcome().await;
    assert!(matches!(outcome, Outcome::Passed(Decision::Busy { .. })), "{outcome}");
    let outcome = running.outcome().await;
    assert!(matches!(outcome, Outcome::Passed(Decision::Busy { .. })), "one is enough: {outcome}");
    let outcome = running.outcome().await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome}");
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn count(&self, words: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()).matches(words).count()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_delivery_that_waits_for_room_says_so_once() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    // The test's runtime has this thread alone.
    let _logged = tracing::subscriber::set_default(subscriber);
    let gate = Gate::shut();
    let pipeline = pipeline(gate.clone(), &Stores::new());
    let lease = Duration::from_secs(1);
    accepted(pipeline.decide(&delivery(&of_issue(1), None), "dead", now(), lease).await);
    let mut running = run(&pipeline, 1);
    let mut body = of_issue(1);
    body.push(b' ');
    running.queue.keep(delivery(&body, None)).await.unwrap();
    // One that is worked on, and one that fills the queue.
    running.queue.keep(delivery(&of_issue(2), None)).await.unwrap();
    while running.queue.keep(delivery(&of_issue(3), None)).await.is_err() {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(4500)).await;
    assert_eq!((log.count("is held up"), log.count("goes on")), (1, 0));
    gate.0.add_permits(3);
    for _ in 0..3 {
        assert!(matches!(running.outcome().await, Outcome::Answered(_)));
    }
    assert_eq!((log.count("is held up"), log.count("goes on")), (1, 1));
}
