//! Errors as libraries print them, and the changes to configuration that make them: how often the
//! ranker puts the cause before its decoys.
//!
//! `tests/causes/*.toml` hold the pairs, by technology:
//!
//! ```toml
//! [[nginx]]
//! error = "AxiosError: Request failed with status code 413"   # type: message
//! at = "node_modules/axios/lib/core/settle.js settle"         # innermost frame: path, function
//! own = "src/albums/upload.ts store"                          # program's own frame (optional)
//! cause = ["deploy/nginx.conf @@ server", "client_max_body_size 20m;", "client_max_body_size 1m;"]
//! decoys = [                                                  # path [@@ section], removed, added
//!     ["deploy/nginx.conf", "keepalive_timeout 65;", "keepalive_timeout 60;"],
//! ]
//! ```
//!
//! Lines are joined by `\n`; an empty text is no line. Each pair is a window of its own: the cause,
//! its decoys, and the same innocent changes for all. What is asserted is a share, not one pair.

mod support;

use std::collections::BTreeMap;

use sentry_correlate::rank::Ranker;
use sentry_correlate::{Change, Exception, Frame, Hypothesis, Incident, Window};
use serde::Deserialize;
use time::{Duration, OffsetDateTime, macros::datetime};

const RELEASED: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);

/// A change of one file: path and perhaps its section, removed lines, added lines.
type Edit = (String, String, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    error: String,
    at: String,
    own: Option<String>,
    cause: Edit,
    decoys: Vec<Edit>,
}

/// What every release has besides.
const INNOCENTS: &[(&str, &str, &str)] = &[
    ("README.md", "Run it.", "Run it with two processes."),
    ("deploy/helm/values.yaml @@ cron", "digest: \"15 * * * *\"", "digest: \"22 * * * *\""),
    ("deploy/helm/values.yaml @@ autoscaling", "maxReplicas: 8", "maxReplicas: 10"),
    (
        "deploy/k8s/configmap.yaml @@ data",
        "SENTRY_TRACES_SAMPLE_RATE: \"0.02\"",
        "SENTRY_TRACES_SAMPLE_RATE: \"0.01\"",
    ),
    ("config/logging.yaml @@ handlers", "format: plain", "format: json"),
    ("config/flags.json", "\"newFooter\": false,", "\"newFooter\": true,"),
    ("config/app.yaml @@ paging", "page_size: 50", "page_size: 40"),
    (
        "service/catalogue.py @@ def page(number):",
        "    items = fetch_all(number)",
        "    items = fetch_page(number)",
    ),
];

fn change(name: usize, hours: i64, (path, removed, added): (&str, &str, &str)) -> Change {
    let (path, section) = path.split_once(" @@ ").unwrap_or((path, ""));
    let [removed, added] = [removed, added].map(|text| text.lines().collect::<Vec<_>>());
    let file = support::edit(path, section, 12, &removed, &added);
    support::commit(format!("{name:040x}"), RELEASED - Duration::hours(hours), "Adjust", [file])
}

fn frame(text: &str, in_app: bool) -> Frame {
    let (path, function) = text.split_once(' ').unwrap_or((text, "run"));
    Frame {
        filename: Some(path.to_owned()),
        function: Some(function.to_owned()),
        line: Some(40),
        in_app,
        ..Frame::default()
    }
}

impl Pair {
    fn incident(&self) -> Incident {
        let (ty, value) = self.error.split_once(": ").unwrap_or((&self.error, ""));
        let own = self.own.as_deref().unwrap_or("service/handler handle");
        Incident {
            title: self.error.clone(),
            environment: Some("production".to_owned()),
            exceptions: vec![Exception {
                ty: Some(ty.to_owned()),
                value: Some(value.to_owned()),
                frames: vec![frame(own, true), frame(&self.at, false)],
                ..Exception::default()
            }],
            ..Incident::default()
        }
    }

    /// The place of the cause among its decoys and innocents, 1 being first, and what speaks for it
    /// and for the first.
    fn rank(&self, index: usize) -> (usize, String) {
        let edits = std::iter::once(&self.cause).chain(&self.decoys).map(borrowed);
        self.place(index, &edits.chain(INNOCENTS.iter().copied()).collect::<Vec<_>>())
    }

    /// Its place among the causes of other errors.
    fn rank_among(&self, index: usize, others: &[&Pair]) -> (usize, String) {
        let edits = std::iter::once(self).chain(others.iter().copied());
        self.place(index, &edits.map(|pair| borrowed(&pair.cause)).collect::<Vec<_>>())
    }

