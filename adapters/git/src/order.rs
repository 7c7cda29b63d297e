//! The order of a history.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use gix::ObjectId;

/// A commit, as far as its place in the history goes.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) id: ObjectId,
    /// Seconds of the committer's clock.
    pub(crate) time: i64,
    pub(crate) parents: Vec<ObjectId>,
}

/// Commits so that none comes before all of its children did, by date where that leaves a choice:
/// the order of `git log --date-order`. A walk by date alone meets a commit whose clock was fast
/// before some of its children.
pub(crate) fn newest_first(commits: Vec<Commit>) -> Vec<Commit> {
    let places: HashMap<ObjectId, usize> =
        commits.iter().enumerate().map(|(place, commit)| (commit.id, place)).collect();
    let mut children = vec![0_usize; commits.len()];
    for parent in commits.iter().flat_map(|commit| &commit.parents) {
        if let Some(&place) = places.get(parent) {
            children[place] += 1;
        }
    }
    // The newest on top; of one second's, the one that was met first.
    let mut ready = BinaryHeap::new();
    let mut met = 0_usize;
    let mut meet = |ready: &mut BinaryHeap<_>, place: usize, time: i64| {
        ready.push((time, Reverse(met), place));
        met += 1;
    };
    for (place, commit) in commits.iter().enumerate().filter(|(place, _)| children[*place] == 0) {
        meet(&mut ready, place, commit.time);
    }
    let mut order = Vec::with_capacity(commits.len());
    while let Some((_, _, place)) = ready.pop() {
        order.push(place);
        for parent in &commits[place].parents {
            let Some(&parent) = places.get(parent) else { continue };
            children[parent] -= 1;
            if children[parent] == 0 {
                meet(&mut ready, parent, commits[parent].time);
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| commits[place].take()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: usize) -> ObjectId {
        format!("{:040x}", n + 1).parse().unwrap()
    }

    fn commit(n: usize, time: i64, parents: &[usize]) -> Commit {
        Commit { id: id(n), time, parents: parents.iter().map(|&n| id(n)).collect() }
    }

    fn ids(commits: Vec<Commit>) -> Vec<ObjectId> {
        newest_first(commits).into_iter().map(|commit| commit.id).collect()
    }

    #[test]
    fn a_slow_clock_moves_nothing() {
        // 0 ← 1 ← 2, and 1 was made on a slow machine.
        let commits = vec![commit(0, 50, &[]), commit(2, 90, &[1]), commit(1, 10, &[0])];
        assert_eq!(ids(commits), [id(2), id(1), id(0)]);
    }

    #[test]
    fn a_parent_waits_for_all_its_children() {
        // 0 ← 1 and 0 ← 2, merged in 3. The root's clock was fast: by date alone it would come
        // before one of its children.
        let commits = vec![
            commit(3, 40, &[2, 1]),
            commit(2, 30, &[0]),
            commit(0, 99, &[]),
            commit(1, 20, &[0]),
        ];
        assert_eq!(ids(commits), [id(3), id(2), id(1), id(0)]);
    }

    proptest! {
        #[test]
        fn none_comes_before_its_children(
            made in prop::collection::vec((0..20_i64, prop::collection::vec(0..30_usize, 0..3)), 0..30),
        ) {
            // Parents have lower numbers; one that is out of the window stands for what it hides.
            let commits: Vec<Commit> = made
                .iter()
                .enumerate()
                .map(|(n, (time, parents))| {
                    let parents: Vec<usize> =
                        parents.iter().map(|p| if n == 0 { 99 } else { p % n }).collect();
                    commit(n, *time, &parents)
                })
                .collect();
            let order = newest_first(commits.clone());
            prop_assert_eq!(order.len(), commits.len());
            let place = |id: &ObjectId| order.iter().position(|commit| commit.id == *id);
            for commit in &commits {
                for parent in commit.parents.iter().filter_map(place) {
                    prop_assert!(place(&commit.id) < Some(parent));
                }
            }
        }
    }
}
