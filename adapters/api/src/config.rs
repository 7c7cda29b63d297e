//! The service's configuration, by environment.

use sentry_client::{Secret, Slug};

use crate::{Callers, CallersError};

/// What the service needs to know.
///
/// | variable | meaning | default |
/// | --- | --- | --- |
/// | `SENTRY_AUTH_TOKEN` | the token for Sentry; never leaves the process | required |
/// | `SENTRY_ORG` | the organization's slug | required |
/// | `API_TOKENS` | callers: `name:ro:token` or `name:rw:token`, separated by commas | required |
/// | `SENTRY_BASE_URL` | the Sentry server | `https://sentry.io` |
/// | `SENTRY_ALLOW_PLAIN_HTTP` | `1`: `SENTRY_BASE_URL` may be `http` and not this machine. **Danger**: whoever can listen on the way, and a proxy of `HTTP_PROXY`, reads the token and can use it | `0` |
/// | `PORT` | the port to listen on | `3004` |
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiConfig {
    /// The token for Sentry.
    pub sentry_token: Secret,
    /// The Sentry server.
    pub sentry_url: String,
    /// Whether the token may travel unencrypted to another machine.
    pub allow_plain_http: bool,
    /// The organization's slug.
    pub organization: String,
    /// Who may call.
    pub callers: Callers,
    /// The port to listen on.
    pub port: u16,
}

/// What is wrong with the configuration. Names the variable, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A variable that must be set is not, or is empty.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// `API_TOKENS` cannot be read.
    #[error("API_TOKENS: {0}")]
    Callers(#[from] CallersError),
    /// `SENTRY_ORG` cannot be the name of an organization.
    #[error("SENTRY_ORG is not an organization's slug: letters, digits, dashes and underscores")]
    Organization,
    /// `SENTRY_BASE_URL` is no `http` or `https` address, or holds a user, query or fragment.
    #[error("SENTRY_BASE_URL is not a plain http or https address")]
    BaseUrl,
    /// `SENTRY_BASE_URL` would send the token unencrypted over a network.
    #[error(
        "SENTRY_BASE_URL is http and not on this machine, so the token would travel unencrypted: \
         make it https, or set SENTRY_ALLOW_PLAIN_HTTP=1 if nobody can listen on the way"
    )]
    PlainHttp,
    /// `SENTRY_ALLOW_PLAIN_HTTP` is something else than yes or no.
    #[error("SENTRY_ALLOW_PLAIN_HTTP is neither 1 nor 0")]
    AllowPlainHttp,
    /// The client could not be made for a reason that is no variable's, such as TLS.
    #[error("the client for Sentry could not be made")]
    Client,
    /// `PORT` is no port.
    #[error("PORT is not a port number")]
    Port,
}

