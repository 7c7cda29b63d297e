//! A failed extraction.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use sentry_hooks::{ReceiveError, Reply};

/// Why a request was not taken; as a response it says no more than its status.
///
/// The [`ReceiveError`] travels in the response's extensions, where a middleware can count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentryRejection(Reason);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Refused(ReceiveError),
    ReadBefore(ReceiveError),
    NoReceiver,
}

impl SentryRejection {
    /// The application has no [`Receiver`](crate::Receiver) among its data.
    pub(crate) const NO_RECEIVER: Self = Self(Reason::NoReceiver);

    /// A signature that is wrong because somebody had read the body already.
    pub(crate) fn read_before(error: ReceiveError) -> Self {
        Self(Reason::ReadBefore(error))
    }

    /// The reason, for logs and metrics; not for the sender. `None` when the application has no
    /// [`Receiver`](crate::Receiver) among its data: a mistake of the program, answered with 500.
    #[must_use]
    pub fn reason(&self) -> Option<ReceiveError> {
        match self.0 {
            Reason::Refused(error) | Reason::ReadBefore(error) => Some(error),
            Reason::NoReceiver => None,
        }
    }

    /// The text that the sender gets: fixed, the same for every bad signature.
    #[must_use]
    pub fn body_text(&self) -> &'static str {
        self.reply().body
    }

    fn reply(&self) -> Reply {
        match self.0 {
            Reason::Refused(error) | Reason::ReadBefore(error) => error.reply(),
            Reason::NoReceiver => Reply { status: 500, body: "internal server error" },
        }
    }
}

impl From<ReceiveError> for SentryRejection {
    fn from(error: ReceiveError) -> Self {
        Self(Reason::Refused(error))
    }
}

impl fmt::Display for SentryRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Refused(error) => error.fmt(f),
            Reason::ReadBefore(error) => write!(
                f,
                "{error}: the body had been read before; let no other extractor of the handler \
                 (Bytes, String, Json, Form) and no middleware take it"
            ),
            Reason::NoReceiver => f.write_str(
                "no sentry_hooks_actix::Receiver among the application's data: \
                 add it with App::app_data",
            ),
        }
    }
}

impl std::error::Error for SentryRejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Refused(error) | Reason::ReadBefore(error) => Some(error),
            Reason::NoReceiver => None,
        }
    }
}

impl ResponseError for SentryRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.reply().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code())
            .content_type(Reply::CONTENT_TYPE)
            .body(self.body_text());
        if let Some(error) = self.reason() {
            response.extensions_mut().insert(error);
        }
        response
    }
}
