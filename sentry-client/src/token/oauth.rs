//! An OAuth application: a person signs in and lets the application act for them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;
use url::Url;

use super::endpoint::Endpoint;
use super::{Grant, Renewal};
use crate::error::Kind;
use crate::{BuildError, Error, Result, Secret};

/// An OAuth application registered with Sentry.
///
/// ```
/// use sentry_client::token::OAuthApplication;
///
/// let application = OAuthApplication::new("client-id", "https://shop.example/back")?
///     .client_secret("client-secret");
/// let sign_in = application.authorize(&["event:read", "org:read"])?;
/// assert!(sign_in.url().as_str().starts_with("https://sentry.io/oauth/authorize/?"));
/// // Send the browser to `sign_in.url()`, keep `sign_in` with the browser's session; when it
/// // comes back with `state` and `code`: application.exchange(&sign_in, &state, &code).await
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OAuthApplication {
    client_id: String,
    client_secret: Option<Secret>,
    /// As it was given: it must be the registered one to the letter, and a `Url` adds a slash.
    redirect_uri: String,
    endpoint: Arc<Endpoint>,
}

/// A sign-in that has begun. It belongs to one browser session and is used once.
#[derive(Clone)]
pub struct SignIn {
    url: Url,
    state: Secret,
    verifier: Secret,
}

impl SignIn {
    /// Where to send the browser.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The state and the code verifier, for a session that is kept outside this process.
    #[must_use]
    pub fn into_parts(self) -> (Url, Secret, Secret) {
        (self.url, self.state, self.verifier)
    }

    /// A sign-in as it was kept.
    #[must_use]
    pub fn from_parts(url: Url, state: Secret, verifier: Secret) -> Self {
        Self { url, state, verifier }
    }
}

impl OAuthApplication {
    /// An application of `https://sentry.io`.
    ///
    /// # Errors
    ///
    /// [`BuildError::BaseUrl`] when `redirect_uri` is no URL.
    pub fn new(client_id: impl Into<String>, redirect_uri: &str) -> Result<Self, BuildError> {
        Url::parse(redirect_uri).map_err(|_| BuildError::BaseUrl)?;
        Ok(Self {
            client_id: client_id.into(),
            client_secret: None,
            redirect_uri: redirect_uri.to_owned(),
            endpoint: Arc::new(Endpoint::new("https://sentry.io")?),
        })
    }

    /// The application's secret; public clients have none.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Another server. It has to be the main one: regional hosts do not serve OAuth.
    ///
    /// # Errors
    ///
    /// [`BuildError::BaseUrl`] or [`BuildError::PlainHttp`] when it cannot be that.
    pub fn base_url(mut self, url: &str) -> Result<Self, BuildError> {
        self.endpoint = Arc::new(Endpoint::new(url)?);
        Ok(self)
    }

    /// Begins a sign-in, with fresh state and code verifier.
    ///
    /// # Errors
    ///
    /// Unavailable when the system has no randomness.
    pub fn authorize(&self, scopes: &[&str]) -> Result<SignIn> {
        let (state, verifier) = (random_text()?, random_text()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()));
        let mut url = self.endpoint.url(&["oauth", "authorize"]);
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(SignIn { url, state, verifier })
    }

    /// Trades the code with which the browser came back for a grant.
    ///
    /// # Errors
    ///
    /// Invalid when `state` is not the one that was sent: somebody else's sign-in. Unauthorized
    /// when the code is over.
    pub async fn exchange(&self, sign_in: &SignIn, state: &str, code: &str) -> Result<Grant> {
        if !bool::from(sign_in.state.expose().as_bytes().ct_eq(state.as_bytes())) {
            return Err(Error::argument("exchange code", "the state is not the one that was sent"));
        }
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", sign_in.verifier.expose()),
        ];
        self.token("exchange code", &fields, None).await
    }

    /// Asks the token endpoint, the client's credentials in the body and only there.
    async fn token(
        &self,
        operation: &'static str,
        fields: &[(&str, &str)],
        old: Option<&Grant>,
    ) -> Result<Grant> {
        let mut fields = fields.to_vec();
        fields.push(("client_id", &self.client_id));
        if let Some(secret) = &self.client_secret {
            fields.push(("client_secret", secret.expose()));
        }
        let answer = self.endpoint.post_form(operation, &["oauth", "token"], &fields).await;
        let body = answer.map_err(|error| match error.code() {
            Some("invalid_grant" | "invalid_client") => Error::new(Kind::Unauthorized, operation),
            _ => error,
        })?;
        let answer: OAuthAnswer = crate::read::record(operation, &body)?;
        Ok(answer.into_grant(old, OffsetDateTime::now_utc()))
    }
}

