//! Lists that never end.

use crate::Cursor;

/// Finds out whether a list turns in a circle, by Brent's rule: one place is kept as a mark, and
/// the mark moves on after 1, 2, 4, 8, … pages. So a circle of any length is met, however long the
/// way to it, and nothing grows with the list.
pub(crate) struct Circle {
    mark: Option<Cursor>,
    steps: u64,
    moves_after: u64,
}

impl Circle {
    pub(crate) fn new(start: Option<Cursor>) -> Self {
        Self { mark: start, steps: 0, moves_after: 1 }
    }

    /// Whether a list that goes on here has been here before.
    pub(crate) fn closes_at(&self, next: &Cursor) -> bool {
        self.mark.as_ref() == Some(next)
    }

    /// The list goes on here.
    pub(crate) fn step(&mut self, next: &Cursor) {
        self.steps += 1;
        if self.steps >= self.moves_after {
            self.mark = Some(next.clone());
            self.steps = 0;
            self.moves_after = self.moves_after.saturating_mul(2);
        }
    }
}
