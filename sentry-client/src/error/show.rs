//! Errors as text: no secret, no URL, nothing that Sentry wrote.

use std::fmt;

use super::{Error, Kind};
use crate::LimitedBy;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.operation)?;
        match &inner.kind {
            Kind::NotFound => f.write_str("not found")?,
            Kind::Moved => f.write_str("moved elsewhere")?,
            Kind::Unauthorized => f.write_str("unauthorized")?,
            Kind::Forbidden => f.write_str("forbidden")?,
            Kind::MissingScope(scope) => write!(f, "the token lacks the scope {scope}")?,
            Kind::RateLimited(LimitedBy::Concurrency) => {
                f.write_str("rate limited (too many requests at the same time)")?;
            }
            Kind::RateLimited(_) => f.write_str("rate limited")?,
            Kind::Invalid => f.write_str("invalid request")?,
            Kind::Argument(why) => f.write_str(why)?,
            Kind::Conflict => f.write_str("conflict")?,
            Kind::Unavailable => f.write_str("unavailable")?,
            Kind::Timeout => f.write_str("timed out")?,
            Kind::Connect => f.write_str("no connection")?,
            Kind::Unreadable(why) => write!(f, "unreadable answer ({why})")?,
        }
        if let Some(status) = inner.status {
            write!(f, ", status {status}")?;
        }
        if let Some(code) = &inner.body.code {
            write!(f, ", {code}")?;
        }
        if !inner.body.fields.is_empty() {
            write!(f, ", refused: {}", inner.body.fields.join(", "))?;
        }
        if let Some(retry) = inner.retry {
            write!(f, ", retry after {} s", retry.after.as_secs())?;
        }
        if let (2.., Some(elapsed)) = (inner.attempts, inner.elapsed) {
            write!(f, ", after {} attempts in {:.1} s", inner.attempts, elapsed.as_secs_f64())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("code", &self.0.body.code)
            .field("fields", &self.0.body.fields)
            .field("retry", &self.0.retry)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}
