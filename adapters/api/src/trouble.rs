//! What only the operator of the service can mend, told in the log once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A failure that no caller and no repetition mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Trouble {
    kind: Kind,
    operation: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Token,
    Scope,
    Redirect,
}

impl Trouble {
    pub(crate) fn of(error: &sentry_client::Error) -> Option<Self> {
        let kind = if error.is_unauthorized() {
            Kind::Token
        } else if error.is_forbidden() {
            Kind::Scope
        } else if error.is_redirected() {
            Kind::Redirect
        } else {
            return None;
        };
        Some(Self { kind, operation: error.operation() })
    }
}

/// What was told already: at most one entry for each call that the client can make.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<BTreeSet<Trouble>>);

impl Told {
    /// Logs the trouble unless the same call had it before. Nothing of what Sentry wrote is in it.
    pub(crate) fn tell(&self, trouble: Option<Trouble>) {
        let Some(trouble) = trouble else { return };
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(trouble) {
            return;
        }
        let operation = trouble.operation;
        match trouble.kind {
            Kind::Token => tracing::warn!(operation, "Sentry does not accept this service's token"),
            Kind::Scope => tracing::warn!(
                operation,
                "Sentry forbids this to the service's token: it lacks a scope (reading needs {}; \
                 changing issues {}), or its owner has no access to the project",
                sentry_client::scope::READ.join(", "),
                sentry_client::scope::WRITE.join(", "),
            ),
            Kind::Redirect => tracing::warn!(
                operation,
                "what is at Sentry's address redirects elsewhere: check SENTRY_BASE_URL, and that \
                 no proxy wants somebody to sign in"
            ),
        }
    }
}
