//! Making one window of what several sources gave.

use std::collections::HashMap;
use std::hash::Hash;

use crate::source::Collected;
use crate::{Change, Deployment, Window, order};

/// One window of all parts, its changes in one order; where parts contradict each other the first
/// is right.
pub(super) fn window(parts: Vec<Collected>, deployments: Vec<Deployment>) -> Window {
    let mut changes = Vec::new();
    let (mut blame, mut paths) = (Vec::new(), Vec::new());
    for part in parts {
        changes = histories(changes, part.changes);
        blame.extend(part.blame);
        paths.extend(part.paths);
    }
    keep_first(&mut blame, |blame| blame.frame);
    keep_first(&mut paths, |path| path.frame);
    Window { blame, paths, deployments, ..Window::of_history(changes) }
}

/// One history of two, both oldest first. The commits that both know tie them together: what only
/// the other knows stands directly behind the one that it stands behind there. Histories that share
/// nothing (of two repositories) are put together by date.
fn histories(mut one: Vec<Change>, other: Vec<Change>) -> Vec<Change> {
    let places: HashMap<&str, usize> =
        one.iter().enumerate().map(|(place, change)| (change.sha.as_str(), place)).collect();
    let shared: Vec<Option<usize>> =
        other.iter().map(|change| places.get(change.sha.as_str()).copied()).collect();
    let Some(first) = shared.iter().copied().flatten().next() else {
        let own = one.len();
        one.extend(other);
        let (own, others): (Vec<usize>, Vec<usize>) = (0..one.len()).partition(|&n| n < own);
        let order = order::merge(&one, &own, &others);
        let mut changes: Vec<Option<Change>> = one.into_iter().map(Some).collect();
        return order.into_iter().filter_map(|n| changes[n].take()).collect();
    };
    // What goes in front of each place, and behind the last.
    let mut added: Vec<Vec<Change>> = vec![Vec::new(); one.len() + 1];
    let mut place = first;
    for (change, shared) in other.into_iter().zip(shared) {
        match shared {
            Some(at) => {
                join(&mut one[at], change);
                place = place.max(at + 1);
            }
            None => added[place].push(change),
        }
    }
    let last = added.pop().unwrap_or_default();
    let mut joined = Vec::with_capacity(one.len());
    for (mut more, change) in added.into_iter().zip(one) {
        joined.append(&mut more);
        joined.push(change);
    }
    joined.extend(last);
    joined
}

/// All deployments, oldest first, each once.
pub(super) fn deployments(parts: Vec<Collected>) -> Vec<Deployment> {
    let mut all: Vec<Deployment> = parts.into_iter().flat_map(|part| part.deployments).collect();
    all.sort_by(|a, b| (a.live_at, &a.name).cmp(&(b.live_at, &b.name)));
    keep_first(&mut all, |d| (d.sha.clone(), d.environment.clone(), d.live_at, d.name.clone()));
    all
}

/// Keeps the description with more of the diff, and takes from the other what it lacks.
fn join(kept: &mut Change, mut other: Change) {
    if detail(&other) > detail(kept) {
        std::mem::swap(kept, &mut other);
    }
    if kept.url.is_none() {
        kept.url = other.url;
    }
    if kept.author_email.is_none() {
        kept.author_email = other.author_email;
    }
    if kept.ignored_by.is_none() {
        kept.ignored_by = other.ignored_by;
    }
}

fn detail(change: &Change) -> (usize, usize) {
    (change.files.iter().map(|file| file.hunks.len()).sum(), change.files.len())
}

fn keep_first<T, K: Hash + Eq>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(key(item)));
}
