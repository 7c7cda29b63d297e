//! Sentry's rate limit headers.

use std::time::Duration;

/// What an answer says about the limits, as it says it. All absent where the limiter is off
/// (self-hosted servers, some endpoints).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed per window.
    pub limit: Option<u64>,
    /// Requests left in this window.
    pub remaining: Option<u64>,
    /// When the window ends, in seconds since 1970 (UTC).
    pub reset: Option<i64>,
    /// Requests allowed at the same time; absent when there is no such limit.
    pub concurrent_limit: Option<u64>,
    /// Requests that may still run beside those that run now.
    pub concurrent_remaining: Option<u64>,
    /// `Retry-After` in seconds, which a proxy may add; Sentry itself does not send it.
    pub retry_after: Option<u64>,
}

/// Which limit refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitedBy {
    /// Too many requests in the window: waiting until its end helps.
    Window,
    /// Too many requests at the same time: fewer in parallel helps, the window's end does not.
    Concurrency,
    /// The answer does not say.
    Unknown,
}

impl RateLimit {
    /// The least wait after a 429; clocks differ, and windows mostly last one second.
    const FLOOR: Duration = Duration::from_secs(1);

    /// Reads the headers through a lookup by lower-case name. What is no number counts as absent:
    /// Sentry writes `None` where it has no concurrency limit.
    #[must_use]
    pub fn read<'h>(header: impl Fn(&'static str) -> Option<&'h str>) -> Self {
        let number = |name| header(name).and_then(|text| text.trim().parse::<u64>().ok());
        Self {
            limit: number("x-sentry-rate-limit-limit"),
            remaining: number("x-sentry-rate-limit-remaining"),
            reset: header("x-sentry-rate-limit-reset").and_then(whole_seconds),
            concurrent_limit: number("x-sentry-rate-limit-concurrentlimit"),
            concurrent_remaining: number("x-sentry-rate-limit-concurrentremaining"),
            retry_after: number("retry-after"),
        }
    }

    /// Which limit a 429 with these headers met.
    #[must_use]
    pub fn limited_by(&self) -> LimitedBy {
        match (self.remaining, self.concurrent_remaining) {
            (Some(0), _) => LimitedBy::Window,
            (_, Some(0)) | (Some(_), _) => LimitedBy::Concurrency,
            _ => LimitedBy::Unknown,
        }
    }

    /// How long to wait after a 429, at least, when it is `now` (seconds since 1970).
    #[must_use]
    pub fn wait(&self, now: i64) -> Duration {
        if let Some(seconds) = self.retry_after {
            return Duration::from_secs(seconds).max(Self::FLOOR);
        }
        let until_reset = match (self.limited_by(), self.reset) {
            (LimitedBy::Window, Some(reset)) => {
                u64::try_from(reset.saturating_sub(now)).unwrap_or(0)
            }
            _ => 0,
        };
        Duration::from_secs(until_reset).max(Self::FLOOR)
    }
}

/// Whole epoch seconds; a fraction is rounded up.
fn whole_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.split_once('.') {
        None => text.parse().ok(),
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => {
            let up = i64::from(fraction.bytes().any(|b| b != b'0'));
            whole.parse::<i64>().ok()?.checked_add(up)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> RateLimit {
        RateLimit::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| *v))
    }

    #[test]
    fn the_window_waits_for_its_end() {
        let limit = headers(&[
            ("x-sentry-rate-limit-remaining", "0"),
            ("x-sentry-rate-limit-reset", "1785000004"),
        ]);
        assert_eq!(limit.limited_by(), LimitedBy::Window);
        assert_eq!(limit.wait(1_785_000_000), Duration::from_secs(4));
        assert_eq!(limit.wait(1_785_000_100), Duration::from_secs(1));
    }

    #[test]
    fn concurrency_does_not() {
        let limit = headers(&[
            ("x-sentry-rate-limit-remaining", "12"),
            ("x-sentry-rate-limit-reset", "1785000900"),
            ("x-sentry-rate-limit-concurrentremaining", "0"),
        ]);
        assert_eq!(limit.limited_by(), LimitedBy::Concurrency);
        assert_eq!(limit.wait(1_785_000_000), Duration::from_secs(1));
    }

    #[test]
    fn none_is_absent_and_retry_after_wins() {
        let limit = headers(&[
            ("x-sentry-rate-limit-concurrentlimit", "None"),
            ("retry-after", "7"),
            ("x-sentry-rate-limit-reset", "1785000000.5"),
        ]);
        assert_eq!(limit.concurrent_limit, None);
        assert_eq!(limit.reset, Some(1_785_000_001));
        assert_eq!(limit.limited_by(), LimitedBy::Unknown);
        assert_eq!(limit.wait(0), Duration::from_secs(7));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,30}", now in any::<i64>()) {
            let limit = RateLimit::read(|_| Some(text.as_str()));
            prop_assert!(limit.wait(now) >= Duration::from_secs(1));
        }

        #[test]
        fn any_reset_is_waited_for(reset in any::<i64>(), now in any::<i64>()) {
            let limit = RateLimit { remaining: Some(0), reset: Some(reset), ..RateLimit::default() };
            let wait = limit.wait(now).as_secs();
            prop_assert!(i128::from(now) + i128::from(wait) >= i128::from(reset).min(i128::from(i64::MAX)) || wait == u64::try_from(i64::MAX).unwrap());
        }
    }
}
