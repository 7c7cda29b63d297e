//! Signatures: bytes become verified bytes here, and nowhere else.

mod hex;

use std::fmt;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{Delivery, Headers, ReceiveError};

/// Checks Sentry's signatures against one or more secrets, keyed once.
///
/// The secret is the integration's *client secret* (for a service hook the hook's own secret), the
/// characters as they stand. Several secrets are for rotation, or for several integrations on one
/// address; which one matched is reported by its index.
///
/// ```
/// use sentry_hooks::{SignatureError, Verifier};
///
/// let verifier = Verifier::new("test-secret-0123456789")?;
/// let signature = b"7d01d2a4c90096f74f0604fd88c1749f4a7ac83ee7d1aff317c3b5350a2c1b43";
/// assert_eq!(verifier.verify(b"{}", Some(signature)), Ok(0));
/// assert_eq!(verifier.verify(b"{ }", Some(signature)), Err(SignatureError::Mismatch));
/// assert_eq!(verifier.verify(b"{}", None), Err(SignatureError::Missing));
/// # Ok::<(), sentry_hooks::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    keys: Box<[Hmac<Sha256>]>,
}

impl Verifier {
    /// A verifier with one secret.
    ///
    /// # Errors
    ///
    /// [`SecretError::Empty`] for a secret of nothing or of white space: anyone could sign with it.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, SecretError> {
        Self::with_secrets([secret])
    }

    /// A verifier with several secrets, tried in this order.
    ///
    /// # Errors
    ///
    /// [`SecretError`] when there is no secret, or one is empty.
    pub fn with_secrets<S: AsRef<[u8]>>(
        secrets: impl IntoIterator<Item = S>,
    ) -> Result<Self, SecretError> {
        let keys: Result<Box<[_]>, _> = secrets.into_iter().map(|s| key(s.as_ref())).collect();
        let keys = keys?;
        if keys.is_empty() { Err(SecretError::None) } else { Ok(Self { keys }) }
    }

    /// Checks a signature as it stands in its header; returns the index of the secret that made it.
    ///
    /// The comparison takes constant time, whatever the signature; nothing is allocated.
    ///
    /// # Errors
    ///
    /// [`SignatureError`], which says more than the sender of a request should be told.
    pub fn verify(&self, body: &[u8], signature: Option<&[u8]>) -> Result<usize, SignatureError> {
        let signature = hex::decode(signature.ok_or(SignatureError::Missing)?)
            .ok_or(SignatureError::Malformed)?;
        for (index, key) in self.keys.iter().enumerate() {
            let mut mac = key.clone();
            mac.update(body);
            if same(&mac.finalize().into_bytes().into(), &signature) {
                return Ok(index);
            }
        }
        Err(SignatureError::Mismatch)
    }

    /// Verifies a request and makes it a [`Delivery`].
    ///
    /// # Errors
    ///
    /// [`ReceiveError::Encoded`] for a compressed body, [`ReceiveError::Signature`] for a bad
    /// signature. The body is not parsed: see [`Delivery::webhook`].
    pub fn receive(&self, headers: Headers, body: Bytes) -> Result<Delivery, ReceiveError> {
        if headers.is_encoded() {
            return Err(ReceiveError::Encoded);
        }
        let secret = self.verify(&body, headers.signature())?;
        Ok(Delivery::new(headers, Verified { body, provenance: Provenance::Secret(secret) }))
    }
}

/// Shows how many secrets there are, nothing else.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("secrets", &self.keys.len()).finish_non_exhaustive()
    }
}

/// Whether two tags are equal, in constant time: word by word, and one comparison at the end.
fn same(ours: &[u8; 32], theirs: &[u8; 32]) -> bool {
    let word =
        |tag: &[u8; 32], i: usize| u64::from_ne_bytes(std::array::from_fn(|j| tag[8 * i + j]));
    let difference = (0..4).fold(0, |all, i| all | (word(ours, i) ^ word(theirs, i)));
    difference.ct_eq(&0).into()
}

fn key(secret: &[u8]) -> Result<Hmac<Sha256>, SecretError> {
    if secret.trim_ascii().is_empty() {
        return Err(SecretError::Empty);
    }
    Ok(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
}

/// Signs a body as Sentry does, for tests and for senders of test deliveries.
///
/// ```
/// use sentry_hooks::{Verifier, sign};
///
/// let signature = sign("secret", b"{}")?;
/// assert_eq!(Verifier::new("secret")?.verify(b"{}", Some(signature.as_bytes())), Ok(0));
/// # Ok::<(), sentry_hooks::SecretError>(())
/// ```
///
/// # Errors
///
/// [`SecretError::Empty`] for a secret of nothing or of white space.
pub fn sign(secret: impl AsRef<[u8]>, body: &[u8]) -> Result<String, SecretError> {
    let mut mac = key(secret.as_ref())?;
    mac.update(body);
    Ok(hex::encode(&mac.finalize().into_bytes()))
}

/// Bytes that may be parsed. Only [`Verifier::receive`] hands them out; the other ways are
/// [`Verified::from_store`] and [`danger`](crate::danger), which carry their names. Nobody else can
/// make one:
///
/// ```compile_fail
/// use sentry_hooks::{Provenance, Verified};
///
/// let body = bytes::Bytes::from_static(b"{}");
/// let verified = Verified { body, provenance: Provenance::Secret(0) };
/// ```
#[derive(Clone)]
pub struct Verified {
    pub(crate) body: Bytes,
    pub(crate) provenance: Provenance,
}

/// Who says that bytes may be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provenance {
    /// A verifier, with the secret of this index.
    Secret(usize),
    /// A store of bytes which were verified before they were stored.
    Store,
    /// Nobody: see [`danger`](crate::danger).
    Nobody,
}

