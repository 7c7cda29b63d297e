//! Where the stack's files live, and who last touched its lines.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

mod support;

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

#[tokio::test]
async fn no_budget_means_no_blame_and_no_complaint() {
    let made = Made::new();
    let root = made.commit("root", &[("a.py", "x\n")], &[]);
    let next = made.commit("next", &[("a.py", "y\n")], &[root]);
    let repo = made.open().with_blame_budget(std::time::Duration::ZERO);
    let gathered = asked(&repo, root, next, vec![frame(0, "a.py", 1)]).await;
    assert!(gathered.window.blame.is_empty());
    assert_eq!(gathered.coverage[0].outcome, Outcome::Complete);
}
