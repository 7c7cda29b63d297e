//! A short memory of answers: ten callers who ask the same at the same time cost one call.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, Shared, WeakShared, ready};

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

struct Entry {
    /// The call, as long as somebody waits for it. Held weakly: nobody polls a call whose callers
    /// have all gone, so kept alive it would hold its place in the client for ever.
    call: WeakShared<BoxFuture<'static, Answer>>,
    ended: Arc<OnceLock<Ended>>,
}

/// A successful end of a call; a failed one is not remembered.
struct Ended {
    /// When the answer arrived.
    at: Instant,
    answer: Arc<Remembered>,
}

impl Cache {
    /// Enough for what a team looks at within a minute.
    const MOST: usize = 1024;
    /// All bodies together; pages of events can be large.
    const MOST_BYTES: usize = 64 << 20;

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
        if let Some(entry) = entries.get(&key) {
            if let Some(answer) = entry.answer(now, self.life) {
                return Either::Left(ready(Ok(answer)));
            }
            if let Some(call) = entry.under_way() {
                return Either::Right(call);
            }
        }
        let full = |entries: &HashMap<String, Entry>| {
            let bytes: usize = entries.values().map(Entry::bytes).sum();
            entries.len() >= Self::MOST || bytes > Self::MOST_BYTES
        };
        if full(&entries) {
            entries.retain(|_, entry| {
                entry.answer(now, self.life).is_some() || entry.under_way().is_some()
            });
        }
        if full(&entries) {
            entries.clear();
        }
        let ended = Arc::new(OnceLock::new());
        let end = Arc::clone(&ended);
        let call = ask().inspect(move |answer| {
            if let Ok(answer) = answer {
                let _ = end.set(Ended { at: Instant::now(), answer: Arc::clone(answer) });
            }
        });
        let call = call.boxed().shared();
        if let Some(weak) = call.downgrade() {
            entries.insert(key, Entry { call: weak, ended });
        }
        Either::Right(call)
    }

    /// Forgets everything, calls under way included: what they answer may be old.
    pub(crate) fn forget(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Entry {
    /// The answer, while it is young.
    fn answer(&self, now: Instant, life: Duration) -> Option<Arc<Remembered>> {
        let ended = self.ended.get()?;
        let young = now.saturating_duration_since(ended.at) < life;
        young.then(|| Arc::clone(&ended.answer))
    }

    /// The call, while it runs and somebody waits for it.
    fn under_way(&self) -> Option<Shared<BoxFuture<'static, Answer>>> {
        self.call.upgrade().filter(|call| call.peek().is_none() && self.ended.get().is_none())
    }

    fn bytes(&self) -> usize {
        self.ended.get().map_or(0, |end| end.answer.body.len())
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

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_ends_and_is_made_anew() {
        let (cache, counter) =
            (Cache::new(Duration::from_secs(60)), Arc::new(Counter(AtomicU32::new(0))));
        let place = Arc::new(());
        let held = Arc::clone(&place);
        let asked = cache.get("key".into(), || {
            let call = counter.ask(false);
            Box::pin(async move {
                let answer = call.await;
                drop(held);
                answer
            })
        });
        assert!(tokio::time::timeout(Duration::from_millis(5), asked).await.is_err());
        assert_eq!(Arc::strong_count(&place), 1, "what the call held is free");
        assert_eq!(cache.get("key".into(), || counter.ask(false)).await.unwrap().body, "1");
    }
}
