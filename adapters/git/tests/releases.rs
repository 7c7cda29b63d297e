//! Which window a release name leads to, in repositories with every habit of tagging.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

use async_trait::async_trait;
use gix::ObjectId;
use sentry_correlate::release::{PredecessorRule, ReleaseRule, Resolution};
use sentry_correlate::source::{DeploymentSource, Query, Sink};
use sentry_correlate::{Deployment, SourceError, Sources, gather};
use sentry_correlate_git::GitRepository;
use support::{Made, START};
use time::OffsetDateTime;

/// A line of commits, each with its own file.
fn line(made: &Made, from: Option<ObjectId>, name: &str, length: usize) -> Vec<ObjectId> {
    let mut commits: Vec<ObjectId> = Vec::new();
    for n in 0..length {
        let parent = commits.last().copied().or(from);
        let parents: Vec<ObjectId> = parent.into_iter().collect();
        let path = format!("{name}{n}");
        commits.push(made.commit(&path, &[(&path, "x\n")], &parents));
    }
    commits
}

fn asked(release: &str) -> Query {
    Query { release: Some(release.to_owned()), ..Query::default() }
}

fn resolve(repo: &GitRepository, release: &str) -> Result<Resolution, SourceError> {
    repo.resolve(&asked(release))
}

fn ends(resolution: &Resolution) -> (Option<&str>, &str) {
    (resolution.old.as_ref().map(|old| old.name.as_str()), &resolution.new.name)
}

#[test]
fn a_release_is_found_by_tag_and_by_commit() {
    let made = Made::new();
    let commits = line(&made, None, "c", 4);
    made.tag("v1.3.0", commits[0]);
    made.annotate("v1.4.0", commits[2], 9);
    made.tag("docs-1.4.0", commits[1]);
    let repo = made.open();

    for (release, rule) in [
        ("v1.4.0", ReleaseRule::ExactTag),
        ("shop@1.4.0", ReleaseRule::VersionTag),
        ("shop@1.4.0+build.7", ReleaseRule::VersionTag),
    ] {
        let found = resolve(&repo, release).unwrap();
        assert_eq!(ends(&found), (Some("v1.3.0"), "v1.4.0"), "{release}");
        assert_eq!(found.new.sha, commits[2].to_string());
        assert_eq!((found.release_rule, found.predecessor_rule), (rule, PredecessorRule::Ancestry));
    }

    let short = format!("shop@{}", commits[3].to_hex_with_len(9));
    let found = resolve(&repo, &short).unwrap();
    assert_eq!(found.release_rule, ReleaseRule::ShaInName);
    assert_eq!(found.new.sha, commits[3].to_string());
    assert_eq!(found.old.unwrap().name, "v1.4.0");
    // A commit that carries a tag belongs to the tag's family.
    let full = resolve(&repo, &commits[2].to_string()).unwrap();
    assert_eq!(full.old.unwrap().name, "v1.3.0");
}

#[test]
fn what_cannot_be_found_says_what_to_pass() {
    let made = Made::new();
    let commits = line(&made, None, "c", 2);
    made.tag("v1.3.0", commits[1]);
    let repo = made.open();

    let unknown = resolve(&repo, "shop@1.4.0").unwrap_err();
    assert!(
        matches!(&unknown, SourceError::UnknownRelease { nearest, .. } if nearest == &["v1.3.0"])
    );
    assert!(unknown.to_string().contains("OLD..NEW"));
    assert_eq!(repo.resolve(&Query::default()), Err(SourceError::NoRelease));

    let untagged = resolve(&repo, &commits[0].to_string()).unwrap_err();
    assert!(matches!(untagged, SourceError::NoPredecessor { .. }));
    // The branch's head is not the release, even if the release is called like the branch.
    made.repo
        .reference("refs/heads/main", commits[1], gix::refs::transaction::PreviousValue::Any, "")
        .unwrap();
    assert!(matches!(resolve(&repo, "main"), Err(SourceError::UnknownRelease { .. })));

    for range in
        ["v1.3.0..nothing", "nothing..v1.3.0", "v1.3.0..deadbeef", "v1.3.0..:/x", "a b..HEAD^^^^^"]
    {
        let error = repo.changes_between(&range.parse().unwrap()).unwrap_err();
        assert!(matches!(error, SourceError::UnknownRevision { .. }), "{range} {error}");
    }
}