impl ApiConfig {
    /// Reads the configuration through a lookup by name; empty counts as not set.
    ///
    /// ```
    /// use sentry_api_service::ApiConfig;
    /// let config = ApiConfig::from_lookup(|name| match name {
    ///     "SENTRY_AUTH_TOKEN" => Some("sntryu_…".to_owned()),
    ///     "SENTRY_ORG" => Some("acme".to_owned()),
    ///     "API_TOKENS" => Some("agent:ro:a-long-token".to_owned()),
    ///     _ => None,
    /// })?;
    /// assert_eq!((config.sentry_url.as_str(), config.port), ("https://sentry.io", 3004));
    /// # Ok::<(), sentry_api_service::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first variable that is missing or cannot be read.
    pub fn from_lookup(
        lookup: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let optional =
            |name| lookup(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let required = |name| optional(name).ok_or(ConfigError::Missing(name));
        Ok(Self {
            sentry_token: Secret::new(required("SENTRY_AUTH_TOKEN")?),
            organization: required("SENTRY_ORG")?
                .parse::<Slug>()
                .map_err(|_| ConfigError::Organization)?
                .to_string(),
            callers: Callers::parse(&required("API_TOKENS")?)?,
            sentry_url: optional("SENTRY_BASE_URL")
                .unwrap_or_else(|| "https://sentry.io".to_owned()),
            allow_plain_http: match optional("SENTRY_ALLOW_PLAIN_HTTP").as_deref() {
                None | Some("0" | "false") => false,
                Some("1" | "true") => true,
                Some(_) => return Err(ConfigError::AllowPlainHttp),
            },
            port: match optional("PORT") {
                None => 3004,
                Some(text) => text.parse().map_err(|_| ConfigError::Port)?,
            },
        })
    }

    /// Reads the configuration from the process's environment.
    ///
    /// # Errors
    ///
    /// As [`from_lookup`](Self::from_lookup).
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// A client for the configured server and organization. A call ends after 45 s, retries
    /// included: before [the service's own limit](crate::ApiService::time_limit), so that callers
    /// are told what Sentry did.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the variable that cannot be used.
    #[cfg(feature = "rustls")]
    pub fn client(&self) -> Result<sentry_client::HttpClient, ConfigError> {
        use sentry_client::{BuildError, HttpClient, RetryPolicy};

        let mut retry = RetryPolicy::default();
        retry.deadline = std::time::Duration::from_secs(45);
        let builder = HttpClient::builder()
            .base_url(&self.sentry_url)
            .organization(&self.organization)
            .token(self.sentry_token.clone())
            .retry(retry);
        let built = match builder.clone().build() {
            Err(BuildError::PlainHttp) if self.allow_plain_http => {
                tracing::warn!(
                    "SENTRY_ALLOW_PLAIN_HTTP: the token for Sentry travels unencrypted, and \
                     whoever can listen on the way can use it"
                );
                builder.danger_allow_plain_http().build()
            }
            built => built,
        };
        built.map_err(|error| match error {
            BuildError::NoOrganization => ConfigError::Missing("SENTRY_ORG"),
            BuildError::Organization(_) => ConfigError::Organization,
            BuildError::NoToken => ConfigError::Missing("SENTRY_AUTH_TOKEN"),
            BuildError::BaseUrl => ConfigError::BaseUrl,
            BuildError::PlainHttp => ConfigError::PlainHttp,
            _ => ConfigError::Client,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Result<ApiConfig, ConfigError> {
        ApiConfig::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_wrong_is_named_without_its_value() {
        let good = [
            ("SENTRY_AUTH_TOKEN", "canary"),
            ("SENTRY_ORG", "acme"),
            ("API_TOKENS", "a:ro:canary"),
        ];
        assert!(!format!("{:?}", read(&good).unwrap()).contains("canary"));
        for at in 0..3 {
            let mut pairs = good;
            pairs[at].1 = " ";
            assert_eq!(read(&pairs).unwrap_err(), ConfigError::Missing(good[at].0));
        }
        let mut pairs = good;
        pairs[2].1 = "canary";
        let error = read(&pairs).unwrap_err();
        assert_eq!(error.to_string(), "API_TOKENS: entry 1 is not name:ro:token or name:rw:token");
        let with_port = [good[0], good[1], good[2], ("PORT", "70000")];
        assert_eq!(read(&with_port).unwrap_err(), ConfigError::Port);
        for organization in ["canary shop", "canary/shop", "https://canary.example"] {
            let mut pairs = good;
            pairs[1].1 = organization;
            let error = read(&pairs).unwrap_err();
            assert_eq!(error, ConfigError::Organization);
            let text = error.to_string();
            assert!(text.starts_with("SENTRY_ORG ") && !text.contains("canary"), "{text}");
        }
    }

    #[cfg(feature = "rustls")]
    #[test]
    fn plain_http_is_allowed_by_a_variable_that_the_error_names() {
        let made = |url: &str, allow: &str| {
            let config = read(&[
                ("SENTRY_AUTH_TOKEN", "canary-token"),
                ("SENTRY_ORG", "acme"),
                ("API_TOKENS", "a:ro:canary"),
                ("SENTRY_BASE_URL", url),
                ("SENTRY_ALLOW_PLAIN_HTTP", allow),
            ])?;
            config.client().map(drop)
        };
        let inside = "http://sentry.canary:9000";
        for off in ["", "0", "false"] {
            let error = made(inside, off).unwrap_err();
            assert_eq!(error, ConfigError::PlainHttp);
            let text = error.to_string();
            assert!(text.contains("SENTRY_ALLOW_PLAIN_HTTP=1"), "{text}");
            assert!(text.starts_with("SENTRY_BASE_URL ") && !text.contains("canary"), "{text}");
        }
        for on in ["1", "true"] {
            assert_eq!(made(inside, on), Ok(()));
            assert_eq!(made("https://sentry.example", on), Ok(()));
        }
        assert_eq!(made("http://127.0.0.1:9000", "0"), Ok(()));
        assert_eq!(made(inside, "yes, please"), Err(ConfigError::AllowPlainHttp));
        for wrong in ["sentry.example", "ftp://sentry.example", "https://u:canary@sentry.example"] {
            let error = made(wrong, "1").unwrap_err();
            assert_eq!(error, ConfigError::BaseUrl);
            assert!(error.to_string().starts_with("SENTRY_BASE_URL "));
        }
    }
}
