//! What waits on the disk, and which process works on it.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::gate::{Gate, Stores, delivery, of_issue, pipeline};
use incident_service::Failure;
use incident_service::pipeline::{About, Outcome, Queue, Worker};
use incident_service::shop;
use sentry_store_file::Inbox;
use time::OffsetDateTime;
use tokio::sync::mpsc;

/// A worker with an inbox, as the next process has it.
struct Process {
    queue: Queue,
    outcomes: mpsc::UnboundedReceiver<(About, Outcome)>,
    worker: tokio::task::JoinHandle<Result<(), Failure>>,
}

impl Process {
    fn start(gate: &Gate, inbox: &Arc<Inbox>, bound: usize) -> Self {
        let (tell, outcomes) = mpsc::unbounded_channel();
        let tell = Arc::new(move |about: &About, outcome| {
            tell.send((about.clone(), outcome)).ok();
        });
        let pipeline = pipeline(gate.clone(), &Stores::new());
        let inbox = Some(Arc::clone(inbox));
        let (queue, worker) = Worker::new(pipeline, inbox, bound, OffsetDateTime::now_utc, tell);
        let worker = tokio::spawn(worker.run(|_| std::future::ready(Ok(()))));
        Self { queue, outcomes, worker }
    }

    /// The issue that was answered next.
    async fn answered(&mut self) -> String {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.outcomes.recv());
            match next.await.expect("something is told").expect("the worker lives") {
                (about, Outcome::Answered(_)) => return about.issue.unwrap(),
                (_, Outcome::Passed(_)) => {}
                (_, other) => panic!("{other}"),
            }
        }
    }
}

#[tokio::test]
async fn what_this_process_has_taken_is_not_resumed() {
    let dir = tempfile::tempdir().unwrap();
    let inbox = Arc::new(Inbox::open(dir.path()).unwrap());
    let gate = Gate::shut();
    let mut process = Process::start(&gate, &inbox, 8);
    // The second one waits for the first one, in case that it fails.
    for _ in 0..2 {
        process.queue.keep(delivery(shop::FIRST_DELIVERY, None)).await.unwrap();
    }
    assert_eq!(inbox.waiting().unwrap().len(), 2, "neither is dealt with");
    gate.0.add_permits(2);
    process.answered().await;
    assert!(process.outcomes.try_recv().is_err(), "once");
}

#[tokio::test]
async fn what_comes_faster_than_it_is_worked_on_waits_on_the_disk_in_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let inbox = Arc::new(Inbox::open(dir.path()).unwrap());
    let gate = Gate::shut();
    let mut process = Process::start(&gate, &inbox, 1);
    for issue in 0..40 {
        process.queue.keep(delivery(&of_issue(issue), None)).await.unwrap();
        // Its claim holds while it waits: of one trouble no second one is worked on.
        let mut again = of_issue(issue);
        again.push(b' ');
        process.queue.keep(delivery(&again, None)).await.unwrap();
    }
    assert_eq!(inbox.waiting().unwrap().len(), 80);
    gate.0.add_permits(40);
    for issue in 0..40 {
        assert_eq!(process.answered().await, issue.to_string());
    }
    assert_eq!(gate.0.available_permits(), 0, "forty were looked into");
}

#[tokio::test]
async fn a_worker_that_is_told_to_end_leaves_what_waits_to_the_next_one() {
    let dir = tempfile::tempdir().unwrap();
    let gate = Gate::shut();
    {
        let inbox = Arc::new(Inbox::open(dir.path()).unwrap());
        let mut process = Process::start(&gate, &inbox, 2);
        for issue in 0..6 {
            process.queue.keep(delivery(&of_issue(issue), None)).await.unwrap();
        }
        // The first one is in hand.
        while !dir.path().join("00000000000000000001-1").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        process.queue.stop();
        gate.0.add_permits(6);
        assert_eq!(process.answered().await, "0");
        assert_eq!((&mut process.worker).await.unwrap(), Ok(()));
        assert!(process.outcomes.try_recv().is_err(), "nothing was begun any more");
        assert!(process.queue.keep(delivery(&of_issue(7), None)).await.is_err());
        assert_eq!(inbox.waiting().unwrap().len(), 5);
    }
    let inbox = loop {
        // What still held the inbox is gone in a moment.
        match Inbox::open(dir.path()) {
            Ok(inbox) => break Arc::new(inbox),
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let mut process = Process::start(&gate, &inbox, 2);
    for issue in 1..6 {
        assert_eq!(process.answered().await, issue.to_string());
    }
}

#[tokio::test]
async fn a_full_inbox_refuses_and_leaves_nothing_claimed() {
    let dir = tempfile::tempdir().unwrap();
    let inbox = Arc::new(Inbox::open(dir.path()).unwrap().with_max_deliveries(1));
    let (gate, stores) = (Gate::shut(), Stores::new());
    let pipeline = pipeline(gate.clone(), &stores);
    let (tell, mut outcomes) = mpsc::unbounded_channel();
    let tell = Arc::new(move |_: &About, outcome| {
        tell.send(outcome).ok();
    });
    let (queue, worker) =
        Worker::new(pipeline, Some(Arc::clone(&inbox)), 8, OffsetDateTime::now_utc, tell);
    tokio::spawn(worker.run(|_| std::future::ready(Ok(()))));
    queue.keep(delivery(&of_issue(1), None)).await.unwrap();
    for _ in 0..2 {
        assert!(queue.keep(delivery(&of_issue(2), None)).await.is_err());
    }
    assert_eq!(stores.cooldowns.len(), 1, "that of the first");
    gate.0.add_permits(2);
    assert!(matches!(outcomes.recv().await, Some(Outcome::Answered(_))));
    // The first one is off the disk a moment after it was told.
    while queue.keep(delivery(&of_issue(2), None)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(matches!(outcomes.recv().await, Some(Outcome::Answered(_))));
}