#[test]
fn no_repository_is_an_error_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().to_owned(), dir.path().join("missing")] {
        let error = GitRepository::open(&path).unwrap_err();
        assert!(matches!(&error, SourceError::NotARepository { path: at, .. } if *at == path));
        assert!(error.to_string().contains("pass a work tree or a bare repository"), "{error}");
    }
    let file = dir.path().join("file");
    std::fs::write(&file, "text").unwrap();
    assert!(GitRepository::open(&file).is_err());
}

#[test]
fn work_trees_and_oddly_named_bare_repositories_open() {
    let dir = tempfile::tempdir().unwrap();
    gix::init(dir.path().join("tree")).unwrap();
    gix::init_bare(dir.path().join("bare")).unwrap();
    assert!(GitRepository::open(dir.path().join("tree")).unwrap().tags().unwrap().is_empty());
    assert!(GitRepository::open(dir.path().join("tree/.git")).is_ok());
    assert!(GitRepository::open(dir.path().join("bare")).is_ok());
}

#[test]
fn backports_and_pre_releases_keep_to_their_line() {
    let made = Made::new();
    let main = line(&made, None, "m", 8);
    let branch = line(&made, Some(main[1]), "b", 3);
    for (hours, (name, commit)) in [
        ("v1.0.0", main[0]),
        ("v1.1.0rc1", main[1]),
        ("v1.1.0", branch[0]),
        ("v1.1.1", branch[1]),
        ("v1.2.0-rc.1", main[4]),
        ("v1.2.0", main[5]),
        ("v1.1.2", branch[2]),
        ("v1.3.0", main[7]),
    ]
    .into_iter()
    .enumerate()
    {
        made.annotate(name, commit, 20 + hours as i64);
    }
    let repo = made.open();
    let before = |release: &str| {
        let found = resolve(&repo, release).unwrap();
        (found.old.unwrap().name, found.predecessor_rule)
    };
    let ancestry = PredecessorRule::Ancestry;
    assert_eq!(before("v1.1.0"), ("v1.0.0".to_owned(), ancestry));
    assert_eq!(before("v1.1.2"), ("v1.1.1".to_owned(), ancestry));
    assert_eq!(before("v1.3.0"), ("v1.2.0".to_owned(), ancestry));
    // 1.1.1 ran before 1.2.0; what its branch shares with the main line is not new.
    assert_eq!(before("v1.2.0"), ("v1.1.1".to_owned(), PredecessorRule::VersionOrder));
    let query = asked("shop@1.2.0");
    let resolution = repo.resolve(&query).unwrap();
    let window = repo.changes_between(&resolution.range().unwrap()).unwrap();
    let messages: Vec<&str> = window.iter().map(|change| change.message.as_str()).collect();
    assert_eq!(messages, ["m2", "m3", "m4", "m5"]);
}

/// A deploy log in memory.
#[derive(Debug)]
struct DeployLog(Vec<Deployment>);

#[async_trait]
impl DeploymentSource for DeployLog {
    fn name(&self) -> &str {
        "deploy log"
    }

    async fn deployments(&self, _query: &Query, sink: &Sink) -> Result<(), SourceError> {
        self.0.iter().cloned().for_each(|deployment| sink.deployment(deployment));
        Ok(())
    }
}

fn at(hours: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(START + hours * 3600).unwrap()
}

