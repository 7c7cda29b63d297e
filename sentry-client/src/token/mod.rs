//! Where tokens come from and where they are kept.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{Result, Secret};

#[cfg(feature = "reqwest")]
mod endpoint;
#[cfg(feature = "reqwest")]
mod installation;
mod kind;
#[cfg(feature = "reqwest")]
mod oauth;
#[cfg(feature = "reqwest")]
mod renewing;
mod store;

#[cfg(feature = "reqwest")]
pub use installation::Installation;
pub use kind::{OrgTokenClaims, TokenKind};
#[cfg(feature = "reqwest")]
pub use oauth::{OAuthApplication, SignIn};
#[cfg(feature = "reqwest")]
pub use renewing::{Renewal, RenewingToken};
pub use store::{MemoryTokenStore, StoreError, TokenStore};

/// Gives the token for each call.
///
/// # Contract
///
/// - [`token`](TokenProvider::token) is asked before every attempt, so it answers from memory
///   unless the token is due for renewal.
/// - [`renew`](TokenProvider::renew) is called after a 401 with the token that was refused. When
///   the provider has another one by then, it returns that one; when many callers come with the
///   same refused token, the token is renewed once. `None`: there is no other token, the 401
///   stands.
/// - A new token is stored before it is handed out.
#[async_trait]
pub trait TokenProvider: Send + Sync + std::fmt::Debug {
    /// The token to use now.
    ///
    /// # Errors
    ///
    /// When there is none and none can be had: unauthorized when a grant was revoked, unavailable
    /// when the token endpoint or the store cannot be reached.
    async fn token(&self) -> Result<Secret>;

    /// Another token than `refused`, or `None`.
    ///
    /// # Errors
    ///
    /// As [`token`](TokenProvider::token).
    async fn renew(&self, refused: &Secret) -> Result<Option<Secret>>;
}

/// A token that never changes: personal, internal integration, organization.
#[derive(Debug, Clone)]
pub struct StaticToken(Secret);

impl StaticToken {
    /// Always this token.
    #[must_use]
    pub fn new(token: impl Into<Secret>) -> Self {
        Self(token.into())
    }
}

#[async_trait]
impl TokenProvider for StaticToken {
    async fn token(&self) -> Result<Secret> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _refused: &Secret) -> Result<Option<Secret>> {
        Ok(None)
    }
}

#[async_trait]
impl<P: TokenProvider + ?Sized> TokenProvider for std::sync::Arc<P> {
    async fn token(&self) -> Result<Secret> {
        (**self).token().await
    }

    async fn renew(&self, refused: &Secret) -> Result<Option<Secret>> {
        (**self).renew(refused).await
    }
}

#[async_trait]
impl<P: TokenProvider + ?Sized> TokenProvider for Box<P> {
    async fn token(&self) -> Result<Secret> {
        (**self).token().await
    }

    async fn renew(&self, refused: &Secret) -> Result<Option<Secret>> {
        (**self).renew(refused).await
    }
}

/// An access token with what renews it. Both rotate: after a renewal the old pair is dead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The bearer token.
    pub access_token: Secret,
    /// What renews it, where it can be renewed.
    pub refresh_token: Option<Secret>,
    /// When the access token ends; `None`: it does not.
    pub expires_at: Option<OffsetDateTime>,
    /// The scopes, where the answer named them.
    pub scopes: Vec<String>,
}

impl Grant {
    /// A grant as it was kept somewhere.
    #[must_use]
    pub fn new(
        access_token: impl Into<Secret>,
        refresh_token: Option<Secret>,
        expires_at: Option<OffsetDateTime>,
    ) -> Self {
        Self { access_token: access_token.into(), refresh_token, expires_at, scopes: Vec::new() }
    }

    /// Whether the access token ends within `margin` of `now`.
    #[must_use]
    pub fn is_due(&self, now: OffsetDateTime, margin: std::time::Duration) -> bool {
        self.expires_at.is_some_and(|end| end - now <= margin)
    }
}
