//! What must hold of every ranking, whatever the incident and the window.

mod support;

use proptest::prelude::*;
use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::{
    Blame, Change, Deployment, Exception, Frame, FramePath, FrameRef, Incident, Mapping, Onset,
    OnsetBasis, Ranking, Window,
};
use time::{Duration, OffsetDateTime, macros::datetime};

const START: OffsetDateTime = datetime!(2026-03-02 08:00 UTC);
const FUNCTIONS: [&str; 4] = ["zorble_open", "quanta_merge", "fenwick_push", "wibble_close"];

#[derive(Debug, Clone)]
struct Commit {
    path: usize,
    line: u32,
    removed: Vec<String>,
    added: Vec<String>,
    function: usize,
    message: String,
}

fn path(index: usize) -> String {
    match index {
        0 => "src/vorpal.py".into(),
        1 => "src/snark.py".into(),
        2 => "lib/deep/bander.py".into(),
        3 => "config/app.yaml".into(),
        4 => "requirements.txt".into(),
        _ => "docs/guide.rst".into(),
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("    return zorble_open(frumious, 3)".to_owned()),
        Just("def quanta_merge(left, right):".to_owned()),
        Just("pool_size: 20".to_owned()),
        Just("pool_size: 5".to_owned()),
        Just("galumph==2.0.1".to_owned()),
        "[a-z]{4,9}_[a-z]{3,7} = [0-9]{1,3}",
        "\\PC{0,40}",
    ]
}

fn commit() -> impl Strategy<Value = Commit> {
    (
        0..6_usize,
        1..120_u32,
        prop::collection::vec(line(), 0..4),
        prop::collection::vec(line(), 1..4),
        0..4_usize,
        "[a-zA-Z_ ]{0,30}",
    )
        .prop_map(|(path, line, removed, added, function, message)| Commit {
            path,
            line,
            removed,
            added,
            function,
            message,
        })
}

fn change(index: usize, commit: &Commit, rename: &dyn Fn(&str) -> String) -> Change {
    let lines = |lines: &[String]| lines.iter().map(|l| rename(l)).collect::<Vec<_>>();
    let (removed, added) = (lines(&commit.removed), lines(&commit.added));
    let path = path(commit.path);
    let section = rename(&format!("def {}(self):", FUNCTIONS[commit.function]));
    let at = START + Duration::minutes(i64::try_from(index).expect("few"));
    let (removed, added) = (texts(&removed), texts(&added));
    let file = support::edit(&path, &section, commit.line, &removed, &added);
    let sha = format!("{:040x}", (index as u128 + 1) * 0x9e37_79b9_7f4a_7c15_f39c);
    support::commit(sha, at, rename(&commit.message), [file])
}

fn texts(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn window(commits: &[Commit], rename: &dyn Fn(&str) -> String) -> Window {
    Window {
        changes: commits.iter().enumerate().map(|(n, c)| change(n, c, rename)).collect(),
        deployments: vec![Deployment {
            name: "v2".into(),
            sha: "f".repeat(40),
            environment: None,
            live_at: START + Duration::hours(5),
            source: "git tag".into(),
        }],
        ..Window::default()
    }
}

fn incident(
    frames: &[(usize, u32, usize)],
    message: &str,
    rename: &dyn Fn(&str) -> String,
) -> Incident {
    Incident {
        exceptions: vec![Exception {
            ty: Some("TimeoutError".into()),
            value: Some(rename(message)),
            module: None,
            frames: frames
                .iter()
                .map(|&(file, line, function)| Frame {
                    filename: Some(path(file % 3)),
                    function: Some(rename(FUNCTIONS[function])),
                    line: Some(line),
                    in_app: true,
                    ..Frame::default()
                })
                .collect(),
        }],
        onset: Some(Onset { at: START + Duration::hours(6), basis: OnsetBasis::EventTime }),
        ..Incident::default()
    }
}

fn frames() -> impl Strategy<Value = Vec<(usize, u32, usize)>> {
    prop::collection::vec((0..3_usize, 1..120_u32, 0..4_usize), 0..6)
}

fn message() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("QueuePool limit of size 5 overflow 10 reached".to_owned()),
        Just("zorble_open() got an unexpected keyword argument 'frumious'".to_owned()),
        "\\PC{0,60}",
    ]
}

