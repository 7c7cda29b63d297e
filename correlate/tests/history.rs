//! What the history of a window tells: which change came last, and which one was taken back.

use sentry_correlate::rank::Ranker;
use sentry_correlate::{
    Change, Exception, FileChange, FileStatus, Frame, Hunk, Incident, Observation, Ranking, Window,
};
use time::{Duration, OffsetDateTime, macros::datetime};

const START: OffsetDateTime = datetime!(2026-05-04 08:00 UTC);

/// A change of line 40 of the file that crashes, made so many hours after the first.
fn change(digit: char, hour: i64, message: &str) -> Change {
    let at = START + Duration::hours(hour);
    Change {
        sha: digit.to_string().repeat(40),
        author: "Ana Lopes".into(),
        author_email: None,
        authored_at: at,
        committed_at: at,
        message: message.to_owned(),
        parents: 1,
        files: vec![FileChange {
            path: "store/prices.py".into(),
            previous_path: None,
            status: FileStatus::Modified,
            additions: 1,
            deletions: 1,
            hunks: vec![Hunk {
                old_start: 40,
                old_lines: 1,
                new_start: 40,
                new_lines: 1,
                section: "def total cart".into(),
                removed: vec![format!("return cart sum{digit}")],
                added: vec![format!("return cart total{digit}")],
                display: None,
            }],
        }],
        url: None,
        position: None,
    }
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
