//! Recorded cases against the same cases made anew from clones: what the weights were fitted on is
//! what runs in production.
//!
//! Needs the recorded cases and `SENTRY_HOOKS_CLONES`, a folder with a clone per project.

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use benches::build::{build, clone_of};
use benches::case::{Case, read_all};
use benches::facts;
use sentry_correlate::{Change, Lines};
use sentry_correlate_git::GitRepository;

/// Of every project so many cases; all of them take minutes.
const PER_PROJECT: usize = 3;

/// Blame counts as part of a case, so it gets the time that it needs.
const BLAME: Duration = Duration::from_secs(600);

#[test]
fn a_case_made_from_a_clone_has_the_recorded_changes() {
    let Some(folder) = common::shared("regressions") else { return };
    let Some(clones) = std::env::var_os("SENTRY_HOOKS_CLONES").map(PathBuf::from) else {
        eprintln!("skipped: SENTRY_HOOKS_CLONES is not set");
        return;
    };
    let recorded = read_all(&common::case_files(&folder)).unwrap();
    let facts = facts::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases.toml")).unwrap();
    for project in facts.chunk_by(|a, b| a.repository == b.repository) {
        let Some(clone) = clone_of(project[0].repo(), &clones) else {
            eprintln!("skipped: no clone of {}", project[0].repo());
            continue;
        };
        let source = GitRepository::open(&clone).unwrap().with_blame_budget(BLAME);
        for fact in project.iter().take(PER_PROJECT) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let made = runtime.block_on(build(fact, &source)).unwrap();
            let case = recorded.iter().find(|case| case.id() == fact.id).unwrap();
            assert_same(&made, case);
        }
    }
}

fn assert_same(made: &Case, recorded: &Case) {
    let id = made.id();
    let (made, recorded) = (made.window(), recorded.window());
    assert_eq!(made.changes.len(), recorded.changes.len(), "{id}");
    let (mut hunks, mut alike) = (0_usize, 0_usize);
    for change in &recorded.changes {
        let twin = made.changes.iter().find(|c| c.sha == change.sha);
        let twin = twin.unwrap_or_else(|| panic!("{id}: {} is missing", change.sha));
        assert!(shape(twin) == shape(change), "{id}: {} has another shape", change.sha);
        for (ours, theirs) in words(twin).zip(words(change)) {
            hunks += 1;
            alike += usize::from(ours == theirs);
        }
    }
    let share = alike as f64 / hunks as f64;
    // The oldest recordings cut long words where the others drop them.
    let enough = if id.starts_with("sqlalchemy") { 0.95 } else { 0.995 };
    assert!(share >= enough, "{id}: {alike} of {hunks} hunks have the recorded words");
    eprintln!("{id}: {} changes, {alike} of {hunks} hunks word for word", made.changes.len());
    for blame in &recorded.blame {
        let twin = made.blame.iter().find(|b| b.frame == blame.frame);
        assert_eq!(twin.map(|b| &b.sha), Some(&blame.sha), "{id}: blame of {:?}", blame.frame);
    }
}

/// Everything, its place in the history too, but the words of the lines, and what recorded cases do not keep: names, addresses,
/// full lines, line ends of messages.
fn shape(change: &Change) -> Change {
    let mut change = change.clone();
    change.author.clear();
    change.author_email = None;
    change.url = None;
    change.message = change.message.replace("\r\n", "\n");
    for hunk in change.files.iter_mut().flat_map(|file| &mut file.hunks) {
        hunk.display = None;
        hunk.section.clear();
        hunk.removed = Lines::default();
        hunk.added = Lines::default();
    }
    change
}

/// The words of each hunk. Lines of `.conf` files were reduced like code when they were recorded,
/// and are kept today.
fn words(change: &Change) -> impl Iterator<Item = (&String, &Lines, &Lines)> {
    let files = change.files.iter().filter(|file| !file.path.ends_with(".conf"));
    files.flat_map(|file| &file.hunks).map(|hunk| (&hunk.section, &hunk.removed, &hunk.added))
}
