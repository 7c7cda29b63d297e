//! Clones that git itself made incomplete, and what is said of them.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

use std::path::{Path, PathBuf};

use gix::ObjectId;
use sentry_correlate::source::{Gap, Outcome, Query, QueryFrame, Range};
use sentry_correlate::{FrameRef, Gathered, SourceError, Sources, gather};
use sentry_correlate_git::GitRepository;
use support::{Made, git};

const PATH: &str = "shop/run.py";

/// Four commits; each but the first changes a line of its own: 10, 20 and 30.
fn history() -> (Made, [ObjectId; 4]) {
    let made = Made::new();
    let text = |version: usize| {
        let changed = |n: usize| n.is_multiple_of(10) && n / 10 <= version;
        let line = |n| if changed(n) { format!("new({n})\n") } else { format!("step({n})\n") };
        (1..=40).map(line).collect::<String>()
    };
    let mut commits: Vec<ObjectId> = Vec::new();
    for version in 0..4 {
        let parents: Vec<ObjectId> = commits.last().copied().into_iter().collect();
        let message = format!("change {version}");
        commits.push(made.commit(&message, &[(PATH, &text(version))], &parents));
    }
    (made, commits.try_into().unwrap())
}

/// A clone by git, over the protocol that makes no links to the original's objects.
fn clone(made: &Made, tip: ObjectId, options: &[&str]) -> Option<(tempfile::TempDir, PathBuf)> {
    let tip = tip.to_string();
    git(made.path(), &["update-ref", "refs/heads/main", &tip])?;
    git(made.path(), &["symbolic-ref", "HEAD", "refs/heads/main"])?;
    git(made.path(), &["config", "uploadpack.allowFilter", "true"])?;
    let dir = tempfile::tempdir().unwrap();
    let (to, from) = (dir.path().join("clone"), format!("file://{}", made.path().display()));
    let arguments = [&["clone", "--quiet"], options, &[&from, to.to_str().unwrap()]].concat();
    git(made.path(), &arguments)?;
    Some((dir, to))
}

/// Asks for a range, with a frame in each of these lines.
async fn asked(path: &Path, old: ObjectId, new: ObjectId, lines: &[u32]) -> Gathered {
    let frame = |(index, &line): (usize, &u32)| QueryFrame {
        frame: FrameRef { exception: 0, frame: index },
        filename: Some(PATH.to_owned()),
        abs_path: None,
        module: None,
        line: Some(line),
        in_app: true,
    };
    let frames = lines.iter().enumerate().map(frame).collect();
    let range = Range { old: old.to_string(), new: new.to_string() };
    let query = Query { frames, ..Query::default() }.with_range(range);
    let repo = GitRepository::open(path).unwrap();
    gather(&Sources::new().changes(&repo), &query, std::future::pending()).await
}

fn gaps(gathered: &Gathered) -> &[Gap] {
    match &gathered.coverage[0].outcome {
        Outcome::Partial(gaps) => gaps,
        Outcome::Complete => &[],
        other => panic!("{other:?}"),
    }
}

fn blamed(gathered: &Gathered) -> Vec<(usize, &str)> {
    gathered.window.blame.iter().map(|it| (it.frame.frame, it.sha.as_str())).collect()
}

#[tokio::test]
async fn where_a_shallow_clone_ends_nobody_is_blamed() {
    let (made, [_, _, cut, last]) = history();
    let Some((_dir, path)) = clone(&made, last, &["--depth", "2"]) else { return };
    let lines = [30, 20, 5];
    let gathered = asked(&path, cut, last, &lines).await;
    let last = last.to_string();
    assert_eq!(blamed(&gathered), [(0, last.as_str())]);
    assert_eq!(gaps(&gathered), [Gap::Shallow], "and it was not for want of time");
    for (index, line) in lines.iter().enumerate() {
        let range = format!("-L{line},{line}");
        let Some(text) = git(&path, &["blame", "-s", &range, &last, "--", PATH]) else { return };
        assert_eq!(text.starts_with(b"^"), index > 0, "line {line}");
    }
    // The whole history does know.
    let whole = asked(made.path(), cut, last.parse().unwrap(), &lines).await;
    assert_eq!((whole.window.blame.len(), gaps(&whole)), (3, &[][..]));
}

