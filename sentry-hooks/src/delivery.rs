//! One verified delivery, owned.

use std::fmt;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{
    Channel, Headers, ParseError, Provenance, ReceiveError, TypedPayload, Verified, Webhook,
};

/// One verified delivery: its bytes and its headers.
///
/// It owns its bytes and is cheap to clone, so it travels in request extensions, queues and stores.
/// [`Delivery::webhook`] gives typed views that borrow from it.
///
/// ```
/// use bytes::Bytes;
/// use sentry_hooks::{Headers, Verifier, sign};
///
/// let body = Bytes::from_static(br#"{"action":"created","data":{"issue":{"id":"43"}}}"#);
/// let headers = Headers::from_pairs([
///     ("Sentry-Hook-Resource", "issue"),
///     ("Sentry-Hook-Signature", &*sign("secret", &body)?),
/// ]);
/// let delivery = Verifier::new("secret")?.receive(headers, body)?;
/// assert_eq!(delivery.webhook()?.issue_id().unwrap(), "43");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Delivery {
    headers: Headers,
    verified: Verified,
}

impl Delivery {
    /// Puts headers and verified bytes together; [`Verifier::receive`](crate::Verifier::receive)
    /// does it for requests.
    #[must_use]
    pub fn new(headers: Headers, verified: Verified) -> Self {
        Self { headers, verified }
    }

    /// Reads the body.
    ///
    /// # Errors
    ///
    /// [`ParseError`] when the body is not valid JSON, not an object, or contradicts the
    /// `Sentry-Hook-Resource` header. Unknown resources, actions and members are no errors.
    pub fn webhook(&self) -> Result<Webhook<'_>, ParseError> {
        Webhook::parse(&self.headers, &self.verified.body)
    }

    /// Reads the body as one resource's payload, detached.
    ///
    /// # Errors
    ///
    /// [`ReceiveError::Parse`] as [`Delivery::webhook`]; [`ReceiveError::OtherResource`] when the
    /// delivery is of another resource.
    pub fn payload<T: TypedPayload>(&self) -> Result<T, ReceiveError> {
        T::from_payload(self.webhook()?.into_payload().into_owned())
            .ok_or(ReceiveError::OtherResource { expected: T::RESOURCE })
    }

    /// The bytes as they were signed.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.verified.body
    }

    /// The headers, none of which is signed.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Which mechanism it came by.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.headers.channel()
    }

    /// Index of the secret that verified it; `None` when it comes from a store or from
    /// [`danger`](crate::danger).
    #[must_use]
    pub fn matched_secret(&self) -> Option<usize> {
        match self.verified.provenance {
            Provenance::Secret(index) => Some(index),
            Provenance::Store | Provenance::Nobody => None,
        }
    }

    /// Who says that the bytes may be parsed.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.verified.provenance
    }

    /// SHA-256 of the body, computed at each call: tells byte-for-byte repeats.
    ///
    /// A delivery is a repeat when its [`Headers::idempotency_key`] *or* its digest is known: Sentry
    /// may build the body anew for a retry, and whoever replays a delivery can change the headers,
    /// which are not signed.
    #[must_use]
    pub fn body_digest(&self) -> [u8; 32] {
        Sha256::digest(&self.verified.body).into()
    }
}

/// Shows the headers and the body's length, never the body.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("headers", &self.headers)
            .field("bytes", &self.verified.body.len())
            .field("provenance", &self.verified.provenance)
            .finish()
    }
}