#[tokio::test]
async fn the_deploy_history_wins_over_ancestry() {
    let made = Made::new();
    let commits = line(&made, None, "c", 6);
    made.tag("v1.0", commits[0]);
    made.tag("v1.1", commits[2]);
    made.tag("v1.2", commits[4]);
    let ran = |name: &str, commit: ObjectId, hours| Deployment {
        name: name.to_owned(),
        sha: commit.to_string(),
        environment: Some("production".to_owned()),
        live_at: at(hours),
        source: "deploy log".to_owned(),
    };
    // Production skipped 1.1.
    let log = DeployLog(vec![ran("v1.0", commits[0], 50), ran("v1.2", commits[4], 60)]);
    let repo = made.open();
    let sources = Sources::new().changes(&repo).deployments(&repo).deployments(&log);
    let mut query = asked("shop@1.2");
    query.environment = Some("production".to_owned());
    query.onset = Some(at(61));
    let gathered = gather(&sources, &query, std::future::pending()).await;
    let messages: Vec<&str> =
        gathered.window.changes.iter().map(|change| change.message.as_str()).collect();
    assert_eq!(messages, ["c1", "c2", "c3", "c4"]);
    let resolution = gathered.resolution.unwrap();
    assert_eq!(resolution.predecessor_rule, PredecessorRule::DeployHistory);
    assert_eq!(gathered.window.deployments.len(), 5);

    // Without a release in the event, the history alone leads to the window.
    query.release = None;
    let gathered = gather(&sources, &query, std::future::pending()).await;
    assert_eq!(gathered.window.changes.len(), 4);
    // In another environment nothing is known, and the tags decide.
    query.release = Some("shop@1.2".to_owned());
    query.environment = Some("staging".to_owned());
    let gathered = gather(&sources, &query, std::future::pending()).await;
    assert_eq!(gathered.window.changes.len(), 2);
}

#[tokio::test]
async fn tags_are_deployments_around_the_onset() {
    let made = Made::new();
    let commits = line(&made, None, "c", 1);
    for n in 0..30 {
        made.annotate(&format!("v1.{n}"), commits[0], n);
    }
    let repo = made.open();
    let query = Query { onset: Some(at(20)), ..Query::default() };
    let gathered = gather(&Sources::new().deployments(&repo), &query, std::future::pending()).await;
    let names: Vec<&str> =
        gathered.window.deployments.iter().map(|deployment| deployment.name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"v1.9"), Some(&"v1.23")));
    let one = &gathered.window.deployments[0];
    assert_eq!((one.live_at, one.environment.as_deref()), (at(9), None));
    assert_eq!(one.source, "git tag");
}

#[test]
fn a_release_that_is_missing_is_told_from_a_repository_that_is() {
    let dir = tempfile::tempdir().unwrap();
    let (path, away) = (dir.path().join("shop.git"), dir.path().join("away"));
    let made = Made::new();
    let commits = line(&made, None, "a", 2);
    made.tag("v1.0.0", commits[0]);
    made.tag("v1.1.0", commits[1]);
    std::fs::rename(made.path(), &path).unwrap();
    let repo = GitRepository::open(&path).unwrap();
    assert!(resolve(&repo, "shop@1.1.0").is_ok());
    let unknown = resolve(&repo, "shop@9.9.9");
    assert!(matches!(unknown, Err(SourceError::UnknownRelease { .. })), "{unknown:?}");

    std::fs::rename(path.join("refs/tags"), &away).unwrap();
    std::fs::write(path.join("refs/tags"), "no directory").unwrap();
    let unreadable = resolve(&repo, "shop@1.1.0");
    assert!(matches!(unreadable, Err(SourceError::Unreadable { .. })), "{unreadable:?}");
    std::fs::remove_file(path.join("refs/tags")).unwrap();
    std::fs::rename(&away, path.join("refs/tags")).unwrap();

    std::fs::rename(&path, &away).unwrap();
    let gone = resolve(&repo, "shop@1.1.0");
    assert!(matches!(gone, Err(SourceError::NotARepository { .. })), "{gone:?}");
    std::fs::rename(&away, &path).unwrap();
    assert!(resolve(&repo, "shop@1.1.0").is_ok());
}
