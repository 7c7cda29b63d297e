//! Tokens that end and are renewed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use super::{Grant, TokenProvider, TokenStore};
use crate::error::Kind;
use crate::{Error, Result, Secret};

/// Trades a refresh token for a new pair.
///
/// # Contract
///
/// One request, not repeated: the refresh token dies with its first use. A refusal is
/// [unauthorized](Error::is_unauthorized), which ends the grant; everything else is taken for
/// passing.
#[async_trait]
pub trait Renewal: Send + Sync + fmt::Debug {
    /// The pair that follows `grant`.
    ///
    /// # Errors
    ///
    /// Unauthorized when the grant is over, else what the call met.
    async fn renew(&self, grant: &Grant) -> Result<Grant>;
}

/// Keeps one grant alive: renews it ahead of its end and after a 401, once however many callers
/// wait, and stores the new pair before anybody uses it.
///
/// A renewal that has begun is finished even when its callers have gone: the server has already
/// forgotten the old pair. When the store refuses the new pair, the pair is kept in memory and
/// stored before its first use, at the next call.
#[derive(Clone)]
pub struct RenewingToken {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    renewal: Box<dyn Renewal>,
    store: Box<dyn TokenStore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The stored grant in use.
    grant: Option<Grant>,
    /// A new pair that the store has not taken yet.
    unstored: Option<Grant>,
    /// How long a new token lives, once one was made here.
    life: Option<Duration>,
    /// The access token whose renewal failed last, with the failure: callers that waited for that
    /// attempt share its outcome instead of making one each.
    failed: Option<(Secret, Error, tokio::time::Instant)>,
}

impl State {
    /// How long before its end a token is renewed: a share of its life where that is short, else
    /// every call would renew it.
    fn margin(&self) -> Duration {
        let share = self.life.map(|life| life / RenewingToken::SHARE);
        share.map_or(RenewingToken::MARGIN, |share| share.min(RenewingToken::MARGIN))
    }
}

impl RenewingToken {
    /// The most that a token is renewed ahead of its end.
    const MARGIN: Duration = Duration::from_secs(10 * 60);
    /// A token is renewed in the last quarter of its life at the earliest.
    const SHARE: u32 = 4;
    /// How long a failed attempt stands for those that come after it.
    const PAUSE: Duration = Duration::from_secs(1);

