//! Where rotating tokens survive a restart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Grant;

/// A store that failed. Holds no text of the store, which may print what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token store failed")]
#[non_exhaustive]
pub struct StoreError;

impl StoreError {
    /// The store failed; log the cause where it happened, without the grant.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Default for StoreError {
    fn default() -> Self {
        Self::new()
    }
}

/// Keeps grants by name (an installation's uuid, a user's id).
///
/// # Contract
///
/// - When [`save`](TokenStore::save) returns `Ok`, the grant is durable: it is used only after
///   that, because the pair before it is dead from then on.
/// - [`load`](TokenStore::load) sees what any process saved last.
#[async_trait]
pub trait TokenStore: Send + Sync + std::fmt::Debug {
    /// The grant kept under `name`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn load(&self, name: &str) -> Result<Option<Grant>, StoreError>;

    /// Keeps `grant` under `name` instead of what was there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not durable.
    async fn save(&self, name: &str, grant: &Grant) -> Result<(), StoreError>;
}

/// Keeps grants in memory: for tests, and for grants that a restart may lose.
#[derive(Debug, Default)]
pub struct MemoryTokenStore(Mutex<HashMap<String, Grant>>);

impl MemoryTokenStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self, name: &str) -> Result<Option<Grant>, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    async fn save(&self, name: &str, grant: &Grant) -> Result<(), StoreError> {
        let mut grants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        grants.insert(name.to_owned(), grant.clone());
        Ok(())
    }
}

#[async_trait]
impl<S: TokenStore + ?Sized> TokenStore for std::sync::Arc<S> {
    async fn load(&self, name: &str) -> Result<Option<Grant>, StoreError> {
        (**self).load(name).await
    }

    async fn save(&self, name: &str, grant: &Grant) -> Result<(), StoreError> {
        (**self).save(name, grant).await
    }
}

#[async_trait]
impl<S: TokenStore + ?Sized> TokenStore for Box<S> {
    async fn load(&self, name: &str) -> Result<Option<Grant>, StoreError> {
        (**self).load(name).await
    }

    async fn save(&self, name: &str, grant: &Grant) -> Result<(), StoreError> {
        (**self).save(name, grant).await
    }
}