    /// The place of the first of some edits.
    fn place(&self, index: usize, edits: &[(&str, &str, &str)]) -> (usize, String) {
        // Neither place nor name may tell the cause.
        let place = |n: usize| (n + 3 * index) % edits.len();
        let changes = edits.iter().enumerate();
        let changes = changes.map(|(n, edit)| change(place(n) + 1, 60, *edit)).collect();
        let window = Window { changes, ..Window::default() };
        let ranking = Ranker::default().rank(&self.incident(), &window);
        let cause = format!("{:040x}", place(0) + 1);
        let first = &ranking.hypotheses[0].sha;
        let rival = (0..edits.len()).find(|&n| format!("{:040x}", place(n) + 1) == *first);
        let rival = rival.map_or(String::new(), |n| {
            let (path, old, new) = edits[n];
            format!("{path}: {old} → {new}\n    {}", told(&ranking.hypotheses[0]))
        });
        let at = ranking.hypotheses.iter().position(|one| one.sha == cause);
        let own = at.map_or(String::new(), |at| told(&ranking.hypotheses[at]));
        let why = format!("    {own}\n  - {rival}\n    {:?}", ranking.classes);
        (at.map_or(edits.len(), |at| at + 1), why)
    }
}

fn borrowed((path, old, new): &Edit) -> (&str, &str, &str) {
    (path, old, new)
}

/// What speaks for a change.
fn told(hypothesis: &Hypothesis) -> String {
    let told = hypothesis.contributions.iter().filter(|told| told.amount.abs() >= 0.05);
    let told = told.map(|told| format!("{} {:.2}", told.signal, told.amount));
    told.collect::<Vec<_>>().join(", ")
}

/// How many causes of other errors a cause is ranked among.
const OTHERS: usize = 8;

/// Ranks the pairs of a file and asserts the share of causes that come first: beside their decoys, and
/// among the causes of other errors, each of which is as bold.
fn check(name: &str, text: &str, floors: [f64; 2]) {
    let pairs: BTreeMap<String, Vec<Pair>> = toml::from_str(text).expect("pairs");
    let every: Vec<&Pair> = pairs.values().flatten().collect();
    let (mut first, mut all, mut among) = (0, 0, 0);
    for (technology, pairs) in &pairs {
        let (mut hits, before) = (0, all);
        for pair in pairs {
            // From all over the file, so mostly of other technologies.
            let apart = |n: usize| every[(all + n * every.len() / (OTHERS + 1)) % every.len()];
            let others: Vec<&Pair> = (1..=OTHERS).map(apart).collect();
            all += 1;
            let (rank, why) = pair.rank_among(all, &others);
            among += i32::from(rank == 1);
            if rank > 1 {
                let (path, old, new) = &pair.cause;
                println!("AMONG {technology}: {} #{rank}\n  + {path}: {old} → {new}", pair.error);
                println!("{why}");
            }
            let (rank, why) = pair.rank(all);
            if rank == 1 {
                hits += 1;
            } else {
                let (path, old, new) = &pair.cause;
                println!("{technology}: {} #{rank}\n  + {path}: {old} → {new}", pair.error);
                println!("{why}");
            }
        }
        first += hits;
        println!("{name} {technology}: {hits} of {}", all - before);
    }
    let shares = [first, among].map(|hits| f64::from(hits) / all as f64);
    println!("{name}: {first} of {all} first, {:.1} %", 100.0 * shares[0]);
    println!("{name}: {among} of {all} first among other causes, {:.1} %", 100.0 * shares[1]);
    for (share, floor) in shares.into_iter().zip(floors) {
        assert!(share >= floor, "{name}: {share:.3} < {floor}");
    }
}

#[test]
fn causes_on_the_platform_come_first() {
    check("platform", include_str!("causes/platform.toml"), [0.88, 0.60]);
}

#[test]
fn causes_in_stores_come_first() {
    check("stores", include_str!("causes/stores.toml"), [0.90, 0.60]);
}

#[test]
fn causes_written_later_come_first() {
    check("gateways", include_str!("causes/gateways.toml"), [0.85, 0.60]);
}

#[test]
fn causes_in_stores_written_later_come_first() {
    check("stores-later", include_str!("causes/stores_later.toml"), [0.80, 0.60]);
}

#[test]
fn causes_of_other_ecosystems_come_first() {
    check("edges", include_str!("causes/edges.toml"), [0.80, 0.50]);
}
