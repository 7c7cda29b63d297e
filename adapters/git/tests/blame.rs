//! Where the stack's files live, and who last touched its lines.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

use std::time::Duration;

use gix::ObjectId;
use sentry_correlate::source::{Outcome, Query, QueryFrame, Range};
use sentry_correlate::{FrameRef, Gathered, Mapping, MappingRule, Sources, gather};
use sentry_correlate_git::GitRepository;
use support::{Made, git};

fn frame(index: usize, filename: &str, line: u32) -> QueryFrame {
    QueryFrame {
        frame: FrameRef { exception: 0, frame: index },
        filename: Some(filename.to_owned()),
        abs_path: None,
        module: None,
        line: Some(line),
        in_app: true,
    }
}

async fn asked(
    repo: &GitRepository,
    old: ObjectId,
    new: ObjectId,
    frames: Vec<QueryFrame>,
) -> Gathered {
    let range = Range { old: old.to_string(), new: new.to_string() };
    let query = Query { frames, ..Query::default() }.with_range(range);
    gather(&Sources::new().changes(repo), &query, std::future::pending()).await
}

fn blamed(gathered: &Gathered, index: usize) -> Option<&str> {
    let all = &gathered.window.blame;
    all.iter().find(|blame| blame.frame.frame == index).map(|blame| blame.sha.as_str())
}

#[tokio::test]
async fn lines_are_followed_through_edits_renames_and_merges() {
    let made = Made::new();
    let body: String = (0..30).map(|n| format!("    step({n})\n")).collect();
    let with = |head: &str, tail: &str| format!("{head}def run():\n{body}{tail}");
    let v1 = with("", "");
    let root = made.commit("root", &[("shop/run.py", &v1)], &[]);
    let v2 = with("import os\n\n", "");
    let head = made.commit("head", &[("shop/run.py", &v2)], &[root]);
    let moved = made.commit("moved", &[("shop/core/run.py", &v2)], &[head]);
    let v3 = with("import os\n\n", "    return 1\n");
    let side = made.commit("side", &[("shop/core/run.py", &v3)], &[moved]);
    let v4 = v2.replace("step(7)", "step(70)");
    let edit = made.commit("edit", &[("shop/core/run.py", &v4)], &[moved]);
    let v5 = v3.replace("step(7)", "step(70)");
    let merge = made.commit("merge", &[("shop/core/run.py", &v5)], &[edit, side]);
    // Whoever indents a line has not written it.
    let v6 = v5.replace("    step(9)", "        step(9)");
    let indent = made.commit("indent", &[("shop/core/run.py", &v6)], &[merge]);

    let path = "shop/core/run.py";
    let lines = [1, 3, 4, 11, 13, 34];
    let mut frames: Vec<QueryFrame> =
        lines.iter().enumerate().map(|(index, &line)| frame(index, path, line)).collect();
    frames.push(frame(9, path, 999));
    let gathered = asked(&made.open(), root, indent, frames).await;
    let expected = [head, root, root, edit, root, side];
    for (index, commit) in expected.iter().enumerate() {
        assert_eq!(blamed(&gathered, index), Some(commit.to_string().as_str()), "{index}");
    }
    assert_eq!(blamed(&gathered, 9), None);
    for (index, line) in lines.iter().enumerate() {
        let range = format!("-L{line},{line}");
        let arguments =
            ["blame", "-w", "-l", "-s", "--root", &range, &indent.to_string(), "--", path];
        let Some(text) = git(made.path(), &arguments) else { return };
        let text = String::from_utf8(text).unwrap();
        assert_eq!(blamed(&gathered, index), text.split(' ').next(), "line {line}");
    }
}

#[tokio::test]
async fn frames_are_mapped_to_files_of_the_version_that_failed() {
    let made = Made::new();
    let root = made.commit("root", &[("setup.py", "x\n")], &[]);
    let files = [
        ("src/shop/cart.py", "x\n"),
        ("a/util.py", "x\n"),
        ("b/util.py", "x\n"),
        ("setup.py", "x\n"),
    ];
    let next = made.commit("next", &files, &[root]);
    let repo = made.open().with_source_roots(["/app=src/shop".parse().unwrap()]);
    let frames = vec![
        frame(0, "shop/cart.py", 1),
        frame(1, "util.py", 1),
        frame(2, "/usr/lib/flask/app.py", 1),
        frame(3, "/app/cart.py", 1),
    ];
    let gathered = asked(&repo, root, next, frames).await;
    let mapping = |index: usize| gathered.window.paths[index].mapping.clone();
    let file = |rule| Mapping::File { path: "src/shop/cart.py".to_owned(), rule };
    assert_eq!(mapping(0), file(MappingRule::Suffix));
    assert_eq!(
        mapping(1),
        Mapping::Ambiguous { paths: vec!["a/util.py".into(), "b/util.py".into()] }
    );
    assert_eq!(mapping(2), Mapping::Unknown);
    assert_eq!(mapping(3), file(MappingRule::Given));
    let counts = gathered.coverage[0].counts;
    assert_eq!((counts.mapped, counts.blamed), (2, 2));
}

