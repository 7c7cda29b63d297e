//! A short memory of answers: ten callers who ask the same at the same time cost one call.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use crate::ApiError;

/// An answer that is remembered.
#[derive(Debug)]
pub(crate) struct Remembered {
    pub(crate) body: Bytes,
    pub(crate) etag: String,
}

type Answer = Result<Arc<Remembered>, ApiError>;

/// Remembers successful answers for a while; a failure is shared by those who wait for it and
/// then forgotten.
#[derive(Clone)]
pub(crate) struct Cache {
    entries: Arc<Mutex<HashMap<String, Entry>>>,
    life: Duration,
}

#[derive(Clone)]
struct Entry {
    answer: Shared<BoxFuture<'static, Answer>>,
    begun: Instant,
    ended: Arc<OnceLock<Ended>>,
}

/// How a call ended.
struct Ended {
    at: Instant,
    success: bool,
    bytes: usize,
}

impl Cache {
    /// Enough for what a team looks at within a minute.
    const MOST: usize = 1024;
    /// All bodies together; pages of events can be large.
    const MOST_BYTES: usize = 64 << 20;
    /// A call whose callers have all gone stands still; past this nobody joins it.
    const LONGEST_CALL: Duration = Duration::from_secs(120);

    pub(crate) fn new(life: Duration) -> Self {
        Self { entries: Arc::default(), life }
    }

    /// The answer remembered under `key`, or the one that `ask` gives, which everybody who asks
    /// meanwhile shares.
    pub(crate) fn get(
        &self,
        key: String,
        ask: impl FnOnce() -> BoxFuture<'static, Answer>,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let now = Instant::now();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(&key).filter(|entry| entry.is_good(now, self.life)) {
            return entry.answer.clone();
        }
        let full = |entries: &HashMap<String, Entry>| {
            let bytes: usize = entries.values().map(Entry::bytes).sum();
            entries.len() >= Self::MOST || bytes > Self::MOST_BYTES
        };
        if full(&entries) {
            entries.retain(|_, entry| entry.is_good(now, self.life));
        }
        if full(&entries) {
            entries.clear();
        }
        let ended = Arc::new(OnceLock::new());
        let end = Arc::clone(&ended);
        let answer = ask().inspect(move |answer| {
            let bytes = answer.as_ref().map_or(0, |it| it.body.len());
            let ended = Ended { at: Instant::now(), success: answer.is_ok(), bytes };
            let _ = end.set(ended);
        });
        let entry = Entry { answer: answer.boxed().shared(), begun: now, ended };
        let answer = entry.answer.clone();
        entries.insert(key, entry);
        answer
    }

    /// Forgets everything, calls under way included: what they answer may be old.
    pub(crate) fn forget(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Entry {
    fn is_good(&self, now: Instant, life: Duration) -> bool {
        match self.ended.get() {
            None => now.duration_since(self.begun) < Cache::LONGEST_CALL,
            Some(end) => end.success && now.saturating_duration_since(end.at) < life,
        }
    }

    fn bytes(&self) -> usize {
        self.ended.get().map_or(0, |end| end.bytes)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("life", &self.life).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::ErrorKind;

    struct Counter(AtomicU32);

    impl Counter {
        fn ask(self: &Arc<Self>, fails: bool) -> BoxFuture<'static, Answer> {
            let counter = Arc::clone(self);
            Box::pin(async move {
                let call = counter.0.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                if fails {
                    return Err(ApiError::new(ErrorKind::Unavailable, "down"));
                }
                Ok(Arc::new(Remembered { body: call.to_string().into(), etag: String::new() }))
            })
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_cost_one() {
        let (cache, counter) =
            (Cache::new(Duration::from_secs(60)), Arc::new(Counter(AtomicU32::new(0))));
        let asked: Vec<_> =
            (0..50).map(|_| tokio::spawn(cache.get("key".into(), || counter.ask(false)))).collect();
        for answer in asked {
            assert_eq!(answer.await.unwrap().unwrap().body, "0");
        }
        cache.get("key".into(), || counter.ask(false)).await.unwrap();
        assert_eq!(counter.0.load(Ordering::SeqCst), 1);
        cache.forget();
        assert_eq!(cache.get("key".into(), || counter.ask(false)).await.unwrap().body, "1");
    }

    #[tokio::test]
    async fn failures_and_old_answers_are_forgotten() {
        let (cache, counter) =
            (Cache::new(Duration::from_millis(30)), Arc::new(Counter(AtomicU32::new(0))));
        assert!(cache.get("key".into(), || counter.ask(true)).await.is_err());
        assert!(cache.get("key".into(), || counter.ask(false)).await.is_ok());
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert_eq!(cache.get("key".into(), || counter.ask(false)).await.unwrap().body, "2");
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_takes_nothing_along() {
        let (cache, counter) =
            (Cache::new(Duration::from_secs(60)), Arc::new(Counter(AtomicU32::new(0))));
        let first = cache.get("key".into(), || counter.ask(false));
        let second = cache.get("key".into(), || counter.ask(false));
        let gone = tokio::time::timeout(Duration::from_millis(5), first).await;
        assert!(gone.is_err());
        assert_eq!(second.await.unwrap().body, "0");
    }
}
