//! One call over HTTP: address, token, limits, retries, errors.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::Url;

use super::retry::{RetryPolicy, random};
use crate::token::TokenProvider;
use crate::{Error, Result, Secret};

/// Sends calls to one Sentry server and to no other.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) tokens: Arc<dyn TokenProvider>,
    pub(crate) retry: RetryPolicy,
    pub(crate) gate: tokio::sync::Semaphore,
    pub(crate) largest_body: usize,
}

/// Codes of a 401 that is about the person behind the token: a new token meets the same.
const NO_TOKEN_HELPS: &[&str] = &[
    "2fa-required",
    "member-disabled-over-limit",
    "sso-required",
    "sudo-required",
    "superuser-required",
];

/// What is asked.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    /// Segments below `/api/0/`.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
    /// Whether making the call twice does the same as making it once.
    pub(crate) repeatable: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn get(operation: &'static str, path: &'a [&'a str]) -> Self {
        Self {
            operation,
            method: Method::GET,
            path,
            query: Vec::new(),
            body: None,
            repeatable: true,
        }
    }

    pub(crate) fn query(mut self, query: Vec<(&'static str, String)>) -> Self {
        self.query = query;
        self
    }
}

/// What was answered, with success.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Transport {
    /// Makes the call, again where that may help, and returns the successful answer.
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Reply> {
        let started = Instant::now();
        let url = self.address(call.path, &call.query);
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let left = || self.retry.deadline.saturating_sub(started.elapsed());
            let token = within(call.operation, left(), self.tokens.token()).await??;
            // Waiting for a place is no part of an attempt: nothing was sent yet.
            let place = within(call.operation, left(), self.gate.acquire()).await?;
            let limit = self.retry.attempt_timeout.min(left());
            let reply = within(call.operation, limit, self.exchange(call, &url, &token)).await;
            drop(place);
            let error = match reply.and_then(|reply| judge(call.operation, reply?, &token)) {
                Ok(reply) => return Ok(reply),
                Err(error) => error.after(attempt, started.elapsed()),
            };
            let helpless = error.code().is_some_and(|code| NO_TOKEN_HELPS.contains(&code));
            if error.is_unauthorized() && !helpless && !renewed {
                renewed = true;
                match within(call.operation, left(), self.tokens.renew(&token)).await?? {
                    Some(_) => continue,
                    None => return Err(error),
                }
            }
            let Some(wait) = self.retry.wait(attempt, &error, call.repeatable, random()) else {
                return Err(error);
            };
            if started.elapsed() + wait >= self.retry.deadline {
                return Err(error);
            }
            tracing::debug!(%error, attempt, wait_ms = wait.as_millis(), "asking Sentry again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// One request and its whole answer, whatever its status.
    async fn exchange(&self, call: &Call<'_>, url: &Url, token: &Secret) -> Result<Reply> {
        let operation = call.operation;
        let unfit = || Error::argument(operation, "the token does not fit into a header");
        let bearer = bearer(token).ok_or_else(unfit)?;
        let mut request =
            self.http.request(call.method.clone(), url.clone()).header(AUTHORIZATION, bearer);
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = request.send().await.map_err(|error| network(operation, error))?;
        // The client that was handed over may follow redirects: to another host, or from a PUT to
        // a GET whose success would read as that of the PUT.
        if response.url() != url {
            return Err(Error::argument(operation, "the HTTP client must not follow redirects"));
        }
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = self.body(operation, response).await?;
        Ok(Reply { status, headers, body })
    }

    async fn body(
        &self,
        operation: &'static str,
        mut response: reqwest::Response,
    ) -> Result<Bytes> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| network(operation, error))? {
            if body.len() + chunk.len() > self.largest_body {
                return Err(Error::unreadable(operation, "larger than this client takes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    /// The address below this server's `/api/0/`, with a slash at its end: without it Sentry
    /// redirects, and a redirected PUT is a GET.
    pub(crate) fn address(&self, path: &[&str], query: &[(&'static str, String)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "0"]).extend(path).push("");
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base", &self.base.as_str())
            .field("tokens", &self.tokens)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

async fn within<F: Future>(operation: &'static str, limit: Duration, work: F) -> Result<F::Output> {
    tokio::time::timeout(limit, work).await.map_err(|_| Error::timeout(operation))
}

/// A success, or the error that the answer is.
fn judge(operation: &'static str, reply: Reply, token: &Secret) -> Result<Reply> {
    if (200..300).contains(&reply.status) {
        return Ok(reply);
    }
    let now = reply.header("date").and_then(server_time).unwrap_or_else(OffsetDateTime::now_utc);
    let header = |name| reply.header(name);
    let error = Error::from_answer(operation, reply.status, header, &reply.body, now);
    Err(error.scrub(|text| holds(text, token)))
}

fn bearer(token: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A transport error without its URL.
pub(crate) fn network(operation: &'static str, error: reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::timeout(operation);
    }
    let sent = !error.is_connect();
    let source = Box::new(error.without_url());
    if sent { Error::broken(operation, source) } else { Error::connect(operation, source) }
}

/// The server's clock, so that a limit's end is waited for by the clock that set it.
fn server_time(date: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(date, &Rfc2822).ok()
}

/// Whether a text holds the secret: plain, in base64 or percent-encoded.
pub(crate) fn holds(text: &str, secret: &Secret) -> bool {
    let plain = secret.expose();
    // No real token is that short, and short words stand in every sentence.
    if plain.len() < 8 {
        return false;
    }
    let encoded: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let base64 = [0, 1, 2].map(|shift| {
        // Base64 of a text depends on where in a longer text it begins: leave out its edges.
        let padded = format!("{}{plain}", " ".repeat(shift));
        let code = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
        code[if shift == 0 { 0 } else { 4 }..code.len() - 2].to_owned()
    });
    text.contains(plain)
        || text.contains(&encoded)
        || base64.iter().any(|code| text.contains(code.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_each_form() {
        let secret = Secret::new("sntryu_0123/45+6789");
        let code = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        for text in [
            "x sntryu_0123/45+6789 y".to_owned(),
            "t=sntryu_0123%2F45%2B6789".to_owned(),
            code("sntryu_0123/45+6789"),
            code("a:sntryu_0123/45+6789"),
            code("user:sntryu_0123/45+6789@x"),
            code("u:sntryu_0123/45+6789"),
        ] {
            assert!(holds(&text, &secret), "{text}");
        }
        assert!(!holds("sntryu_", &secret));
    }

    #[test]
    fn the_date_header_is_read() {
        let time = server_time("Fri, 20 Nov 2026 13:00:00 GMT").unwrap();
        assert_eq!(time, time::macros::datetime!(2026-11-20 13:00 UTC));
    }
}
