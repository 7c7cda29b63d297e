//! What the history of a window tells: which change came last, which was taken back, when it went
//! live; and that evidence names what it points to.

mod support;

use sentry_correlate::rank::Ranker;
use sentry_correlate::{
    Change, Deployment, Direction, Exception, Frame, Hunk, Incident, Observation, Onset,
    OnsetBasis, Place, Ranking, Window,
};
use time::{Duration, OffsetDateTime, macros::datetime};

const START: OffsetDateTime = datetime!(2026-05-04 08:00 UTC);

/// A change of line 40 of the file that crashes, made so many hours after the first.
fn change(digit: char, hour: i64, message: &str) -> Change {
    let hunk = Hunk {
        old_start: 40,
        old_lines: 1,
        new_start: 40,
        new_lines: 1,
        section: "def total cart".into(),
        removed: [format!("return cart sum{digit}")].into(),
        added: [format!("return cart total{digit}")].into(),
        display: None,
    };
    let file = support::file("store/prices.py", vec![hunk]);
    support::commit(support::sha(digit), START + Duration::hours(hour), message, [file])
}

fn crash() -> Incident {
    Incident {
        exceptions: vec![Exception {
            ty: Some("TypeError".into()),
            frames: vec![Frame {
                filename: Some("store/prices.py".into()),
                function: Some("total".into()),
                line: Some(40),
                in_app: true,
                ..Frame::default()
            }],
            ..Exception::default()
        }],
        ..Incident::default()
    }
}

fn rank(window: &Window) -> Ranking {
    Ranker::default().rank(&crash(), window)
}

fn sees(ranking: &Ranking, digit: char, what: fn(&Observation) -> bool) -> bool {
    let of = ranking.hypotheses.iter().find(|h| h.sha.starts_with(digit)).expect("it is ranked");
    of.evidence.iter().any(|evidence| what(&evidence.observation))
}

#[test]
fn the_last_to_touch_a_line_is_the_last_of_the_history() {
    let is_last = |o: &Observation| matches!(o, Observation::LastTouched { .. });
    // The second was made on a machine whose clock is a day slow.
    let changes = [change('a', 9, "Round the sum"), change('b', -15, "Add the tax")];
    let by_history = rank(&Window::of_history(changes.clone()));
    assert!(sees(&by_history, 'b', is_last) && !sees(&by_history, 'a', is_last));
    let by_date = rank(&Window { changes: changes.into(), ..Window::default() });
    assert!(sees(&by_date, 'a', is_last) && !sees(&by_date, 'b', is_last));
}

/// Whether each of a chain of changes counts as taken back, by whom.
fn taken_back(messages: &[&str]) -> Vec<Option<char>> {
    let digits = ['a', 'b', 'c', 'd'];
    let changes =
        digits.into_iter().zip(messages).map(|(digit, message)| change(digit, 1, message));
    let ranking = rank(&Window::of_history(changes));
    let by = |digit: char| {
        let of = ranking.hypotheses.iter().find(|h| h.sha.starts_with(digit)).expect("ranked");
        let lowered = of.contributions.iter().any(|c| c.signal == "reverted" && c.amount < 0.0);
        let seen = of.evidence.iter().find_map(|evidence| match &evidence.observation {
            Observation::Reverted { by } => by.chars().next(),
            _ => None,
        });
        assert_eq!(lowered, seen.is_some());
        seen
    };
    digits.into_iter().take(messages.len()).map(by).collect()
}

#[test]
fn a_revert_of_a_revert_brings_the_first_change_back() {
    let (one, two) = ("Revert \"Add tax\"", "Revert \"Revert \"Add tax\"\"");
    assert_eq!(taken_back(&["Add tax", one]), [Some('b'), None]);
    assert_eq!(taken_back(&["Add tax", one, two]), [None, Some('c'), None]);
    let three = "Revert \"Revert \"Revert \"Add tax\"\"\"";
    assert_eq!(taken_back(&["Add tax", one, two, three]), [Some('b'), None, Some('d'), None]);
    // As git words it since 2.43, and by the name of the commit alone.
    assert_eq!(taken_back(&["Add tax", one, "Reapply \"Add tax\""]), [None, Some('c'), None]);
    let body = format!("Back again\n\nThis reverts commit {}.", "b".repeat(40));
    assert_eq!(taken_back(&["Add tax", one, &body]), [None, Some('c'), None]);
}

/// A deployment of the last change, so many hours after the first change.
fn deployment(environment: Option<&str>, hour: i64) -> Deployment {
    Deployment {
        name: "v2".into(),
        sha: "b".repeat(40),
        environment: environment.map(str::to_owned),
        live_at: START + Duration::hours(hour),
        source: "deploy log".into(),
    }
}