/// A history whose third commit only changed the form, and the release that lists it in `file`.
fn reformatted(made: &Made, file: &str) -> [ObjectId; 4] {
    let path = "shop/tax.py";
    let one = "def tax(price, rate):\n    return price*rate\n";
    let two = "def tax(price, rate):\n    return round(price*rate, digits=2, mode='even')\n";
    let form = "def tax(price, rate):\n    return round(\n        price * rate,\n        \
                digits=2,\n        mode=\"even\",\n    )\n\n\n__all__\n";
    let root = made.commit("root", &[(path, one)], &[]);
    let round = made.commit("round", &[(path, two)], &[root]);
    let black = made.commit("black", &[(path, form)], &[round]);
    let list = format!("# black\n{black}\n");
    let release = made.commit("list", &[(path, form), (file, &list)], &[black]);
    [root, round, black, release]
}

#[tokio::test]
async fn blame_passes_over_revisions_that_the_project_ignores() {
    let made = Made::new();
    let [root, round, black, release] = reformatted(&made, ".git-blame-ignore-revs");
    let path = "shop/tax.py";
    let lines = [2, 3, 4, 5, 9];
    let frames: Vec<QueryFrame> =
        lines.iter().enumerate().map(|(index, &line)| frame(index, path, line)).collect();
    let gathered = asked(&made.open(), root, release, frames.clone()).await;
    // The last line is like nothing that stood there before.
    for (index, commit) in [round, round, round, round, black].iter().enumerate() {
        assert_eq!(blamed(&gathered, index), Some(commit.to_string().as_str()), "{index}");
    }
    let marked: Vec<Option<&str>> =
        gathered.window.changes.iter().map(|change| change.ignored_by.as_deref()).collect();
    assert_eq!(marked, [None, Some(".git-blame-ignore-revs"), None]);
    assert_eq!(gathered.coverage[0].outcome, Outcome::Complete);

    let unlisted = made.open().with_ignore_revs_file("");
    let gathered = asked(&unlisted, root, release, frames).await;
    assert_eq!(blamed(&gathered, 0), Some(black.to_string().as_str()));
    assert!(gathered.window.changes.iter().all(|change| change.ignored_by.is_none()));

    for (index, line) in lines.iter().enumerate() {
        let (range, ignore) = (format!("-L{line},{line}"), format!("--ignore-rev={black}"));
        let release = release.to_string();
        let arguments =
            ["blame", "-w", "-l", "-s", "--root", &ignore, &range, &release, "--", path];
        let Some(text) = git(made.path(), &arguments) else { return };
        let text = String::from_utf8(text).unwrap();
        let expected = if index == 4 { black } else { round };
        assert!(text.contains(&expected.to_string()[..39]), "line {line}: {text}");
    }
}

#[tokio::test]
async fn the_list_of_ignored_revisions_is_named_by_gits_own_setting() {
    let made = Made::new();
    let [root, round, black, release] = reformatted(&made, "ci/form-only");
    let frames = vec![frame(0, "shop/tax.py", 2)];
    let of = |gathered: &Gathered| blamed(gathered, 0).map(str::to_owned);
    let before = asked(&made.open(), root, release, frames.clone()).await;
    assert_eq!(of(&before), Some(black.to_string()));
    let given = made.open().with_ignore_revs_file("ci/form-only");
    assert_eq!(of(&asked(&given, root, release, frames.clone()).await), Some(round.to_string()));

    let config = made.path().join("config");
    let mut text = std::fs::read_to_string(&config).unwrap();
    text.push_str("[blame]\n\tignoreRevsFile = gone\n\tignoreRevsFile = ./ci/form-only\n");
    std::fs::write(&config, text).unwrap();
    let gathered = asked(&made.open(), root, release, frames).await;
    assert_eq!(of(&gathered), Some(round.to_string()));
    assert_eq!(gathered.window.changes[1].ignored_by.as_deref(), Some("ci/form-only"));
    assert_eq!(gathered.coverage[0].outcome, Outcome::Complete);
}

#[tokio::test]
async fn no_budget_means_no_blame_and_no_complaint() {
    let made = Made::new();
    let root = made.commit("root", &[("a.py", "x\n")], &[]);
    let next = made.commit("next", &[("a.py", "y\n")], &[root]);
    let repo = made.open().with_blame_budget(Duration::ZERO);
    let gathered = asked(&repo, root, next, vec![frame(0, "a.py", 1)]).await;
    assert!(gathered.window.blame.is_empty());
    assert_eq!(gathered.coverage[0].outcome, Outcome::Complete);
}

#[tokio::test]
async fn a_line_that_was_blamed_before_takes_no_time() {
    let made = Made::new();
    let root = made.commit("root", &[("shop/run.py", "one\ntwo\n")], &[]);
    let head = made.commit("head", &[("shop/run.py", "one\n2\n")], &[root]);
    let hurried = |repo: &GitRepository| repo.clone().with_blame_budget(Duration::from_nanos(1));
    let frames = || vec![frame(0, "shop/run.py", 2)];

    let late = asked(&hurried(&made.open()), root, head, frames()).await;
    assert_eq!(blamed(&late, 0), None);
    let repo = made.open();
    let first = asked(&repo, root, head, frames()).await;
    assert_eq!(blamed(&first, 0), Some(head.to_string().as_str()));
    let again = asked(&hurried(&repo), root, head, frames()).await;
    assert_eq!(again.window.blame, first.window.blame);
    // Another version's line is another question.
    let older = asked(&hurried(&repo), root, root, frames()).await;
    assert_eq!(blamed(&older, 0), None);
}
