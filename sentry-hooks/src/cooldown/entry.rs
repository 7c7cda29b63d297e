//! What is kept of a claim, in 16 bytes.

use time::OffsetDateTime;

use super::Claim;

/// Owner, end, state and count in 16 bytes.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    owner: u64,
    /// 42 bits of end in milliseconds, 1 bit each of confirmation and of the clock's era at the
    /// claim, 20 bits of count.
    packed: u64,
}

impl Entry {
    const COUNT: u64 = (1 << 20) - 1;
    const ERA: u64 = 1 << 20;
    const CONFIRMED: u64 = 1 << 21;
    const END: u32 = 22;

    pub(super) fn leased(owner: u64, end: i64, era: bool) -> Self {
        let era = if era { Self::ERA } else { 0 };
        Self { owner, packed: Self::pack(end) | era }
    }

    pub(super) fn confirm(&mut self, end: i64) {
        let kept = self.packed & (Self::ERA | Self::COUNT);
        self.packed = Self::pack(end) | Self::CONFIRMED | kept;
    }

    fn pack(end: i64) -> u64 {
        end.clamp(0, (1 << (64 - Self::END)) - 1).unsigned_abs() << Self::END
    }

    pub(super) fn is_of(self, owner: u64) -> bool {
        self.owner == owner
    }

    pub(super) fn end(self) -> i64 {
        (self.packed >> Self::END) as i64
    }

    pub(super) fn is_confirmed(self) -> bool {
        self.packed & Self::CONFIRMED != 0
    }

    /// The clock's era at the claim.
    pub(super) fn era(self) -> bool {
        self.packed & Self::ERA != 0
    }

    /// Undoes the offset of an era that was none.
    pub(super) fn mend(&mut self, way: i64) {
        let kept = self.packed & (Self::CONFIRMED | Self::ERA | Self::COUNT);
        self.packed = Self::pack(self.end().saturating_sub(way)) | (kept ^ Self::ERA);
    }

    fn suppressed(self) -> u64 {
        self.packed & Self::COUNT
    }

    /// A claim on an entry that is not over, with the lease it would get.
    pub(super) fn claim_again(&mut self, leased: Self, offset: i64) -> Claim {
        let same = self.owner == leased.owner;
        if same && !self.is_confirmed() {
            *self = leased;
            return Claim::Yours;
        }
        let until = time::Duration::milliseconds(self.end().saturating_sub(offset));
        let until = OffsetDateTime::UNIX_EPOCH.checked_add(until);
        let until = until.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        if !self.is_confirmed() {
            return Claim::Busy { until };
        }
        if !same && self.suppressed() < Self::COUNT {
            self.packed += 1;
        }
        Claim::Cooling { until, suppressed: self.suppressed() }
    }
}