#[tokio::test]
async fn a_partial_clone_is_told_in_one_line_with_what_to_do() {
    let (made, [first, .., last]) = history();
    let options = ["--filter=blob:none", "--no-checkout"];
    let Some((_dir, path)) = clone(&made, last, &options) else { return };
    let gathered = asked(&path, first, last, &[10, 5]).await;
    assert_eq!(gathered.window.changes.len(), 3);
    let [Gap::Unreadable { what, detail }] = gaps(&gathered) else {
        panic!("{:?}", gaps(&gathered))
    };
    assert!(what.starts_with("4 objects, among them blob "), "{what}");
    assert!(detail.contains("git fetch --refetch --no-filter"), "{detail}");
    assert!(detail.ends_with("; 2 frames not blamed"), "{detail}");
    assert!(detail.len() <= 120, "reports cut what is longer: {detail}");

    // What is said helps indeed.
    if git(&path, &["fetch", "--quiet", "--refetch", "--no-filter"]).is_none() {
        return;
    }
    let gathered = asked(&path, first, last, &[10, 5]).await;
    assert_eq!((gathered.window.blame.len(), gaps(&gathered)), (2, &[][..]));
}

#[tokio::test]
async fn a_clone_without_trees_says_what_to_do() {
    let (made, [first, .., last]) = history();
    let options = ["--filter=tree:0", "--no-checkout"];
    let Some((_dir, path)) = clone(&made, last, &options) else { return };
    let gathered = asked(&path, first, last, &[]).await;
    let [Gap::Unreadable { what, detail }] = gaps(&gathered) else {
        panic!("{:?}", gaps(&gathered))
    };
    assert!(what.starts_with("3 objects, among them .git-blame-ignore-revs"), "{what}");
    assert!(detail.contains("--no-filter"), "{detail}");
    let failed = asked(&path, first, last, &[10]).await;
    let Outcome::Failed(error) = &failed.coverage[0].outcome else {
        panic!("{:?}", failed.coverage)
    };
    assert!(error.to_string().contains("--no-filter"), "{error}");
}

#[test]
fn a_repository_of_sha_256_is_called_so() {
    let dir = tempfile::tempdir().unwrap();
    for (bare, name) in [(false, "tree"), (true, "bare.git")] {
        let path = dir.path().join(name);
        let mut arguments = vec!["init", "--quiet", "--object-format=sha256", name];
        arguments.extend(bare.then_some("--bare"));
        if git(dir.path(), &arguments).is_none() {
            return;
        }
        let error = GitRepository::open(&path).unwrap_err();
        assert!(matches!(error, SourceError::NotARepository { .. }));
        assert!(error.to_string().contains("SHA-256"), "{error}");
    }
}

#[test]
fn changes_lead_to_their_page() {
    let (made, [first, .., last]) = history();
    let range = Range { old: first.to_string(), new: last.to_string() };
    let url = |repo: GitRepository| repo.changes_between(&range).unwrap().pop().unwrap().url;
    assert_eq!(url(made.open()), None);
    let config = made.path().join("config");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str("[remote \"origin\"]\n\turl = https://ana:canary@github.com/acme/shop.git\n");
    std::fs::write(&config, text).unwrap();
    assert_eq!(url(made.open()), Some(format!("https://github.com/acme/shop/commit/{last}")));
    assert!(!format!("{:?}", made.open()).contains("canary"));
    let own = made.open().with_web_url("https://gitlab.acme.example/acme/shop".parse().unwrap());
    let page = format!("https://gitlab.acme.example/acme/shop/-/commit/{last}");
    assert_eq!(url(own), Some(page));
}
