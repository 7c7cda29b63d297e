//! Taking a body in, chunk by chunk, within a limit; the part of receiving that every framework
//! shares.

use bytes::{Bytes, BytesMut};

use crate::{Delivery, Headers, ReceiveError, SignatureError, Verifier};

/// A body on its way in. It never holds more than its limit and one chunk.
///
/// ```
/// use bytes::Bytes;
/// use sentry_hooks::{Headers, Intake, Verifier, sign};
///
/// let signature = sign("secret", b"{\"action\":\"created\",\"data\":{\"comment_id\":1}}")?;
/// let headers = Headers::from_pairs([("Sentry-Hook-Signature", &*signature)]);
/// let mut intake = Intake::begin(headers, None, 1024)?;
/// intake.push(Bytes::from_static(b"{\"action\":\"created\","))?;
/// intake.push(Bytes::from_static(b"\"data\":{\"comment_id\":1}}"))?;
/// let delivery = intake.finish(&Verifier::new("secret")?)?;
/// assert_eq!(delivery.webhook()?.resource().as_str(), "comment");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Intake {
    headers: Headers,
    limit: usize,
    chunks: Chunks,
}

/// Most bodies come in one chunk, which is then not copied.
#[derive(Debug)]
enum Chunks {
    One(Bytes),
    Many(BytesMut),
}

impl Intake {
    /// Looks at the headers before any byte of the body is read.
    ///
    /// # Errors
    ///
    /// [`ReceiveError::Encoded`] for a compressed body, [`ReceiveError::TooLarge`] when the
    /// announced length is over the limit, [`ReceiveError::Signature`] when there is no signature.
    pub fn begin(
        headers: Headers,
        content_length: Option<u64>,
        limit: usize,
    ) -> Result<Self, ReceiveError> {
        if headers.is_encoded() {
            return Err(ReceiveError::Encoded);
        }
        if content_length.is_some_and(|length| length > limit as u64) {
            return Err(ReceiveError::TooLarge { limit });
        }
        if headers.signature().is_none() {
            return Err(SignatureError::Missing.into());
        }
        Ok(Self { headers, limit, chunks: Chunks::One(Bytes::new()) })
    }

    /// Takes the next chunk.
    ///
    /// # Errors
    ///
    /// [`ReceiveError::TooLarge`] when the body is now over the limit.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), ReceiveError> {
        if self.len() + chunk.len() > self.limit {
            return Err(ReceiveError::TooLarge { limit: self.limit });
        }
        match &mut self.chunks {
            Chunks::One(first) if first.is_empty() => *first = chunk,
            Chunks::One(first) => {
                let mut all = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                all.extend_from_slice(first);
                all.extend_from_slice(&chunk);
                self.chunks = Chunks::Many(all);
            }
            Chunks::Many(all) => all.extend_from_slice(&chunk),
        }
        Ok(())
    }

    /// Verifies the whole body, and checks that it can be read: [`Delivery::webhook`] of the
    /// result does not fail.
    ///
    /// # Errors
    ///
    /// [`ReceiveError::Signature`]; [`ReceiveError::Parse`] for broken JSON, and where header and
    /// body contradict each other.
    pub fn finish(self, verifier: &Verifier) -> Result<Delivery, ReceiveError> {
        let body = match self.chunks {
            Chunks::One(bytes) => bytes,
            Chunks::Many(all) => all.freeze(),
        };
        let delivery = verifier.receive(self.headers, body)?;
        delivery.webhook()?;
        Ok(delivery)
    }

    fn len(&self) -> usize {
        match &self.chunks {
            Chunks::One(bytes) => bytes.len(),
            Chunks::Many(all) => all.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign;

    const BODY: &[u8] = br#"{"action":"created","data":{"comment_id":1,"issue_id":7}}"#;

    fn begin(limit: usize) -> Result<Intake, ReceiveError> {
        let headers = Headers::from_pairs([("Sentry-Hook-Signature", sign("s", BODY).unwrap())]);
        Intake::begin(headers, None, limit)
    }

    #[test]
    fn the_limit_is_exact_however_the_body_is_cut() {
        let verifier = Verifier::new("s").unwrap();
        for size in 1..=BODY.len() {
            let mut fits = begin(BODY.len()).unwrap();
            for chunk in BODY.chunks(size) {
                fits.push(Bytes::copy_from_slice(chunk)).unwrap();
            }
            assert_eq!(fits.finish(&verifier).unwrap().body(), BODY);

            let mut over = begin(BODY.len() - 1).unwrap();
            let refused: Result<(), _> =
                BODY.chunks(size).try_for_each(|c| over.push(Bytes::copy_from_slice(c)));
            assert_eq!(refused, Err(ReceiveError::TooLarge { limit: BODY.len() - 1 }));
        }
    }

    #[test]
    fn headers_alone_can_be_enough_to_refuse() {
        let begin = |pairs: &[(&str, &str)], length| {
            Intake::begin(Headers::from_pairs(pairs.iter().copied()), length, 10).map(|_| ())
        };
        let signed = ("Sentry-Hook-Signature", "00");
        assert_eq!(begin(&[signed], Some(10)), Ok(()));
        assert_eq!(begin(&[signed], Some(11)), Err(ReceiveError::TooLarge { limit: 10 }));
        assert_eq!(begin(&[], None), Err(SignatureError::Missing.into()));
        assert_eq!(
            begin(&[signed, ("Content-Encoding", "gzip")], None),
            Err(ReceiveError::Encoded)
        );
    }
}
