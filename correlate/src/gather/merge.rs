//! Making one window of what several sources gave.

use std::collections::HashMap;
use std::hash::Hash;

use crate::source::Collected;
use crate::{Change, Deployment, Window};

/// One window of all parts; the first part sets the order.
pub(super) fn window(parts: Vec<Collected>, deployments: Vec<Deployment>) -> Window {
    let mut window = Window { deployments, ..Window::default() };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut contributors = 0;
    for part in parts {
        contributors += usize::from(!part.changes.is_empty());
        for change in part.changes {
            match places.get(&change.sha) {
                Some(&place) => join(&mut window.changes[place], change),
                None => {
                    places.insert(change.sha.clone(), window.changes.len());
                    window.changes.push(change);
                }
            }
        }
        window.blame.extend(part.blame);
        window.paths.extend(part.paths);
    }
    // One source knows its history's order better than dates do; between sources only dates can
    // tell.
    if contributors > 1 {
        window.changes.sort_by_key(|change| change.committed_at);
    }
    keep_first(&mut window.blame, |blame| blame.frame);
    keep_first(&mut window.paths, |path| path.frame);
    window
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
}

fn detail(change: &Change) -> (usize, usize) {
    (change.files.iter().map(|file| file.hunks.len()).sum(), change.files.len())
}

fn keep_first<T, K: Hash + Eq>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(key(item)));
}
