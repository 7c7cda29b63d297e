//! The commits of a window, read on all processors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::ObjectId;
use gix::revision::walk::Sorting;
use sentry_correlate::SourceError;
use sentry_correlate::release::Resolution;
use sentry_correlate::source::{Gap, Sink};

use crate::commit::{self, Read};
use crate::ignored::Ignored;
use crate::missing::{Lost, Missing};
use crate::order::{Commit, newest_first};
use crate::repository::{GitRepository, first_line, unreadable};

/// Hands over the changes of a window, the newest first: the culprit is among them more often.
pub(crate) fn hand_over(
    source: &GitRepository,
    repo: &gix::Repository,
    window: &Resolution,
    (ignored, missing): (&Ignored, &Missing),
    sink: &Sink,
) -> Result<(), SourceError> {
    let commits = walk(source, repo, window, sink).map_err(|error| unreadable(&error))?;
    if sink.interrupt().is_set() {
        return Err(SourceError::Interrupted);
    }
    sink.order(commits.iter().rev().map(ToString::to_string).collect());
    let next = AtomicUsize::new(0);
    let hand = Hand { ignored, missing, sink };
    std::thread::scope(|scope| {
        let threads = source.settings.threads.min(commits.len().div_ceil(8));
        for _ in 1..threads {
            scope.spawn(|| read_all(source, &source.local(), &commits, &next, &hand));
        }
        read_all(source, repo, &commits, &next, &hand);
    });
    if sink.interrupt().is_set() { Err(SourceError::Interrupted) } else { Ok(()) }
}

/// What is reachable from the new version and not from the old one, the newest first. Merges are
/// counted and passed over: what they bring is in the window by itself.
fn walk(
    source: &GitRepository,
    repo: &gix::Repository,
    window: &Resolution,
    sink: &Sink,
) -> gix::Result<Vec<ObjectId>> {
    let id = |sha: &str| sha.parse::<ObjectId>().map_err(gix::Error::from_error);
    let hidden = window.old.iter().map(|old| id(&old.sha)).collect::<gix::Result<Vec<_>>>()?;
    let walk = repo
        .rev_walk([id(&window.new.sha)?])
        .with_hidden(hidden)
        .sorting(Sorting::ByCommitTime(Default::default()))
        .all()?;
    let mut reached = Vec::new();
    for info in walk {
        let info = info?;
        if sink.interrupt().is_set() {
            break;
        }
        let time = info.commit_time.unwrap_or_default();
        reached.push(Commit { id: info.id, time, parents: info.parent_ids.to_vec() });
    }
    let all = reached.len();
    let cut =
        repo.shallow_commits()?.is_some_and(|cut| reached.iter().any(|c| cut.contains(&c.id)));
    let mut commits: Vec<ObjectId> =
        newest_first(reached).into_iter().filter(|c| c.parents.len() < 2).map(|c| c.id).collect();
    sink.merges(all - commits.len());
    let left_out = commits.len().saturating_sub(source.settings.max_commits);
    commits.truncate(source.settings.max_commits);
    if left_out > 0 {
        sink.gap(Gap::Limit {
            what: "commits".to_owned(),
            limit: source.settings.max_commits as u64,
            left_out: Some(left_out as u64),
        });
    }
    if cut {
        sink.gap(Gap::Shallow);
    }
    Ok(commits)
}

/// Where changes go, and what is said of them on the way.
struct Hand<'h> {
    ignored: &'h Ignored,
    missing: &'h Missing,
    sink: &'h Sink,
}

fn read_all(
    source: &GitRepository,
    repo: &gix::Repository,
    commits: &[ObjectId],
    next: &AtomicUsize,
    hand: &Hand<'_>,
) {
    let sink = hand.sink;
    while !sink.interrupt().is_set() {
        let Some(&id) = commits.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
        match read(source, repo, id) {
            Ok(read) => {
                let mut change = read.change.clone();
                // Of the version that failed, and so no part of what is kept of the commit.
                change.ignored_by = hand.ignored.by(&id).map(str::to_owned);
                change.url = source.settings.web.as_ref().map(|web| web.commit(&id));
                sink.change(change);
                for gap in &read.gaps {
                    sink.gap(gap.clone());
                }
                read.lost.iter().for_each(|lost| hand.missing.add(lost));
            }
            Err(error) => {
                let (what, detail) = (format!("commit {id}"), first_line(&error));
                hand.missing.add(&Lost { id, what, detail });
            }
        }
    }
}

fn read(source: &GitRepository, repo: &gix::Repository, id: ObjectId) -> gix::Result<Arc<Read>> {
    if let Some(known) = source.with_cache(|cache| cache.get(&id)) {
        return Ok(known);
    }
    let read = Arc::new(commit::read(repo, id, source.settings.max_file_bytes)?);
    // What could not be read today may be there tomorrow.
    if read.gaps.is_empty() && read.lost.is_empty() {
        let most = source.settings.cache_bytes;
        source.with_cache(|cache| cache.insert(id, Arc::clone(&read), most));
    }
    Ok(read)
}
