//! Sources that answer, fail, hang and repeat, in every mixture.

use async_trait::async_trait;
use futures_util::future::pending;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::release::{Endpoint, PredecessorRule, ReleaseRule};
use crate::source::{Gap, Range};
use crate::{Change, FileChange, FileStatus, Hunk};

/// What a source does after it has handed over its part.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Done,
    Gap,
    Fail,
    Hang,
}

/// A source in memory. It knows one window by release, and others by range.
#[derive(Debug, Clone)]
struct Scripted {
    name: String,
    changes: Vec<Change>,
    by_range: Vec<Change>,
    deployments: Vec<Deployment>,
    end: End,
}

impl Scripted {
    fn new(changes: &[u8], end: End) -> Self {
        Self {
            name: "scripted".to_owned(),
            changes: changes.iter().map(|&n| change(n, 1)).collect(),
            by_range: Vec::new(),
            deployments: Vec::new(),
            end,
        }
    }

    async fn finish(&self, sink: &Sink) -> Result<(), SourceError> {
        match self.end {
            End::Done => Ok(()),
            End::Gap => {
                sink.gap(Gap::Shallow);
                Ok(())
            }
            End::Fail => Err(SourceError::Unavailable { detail: "broken".to_owned() }),
            End::Hang => pending().await,
        }
    }
}

#[async_trait]
impl ChangeSource for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        let (rule, changes) = match &query.range {
            Some(_) => (ReleaseRule::Given, &self.by_range),
            None => (ReleaseRule::ExactTag, &self.changes),
        };
        sink.resolved(Resolution {
            new: Endpoint { name: "new".to_owned(), sha: sha(200) },
            old: Some(Endpoint { name: "old".to_owned(), sha: sha(100) }),
            release_rule: rule,
            predecessor_rule: PredecessorRule::Ancestry,
        });
        for change in changes {
            sink.change(change.clone());
        }
        self.finish(sink).await
    }
}

#[async_trait]
impl DeploymentSource for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deployments(&self, _query: &Query, sink: &Sink) -> Result<(), SourceError> {
        for deployment in &self.deployments {
            sink.deployment(deployment.clone());
        }
        self.finish(sink).await
    }
}

fn sha(n: u8) -> String {
    format!("{n:040x}")
}

fn change(n: u8, hunks: usize) -> Change {
    Change {
        sha: sha(n),
        author: "Ana".to_owned(),
        author_email: None,
        authored_at: datetime!(2026-01-01 00:00 UTC) + time::Duration::minutes(n.into()),
        committed_at: datetime!(2026-01-01 00:00 UTC) + time::Duration::minutes(n.into()),
        message: String::new(),
        parents: 1,
        files: vec![FileChange {
            path: "a.py".to_owned(),
            previous_path: None,
            status: FileStatus::Modified,
            additions: 1,
            deletions: 0,
            hunks: vec![Hunk::default(); hunks],
        }],
        url: None,
        position: None,
        ignored_by: None,
    }
}

fn ran(name: &str, commit: u8, hour: i64) -> Deployment {
    Deployment {
        name: name.to_owned(),
        sha: sha(commit),
        environment: Some("production".to_owned()),
        live_at: datetime!(2026-01-01 00:00 UTC) + time::Duration::hours(hour),
        source: "log".to_owned(),
    }
}

fn asked() -> Query {
    Query {
        release: Some("new".to_owned()),
        environment: Some("production".to_owned()),
        onset: Some(datetime!(2026-01-02 00:00 UTC)),
        ..Query::default()
    }
}

fn shas(gathered: &Gathered) -> Vec<String> {
    shas_of(&gathered.window)
}

fn shas_of(window: &Window) -> Vec<String> {
    window.changes.iter().map(|change| change.sha.clone()).collect()
}

#[tokio::test]
async fn a_deadline_that_has_passed_keeps_what_came_at_once() {
    let hanging = Scripted::new(&[1, 2], End::Hang);
    let gathered = gather(&Sources::new().changes(&hanging), &asked(), async {}).await;
    assert_eq!(shas(&gathered), [sha(1), sha(2)]);
    assert_eq!(gathered.coverage[0].outcome, Outcome::Cut);
    assert_eq!(gathered.coverage[0].counts.changes, 2);
}

#[tokio::test]
async fn a_cut_tells_blocking_work_to_stop_and_drops_what_comes_late() {
    /// Works on a thread of its own until it is told to stop.
    #[derive(Debug)]
    struct Blocking(std::sync::mpsc::Sender<()>);

    #[async_trait]
    impl ChangeSource for Blocking {
        fn name(&self) -> &str {
            "blocking"
        }
        async fn changes(&self, _query: &Query, sink: &Sink) -> Result<(), SourceError> {
            let (sink, stopped) = (sink.clone(), self.0.clone());
            sink.change(change(1, 1));
            std::thread::spawn(move || {
                while !sink.interrupt().is_set() {
                    std::thread::yield_now();
                }
                sink.change(change(2, 1));
                let _ = stopped.send(());
            });
            pending().await
        }
    }

    let (stopped, has_stopped) = std::sync::mpsc::channel();
    let blocking = Blocking(stopped);
    let deadline = tokio::time::sleep(std::time::Duration::from_millis(20));
    let gathered = gather(&Sources::new().changes(&blocking), &asked(), deadline).await;
    assert_eq!(shas(&gathered), [sha(1)]);
    has_stopped.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
}

