//! Tokens of a public integration's installation.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::endpoint::Endpoint;
use super::{Grant, Renewal};
use crate::error::Kind;
use crate::{BuildError, Error, EventId, Result, Secret};

/// One organization's installation of a public integration. Its tokens live eight hours.
///
/// ```no_run
/// use sentry_client::HttpClient;
/// use sentry_client::token::{Installation, MemoryTokenStore, RenewingToken, TokenStore};
///
/// # async fn run(code: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let uuid = "01635075-0000-4f96-8fc8-ff9680780a13";
/// let installation = Installation::new(uuid, "client-id", "client-secret")?;
/// let store = std::sync::Arc::new(MemoryTokenStore::new());
/// // Once, with the code that came with the installation:
/// let grant = installation.exchange(code).await?;
/// store.save(uuid, &grant).await?;
/// installation.confirm(&grant).await?;
/// // From then on:
/// let tokens = RenewingToken::new(uuid, installation, store);
/// let sentry = HttpClient::builder().organization("acme").tokens(tokens).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Installation {
    uuid: EventId,
    client_id: String,
    client_secret: Secret,
    endpoint: Arc<Endpoint>,
}

impl Installation {
    /// An installation on `https://sentry.io`.
    ///
    /// # Errors
    ///
    /// [`BuildError::Organization`] when `uuid` cannot be one.
    pub fn new(
        uuid: &str,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            uuid: uuid.parse()?,
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            endpoint: Arc::new(Endpoint::new("https://sentry.io")?),
        })
    }

    /// Another server.
    ///
    /// # Errors
    ///
    /// [`BuildError::BaseUrl`] or [`BuildError::PlainHttp`] when it cannot be that.
    pub fn base_url(mut self, url: &str) -> Result<Self, BuildError> {
        self.endpoint = Arc::new(Endpoint::new(url)?);
        Ok(self)
    }

    /// Trades the code that came with the installation for its first grant. The code is good for
    /// minutes and once.
    ///
    /// # Errors
    ///
    /// Unauthorized when the code is over.
    pub async fn exchange(&self, code: &str) -> Result<Grant> {
        self.authorization(
            "exchange code",
            json!({ "grant_type": "authorization_code", "code": code }),
        )
        .await
    }

    /// Tells Sentry that the installation is complete.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn confirm(&self, grant: &Grant) -> Result<()> {
        let path = ["api", "0", "sentry-app-installations", self.uuid.as_str()];
        let body = json!({ "status": "installed" });
        self.endpoint.put_json("confirm installation", &path, &body, &grant.access_token).await
    }

    async fn authorization(&self, operation: &'static str, mut body: Value) -> Result<Grant> {
        body["client_id"] = self.client_id.as_str().into();
        body["client_secret"] = self.client_secret.expose().into();
        let path = ["api", "0", "sentry-app-installations", self.uuid.as_str(), "authorizations"];
        let answer = self.endpoint.post_json(operation, &path, &body).await?;
        let answer: InstallationAnswer = crate::read::record(operation, &answer)?;
        Ok(answer.into_grant())
    }
}

#[async_trait]
impl Renewal for Installation {
    async fn renew(&self, grant: &Grant) -> Result<Grant> {
        let Some(refresh) = &grant.refresh_token else {
            return Err(Error::new(Kind::Unauthorized, "renew token"));
        };
        let body = json!({ "grant_type": "refresh_token", "refresh_token": refresh.expose() });
        self.authorization("renew token", body).await
    }
}

/// What the authorization endpoint answers: camel case, unlike OAuth.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstallationAnswer {
    token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default, deserialize_with = "crate::date::lenient")]
    expires_at: Option<OffsetDateTime>,
    #[serde(default)]
    scopes: Option<Vec<String>>,
}

impl InstallationAnswer {
    fn into_grant(self) -> Grant {
        let refresh = self.refresh_token.map(Secret::from);
        let mut grant = Grant::new(self.token, refresh, self.expires_at);
        grant.scopes = self.scopes.unwrap_or_default();
        grant
    }
}