    /// The grant kept under `name` in `store`, renewed by `renewal`.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        renewal: impl Renewal + 'static,
        store: impl TokenStore + 'static,
    ) -> Self {
        let shared = Shared {
            name: name.into(),
            renewal: Box::new(renewal),
            store: Box::new(store),
            state: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Runs to its end whatever becomes of the caller.
    async fn finish(&self, refused: Option<Secret>) -> Result<Secret> {
        let shared = Arc::clone(&self.shared);
        let work = tokio::spawn(async move { shared.current(refused.as_ref()).await });
        work.await.unwrap_or_else(|_| Err(Error::new(Kind::Unavailable, "renew token")))
    }
}

#[async_trait]
impl TokenProvider for RenewingToken {
    async fn token(&self) -> Result<Secret> {
        {
            let state = self.shared.state.lock().await;
            let now = OffsetDateTime::now_utc();
            let fresh = state.grant.as_ref().filter(|it| !it.is_due(now, state.margin()));
            if let (Some(grant), None) = (fresh, &state.unstored) {
                return Ok(grant.access_token.clone());
            }
        }
        self.finish(None).await
    }

    async fn renew(&self, refused: &Secret) -> Result<Option<Secret>> {
        self.finish(Some(refused.clone())).await.map(Some)
    }
}

impl Shared {
    /// The token to use now, which is not `refused`.
    async fn current(&self, refused: Option<&Secret>) -> Result<Secret> {
        let mut state = self.state.lock().await;
        if state.unstored.is_some() {
            return self.store_unstored(&mut state).await;
        }
        let margin = state.margin();
        let usable = |grant: &Grant, margin| {
            refused != Some(&grant.access_token) && !grant.is_due(OffsetDateTime::now_utc(), margin)
        };
        if let Some(grant) = state.grant.as_ref().filter(|grant| usable(grant, margin)) {
            return Ok(grant.access_token.clone());
        }
        // Another process may have renewed it by now.
        let stored = self.store.load(&self.name).await.map_err(|_| store_failed())?;
        let stored = stored.or_else(|| state.grant.clone());
        let Some(stored) = stored else {
            return Err(Error::new(Kind::Unauthorized, "find token"));
        };
        state.grant = Some(stored.clone());
        if usable(&stored, margin) {
            return Ok(stored.access_token);
        }
        if let Some((token, error, at)) = &state.failed {
            let over = error.is_unauthorized() || at.elapsed() < RenewingToken::PAUSE;
            if *token == stored.access_token && over {
                return Self::meanwhile(&stored, refused, error);
            }
        }
        match self.renewal.renew(&stored).await {
            Ok(grant) => {
                state.failed = None;
                let life = grant.expires_at.map(|end| end - OffsetDateTime::now_utc());
                state.life = life.map(|life| life.try_into().unwrap_or_default());
                state.unstored = Some(grant);
                self.store_unstored(&mut state).await
            }
            Err(error) => {
                // A refresh token that another process used first is refused: its pair is ours too.
                if error.is_unauthorized() {
                    let newer = self.store.load(&self.name).await.map_err(|_| store_failed())?;
                    let newer = newer.filter(|it| it.access_token != stored.access_token);
                    if let Some(newer) = newer.filter(|grant| usable(grant, Duration::ZERO)) {
                        state.grant = Some(newer.clone());
                        return Ok(newer.access_token);
                    }
                }
                tracing::warn!(%error, "a token could not be renewed");
                let at = tokio::time::Instant::now();
                state.failed = Some((stored.access_token.clone(), error.clone(), at));
                Self::meanwhile(&stored, refused, &error)
            }
        }
    }

    /// Renewal ahead of time failed: the old token is good for a while, unless it is refused.
    fn meanwhile(stored: &Grant, refused: Option<&Secret>, error: &Error) -> Result<Secret> {
        let lives = !stored.is_due(OffsetDateTime::now_utc(), Duration::ZERO);
        if lives && refused != Some(&stored.access_token) && !error.is_unauthorized() {
            return Ok(stored.access_token.clone());
        }
        Err(error.clone())
    }

    async fn store_unstored(&self, state: &mut State) -> Result<Secret> {
        let Some(grant) = state.unstored.clone() else { return Err(store_failed()) };
        self.store.save(&self.name, &grant).await.map_err(|_| store_failed())?;
        let token = grant.access_token.clone();
        state.unstored = None;
        state.grant = Some(grant);
        Ok(token)
    }
}

fn store_failed() -> Error {
    Error::new(Kind::Unavailable, "store token")
}

impl fmt::Debug for RenewingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenewingToken")
            .field("name", &self.shared.name)
            .field("renewal", &self.shared.renewal)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use super::*;
    use crate::token::{MemoryTokenStore, StoreError};

    /// Counts, takes its time, and gives `token-1`, `token-2`, …
    #[derive(Debug, Clone, Default)]
    struct Counting {
        calls: Arc<AtomicU32>,
        error: Option<u16>,
    }

    #[async_trait]
    impl Renewal for Counting {
        async fn renew(&self, grant: &Grant) -> Result<Grant> {
            let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(status) = self.error {
                let now = OffsetDateTime::now_utc();
                return Err(Error::from_answer("renew token", status, |_| None, b"", now));
            }
            assert_eq!(
                grant.refresh_token.as_ref().unwrap().expose(),
                format!("refresh-{}", call - 1)
            );
            let end = OffsetDateTime::now_utc() + Duration::from_secs(8 * 3600);
            let refresh = Some(Secret::new(format!("refresh-{call}")));
            Ok(Grant::new(format!("token-{call}"), refresh, Some(end)))
        }
    }

    async fn store(ends_in: i64) -> Arc<MemoryTokenStore> {
        let store = Arc::new(MemoryTokenStore::new());
        let end = OffsetDateTime::now_utc() + time::Duration::seconds(ends_in);
        let grant = Grant::new("token-0", Some("refresh-0".into()), Some(end));
        store.save("acme", &grant).await.unwrap();
        store
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_hundred_refusals_renew_once() {
        let renewal = Counting::default();
        let store = store(3600).await;
        let tokens = RenewingToken::new("acme", renewal.clone(), store.clone());
        let refused = tokens.token().await.unwrap();
        assert_eq!(refused.expose(), "token-0");
        let callers: Vec<_> = (0..100)
            .map(|_| {
                let (tokens, refused) = (tokens.clone(), refused.clone());
                tokio::spawn(async move { tokens.renew(&refused).await.unwrap().unwrap() })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap().expose(), "token-1");
        }
        assert_eq!(renewal.calls.load(Ordering::SeqCst), 1);
        let kept = store.load("acme").await.unwrap().unwrap();
        assert_eq!(kept.refresh_token.unwrap().expose(), "refresh-1");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_hundred_refusals_of_a_dead_grant_ask_once() {
        for status in [401, 503] {
            let renewal = Counting { error: Some(status), ..Counting::default() };
            let tokens = RenewingToken::new("acme", renewal.clone(), store(3600).await);
            let refused = tokens.token().await.unwrap();
            let callers: Vec<_> = (0..100)
                .map(|_| {
                    let (tokens, refused) = (tokens.clone(), refused.clone());
                    tokio::spawn(async move { tokens.renew(&refused).await.unwrap_err().status() })
                })
                .collect();
            for caller in callers {
                assert_eq!(caller.await.unwrap(), Some(status));
            }
            assert_eq!(renewal.calls.load(Ordering::SeqCst), 1);
        }
    }

    #[tokio::test]
    async fn renewed_ahead_of_its_end() {
        let renewal = Counting::default();
        let tokens = RenewingToken::new("acme", renewal.clone(), store(5 * 60).await);
        assert_eq!(tokens.token().await.unwrap().expose(), "token-1");
        assert_eq!(tokens.token().await.unwrap().expose(), "token-1");
        assert_eq!(renewal.calls.load(Ordering::SeqCst), 1);
    }

    /// Gives tokens that live for a minute.
    #[derive(Debug, Clone, Default)]
    struct Minute(Arc<AtomicU32>);

    #[async_trait]
    impl Renewal for Minute {
        async fn renew(&self, _: &Grant) -> Result<Grant> {
            let call = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            let end = OffsetDateTime::now_utc() + Duration::from_secs(60);
            Ok(Grant::new(format!("token-{call}"), Some("refresh".into()), Some(end)))
        }
    }

    #[tokio::test]
    async fn a_short_life_is_not_renewed_at_every_call() {
        let renewal = Minute::default();
        let tokens = RenewingToken::new("acme", renewal.clone(), store(60).await);
        for _ in 0..5 {
            assert_eq!(tokens.token().await.unwrap().expose(), "token-1");
        }
        assert_eq!(renewal.0.load(Ordering::SeqCst), 1);
    }

    /// Another process renews first: it stores its pair, and this refresh token is refused.
    #[derive(Debug)]
    struct Beaten(Arc<MemoryTokenStore>);

    #[async_trait]
    impl Renewal for Beaten {
        async fn renew(&self, _: &Grant) -> Result<Grant> {
            let end = OffsetDateTime::now_utc() + time::Duration::hours(8);
            let theirs = Grant::new("token-of-another", Some("r".into()), Some(end));
            self.0.save("acme", &theirs).await.unwrap();
            let now = OffsetDateTime::now_utc();
            Err(Error::from_answer("renew token", 401, |_| None, b"", now))
        }
    }

    #[tokio::test]
    async fn a_pair_that_another_process_was_faster_to_get_is_used() {
        let store = store(3600).await;
        let tokens = RenewingToken::new("acme", Beaten(store.clone()), store.clone());
        let refused = tokens.token().await.unwrap();
        assert_eq!(tokens.renew(&refused).await.unwrap().unwrap().expose(), "token-of-another");
        assert_eq!(tokens.token().await.unwrap().expose(), "token-of-another");
    }

    #[tokio::test]
    async fn the_old_token_serves_while_renewal_fails_ahead_of_time() {
        let renewal = Counting { error: Some(503), ..Counting::default() };
        let tokens = RenewingToken::new("acme", renewal, store(5 * 60).await);
        assert_eq!(tokens.token().await.unwrap().expose(), "token-0");
    }

    #[tokio::test]
    async fn an_abandoned_renewal_is_finished() {
        let renewal = Counting::default();
        let store = store(-1).await;
        let tokens = RenewingToken::new("acme", renewal.clone(), store.clone());
        let abandoned = tokio::time::timeout(Duration::from_millis(5), tokens.token()).await;
        assert!(abandoned.is_err());
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(store.load("acme").await.unwrap().unwrap().access_token.expose(), "token-1");
    }

    #[tokio::test]
    async fn another_processs_renewal_is_used() {
        let renewal = Counting::default();
        let store = store(3600).await;
        let tokens = RenewingToken::new("acme", renewal.clone(), store.clone());
        let refused = tokens.token().await.unwrap();
        let end = OffsetDateTime::now_utc() + time::Duration::hours(8);
        let newer = Grant::new("token-of-another", Some("r".into()), Some(end));
        store.save("acme", &newer).await.unwrap();
        assert_eq!(tokens.renew(&refused).await.unwrap().unwrap().expose(), "token-of-another");
        assert_eq!(renewal.calls.load(Ordering::SeqCst), 0);
    }

    /// A store that refuses once.
    #[derive(Debug)]
    struct Moody(Arc<MemoryTokenStore>, AtomicBool);

    #[async_trait]
    impl TokenStore for Moody {
        async fn load(&self, name: &str) -> Result<Option<Grant>, StoreError> {
            self.0.load(name).await
        }

        async fn save(&self, name: &str, grant: &Grant) -> Result<(), StoreError> {
            if self.1.swap(false, Ordering::SeqCst) {
                return Err(StoreError::new());
            }
            self.0.save(name, grant).await
        }
    }

    #[tokio::test]
    async fn a_pair_is_not_used_before_it_is_stored_and_not_lost_either() {
        let renewal = Counting::default();
        let store = store(-1).await;
        let moody = Moody(store.clone(), AtomicBool::new(true));
        let tokens = RenewingToken::new("acme", renewal.clone(), moody);
        assert!(tokens.token().await.unwrap_err().is_unavailable());
        assert_eq!(tokens.token().await.unwrap().expose(), "token-1");
        assert_eq!(renewal.calls.load(Ordering::SeqCst), 1);
        assert_eq!(store.load("acme").await.unwrap().unwrap().access_token.expose(), "token-1");
    }

    #[test]
    fn debug_shows_no_secret() {
        let grant = Grant::new("canary", Some("canary".into()), None);
        assert!(!format!("{grant:?}").contains("canary"));
    }
}
