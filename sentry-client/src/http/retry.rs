//! When a failed call is made again.

use std::time::Duration;

use crate::Error;

/// How often and how long a call is tried.
///
/// A call that changes nothing, or sets absolute values, is repeated after every retryable error.
/// A call that must not happen twice (creating a deploy) is repeated only when it was surely not
/// processed: refused by a rate limit, or never sent. The waits are Sentry's where it says, with
/// jitter on top; else they double from `first_wait`, with jitter.
///
/// A loop of our own rather than a crate: the wait comes from the answer, a 401 renews the token
/// in between, and one deadline spans requests and waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a call is made at most, the first time included.
    pub attempts: u32,
    /// The wait before the second attempt, when Sentry names none.
    pub first_wait: Duration,
    /// The longest wait; when Sentry asks for more, the error is returned at once.
    pub longest_wait: Duration,
    /// How long a call may take in all, waits included.
    pub deadline: Duration,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts, half a second doubling to at most 30 s, 30 s per attempt, 90 s in all.
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            deadline: Duration::from_secs(90),
            attempt_timeout: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// One attempt, no waiting.
    #[must_use]
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// The wait after attempt number `attempt` (from 1) failed with `error`; `None`: give up.
    /// `random` is from 0 to 1.
    pub(crate) fn wait(
        &self,
        attempt: u32,
        error: &Error,
        repeatable: bool,
        random: f64,
    ) -> Option<Duration> {
        let may = error.is_retryable() && (repeatable || error.is_refused_unprocessed());
        if attempt >= self.attempts || !may {
            return None;
        }
        if let Some(asked) = error.retry_after() {
            let spread = (asked / 4).min(Duration::from_secs(1));
            return (asked <= self.longest_wait).then(|| asked + spread.mul_f64(random));
        }
        let doubled = self.first_wait.saturating_mul(1 << (attempt - 1).min(16));
        Some(doubled.min(self.longest_wait).mul_f64(0.5 + random / 2.0))
    }
}

/// A number from 0 to 1. Without randomness from the system waits are merely not spread.
pub(crate) fn random() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn answer(status: u16, header: Option<&'static str>) -> Error {
        let header = |name| header.filter(|_| name == "retry-after");
        Error::from_answer("test", status, header, b"", OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn only_what_may_be_repeated_is() {
        let policy = RetryPolicy::default();
        assert!(policy.wait(1, &answer(503, None), true, 0.5).is_some());
        assert!(policy.wait(1, &answer(503, None), false, 0.5).is_none());
        assert!(policy.wait(1, &Error::timeout("test"), false, 0.5).is_none());
        assert!(policy.wait(1, &answer(429, None), false, 0.5).is_some());
        assert!(policy.wait(1, &answer(404, None), true, 0.5).is_none());
        assert!(policy.wait(4, &answer(503, None), true, 0.5).is_none());
    }

    #[test]
    fn waits_grow_and_are_capped() {
        let policy = RetryPolicy { attempts: 40, ..RetryPolicy::default() };
        assert_eq!(policy.wait(1, &answer(503, None), true, 1.0), Some(Duration::from_millis(500)));
        assert_eq!(policy.wait(3, &answer(503, None), true, 0.0), Some(Duration::from_secs(1)));
        assert_eq!(policy.wait(39, &answer(503, None), true, 1.0), Some(Duration::from_secs(30)));
    }

    #[test]
    fn an_asked_wait_is_kept_or_the_call_given_up() {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.wait(1, &answer(429, Some("8")), true, 0.0),
            Some(Duration::from_secs(8))
        );
        assert!(policy.wait(1, &answer(429, Some("8")), true, 1.0) > Some(Duration::from_secs(8)));
        assert_eq!(policy.wait(1, &answer(429, Some("31")), true, 0.0), None);
    }
}
