//! The service's configuration, by environment.

use sentry_client::Secret;

use crate::{Callers, CallersError};

/// What the service needs to know.
///
/// | variable | meaning | default |
/// | --- | --- | --- |
/// | `SENTRY_AUTH_TOKEN` | the token for Sentry; never leaves the process | required |
/// | `SENTRY_ORG` | the organization's slug | required |
/// | `API_TOKENS` | callers: `name:ro:token` or `name:rw:token`, separated by commas | required |
/// | `SENTRY_BASE_URL` | the Sentry server | `https://sentry.io` |
/// | `PORT` | the port to listen on | `3004` |
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiConfig {
    /// The token for Sentry.
    pub sentry_token: Secret,
    /// The Sentry server.
    pub sentry_url: String,
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
            organization: required("SENTRY_ORG")?,
            callers: Callers::parse(&required("API_TOKENS")?)?,
            sentry_url: optional("SENTRY_BASE_URL")
                .unwrap_or_else(|| "https://sentry.io".to_owned()),
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

    /// A client for the configured server and organization.
    ///
    /// # Errors
    ///
    /// When the address or the organization cannot be one.
    #[cfg(feature = "rustls")]
    pub fn client(&self) -> Result<sentry_client::HttpClient, sentry_client::BuildError> {
        sentry_client::HttpClient::builder()
            .base_url(&self.sentry_url)
            .organization(&self.organization)
            .token(self.sentry_token.clone())
            .build()
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
    }
}