fn same(text: &str) -> String {
    text.to_owned()
}

fn place(ranking: &Ranking, sha: &str) -> usize {
    ranking.hypotheses.iter().position(|h| h.sha == sha).expect("every change is ranked")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn shares_sum_to_one_and_contributions_to_scores(
        commits in prop::collection::vec(commit(), 0..12), frames in frames(), message in message(),
    ) {
        let ranking = Ranker::default().rank(&incident(&frames, &message, &same), &window(&commits, &same));
        let sum: f64 = ranking.hypotheses.iter().map(|h| h.p).sum::<f64>() + ranking.none;
        prop_assert!((sum - 1.0).abs() < 1e-9);
        for hypothesis in &ranking.hypotheses {
            let sum: f64 = hypothesis.contributions.iter().map(|c| c.amount).sum();
            prop_assert!((sum - hypothesis.score).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&hypothesis.p));
            for other in &hypothesis.counterfactuals {
                prop_assert!(other.p <= hypothesis.p);
            }
        }
        prop_assert!(ranking.hypotheses.windows(2).all(|pair| pair[0].p >= pair[1].p));
    }

    #[test]
    fn blind_to_the_order_of_the_input(
        commits in prop::collection::vec(commit(), 1..12), frames in frames(), message in message(),
        positions in prop::collection::vec(prop::option::of(0..12_u32), 12), turn in 0..12_usize,
    ) {
        let incident = incident(&frames, &message, &same);
        let mut window = window(&commits, &same);
        // Known for some changes, unknown for others, and the same for two at times.
        for (change, position) in window.changes.iter_mut().zip(positions) {
            change.position = position;
        }
        let mut turned = window.clone();
        turned.changes.rotate_left(turn % commits.len());
        turned.changes.reverse();
        let ranker = Ranker::default();
        prop_assert_eq!(ranker.rank(&incident, &window), ranker.rank(&incident, &turned));
        let prepared = PreparedWindow::owned(turned);
        prop_assert_eq!(ranker.rank(&incident, &window), ranker.rank_prepared(&incident, &prepared));
    }

    #[test]
    fn diffs_that_were_read_for_others_serve_every_incident(
        commits in prop::collection::vec(commit(), 1..10), frames in frames(), message in message(),
        blamed in 0..10_usize, frame in 0..6_usize,
    ) {
        prop_assume!(!frames.is_empty());
        let incident = incident(&frames, &message, &same);
        let mut window = window(&commits, &same);
        let frame = FrameRef { exception: 0, frame: frame % frames.len() };
        let sha = window.changes[blamed % commits.len()].sha.clone();
        window.blame.push(Blame { frame, sha, committed_at: START });
        window.paths.push(FramePath { frame, mapping: Mapping::Unknown });
        let of_another = Window { changes: window.changes.clone(), ..Window::default() };
        let shared = PreparedWindow::owned(of_another);
        let ranker = Ranker::default();
        let ranking = ranker.rank(&incident, &window);
        prop_assert_eq!(&ranker.rank_shared(&incident, &shared, &window), &ranking);
        prop_assert_ne!(&ranker.rank_prepared(&incident, &shared), &ranking);
    }

    #[test]
    fn where_the_history_is_known_dates_are_of_no_account(
        commits in prop::collection::vec(commit(), 1..12), frames in frames(), message in message(),
        minutes in prop::collection::vec(-9_000..9_000_i64, 12),
    ) {
        let incident = incident(&frames, &message, &same);
        let dated = window(&commits, &same);
        let history = |changes| Window { changes, ..Window::default() };
        let known = Window::of_history(dated.changes.clone());
        let mut elsewhen = known.clone();
        for (change, minutes) in elsewhen.changes.iter_mut().zip(minutes) {
            change.committed_at += Duration::minutes(minutes);
            change.authored_at = change.committed_at;
        }
        elsewhen.changes.reverse();
        let ranker = Ranker::default();
        let right = ranker.rank(&incident, &known);
        prop_assert_eq!(&ranker.rank(&incident, &elsewhen), &right);
        // And where dates tell the truth, they tell the same.
        prop_assert_eq!(&ranker.rank(&incident, &history(dated.changes)), &right);
    }

    #[test]
    fn more_evidence_never_lowers_a_change(
        commits in prop::collection::vec(commit(), 1..10), frames in frames(), message in message(),
        chosen in 0..10_usize, frame in 0..6_usize,
    ) {
        prop_assume!(!frames.is_empty());
        let incident = incident(&frames, &message, &same);
        let window = window(&commits, &same);
        let sha = window.changes[chosen % commits.len()].sha.clone();
        let mut more = window.clone();
        more.blame.push(Blame {
            frame: FrameRef { exception: 0, frame: frame % frames.len() },
            sha: sha.clone(),
            committed_at: START,
        });
        let ranker = Ranker::default();
        let (before, after) = (ranker.rank(&incident, &window), ranker.rank(&incident, &more));
        prop_assert!(place(&after, &sha) <= place(&before, &sha));
        let p = |ranking: &Ranking| ranking.hypotheses[place(ranking, &sha)].p;
        prop_assert!(p(&after) >= p(&before) - 1e-12);
    }

    #[test]
    fn a_hunk_at_the_crash_never_lowers_a_change(
        commits in prop::collection::vec(commit(), 1..10), at in 0..3_usize, line in 20..120_u32,
        message in message(), chosen in 0..10_usize,
    ) {
        let frames = [(at, line, 0)];
        let incident = incident(&frames, &message, &same);
        let mut commits = commits;
        let chosen = chosen % commits.len();
        commits[chosen].path = at;
        commits[chosen].line = 1;
        commits[chosen].added.truncate(1);
        commits[chosen].removed = commits[chosen].added.clone();
        let window = window(&commits[..=chosen], &same);
        let sha = window.changes[chosen].sha.clone();
        let mut more = window.clone();
        let mut hunk = more.changes[chosen].files[0].hunks[0].clone();
        (hunk.old_start, hunk.new_start) = (line, line);
        more.changes[chosen].files[0].hunks.push(hunk);
        let ranker = Ranker::default();
        let (before, after) = (ranker.rank(&incident, &window), ranker.rank(&incident, &more));
        prop_assert!(place(&after, &sha) <= place(&before, &sha));
    }

    #[test]
    fn renaming_every_identifier_changes_nothing(
        commits in prop::collection::vec(commit(), 1..10), frames in frames(),
    ) {
        let message = "zorble_open() got an unexpected keyword argument 'frumious'";
        let rename = |text: &str| {
            text.replace("zorble_open", "krumpa_lift")
                .replace("quanta_merge", "dralon_weave")
                .replace("fenwick_push", "strunk_shove")
                .replace("wibble_close", "plomba_shutt")
                .replace("frumious", "gnarlify")
        };
        let ranker = Ranker::default();
        let one = ranker.rank(&incident(&frames, message, &same), &window(&commits, &same));
        let other = ranker.rank(&incident(&frames, message, &rename), &window(&commits, &rename));
        prop_assert!((one.none - other.none).abs() < 1e-9);
        for (a, b) in one.hypotheses.iter().zip(&other.hypotheses) {
            prop_assert_eq!(&a.sha, &b.sha);
            prop_assert!((a.p - b.p).abs() < 1e-9);
        }
    }
}
