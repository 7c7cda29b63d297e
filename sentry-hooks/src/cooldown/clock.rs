//! A clock that is never set back, out of one that may be.

/// A step back of the clock that could not be a mere race between two callers.
const STEP: i64 = 10_000;

/// The caller's time on a clock that is never set back, in milliseconds.
pub(super) struct Clock {
    /// The latest time seen, on our clock.
    latest: i64,
    /// What to add to the caller's clock, now and before it was last set back or found to be well.
    offsets: [i64; 2],
    /// Which of the two counts now.
    era: bool,
    /// Where the caller's clock stood when it was set back, until it has reached that again.
    high: Option<i64>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { latest: i64::MIN, offsets: [0; 2], era: false, high: None }
    }

    /// How much of an offset was wrong, if this call tells that it was.
    ///
    /// A clock that was set back gets to where it was by running. A jump over much of the way tells
    /// that it never was set back: what came in between were times of the past.
    pub(super) fn mend(&mut self, now: i64) -> Option<i64> {
        let high = self.high.filter(|high| now >= *high)?;
        self.high = None;
        let way = self.offset().saturating_sub(self.offsets[usize::from(!self.era)]);
        let ran_to = self.latest.saturating_sub(self.offset());
        if high.saturating_sub(ran_to) <= way / 4 {
            return None;
        }
        self.era = !self.era;
        self.latest = high.saturating_add(self.offset());
        Some(way)
    }

    /// Puts the caller's time on our clock.
    pub(super) fn read(&mut self, now: i64) -> i64 {
        let shifted = now.saturating_add(self.offset());
        if self.latest.saturating_sub(shifted) <= STEP {
            self.latest = self.latest.max(shifted);
            return shifted;
        }
        if self.high.is_none() {
            self.high = Some(self.latest.saturating_sub(self.offset()));
            self.era = !self.era;
        }
        self.offsets[usize::from(self.era)] = self.latest.saturating_sub(now);
        self.latest
    }

    pub(super) fn offset(&self) -> i64 {
        self.offsets[usize::from(self.era)]
    }

    /// What to add to the caller's clock in either era.
    pub(super) fn offsets(&self) -> [i64; 2] {
        self.offsets
    }

    pub(super) fn era(&self) -> bool {
        self.era
    }
}
