//! What is refused, in the log: a wrong secret must not be invisible.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use sentry_hooks::{ReceiveError, SignatureError};

use crate::printable;

/// Between two lines of the log for the same reason.
const PAUSE: Duration = Duration::from_secs(60);
/// Longest path that is shown, in characters.
const PATH: usize = 200;

/// Logs what the routes refuse of Sentry: never a body or a signature, and for each reason one line
/// a minute at most. Anyone may send what is refused.
pub fn logged(routes: Router, webhook_path: &str) -> Router {
    let webhook_path: Arc<str> = webhook_path.into();
    let refusals = Arc::new(Refusals::default());
    routes.layer(middleware::from_fn(move |request: Request, next: Next| {
        let (refusals, webhook_path) = (Arc::clone(&refusals), Arc::clone(&webhook_path));
        async move {
            let of_sentry = request.headers().contains_key("sentry-hook-signature");
            let path = of_sentry.then(|| request.uri().path().to_owned());
            let response = next.run(request).await;
            if let Some(refused) = Refused::of(&response, path) {
                let reason = refused.reason();
                if let Some(before) = refusals.say(reason, Instant::now()) {
                    refused.log(&response, before, &webhook_path);
                }
            }
            response
        }
    }))
}

enum Refused {
    /// By the receiver.
    Error(ReceiveError),
    /// It has a signature of Sentry and came to another path than the receiver's.
    Elsewhere(String),
}

impl Refused {
    fn of(response: &Response, path: Option<String>) -> Option<Self> {
        let error = response.extensions().get::<ReceiveError>().copied();
        let elsewhere = path.filter(|_| response.status().is_client_error());
        error.map(Self::Error).or_else(|| elsewhere.map(Self::Elsewhere))
    }

    /// What is counted as the same. Few, whatever is sent.
    fn reason(&self) -> &'static str {
        use SignatureError::{Malformed, Missing};
        match self {
            Self::Error(ReceiveError::Signature(Missing)) => "signature missing",
            Self::Error(ReceiveError::Signature(Malformed)) => "signature malformed",
            Self::Error(ReceiveError::Signature(_)) => "signature",
            Self::Error(ReceiveError::Parse(_)) => "parse",
            Self::Error(_) => "body",
            Self::Elsewhere(_) => "path",
        }
    }

    fn log(&self, response: &Response, before: u64, webhook_path: &str) {
        let status = response.status().as_u16();
        match self {
            Self::Error(error) => {
                let said = printable::line(&error.to_string());
                tracing::warn!(status, before, "refused: {said}{}", hint(*error));
            }
            Self::Elsewhere(path) => {
                let path: String = path.chars().take(PATH).collect();
                let path = printable::line(&path);
                tracing::warn!(status, before, "refused: it came to {path}, not to {webhook_path}");
            }
        }
    }
}

/// What would help.
fn hint(error: ReceiveError) -> &'static str {
    match error {
        ReceiveError::Signature(SignatureError::Missing) => {
            "; is it Sentry that sends this, and does a proxy take the header off?"
        }
        ReceiveError::Signature(_) => {
            "; is SENTRY_WEBHOOK_SECRET the client secret of the integration, and is the body passed \
             on byte for byte? `incident-service inspect --header 'Sentry-Hook-Signature: …' \
             --secret … FILE` checks one delivery"
        }
        ReceiveError::Parse(_) => {
            "; `incident-service inspect FILE` says what is wrong with a body"
        }
        ReceiveError::TooLarge { .. } => "; BODY_LIMIT sets the limit",
        _ => "",
    }
}

/// What was said when, and how often it came since.
#[derive(Default)]
struct Refusals(Mutex<Vec<(&'static str, Instant, u64)>>);

impl Refusals {
    /// Whether to say it now, and how many came since it was said.
    fn say(&self, reason: &'static str, now: Instant) -> Option<u64> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, last, since)) = said.iter_mut().find(|(known, ..)| *known == reason) else {
            said.push((reason, now, 0));
            return Some(0);
        };
        if now.saturating_duration_since(*last) < PAUSE {
            *since += 1;
            return None;
        }
        *last = now;
        Some(std::mem::take(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_said_once_a_minute_with_what_came_in_between() {
        let refusals = Refusals::default();
        let start = Instant::now();
        let at = |reason, seconds| refusals.say(reason, start + Duration::from_secs(seconds));
        assert_eq!(at("signature", 0), Some(0));
        assert_eq!(at("signature", 1), None);
        assert_eq!(at("parse", 2), Some(0));
        assert_eq!(at("signature", 59), None);
        assert_eq!(at("signature", 60), Some(2));
        assert_eq!(at("signature", 119), None);
        assert_eq!(at("signature", 500), Some(1));
    }
}
