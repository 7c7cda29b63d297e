//! The few calls that trade tokens. None is repeated: codes and refresh tokens die with their use.

use std::fmt;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use time::OffsetDateTime;
use url::Url;

use crate::http::transport::{holds, network};
use crate::http::{base_url, default_http};
use crate::{BuildError, Error, Result, Secret};

/// A Sentry server as far as tokens go.
pub(super) struct Endpoint {
    base: Url,
    http: reqwest::Client,
}

impl Endpoint {
    const TIMEOUT: Duration = Duration::from_secs(30);
    const LARGEST_BODY: usize = 1 << 20;

    pub(super) fn new(base: &str) -> Result<Self, BuildError> {
        let base = base_url(base, false)?;
        Ok(Self { http: default_http(&base)?, base })
    }

    pub(super) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path).push("");
        }
        url
    }

    pub(super) async fn post_form(
        &self,
        operation: &'static str,
        path: &[&str],
        fields: &[(&str, &str)],
    ) -> Result<Vec<u8>> {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .http
            .post(self.url(path))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let secrets: Vec<Secret> = fields.iter().map(|(_, value)| Secret::from(*value)).collect();
        self.send(operation, request, &secrets).await
    }

    pub(super) async fn post_json(
        &self,
        operation: &'static str,
        path: &[&str],
        body: &Value,
    ) -> Result<Vec<u8>> {
        let request = self.http.post(self.url(path)).json(body);
        let values = body.as_object().into_iter().flat_map(serde_json::Map::values);
        let secrets: Vec<_> = values.filter_map(|it| it.as_str().map(Secret::from)).collect();
        self.send(operation, request, &secrets).await
    }

    pub(super) async fn put_json(
        &self,
        operation: &'static str,
        path: &[&str],
        body: &Value,
        token: &Secret,
    ) -> Result<()> {
        let request = self.http.put(self.url(path)).json(body).bearer_auth(token.expose());
        self.send(operation, request, std::slice::from_ref(token)).await.map(drop)
    }

    /// Sends once. Upstream words that hold what was sent are dropped.
    async fn send(
        &self,
        operation: &'static str,
        request: reqwest::RequestBuilder,
        secrets: &[Secret],
    ) -> Result<Vec<u8>> {
        let exchange = async {
            let mut response = request.send().await.map_err(|error| network(operation, error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) =
                response.chunk().await.map_err(|error| network(operation, error))?
            {
                if body.len() + chunk.len() > Self::LARGEST_BODY {
                    return Err(Error::unreadable(operation, "larger than this client takes"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok((status, headers, body))
        };
        let answer = tokio::time::timeout(Self::TIMEOUT, exchange).await;
        let (status, headers, body) = answer.unwrap_or_else(|_| Err(Error::timeout(operation)))?;
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let header = |name| {
            headers.get(name).and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok())
        };
        let error = Error::from_answer(operation, status, header, &body, OffsetDateTime::now_utc());
        // A refused grant's code is a word that was sent as well (`refresh_token`): only longer
        // texts can be secrets.
        Err(error.scrub(|text| {
            secrets.iter().any(|secret| secret.expose().len() > 20 && holds(text, secret))
        }))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}
