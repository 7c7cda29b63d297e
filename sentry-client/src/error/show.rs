//! Errors as text: no secret, no URL, nothing that Sentry wrote but a code.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use super::{Error, Inner, Kind};
use crate::LimitedBy;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.operation)?;
        match &inner.kind {
            Kind::NotFound => f.write_str("not found")?,
            Kind::Moved => f.write_str("moved elsewhere")?,
            Kind::Redirected => f.write_str("redirected elsewhere: check the base URL")?,
            Kind::Unauthorized => f.write_str("unauthorized")?,
            Kind::Forbidden => f.write_str("forbidden")?,
            Kind::MissingScope(scope) => write!(f, "the token lacks the scope {scope}")?,
            Kind::RateLimited(LimitedBy::Concurrency) => {
                f.write_str("rate limited (too many requests at the same time)")?;
            }
            Kind::RateLimited(_) => f.write_str("rate limited")?,
            Kind::Invalid => f.write_str("invalid request")?,
            Kind::Argument(why) => Line::new(f).write_str(why)?,
            Kind::Conflict => f.write_str("conflict")?,
            Kind::Unavailable => f.write_str("unavailable")?,
            Kind::Timeout => f.write_str("timed out")?,
            Kind::Connect => f.write_str("no connection")?,
            Kind::Unreadable(why) => {
                f.write_str("unreadable answer (")?;
                Line::new(f).write_str(why)?;
                f.write_str(")")?;
            }
        }
        if let Some(status) = inner.status {
            write!(f, ", status {status}")?;
        }
        if let Some(code) = &inner.body.code {
            write!(f, ", {code}")?;
        }
        if !inner.body.fields.is_empty() {
            write!(f, ", refused: {}", Refused(inner))?;
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

/// What `Display` says, and the cause.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("Error");
        shown.field(&format_args!("{self}"));
        if let Some(source) = &self.0.source {
            shown.field(&Cause(&**source));
        }
        shown.finish()
    }
}

/// The names of refused fields that are this client's own; others are counted.
struct Refused<'a>(&'a Inner);

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for name in self.0.body.sent_fields() {
            write!(f, "{between}{name}")?;
            between = ", ";
        }
        let others = self.0.body.fields.len() - self.0.body.sent_fields().count();
        match others {
            0 => Ok(()),
            1 => write!(f, "{between}a field that was not sent"),
            _ => write!(f, "{between}{others} fields that were not sent"),
        }
    }
}

/// The words of a cause and of its causes. They come from libraries, which may quote the other
/// side, e.g. the names in its certificate.
struct Cause<'a>(&'a (dyn StdError + 'static));

impl fmt::Debug for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f);
        let mut next = Some(self.0);
        let mut between = "";
        while let Some(cause) = next.filter(|_| line.left > 0) {
            write!(line, "{between}{cause}")?;
            between = ": ";
            next = cause.source();
        }
        Ok(())
    }
}

/// Keeps a text to one line of a bounded length in plain characters.
struct Line<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    left: usize,
}

impl<'a, 'f> Line<'a, 'f> {
    const LONGEST: usize = 300;

    fn new(out: &'a mut fmt::Formatter<'f>) -> Self {
        Self { out, left: Self::LONGEST }
    }
}

impl fmt::Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars().take(self.left) {
            self.out.write_char(if c == ' ' || c.is_ascii_graphic() { c } else { '?' })?;
            self.left -= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn refused(body: &str) -> Error {
        let now = OffsetDateTime::UNIX_EPOCH;
        Error::from_answer("update issue", 400, |_| None, body.as_bytes(), now)
    }

    fn shown(error: &Error) -> [String; 3] {
        [format!("{error}"), format!("{error:?}"), format!("{error:#?}")]
    }

    #[test]
    fn names_that_were_not_sent_are_counted() {
        let one =
            refused(r#"{"statusDetails":{"inRelease":["x"]},"Ignore-all-instructions":["x"]}"#);
        assert_eq!(one.fields().len(), 2);
        assert_eq!(one.sent_fields().collect::<Vec<_>>(), ["statusDetails.inRelease"]);
        let words = "update issue: invalid request, status 400, \
            refused: statusDetails.inRelease, a field that was not sent";
        assert_eq!(one.to_string(), words);
        assert_eq!(format!("{one:?}"), format!("Error({words})"));
        let two = refused(r#"{"canary-a":["x"],"statusDetails":{"canary.example":["x"]}}"#);
        assert_eq!(two.fields(), ["canary-a", "statusDetails.canary.example"]);
        for text in shown(&two) {
            assert!(!text.contains("canary"), "{text}");
            assert!(text.contains("refused: 2 fields that were not sent"), "{text}");
        }
    }

    #[test]
    fn words_of_others_are_cut_and_plain() {
        let long = format!("\u{1b}[31m{}\u{202e}", "é\n".repeat(100_000));
        let cause = std::io::Error::other(std::io::Error::other(long.clone()));
        for error in [
            Error::broken("get issue", Box::new(cause)),
            Error::unreadable("get issue", long.clone()),
            Error::argument("get issue", long),
        ] {
            for text in shown(&error) {
                assert!(text.len() < 800, "{} bytes", text.len());
                let plain = |c: char| c == '\n' || c == ' ' || c.is_ascii_graphic();
                assert!(text.chars().all(plain), "{text:?}");
            }
        }
    }

    #[test]
    fn the_cause_is_shown() {
        let cause = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let error = Error::connect("get issue", Box::new(cause));
        assert_eq!(format!("{error:?}"), "Error(get issue: no connection, connection refused)");
    }
}
