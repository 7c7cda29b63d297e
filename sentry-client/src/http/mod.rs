//! The client over HTTP.

mod builder;
mod calls;
mod client;
mod retry;
pub(crate) mod transport;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use builder::{BuildError, HttpClientBuilder};
pub(crate) use builder::{base_url, default_http};
pub use retry::RetryPolicy;
use transport::Transport;

use crate::Slug;

/// Talks to one Sentry server on behalf of one organization. Cheap to clone; clones share
/// connections, limits and caches.
///
/// ```no_run
/// use sentry_client::{HttpClient, SentryClient};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let sentry = HttpClient::builder()
///     .organization("acme")
///     .token(std::env::var("SENTRY_AUTH_TOKEN")?)
///     .build()?;
/// let issue = sentry.issue(&"SHOP-12".parse()?).await?;
/// println!("{}", issue.title.unwrap_or_default());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct HttpClient {
    transport: Arc<Transport>,
    organization: Arc<Slug>,
    cache: Arc<Cache>,
}

impl HttpClient {
    /// Begins a client.
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::new()
    }
}

/// What is learned about the server.
#[derive(Debug, Default)]
struct Cache {
    /// Short ids that were resolved, in upper case.
    short_ids: Mutex<HashMap<String, String>>,
    /// Project slugs with their ids, learned from this organization's projects.
    projects: Mutex<HashMap<String, String>>,
    /// Which routes the server has for issues.
    routes: AtomicU8,
}

/// Which routes a server has for issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Routes {
    /// Nothing answered yet.
    Unknown,
    /// Those below the organization, as today's servers do.
    Scoped,
    /// The older ones alone.
    Legacy,
}

impl Cache {
    /// Enough for every issue a person looks at; past that the cache begins anew.
    const MOST: usize = 4096;

    fn routes(&self) -> Routes {
        match self.routes.load(Ordering::Relaxed) {
            1 => Routes::Scoped,
            2 => Routes::Legacy,
            _ => Routes::Unknown,
        }
    }

    fn set_routes(&self, routes: Routes) {
        self.routes.store(routes as u8, Ordering::Relaxed);
    }

    fn find(map: &Mutex<HashMap<String, String>>, key: &str) -> Option<String> {
        map.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn forget(map: &Mutex<HashMap<String, String>>, key: &str) {
        map.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn keep(map: &Mutex<HashMap<String, String>>, key: String, value: String) {
        let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= Self::MOST {
            map.clear();
        }
        map.insert(key, value);
    }
}