/// Hours from going live to the onset at hour 30, and where, as the evidence has it.
fn live(deployments: Vec<Deployment>, environment: Option<&str>) -> Option<(i64, Option<String>)> {
    let incident = Incident {
        environment: environment.map(str::to_owned),
        onset: Some(Onset { at: START + Duration::hours(30), basis: OnsetBasis::EventTime }),
        ..crash()
    };
    let window = Window::of_history([change('a', 0, "Add tax"), change('b', 1, "Round it")]);
    let ranking = Ranker::default().rank(&incident, &Window { deployments, ..window });
    let of = ranking.hypotheses.iter().find(|h| h.sha.starts_with('a')).expect("it is ranked");
    of.evidence.iter().find_map(|evidence| match &evidence.observation {
        Observation::DeployedBeforeOnset { seconds, environment } => {
            Some((seconds / 3600, environment.clone()))
        }
        _ => None,
    })
}

#[test]
fn a_deployment_elsewhere_says_nothing_of_an_error_here() {
    let (staging, production) = (deployment(Some("staging"), 25), deployment(Some("prod"), 28));
    let here = Some("production");
    assert_eq!(live(vec![staging.clone()], here), None);
    let both = vec![staging.clone(), production];
    assert_eq!(live(both, here), Some((2, Some("prod".into()))));
    assert_eq!(live(vec![staging.clone()], Some("staging")), Some((5, Some("staging".into()))));
    // A tag names no environment: it counts where no record of the environment is there.
    let tag = deployment(None, 24);
    assert_eq!(live(vec![tag.clone(), staging.clone()], here), Some((6, None)));
    // Where one is, a tag does not speak for what that one did not hold.
    assert_eq!(live(vec![tag.clone(), deployment(Some("production"), -9)], here), None);
    // An incident that names none asks everywhere.
    assert_eq!(live(vec![tag, staging], None), Some((6, None)));
}

#[test]
fn a_deployment_of_an_earlier_commit_did_not_bring_a_later_one() {
    // Made before that deployment by its date, and put on top of what was deployed.
    let earlier = Deployment { sha: "a".repeat(40), ..deployment(None, 10) };
    let window = Window::of_history([change('a', 0, "Add tax"), change('b', 1, "Round it")]);
    let incident = Incident {
        onset: Some(Onset { at: START + Duration::hours(12), basis: OnsetBasis::EventTime }),
        ..crash()
    };
    let window = Window { deployments: vec![earlier], ..window };
    let ranking = Ranker::default().rank(&incident, &window);
    let is_live = |o: &Observation| matches!(o, Observation::DeployedBeforeOnset { .. });
    assert!(sees(&ranking, 'a', is_live) && !sees(&ranking, 'b', is_live));
}

#[test]
fn words_in_a_hunk_are_those_of_that_hunk() {
    let mut change = change('a', 0, "Add tax");
    let hunk = |line: u32, added: &str| Hunk {
        old_start: line,
        new_start: line,
        new_lines: 1,
        added: [added].into(),
        ..Hunk::default()
    };
    change.files[0].hunks =
        vec![hunk(10, "vat_rate lookup"), hunk(90, "round_half tax_table vat_code")];
    let mut incident = crash();
    incident.exceptions[0].value =
        Some("'tax_table' gave round_half, vat_code for vat_rate".into());
    let ranking = Ranker::default().rank(&incident, &Window::of_history([change]));
    let evidence = &ranking.hypotheses[0].evidence;
    let seen = evidence.iter().find(|e| e.signal == "words-in-hunk").expect("three words in one");
    assert_eq!(seen.place, Some(Place { file: 0, hunk: Some(1) }));
    let Observation::WordsInDiff { words } = &seen.observation else { panic!("{seen:?}") };
    let mut words = words.clone();
    words.sort();
    assert_eq!(words, ["round_half", "tax_table", "vat_code"]);
}

#[test]
fn a_revision_that_blame_passes_over_is_lowered_and_says_why() {
    let mut listed = change('a', 0, "Add tax");
    listed.ignored_by = Some(".git-blame-ignore-revs".into());
    let ranking = rank(&Window::of_history([listed]));
    let first = &ranking.hypotheses[0];
    let seen = first.evidence.iter().find(|e| e.signal == "ignored-revision").expect("evidence");
    assert_eq!(seen.direction, Direction::Against);
    assert!(!seen.measured);
    let file = ".git-blame-ignore-revs".to_owned();
    assert_eq!(seen.observation, Observation::IgnoredRevision { file });
    let before = &rank(&Window::of_history([change('a', 0, "Add tax")])).hypotheses[0];
    assert!(first.p < before.p);
}