#[tokio::test]
async fn the_same_commit_of_two_sources_is_one_change() {
    let mut poor = Scripted::new(&[2], End::Done);
    poor.changes[0].files.clear();
    poor.changes[0].url = Some("https://example.com/2".to_owned());
    let rich = Scripted::new(&[1, 2, 3], End::Done);
    let gathered = gather(&Sources::new().changes(&poor).changes(&rich), &asked(), pending()).await;
    assert_eq!(shas(&gathered), [sha(1), sha(2), sha(3)]);
    let merged = &gathered.window.changes[1];
    assert_eq!(merged.files.len(), 1);
    assert_eq!(merged.url.as_deref(), Some("https://example.com/2"));
}

/// What two sources give together; the second is asked for its own order.
async fn together(first: &[u8], second: &[u8]) -> Vec<u8> {
    let (first, second) = (Scripted::new(first, End::Done), Scripted::new(second, End::Done));
    let sources = Sources::new().changes(&first).changes(&second);
    let window = gather(&sources, &asked(), pending()).await.window;
    let positions: Vec<_> = window.changes.iter().map(|change| change.position).collect();
    assert_eq!(positions, (0..).map(Some).take(positions.len()).collect::<Vec<_>>());
    shas_of(&window).iter().map(|sha| u8::from_str_radix(&sha[38..], 16).unwrap()).collect()
}

#[tokio::test]
async fn the_order_of_a_history_is_kept_against_its_dates() {
    // A change's number is its date: 9 was committed by a fast clock.
    assert_eq!(together(&[9, 1, 2], &[]).await, [9, 1, 2]);
    // Both know the same commits; where they differ the first is right.
    assert_eq!(together(&[9, 1, 2], &[1, 2, 9]).await, [9, 1, 2]);
    // What the other knows alone stands behind what it stands behind there.
    assert_eq!(together(&[9, 1, 2], &[3, 9, 4, 1, 2, 5]).await, [3, 9, 4, 1, 2, 5]);
    // Cut sources hold the newest alone.
    assert_eq!(together(&[3, 4], &[8, 1, 2, 3, 4]).await, [8, 1, 2, 3, 4]);
    // Two repositories: by date, each in its own order.
    assert_eq!(together(&[1, 30, 5], &[2, 20, 6]).await, [1, 2, 30, 20, 6, 5]);
}

#[tokio::test]
async fn the_deploy_history_corrects_the_window() {
    let mut source = Scripted::new(&[1, 2, 3], End::Done);
    source.by_range = vec![change(3, 1)];
    source.deployments = vec![ran("older", 150, 1), ran("new", 200, 5)];
    let sources = Sources::new().changes(&source).deployments(&source);
    let gathered = gather(&sources, &asked(), pending()).await;
    assert_eq!(shas(&gathered), [sha(3)]);
    let resolution = gathered.resolution.unwrap();
    assert_eq!(resolution.predecessor_rule, PredecessorRule::DeployHistory);
    assert_eq!(resolution.old.unwrap().sha, sha(150));
    let asked: Vec<&Asked> = gathered.coverage.iter().map(|entry| &entry.asked).collect();
    let range = Range { old: sha(150), new: sha(200) };
    assert_eq!(asked, [&Asked::Deployments, &Asked::Range(range)]);
}

#[tokio::test]
async fn a_history_that_nobody_can_follow_changes_nothing() {
    let mut source = Scripted::new(&[1, 2], End::Done);
    source.deployments = vec![ran("older", 150, 1), ran("new", 200, 5)];
    let sources = Sources::new().changes(&source).deployments(&source);
    let gathered = gather(&sources, &asked(), pending()).await;
    assert_eq!(shas(&gathered), [sha(1), sha(2)]);
    assert_eq!(gathered.resolution.unwrap().release_rule, ReleaseRule::ExactTag);

    // The history agrees with the release name: nobody is asked twice.
    source.deployments = vec![ran("old", 100, 1), ran("new", 200, 5)];
    let sources = Sources::new().changes(&source).deployments(&source);
    let gathered = gather(&sources, &asked(), pending()).await;
    assert_eq!(gathered.coverage.len(), 2);
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Done), Just(End::Gap), Just(End::Fail), Just(End::Hang)]
}

proptest! {
    #[test]
    fn whatever_a_source_gave_is_kept_and_listed(
        parts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..6), end()), 0..5),
    ) {
        let scripted: Vec<Scripted> =
            parts.iter().map(|(changes, end)| Scripted::new(changes, *end)).collect();
        let sources = scripted.iter().fold(Sources::new(), |all, one| all.changes(one));
        let gathered = futures_util::FutureExt::now_or_never(gather(&sources, &asked(), async {}))
            .expect("a deadline that has passed ends the wait");

        let given: std::collections::BTreeSet<String> =
            parts.iter().flat_map(|(changes, _)| changes).map(|&n| sha(n)).collect();
        let mut kept = shas(&gathered);
        kept.sort();
        prop_assert_eq!(kept, given.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(gathered.coverage.len(), parts.len());
        for (entry, (changes, end)) in gathered.coverage.iter().zip(&parts) {
            let distinct: std::collections::BTreeSet<_> = changes.iter().collect();
            prop_assert_eq!(entry.counts.changes, distinct.len());
            // A hanging neighbour does not spoil the others' answers.
            let as_told = match (end, &entry.outcome) {
                (End::Done, Outcome::Complete) | (End::Hang, Outcome::Cut) => true,
                (End::Gap, Outcome::Partial(gaps)) => gaps == &[Gap::Shallow],
                (End::Fail, Outcome::Failed(error)) => error.is_retryable(),
                _ => false,
            };
            prop_assert!(as_told);
        }
    }
}
