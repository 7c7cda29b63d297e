//! Every signal: a change that shows it, beside one that does not.

mod support;

use std::collections::BTreeMap;

use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::{
    Blame, Change, Deployment, Exception, FileChange, FileStatus, Frame, FrameRef, Incident, Onset,
    OnsetBasis, Window,
};
use support::{commit, edit, sha};
use time::{Duration, OffsetDateTime, macros::datetime};

const START: OffsetDateTime = datetime!(2026-05-04 08:00 UTC);

fn frame(file: &str, function: &str, line: u32) -> Frame {
    Frame {
        filename: Some(file.into()),
        function: Some(function.into()),
        line: Some(line),
        in_app: true,
        ..Frame::default()
    }
}

/// `total` of the cart was called with a voucher that it does not take.
fn crash() -> Incident {
    let foreign = Frame {
        abs_path: Some("/usr/lib/site-packages/flask/app.py".into()),
        in_app: false,
        ..frame("flask/app.py", "dispatch_request", 880)
    };
    let cart = Frame {
        context_line: Some("    return quantise(subtotal)".into()),
        ..frame("shop/cart.py", "total", 40)
    };
    Incident {
        environment: Some("production".into()),
        onset: Some(Onset { at: START + Duration::hours(30), basis: OnsetBasis::FirstSeen }),
        exceptions: vec![Exception {
            ty: Some("TypeError".into()),
            value: Some("total() got an unexpected keyword argument 'voucher'".into()),
            frames: vec![foreign, frame("shop/checkout.py", "pay", 12), cart],
            ..Exception::default()
        }],
        ..Incident::default()
    }
}

/// An error of the platform: its pool is exhausted.
fn exhausted() -> Incident {
    let mut incident = crash();
    incident.exceptions[0].ty = Some("TimeoutError".into());
    incident.exceptions[0].value =
        Some("QueuePool limit of size 5 overflow 2 reached, connection timed out".into());
    incident
}

fn at(hour: i64) -> OffsetDateTime {
    START + Duration::hours(hour)
}

/// A change by the one who is looked at.
fn by(message: &str, files: impl IntoIterator<Item = FileChange>) -> Change {
    commit(sha('a'), at(10), message, files)
}

fn of(files: impl IntoIterator<Item = FileChange>) -> Change {
    by("Work on it", files)
}

/// Two lines somewhere in a file.
fn lines(path: &str, removed: &str, added: &str) -> FileChange {
    edit(path, "", 300, &[removed], &[added])
}

fn plain(path: &str) -> FileChange {
    lines(path, "old = 1", "fresh = read(1)")
}

/// The change among four that have nothing to do with it.
fn among(change: Change) -> Window {
    let other = |digit, hour, path| commit(sha(digit), at(hour), "Other work", [plain(path)]);
    let changes = vec![
        other('b', 1, "mail/send.py"),
        other('c', 2, "mail/queue.py"),
        change,
        other('d', 20, "mail/log.py"),
        other('e', 21, "mail/retry.py"),
    ];
    Window { changes, ..Window::default() }
}

/// What each signal measures of the change that is looked at, and whether it says so.
fn measured(incident: &Incident, window: &Window) -> BTreeMap<&'static str, f64> {
    let prepared = PreparedWindow::new(window);
    let position = window.changes.iter().position(|change| change.sha == sha('a'));
    let position = position.expect("the window has the change");
    let row = Ranker::measure(incident, &prepared).rows.swap_remove(position);
    Ranker::signals().map(|(name, _)| name).zip(row).collect()
}

/// A question, and the same with another change in its place.
struct Case {
    signal: &'static str,
    incident: Incident,
    shows: Window,
    not: Window,
}

/// A signal that one change shows and another does not.
fn case(signal: &'static str, shows: Change, not: Change) -> Case {
    Case { signal, incident: crash(), shows: among(shows), not: among(not) }
}

fn configured(signal: &'static str, shows: FileChange, not: FileChange) -> Case {
    Case { incident: exhausted(), ..case(signal, of([shows]), of([not])) }
}

fn setting(line: &str, other: &str) -> FileChange {
    edit("config/production.yaml", "store:", 3, &[line], &[other])
}

