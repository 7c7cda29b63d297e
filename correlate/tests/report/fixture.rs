//! Small authored incidents with a ranking as the ranker would give it.

use sentry_correlate::facts::{ErrorClass, Fact, FactKind, Family, Setting, Trend, Unit, Value};
use sentry_correlate::source::Coverage;
use sentry_correlate::{
    Change, Contribution, Counterfactual, Deployment, Direction, DisplayLines, Evidence, Exception,
    Frame, FrameRef, Hunk, Hypothesis, Impact, Incident, Links, Observation, Onset, OnsetBasis,
    Place, Provenance, Ranking, Report, Verdict, Window,
};
use time::macros::datetime;

use crate::support;
pub(crate) use crate::support::sha;

pub(crate) const FIRST_HUNK: Place = Place { file: 0, hunk: Some(0) };

pub(crate) struct Case {
    pub(crate) incident: Incident,
    pub(crate) window: Window,
    pub(crate) ranking: Ranking,
    pub(crate) coverage: Vec<Coverage>,
}

impl Case {
    pub(crate) fn report(&self) -> Report {
        Report::new(&self.incident, &self.window, &self.ranking).with_coverage(&self.coverage)
    }
}

/// A pool that was made too small, beside two innocents.
pub(crate) fn pool() -> Case {
    let culprit = sha('e');
    let fact = setting("pool_size", Family::Pool, ("20", 20.0), ("5", 5.0), Unit::None);
    let mut first = hypothesis(&culprit, 0.93);
    first.facts = vec![fact.clone()];
    first.evidence = vec![evidence(
        "fact-fits",
        Observation::FactFits { fact, class: ErrorClass::PoolExhausted },
        None,
    )];
    first.evidence.push(Evidence {
        direction: Direction::Against,
        measured: false,
        ..evidence("other-environment", Observation::Late { after: 1, candidates: 3 }, None)
    });
    first.contributions = vec![
        Contribution { signal: "fact-fits", amount: 3.2 },
        Contribution { signal: "other-environment", amount: -0.4 },
        Contribution { signal: "size", amount: 0.01 },
    ];
    first.counterfactuals = vec![Counterfactual { signal: "fact-fits", p: 0.31 }];
    let mut second = hypothesis(&sha('b'), 0.04);
    second.evidence = vec![evidence(
        "touched-line",
        Observation::LineTouched { path: "shop/orders.py".into(), line: 120, distance: 0 },
        Some(FrameRef { exception: 0, frame: 0 }),
    )];
    second.contributions = vec![Contribution { signal: "touched-line", amount: 1.1 }];
    let third = hypothesis(&sha('c'), 0.01);
    Case {
        incident: incident(),
        window: Window {
            changes: vec![
                change(
                    &sha('b'),
                    "Move the totals into one place",
                    "shop/orders.py",
                    ["total = 0"],
                    ["return cart.total()"],
                    120,
                ),
                change(&sha('c'), "Describe the deployment", "README.md", ["old"], ["new"], 3),
                change(
                    &culprit,
                    "Fit the smaller database instance\n\nIt allows fewer sessions.",
                    "config/production.yml",
                    ["  pool_size: 20"],
                    ["  pool_size: 5"],
                    12,
                ),
            ],
            deployments: vec![Deployment {
                name: "v1.4.0".into(),
                sha: culprit.clone(),
                environment: Some("production".into()),
                live_at: datetime!(2026-03-03 09:00 UTC),
                source: "git tag".into(),
            }],
            ..Window::default()
        },
        ranking: Ranking {
            hypotheses: vec![first, second, third],
            none: 0.02,
            none_contributions: vec![Contribution { signal: "bias", amount: -0.9 }],
            classes: vec![ErrorClass::PoolExhausted],
            verdict: Verdict::Suspect,
            calibrated: true,
        },
        coverage: vec![],
    }
}

pub(crate) fn incident() -> Incident {
    Incident {
        issue_id: Some("4711".into()),
        event_id: "0123456789abcdef0123456789abcdef".into(),
        title: "TimeoutError: QueuePool limit of size 5 overflow 0 reached".into(),
        onset: Some(Onset { at: datetime!(2026-03-03 09:12 UTC), basis: OnsetBasis::FirstSeen }),
        release: Some("shop@1.4.0".into()),
        environment: Some("production".into()),
        exceptions: vec![Exception {
            ty: Some("TimeoutError".into()),
            frames: vec![Frame {
                filename: Some("shop/orders.py".into()),
                function: Some("place_order".into()),
                line: Some(120),
                in_app: true,
                context_line: Some("    connection = pool.connect()".into()),
                pre_context: vec!["def place_order(cart):".into()],
                post_context: vec!["    connection.execute(insert)".into()],
                ..Frame::default()
            }],
            ..Exception::default()
        }],
        impact: Impact {
            events: Some(12_840),
            users: None,
            since: Some(datetime!(2026-03-03 09:12 UTC)),
        },
        links: Links { issue: Some("https://acme.sentry.io/issues/4711/".into()), event: None },
        ..Incident::default()
    }
}

pub(crate) fn change<const R: usize, const A: usize>(
    sha: &str,
    message: &str,
    path: &str,
    removed: [&str; R],
    added: [&str; A],
    line: u32,
) -> Change {
    let hunk = Hunk {
        old_start: line,
        old_lines: count(R),
        new_start: line,
        new_lines: count(A),
        section: "database".into(),
        removed: removed.into(),
        added: added.into(),
        display: Some(DisplayLines { removed: removed.into(), added: added.into() }),
    };
    let file = support::file(path, vec![hunk]);
    Change {
        url: Some(format!("https://github.com/acme/shop/commit/{sha}")),
        ..support::commit(sha.to_owned(), datetime!(2026-03-02 10:00 UTC), message, [file])
    }
}

pub(crate) fn hypothesis(sha: &str, p: f64) -> Hypothesis {
    Hypothesis {
        sha: sha.to_owned(),
        p,
        score: 0.0,
        contributions: vec![],
        evidence: vec![],
        facts: vec![],
        counterfactuals: vec![],
    }
}

pub(crate) fn evidence(
    signal: &'static str,
    observation: Observation,
    frame: Option<FrameRef>,
) -> Evidence {
    Evidence {
        signal,
        strength: 1.0,
        direction: Direction::For,
        observation,
        frame,
        place: Some(FIRST_HUNK),
        provenance: Provenance::Diff,
        measured: true,
    }
}

pub(crate) fn setting(
    key: &str,
    family: Family,
    old: (&str, f64),
    new: (&str, f64),
    unit: Unit,
) -> Fact {
    let value =
        |(text, number): (&str, f64)| Some(Value { text: text.into(), number: Some(number), unit });
    let trend = if new.1 < old.1 { Trend::Lowered } else { Trend::Raised };
    let setting = Setting {
        key: key.into(),
        family,
        old: value(old),
        new: value(new),
        trend,
        in_code: false,
    };
    Fact { kind: FactKind::Setting(setting), place: FIRST_HUNK }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("a handful of lines")
}
