//! Which change came before which.
//!
//! A source that walks a history knows the order of what it hands over, and writes it into
//! [`Change::position`]. Dates are the way out where nobody does: clocks differ, and a branch may be
//! merged long after its commits were made.

use time::OffsetDateTime;

use crate::{Change, Window};

impl Window {
    /// A window of changes that stand in the order of their history, the oldest first, as
    /// `git log --reverse` prints them: each gets its place as its [`Change::position`].
    ///
    /// ```
    /// use sentry_correlate::{Change, Window};
    /// use time::macros::datetime;
    ///
    /// let change = |sha: &str, committed_at| Change {
    ///     sha: sha.repeat(40),
    ///     author: "Ana Lopes".into(),
    ///     author_email: None,
    ///     authored_at: committed_at,
    ///     committed_at,
    ///     message: String::new(),
    ///     parents: 1,
    ///     files: Vec::new(),
    ///     url: None,
    ///     position: None,
    ///     ignored_by: None,
    /// };
    /// // The second was made on a machine whose clock is a day slow.
    /// let window = Window::of_history([
    ///     change("a", datetime!(2026-05-04 09:00 UTC)),
    ///     change("b", datetime!(2026-05-03 10:00 UTC)),
    /// ]);
    /// assert_eq!(window.changes[1].position, Some(1));
    /// ```
    #[must_use]
    pub fn of_history(changes: impl IntoIterator<Item = Change>) -> Self {
        let mut window = Self { changes: changes.into_iter().collect(), ..Self::default() };
        number(&mut window.changes);
        window
    }
}

/// Gives each change its place in the list as its position.
pub(crate) fn number(changes: &mut [Change]) {
    for (place, change) in changes.iter_mut().enumerate() {
        change.position = u32::try_from(place).ok();
    }
}

/// Indices of the changes, the oldest first: by their positions, by their dates where there are
/// none, and by nothing else.
pub(crate) fn oldest_first(changes: &[Change]) -> Vec<usize> {
    let by_date = |&a: &usize, &b: &usize| {
        let key = |n: usize| (changes[n].committed_at, changes[n].authored_at, &changes[n].sha);
        key(a).cmp(&key(b))
    };
    let (mut placed, mut dated): (Vec<usize>, Vec<usize>) =
        (0..changes.len()).partition(|&n| changes[n].position.is_some());
    dated.sort_by(by_date);
    if placed.is_empty() {
        return dated;
    }
    placed.sort_by(|a, b| {
        changes[*a].position.cmp(&changes[*b].position).then_with(|| by_date(a, b))
    });
    merge(changes, &placed, &dated)
}

/// Makes one history of two that have nothing in common, both the oldest first.
///
/// Only dates can tell how they lie, and single dates lie themselves. So the change that stands
/// third in its history counts as made at the third-oldest date in there: the order within each is
/// kept, and one wrong clock moves nothing by more than a place.
pub(crate) fn merge(changes: &[Change], one: &[usize], other: &[usize]) -> Vec<usize> {
    let dates = |history: &[usize]| -> Vec<OffsetDateTime> {
        let mut dates: Vec<_> = history.iter().map(|&n| changes[n].committed_at).collect();
        dates.sort_unstable();
        dates
    };
    let (dates, other_dates) = (dates(one), dates(other));
    let mut merged = Vec::with_capacity(one.len() + other.len());
    let mut next = 0;
    for (&change, date) in one.iter().zip(&dates) {
        while other_dates.get(next).is_some_and(|other| other < date) {
            merged.push(other[next]);
            next += 1;
        }
        merged.push(change);
    }
    merged.extend_from_slice(&other[next..]);
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    /// A change by its name, its position and the hour of its commit.
    fn change(name: u8, position: Option<u32>, hour: i64) -> Change {
        let at = datetime!(2026-01-01 00:00 UTC) + Duration::hours(hour);
        Change {
            sha: format!("{name:040x}"),
            author: String::new(),
            author_email: None,
            authored_at: at,
            committed_at: at,
            message: String::new(),
            parents: 1,
            files: Vec::new(),
            url: None,
            position,
            ignored_by: None,
        }
    }

    fn names(changes: &[Change]) -> Vec<u8> {
        let name = |n: usize| u8::from_str_radix(&changes[n].sha[38..], 16).unwrap();
        oldest_first(changes).into_iter().map(name).collect()
    }

    #[test]
    fn positions_come_before_dates() {
        let changes = [change(1, Some(2), 0), change(2, Some(0), 9), change(3, Some(1), 4)];
        assert_eq!(names(&changes), [2, 3, 1]);
    }

    #[test]
    fn without_positions_dates_tell_and_names_break_ties() {
        let changes = [change(3, None, 5), change(2, None, 5), change(1, None, 7)];
        assert_eq!(names(&changes), [2, 3, 1]);
    }

    #[test]
    fn one_wrong_clock_does_not_move_what_has_a_date_alone() {
        // The first of the history was committed in the far future; 9 stands between 2 and 3.
        let changes = [
            change(1, Some(0), 9_000),
            change(2, Some(1), 2),
            change(3, Some(2), 4),
            change(4, Some(3), 6),
            change(9, None, 5),
        ];
        assert_eq!(names(&changes), [1, 2, 9, 3, 4]);
    }

    proptest! {
        #[test]
        fn each_history_keeps_its_order(
            placed in prop::collection::vec(0..50_i64, 0..12),
            dated in prop::collection::vec(0..50_i64, 0..12),
            turn in 0..24_usize,
        ) {
            let mut changes: Vec<Change> = (0_u8..)
                .zip(&placed)
                .map(|(n, &hour)| change(n, Some(u32::from(n) * 3), hour))
                .chain((100_u8..).zip(&dated).map(|(n, &hour)| change(n, None, hour)))
                .collect();
            let order = names(&changes);
            prop_assert_eq!(order.len(), changes.len());
            let of_history: Vec<u8> = order.iter().copied().filter(|&n| n < 100).collect();
            prop_assert!(of_history.is_sorted());
            let hours: Vec<i64> =
                order.iter().filter(|&&n| n >= 100).map(|&n| dated[usize::from(n) - 100]).collect();
            prop_assert!(hours.is_sorted());
            if !changes.is_empty() {
                let turn = turn % changes.len();
                changes.rotate_left(turn);
                changes.reverse();
            }
            prop_assert_eq!(names(&changes), order);
        }
    }
}
