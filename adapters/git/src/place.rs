//! Where a line stood before a change.

use gix_imara_diff::{Diff, InternedInput};

use crate::likeness::Likeness;
use crate::limits::{Limits, Unknown};

/// Where a line of the new file stood in the old one. An error when time is up.
pub(crate) type Pass =
    fn(&InternedInput<&[u8]>, &Diff, u32, Limits<'_>) -> Result<Option<u32>, Unknown>;

/// The place of a line that both files have. Behind a hunk a line has moved by what that hunk
/// brought.
pub(crate) fn same(
    _: &InternedInput<&[u8]>,
    diff: &Diff,
    number: u32,
    _: Limits<'_>,
) -> Result<Option<u32>, Unknown> {
    let mut moved = 0i64;
    for hunk in diff.hunks().take_while(|hunk| hunk.after.start <= number) {
        if hunk.after.contains(&number) {
            return Ok(None);
        }
        moved = i64::from(hunk.before.end) - i64::from(hunk.after.end);
    }
    Ok(u32::try_from(i64::from(number) + moved).ok())
}

/// The place of the line that a touched one was most likely written for: of the removed ones, the
/// one with most pairs of bytes in common, and of several the one that stands most like it.
pub(crate) fn replaced(
    input: &InternedInput<&[u8]>,
    diff: &Diff,
    number: u32,
    limits: Limits<'_>,
) -> Result<Option<u32>, Unknown> {
    let Some(hunk) = diff.hunks().find(|hunk| hunk.after.contains(&number)) else {
        return Ok(None);
    };
    let mut likeness = Likeness::to(input.interner[input.after[number as usize]], limits)?;
    let expected = f64::from(number - hunk.after.start)
        / f64::from(hunk.after.end - hunk.after.start)
        * f64::from(hunk.before.end - hunk.before.start);
    let away = |place: u32| (f64::from(place - hunk.before.start) - expected).abs();
    let mut best: Option<(usize, u32)> = None;
    for place in hunk.before.clone() {
        let common = likeness.of(input.interner[input.before[place as usize]])?;
        let better = best
            .is_none_or(|(most, at)| common > most || (common == most && away(place) <= away(at)));
        if common > 0 && better {
            best = Some((common, place));
        }
    }
    Ok(best.map(|(_, place)| place))
}