#[async_trait]
impl Renewal for OAuthApplication {
    async fn renew(&self, grant: &Grant) -> Result<Grant> {
        let Some(refresh) = &grant.refresh_token else {
            return Err(Error::new(Kind::Unauthorized, "renew token"));
        };
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        self.token("renew token", &fields, Some(grant)).await
    }
}

/// The URL's query holds the state, so it is left out.
impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("host", &self.url.host_str())
            .field("path", &self.url.path())
            .finish_non_exhaustive()
    }
}

/// What the token endpoint answers.
#[derive(Deserialize)]
struct OAuthAnswer {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: Option<f64>,
    #[serde(default, deserialize_with = "crate::date::lenient")]
    expires_at: Option<OffsetDateTime>,
    #[serde(default)]
    scope: Option<String>,
}

impl OAuthAnswer {
    /// The end is counted by our clock; without an end the token does not expire.
    fn into_grant(self, old: Option<&Grant>, now: OffsetDateTime) -> Grant {
        let in_seconds = self.expires_in.and_then(time::Duration::checked_seconds_f64);
        let end = in_seconds.and_then(|life| now.checked_add(life)).or(self.expires_at);
        let refresh = self.refresh_token.map(Secret::from);
        let refresh = refresh.or_else(|| old.and_then(|old| old.refresh_token.clone()));
        let mut grant = Grant::new(self.access_token, refresh, end);
        let scope = self.scope.unwrap_or_default();
        grant.scopes = scope.split_whitespace().map(str::to_owned).collect();
        grant
    }
}

/// 43 characters of randomness.
fn random_text() -> Result<Secret> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::new(Kind::Unavailable, "draw randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_url_carries_state_and_challenge_but_not_the_verifier() {
        let application = OAuthApplication::new("id", "https://x.example/back?a=b").unwrap();
        let sign_in = application.authorize(&["event:read", "org:read"]).unwrap();
        let pairs: HashMap<_, _> = sign_in.url.query_pairs().into_owned().collect();
        assert_eq!(pairs["scope"], "event:read org:read");
        assert_eq!(pairs["code_challenge_method"], "S256");
        assert_eq!(pairs["redirect_uri"], "https://x.example/back?a=b");
        assert_eq!(pairs["state"], sign_in.state.expose());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(sign_in.verifier.expose()));
        assert_eq!(pairs["code_challenge"], challenge);
        assert!(!sign_in.url.as_str().contains(sign_in.verifier.expose()));
        let other = application.authorize(&[]).unwrap();
        assert_ne!(other.state, sign_in.state);
    }

    #[test]
    fn the_redirect_uri_stays_as_it_was_given() {
        let application = OAuthApplication::new("id", "https://x.example").unwrap();
        let sign_in = application.authorize(&[]).unwrap();
        let sent = sign_in.url.query_pairs().find(|(key, _)| key == "redirect_uri").unwrap().1;
        assert_eq!(sent, "https://x.example");
        assert!(OAuthApplication::new("id", "no url").is_err());
    }

    #[test]
    fn debug_shows_neither_state_nor_verifier() {
        let sign_in = OAuthApplication::new("id", "https://x.example/").unwrap().authorize(&[]);
        let sign_in = sign_in.unwrap();
        let shown = format!("{sign_in:?} {sign_in:#?}");
        assert!(!shown.contains(sign_in.state.expose()));
        assert!(!shown.contains(sign_in.verifier.expose()));
    }

    #[tokio::test]
    async fn a_foreign_state_is_refused_before_anything_is_sent() {
        let application = OAuthApplication::new("id", "https://x.example/").unwrap();
        let application = application.base_url("http://127.0.0.1:1").unwrap();
        let sign_in = application.authorize(&[]).unwrap();
        let error = application.exchange(&sign_in, "another", "code").await.unwrap_err();
        assert!(error.is_invalid());
    }

    #[test]
    fn answers() {
        let now = time::macros::datetime!(2026-01-01 0:00 UTC);
        let read =
            |text: &str| serde_json::from_str::<OAuthAnswer>(text).unwrap().into_grant(None, now);
        let ends =
            read(r#"{"access_token":"a","refresh_token":"r","expires_in":60,"scope":"a b"}"#);
        assert_eq!(ends.expires_at, Some(time::macros::datetime!(2026-01-01 0:01 UTC)));
        assert_eq!(ends.scopes, ["a", "b"]);
        let endless = read(r#"{"access_token":"a","refresh_token":null,"expires_in":null}"#);
        assert_eq!((endless.expires_at, endless.refresh_token), (None, None));
    }
}
