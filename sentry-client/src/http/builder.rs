//! How an HTTP client is put together.

use std::fmt;
use std::sync::Arc;

use url::{Host, Url};

use super::retry::RetryPolicy;
use super::transport::Transport;
use super::{Cache, HttpClient};
use crate::token::{StaticToken, TokenProvider};
use crate::{Invalid, Secret, Slug};

/// Why a client could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No organization was named.
    #[error("the organization is missing")]
    NoOrganization,
    /// The organization's name cannot be one.
    #[error(transparent)]
    Organization(#[from] Invalid),
    /// No token was given, or an empty one.
    #[error("the token is missing")]
    NoToken,
    /// The base URL is no `http` or `https` URL, or holds a user, query or fragment.
    #[error("the base URL is not a plain http or https URL")]
    BaseUrl,
    /// The base URL would send the token unencrypted over a network.
    #[error("the base URL is not https; allow it by danger_allow_plain_http")]
    PlainHttp,
    /// The TLS backend could not be started.
    #[error("the TLS backend could not be started")]
    Tls,
}

/// Collects what a client needs. Mistakes surface at [`build`](HttpClientBuilder::build).
#[derive(Clone)]
#[must_use = "a builder does nothing until build() is called"]
pub struct HttpClientBuilder {
    base: String,
    organization: Option<String>,
    tokens: Option<Arc<dyn TokenProvider>>,
    empty_token: bool,
    retry: RetryPolicy,
    parallel: usize,
    largest_body: usize,
    plain_http: bool,
    http: Option<reqwest::Client>,
}

impl HttpClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            base: "https://sentry.io".to_owned(),
            organization: None,
            tokens: None,
            empty_token: false,
            retry: RetryPolicy::default(),
            parallel: 10,
            largest_body: 64 << 20,
            plain_http: false,
            http: None,
        }
    }

    /// The server; default `https://sentry.io`, which forwards to the organization's region. A
    /// path prefix is kept.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base = url.into();
        self
    }

    /// The organization to which the client is bound, by slug.
    pub fn organization(mut self, slug: impl Into<String>) -> Self {
        self.organization = Some(slug.into());
        self
    }

    /// A token that never changes.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        let token = token.into();
        self.empty_token = token.expose().trim().is_empty();
        self.tokens = Some(Arc::new(StaticToken::new(token)));
        self
    }

    /// Where tokens come from, when they change.
    pub fn tokens(mut self, tokens: impl TokenProvider + 'static) -> Self {
        self.empty_token = false;
        self.tokens = Some(Arc::new(tokens));
        self
    }

    /// How often and how long a call is tried.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many requests may run at the same time; default 10. Sentry allows 25 on most routes.
    pub fn parallel(mut self, requests: usize) -> Self {
        self.parallel = requests.max(1);
        self
    }

    /// The largest answer that is read, in bytes; default 64 MiB.
    pub fn largest_body(mut self, bytes: usize) -> Self {
        self.largest_body = bytes;
        self
    }

    /// Lets the token travel unencrypted to a host other than this machine: whoever can listen on
    /// the way there, and a proxy named by `HTTP_PROXY`, reads it and can use it.
    pub fn danger_allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// An HTTP client of your own, e.g. with a proxy of its own, a certificate authority or a client
    /// certificate. The one built here takes the proxy of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`
    /// (but for `NO_PROXY`), and none to a base URL on this machine. Yours must not follow redirects: they may lead to
    /// another host, and a redirected PUT becomes a GET. A call whose answer came from elsewhere
    /// than it was sent to is refused as [invalid](crate::Error::is_invalid).
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for what is missing or cannot be.
    pub fn build(self) -> Result<HttpClient, BuildError> {
        let organization: Slug = self.organization.ok_or(BuildError::NoOrganization)?.parse()?;
        let tokens = self.tokens.filter(|_| !self.empty_token).ok_or(BuildError::NoToken)?;
        let base = base_url(&self.base, self.plain_http)?;
        let http = match self.http {
            Some(client) => client,
            None => default_http(&base)?,
        };
        let transport = Transport {
            http,
            base,
            tokens,
            retry: self.retry,
            gate: tokio::sync::Semaphore::new(self.parallel),
            largest_body: self.largest_body,
        };
        Ok(HttpClient {
            transport: Arc::new(transport),
            organization: Arc::new(organization),
            cache: Arc::new(Cache::default()),
        })
    }
}

impl fmt::Debug for HttpClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClientBuilder")
            .field("organization", &self.organization)
            .field("tokens", &self.tokens)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Checks an address to which secrets go.
pub(crate) fn base_url(text: &str, plain_http: bool) -> Result<Url, BuildError> {
    let url = Url::parse(text).map_err(|_| BuildError::BaseUrl)?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !bare || !url.has_host() {
        return Err(BuildError::BaseUrl);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if plain_http || is_this_machine(&url) => Ok(url),
        "http" => Err(BuildError::PlainHttp),
        _ => Err(BuildError::BaseUrl),
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The HTTP client used unless another is given: no redirects, no compression to unpack, and no
/// proxy between this machine and itself, to which the token would go in clear.
pub(crate) fn default_http(base: &Url) -> Result<reqwest::Client, BuildError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
    if is_this_machine(base) {
        builder = builder.no_proxy();
    }
    with_tls(builder)?.build().map_err(|_| BuildError::Tls)
}

/// rustls with the ring provider, which builds without cmake or assembler, and without touching
/// the process-wide provider that belongs to the application.
#[cfg(feature = "rustls")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BuildError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier)
        .map_err(|_| BuildError::Tls)?
        .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}

#[cfg(not(feature = "rustls"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with rustls")]
fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, BuildError> {
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["https://sentry.io", "https://x.example/sentry/", "http://127.0.0.1:9000"] {
            assert!(base_url(good, false).is_ok(), "{good}");
        }
        assert_eq!(base_url("http://sentry.example", false), Err(BuildError::PlainHttp));
        assert!(base_url("http://sentry.example", true).is_ok());
        for bad in ["", "sentry.io", "ftp://x", "https://u:p@x.example", "https://x.example/?a=b"] {
            assert_eq!(base_url(bad, true), Err(BuildError::BaseUrl), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let builder = HttpClientBuilder::new;
        assert_eq!(builder().token("t").build().unwrap_err(), BuildError::NoOrganization);
        assert_eq!(builder().organization("acme").build().unwrap_err(), BuildError::NoToken);
        let empty = builder().organization("acme").token(" ").build();
        assert_eq!(empty.unwrap_err(), BuildError::NoToken);
    }
}