fn of_trace() -> Vec<Case> {
    let cart = || plain("shop/cart.py");
    let mail = || plain("news/mail.py");
    let in_function = |section| edit("shop/cart.py", section, 300, &["old"], &["new"]);
    let on_line = |line| edit("shop/cart.py", "", line, &["old"], &["new"]);
    let mut crowded = among(of([cart()]));
    for change in &mut crowded.changes {
        change.files = vec![cart()];
    }
    let twice = |hour| {
        let mut window = among(of([on_line(40)]));
        window.changes.push(commit(sha('f'), at(hour), "Same line", [on_line(40)]));
        window
    };
    let blamed = |digit| {
        let frame = FrameRef { exception: 0, frame: 2 };
        let blame = vec![Blame { frame, sha: sha(digit), committed_at: at(10) }];
        Window { blame, ..among(of([cart()])) }
    };
    let together = |path| {
        let mut window = among(of([plain(path)]));
        for (digit, hour) in [('1', 3), ('2', 4), ('3', 5)] {
            let files = [cart(), plain("tax/rates.py")];
            window.changes.push(commit(sha(digit), at(hour), "Both", files));
        }
        window
    };
    let brings = |line| edit("shop/cart.py", "", 40, &["old"], &[line]);
    let both = |path| {
        of([
            edit("shop/cart.py", "def total(cart):", 300, &["a"], &["b"]),
            edit(path, "def pay(cart):", 300, &["a"], &["b"]),
        ])
    };
    vec![
        case("touched-file", of([cart()]), of([mail()])),
        Case { not: crowded, ..case("rare-file", of([cart()]), of([cart()])) },
        case("touched-line", of([on_line(40)]), of([on_line(4_000)])),
        Case { shows: twice(5), not: twice(15), ..case("last-touched", of([]), of([])) },
        Case { shows: blamed('a'), not: blamed('b'), ..case("blamed", of([]), of([])) },
        case(
            "function",
            of([in_function("def total(cart):")]),
            of([in_function("def empty(cart):")]),
        ),
        case("breadth", both("shop/checkout.py"), both("mail/other.py")),
        case("introduced", of([brings("def total(cart):")]), of([brings("def empty(cart):")])),
        case("directory", of([plain("shop/gift.py")]), of([mail()])),
        Case {
            shows: together("tax/rates.py"),
            not: together("tax/forms.py"),
            ..case("changes-together", of([]), of([]))
        },
    ]
}

fn of_words() -> Vec<Case> {
    let here = |added| lines("news/mail.py", "old", added);
    let cart = |added| lines("shop/cart.py", "old", added);
    let renamed = |to: &str| {
        edit("shop/gift.py", "", 5, &["def total(cart, voucher):"], &[&format!("def {to}:")])
    };
    let moved = "alpha beta gamma delta epsilon zeta eta theta ".repeat(3);
    let back: Vec<&str> = moved.split_whitespace().rev().collect();
    let back = back.join(" ");
    let fresh = "iota kappa lambda mu nu omicron ".repeat(4);
    vec![
        case("words-in-diff", of([here("voucher = 1")]), of([here("stamp = 1")])),
        case(
            "words-in-hunk",
            of([cart("voucher = total(keyword)")]),
            of([cart("stamp = weigh(parcel)")]),
        ),
        case("function-names", of([here("sum = pay(goods)")]), of([here("sum = weigh(goods)")])),
        case("message-words", by("Store the voucher", [here("x")]), by("Store it", [here("x")])),
        case("path-words", of([plain("news/voucher.py")]), of([plain("news/stamp.py")])),
        case(
            "side-words",
            of([lines("docs/use.md", "old", "How a voucher is used")]),
            of([lines("docs/use.md", "old", "How a stamp is used")]),
        ),
        case("source-words", of([here("n = quantise(n)")]), of([here("n = round(n)")])),
        case("parts-in-diff", of([here("keep_voucher_code(x)")]), of([here("keep_stamp_id(x)")])),
        case(
            "parts-in-message",
            by("Keep voucher_codes", [here("x")]),
            by("Keep stamp_ids", [here("x")]),
        ),
        case(
            "name-changed",
            of([renamed("total(cart)")]),
            of([edit("shop/gift.py", "", 5, &["def wrap(box, bow):"], &["def wrap(box):"])]),
        ),
        case(
            "moved",
            of([lines("shop/cart.py", &moved, &back)]),
            of([lines("shop/cart.py", &moved, &fresh)]),
        ),
    ]
}

fn of_configuration() -> Vec<Case> {
    let pool = || setting("  pool_size: 20", "  pool_size: 5");
    let colour = || setting("  colour: red", "  colour: blue");
    let bump = |name: &str, to: &str| {
        let line = |version: &str| format!("{name}=={version}");
        edit("requirements.txt", "", 3, &[&line("2.3.1")], &[&line(to)])
    };
    let in_code = |name: &str| {
        edit("shop/cart.py", "", 40, &[&format!("{name} = 20")], &[&format!("{name} = 12")])
    };
    vec![
        configured("fact-fits", pool(), colour()),
        configured("setting-named", pool(), colour()),
        configured(
            "quoted",
            setting("  pool_size: 9", "  pool_size: 5"),
            setting("  pool_size: 9", "  pool_size: 7"),
        ),
        configured(
            "setting-of-trace",
            setting("  checkout: strict", "  checkout: lenient"),
            setting("  newsletter: strict", "  newsletter: lenient"),
        ),
        configured("leap", setting("  rows: 2", "  rows: 40"), setting("  rows: 9", "  rows: 10")),
        configured(
            "switched",
            setting("  eviction: noeviction", "  eviction: allkeys-lru"),
            setting("  most: 9", "  most: 10"),
        ),
        configured(
            "removed-setting",
            edit("config/production.yaml", "store:", 3, &["  reserve: 9"], &[]),
            setting("  most: 9", "  most: 10"),
        ),
        configured("code-fits", in_code("pool_size"), in_code("colour")),
        case("dependency", of([bump("flask", "3.0.0")]), of([bump("stamps", "2.3.2")])),
        case("major-version", of([bump("stamps", "3.0.0")]), of([bump("stamps", "2.3.2")])),
        case(
            "other-environment",
            of([edit("config/staging.yaml", "", 3, &["size: 9"], &["size: 8"])]),
            of([edit("config/production.yaml", "", 3, &["size: 9"], &["size: 8"])]),
        ),
    ]
}