impl Verified {
    /// Bytes that a verifier accepted before they were stored, and that nobody could change since.
    #[must_use]
    pub fn from_store(body: Bytes) -> Self {
        Self { body, provenance: Provenance::Store }
    }

    /// The bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Who says that they may be parsed.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }
}

/// Shows the body's length, never the body.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("bytes", &self.body.len())
            .field("provenance", &self.provenance)
            .finish()
    }
}

/// Why a verifier could not be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// A secret is empty or nothing but white space: anyone could sign with it.
    #[error("a secret is empty")]
    Empty,
    /// There is no secret.
    #[error("no secret given")]
    None,
}

/// Why a signature was refused. On the wire all of these look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// No signature header.
    #[error("no signature")]
    Missing,
    /// More than one signature, or not 64 hex digits in lower case.
    #[error("malformed signature")]
    Malformed,
    /// No secret made this signature for this body.
    #[error("signature does not match")]
    Mismatch,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_secrets_are_refused() {
        assert_eq!(Verifier::new("").unwrap_err(), SecretError::Empty);
        assert_eq!(Verifier::with_secrets(["a", ""]).unwrap_err(), SecretError::Empty);
        for blank in [" ", "\n", "\t \r\n"] {
            assert_eq!(Verifier::new(blank).unwrap_err(), SecretError::Empty);
            assert_eq!(sign(blank, b"{}").unwrap_err(), SecretError::Empty);
        }
        assert_eq!(
            sign(" secret ", b"{}").map(|s| s == sign("secret", b"{}").unwrap()),
            Ok(false),
            "the white space around a secret is part of it"
        );
        assert_eq!(Verifier::with_secrets::<&str>([]).unwrap_err(), SecretError::None);
    }

    #[test]
    fn reports_which_secret_matched_and_shows_none() {
        let verifier = Verifier::with_secrets(["old-secret", "new-secret"]).unwrap();
        let signature = sign("new-secret", b"x").unwrap();
        assert_eq!(verifier.verify(b"x", Some(signature.as_bytes())), Ok(1));
        assert_eq!(format!("{verifier:?}"), "Verifier { secrets: 2, .. }");
    }

    #[test]
    fn malformed_signatures_are_told_from_wrong_ones() {
        let verifier = Verifier::new("s").unwrap();
        let good = sign("s", b"").unwrap();
        assert_eq!(verifier.verify(b"", Some(good.as_bytes())), Ok(0));
        let upper = good.to_uppercase();
        let prefixed = format!("sha256={good}");
        for bad in ["", "0", &good[1..], &upper, &prefixed, &"g".repeat(64), &"é".repeat(32)] {
            let got = verifier.verify(b"", Some(bad.as_bytes()));
            assert_eq!(got, Err(SignatureError::Malformed), "{bad}");
        }
        let wrong = "0".repeat(64);
        assert_eq!(verifier.verify(b"", Some(wrong.as_bytes())), Err(SignatureError::Mismatch));
    }

    proptest! {
        #[test]
        fn any_signed_body_verifies_and_no_flipped_bit_does(
            secret in proptest::collection::vec(any::<u8>(), 1..100)
                .prop_filter("blank secrets are refused", |secret| !secret.trim_ascii().is_empty()),
            mut body in proptest::collection::vec(any::<u8>(), 1..400),
            bit in any::<prop::sample::Index>(),
        ) {
            let verifier = Verifier::new(&secret).unwrap();
            let mut signature = sign(&secret, &body).unwrap().into_bytes();
            prop_assert_eq!(verifier.verify(&body, Some(&signature)), Ok(0));

            let at = bit.index(signature.len() * 8);
            signature[at / 8] ^= 1 << (at % 8);
            prop_assert!(verifier.verify(&body, Some(&signature)).is_err());
            signature[at / 8] ^= 1 << (at % 8);

            let at = bit.index(body.len() * 8);
            body[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(
                verifier.verify(&body, Some(&signature)),
                Err(SignatureError::Mismatch)
            );
        }
    }
}