fn of_commits() -> Vec<Case> {
    let mail = || plain("news/mail.py");
    let many = |count| (0..count).map(|n| plain(&format!("news/part{n}.py"))).collect::<Vec<_>>();
    let merge = Change { parents: 2, ..of([mail()]) };
    let bot = Change { author: "dependabot[bot]".into(), ..of([mail()]) };
    let passed_over = Change { ignored_by: Some(".git-blame-ignore-revs".into()), ..of([mail()]) };
    let form = FileChange {
        status: FileStatus::Modified,
        ..edit("news/mail.py", "", 5, &["call( a,b )"], &["call(a, b)"])
    };
    let said = |message: String| {
        let mut window = among(of([mail()]));
        window.changes.push(commit(sha('f'), at(12), message, [plain("news/next.py")]));
        window
    };
    let early = |hour| {
        let mut window = among(of([mail()]));
        window.changes[2].committed_at = at(hour);
        window.changes[2].authored_at = at(hour);
        window
    };
    let live = |hour| {
        let deployment = Deployment {
            name: "v1.4.0".into(),
            sha: sha('a'),
            environment: Some("production".into()),
            live_at: at(hour),
            source: "git tag".into(),
        };
        Window { deployments: vec![deployment], ..among(of([mail()])) }
    };
    vec![
        case("docs-only", of([lines("docs/use.md", "a", "b")]), of([mail()])),
        case("tests-only", of([plain("tests/test_mail.py")]), of([mail()])),
        case("form-only", of([form]), of([mail()])),
        case("mechanical", by("Reformat the news", many(3)), by("Count stamps", many(3))),
        case("mass-edit", of(many(200)), of(many(1))),
        case("merge", merge, of([mail()])),
        case("bot", bot, of([mail()])),
        case("ignored-revision", passed_over, of([mail()])),
        Case {
            shows: said(format!("Repair what {} broke", sha('a'))),
            not: said("Repair what was broken".into()),
            ..case("named", of([]), of([]))
        },
        Case {
            shows: said(format!("Revert \"Work on it\"\n\nThis reverts commit {}.", sha('a'))),
            not: said("Work on more of it".into()),
            ..case("reverted", of([]), of([]))
        },
        Case { shows: early(40), not: early(0), ..case("late", of([]), of([])) },
        Case { shows: live(29), not: live(31), ..case("deployed", of([]), of([])) },
    ]
}

fn all() -> Vec<Case> {
    [of_trace(), of_words(), of_configuration(), of_commits()].into_iter().flatten().collect()
}

#[test]
fn each_signal_is_shown_by_what_it_is_about() {
    let mut wrong = Vec::new();
    for Case { signal, incident, shows, not } in all() {
        let (yes, no) = (measured(&incident, &shows)[signal], measured(&incident, &not)[signal]);
        if !(yes > no + 0.05 && (0.0..=1.0).contains(&yes)) {
            wrong.push(format!("{signal}: {yes} where it stands, {no} where it does not"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_signal_says_what_it_saw() {
    let silent = |case: &Case| {
        let ranking = Ranker::default().rank(&case.incident, &case.shows);
        let of = ranking.hypotheses.into_iter().find(|of| of.sha == sha('a'));
        let of = of.expect("it is ranked");
        !of.evidence.iter().any(|seen| seen.signal == case.signal && seen.strength > 0.0)
    };
    let silent: Vec<&str> =
        all().iter().filter(|case| silent(case)).map(|case| case.signal).collect();
    assert!(silent.is_empty(), "{silent:?} say nothing");
}

#[test]
fn no_signal_is_left_out() {
    let mut tried: Vec<&str> = all().iter().map(|case| case.signal).collect();
    let mut known: Vec<&str> = Ranker::signals().map(|(name, _)| name).collect();
    tried.sort_unstable();
    known.sort_unstable();
    assert_eq!(tried, known);
}
