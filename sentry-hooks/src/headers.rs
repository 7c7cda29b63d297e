//! What a delivery's headers say, whatever framework they come from.

/// Which of Sentry's mechanisms sent a delivery, told from its signature header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Channel {
    /// A webhook of the integration platform (`Sentry-Hook-Signature`).
    Webhook,
    /// A request by which Sentry calls an integration and waits (`Sentry-App-Signature`).
    ExternalRequest,
    /// A project's service hook (`X-ServiceHook-Signature`).
    ServiceHook,
    /// No signature header: the legacy plugin, or not Sentry at all.
    #[default]
    Unsigned,
}

/// The headers of a delivery. None of them is covered by the signature.
///
/// Built from any pairs of name and value; names are compared without case:
///
/// ```
/// use sentry_hooks::{Channel, Headers};
///
/// let headers = Headers::from_pairs([
///     ("sentry-hook-resource", "issue"),
///     ("Sentry-Hook-Timestamp", "1767323045"),
///     ("Sentry-Hook-Signature", "00"),
/// ]);
/// assert_eq!(headers.channel(), Channel::Webhook);
/// assert_eq!(headers.resource(), Some("issue"));
/// assert_eq!(headers.timestamp_hint(), Some(1_767_323_045));
/// ```
///
/// With the `http` crate: `Headers::from_pairs(map.iter().map(|(n, v)| (n.as_str(), v)))`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    signature: Signature,
    values: [Option<Box<str>>; NAMES.len()],
    encoded: bool,
}

/// The signature as it stands in its header; not a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Signature {
    #[default]
    Missing,
    One(Channel, Box<[u8]>),
    /// Two signatures: nobody can say which one counts.
    Ambiguous(Channel),
}

/// Headers that are kept, in lower case; the constants below index them.
const NAMES: [&str; 7] = [
    "sentry-hook-resource",
    "sentry-hook-timestamp",
    "request-id",
    "idempotency-key",
    "x-servicehook-timestamp",
    "x-servicehook-guid",
    "content-encoding",
];
const RESOURCE: usize = 0;
const TIMESTAMP: usize = 1;
const REQUEST_ID: usize = 2;
const IDEMPOTENCY_KEY: usize = 3;
const SERVICE_HOOK_TIMESTAMP: usize = 4;
const SERVICE_HOOK_GUID: usize = 5;
const CONTENT_ENCODING: usize = 6;

impl Headers {
    /// Reads the headers that matter; the others are passed over, as are values that are no text.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let mut headers = Self::default();
        for (name, value) in pairs {
            headers.add(name.as_ref(), value.as_ref());
        }
        headers
    }

    fn add(&mut self, name: &str, value: &[u8]) {
        if let Some(channel) = signed_channel(name) {
            self.signature = match self.signature {
                Signature::Missing => Signature::One(channel, value.into()),
                Signature::One(first, _) | Signature::Ambiguous(first) => {
                    Signature::Ambiguous(first)
                }
            };
        } else if let Some(index) = NAMES.iter().position(|n| n.eq_ignore_ascii_case(name)) {
            let text = std::str::from_utf8(value).unwrap_or_default().trim();
            if index == CONTENT_ENCODING {
                self.encoded |= !text.is_empty() && !text.eq_ignore_ascii_case("identity");
            } else if !text.is_empty() && self.values[index].is_none() {
                self.values[index] = Some(text.into());
            }
        }
    }

    /// Which mechanism the delivery came by.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self.signature {
            Signature::Missing => Channel::Unsigned,
            Signature::One(channel, _) | Signature::Ambiguous(channel) => channel,
        }
    }

    /// The signature: `None` where there is none, empty where there is more than one.
    #[must_use]
    pub fn signature(&self) -> Option<&[u8]> {
        match &self.signature {
            Signature::Missing => None,
            Signature::One(_, value) => Some(value),
            Signature::Ambiguous(_) => Some(&[]),
        }
    }

    /// `Sentry-Hook-Resource`: what the delivery is about.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        self.values[RESOURCE].as_deref()
    }

    /// `Request-ID`: another one on each attempt, so no key for repeats.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.values[REQUEST_ID].as_deref()
    }

    /// `Idempotency-Key`: the same on each attempt; only newer servers send it.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.values[IDEMPOTENCY_KEY].as_deref()
    }

    /// When the request was built, in seconds since 1970, **as an unsigned header claims**: a hint
    /// for logs, no protection against replays.
    #[must_use]
    pub fn timestamp_hint(&self) -> Option<i64> {
        let text = self.values[TIMESTAMP].as_ref().or(self.values[SERVICE_HOOK_TIMESTAMP].as_ref());
        text?.parse().ok()
    }

    /// `X-ServiceHook-GUID`: which service hook it is.
    #[must_use]
    pub fn service_hook_guid(&self) -> Option<&str> {
        self.values[SERVICE_HOOK_GUID].as_deref()
    }

    /// Whether the body is compressed. Sentry never does that, and the signature covers the bytes
    /// before any compression, so such a request is refused.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        self.encoded
    }

    /// Name and value of each header worth keeping, for stores; the signature is not among them.
    ///
    /// [`Headers::from_pairs`] reads them back, except for the [`Channel`].
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        NAMES.iter().zip(&self.values).filter_map(|(name, value)| Some((*name, value.as_deref()?)))
    }

    /// Sets the channel of headers that come from a store, where no signature is kept.
    #[must_use]
    pub fn with_channel(mut self, channel: Channel) -> Self {
        self.signature = match channel {
            Channel::Unsigned => Signature::Missing,
            channel => Signature::One(channel, Box::default()),
        };
        self
    }
}

fn signed_channel(name: &str) -> Option<Channel> {
    if name.eq_ignore_ascii_case("sentry-hook-signature") {
        Some(Channel::Webhook)
    } else if name.eq_ignore_ascii_case("sentry-app-signature") {
        Some(Channel::ExternalRequest)
    } else if name.eq_ignore_ascii_case("x-servicehook-signature") {
        Some(Channel::ServiceHook)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mechanism_has_its_header() {
        for (name, channel) in [
            ("SENTRY-HOOK-SIGNATURE", Channel::Webhook),
            ("Sentry-App-Signature", Channel::ExternalRequest),
            ("x-servicehook-signature", Channel::ServiceHook),
        ] {
            let headers = Headers::from_pairs([(name, "ab")]);
            assert_eq!(headers.channel(), channel);
            assert_eq!(headers.signature(), Some(&b"ab"[..]));
        }
        let none = Headers::from_pairs([("content-type", "application/json")]);
        assert_eq!((none.channel(), none.signature()), (Channel::Unsigned, None));
    }

    #[test]
    fn two_signatures_are_none_that_could_verify() {
        for second in ["Sentry-Hook-Signature", "Sentry-App-Signature"] {
            let headers = Headers::from_pairs([("sentry-hook-signature", "a"), (second, "b")]);
            assert_eq!(headers.signature(), Some(&b""[..]));
        }
    }

    #[test]
    fn the_first_of_repeated_headers_counts_and_bytes_that_are_no_text_do_not() {
        let headers = Headers::from_pairs([
            ("Sentry-Hook-Resource", &b"issue"[..]),
            ("Sentry-Hook-Resource", b"error"),
            ("Request-ID", b"\xff"),
            ("Sentry-Hook-Timestamp", b"soon"),
        ]);
        assert_eq!(headers.resource(), Some("issue"));
        assert_eq!(headers.request_id(), None);
        assert_eq!(headers.timestamp_hint(), None);
    }

    #[test]
    fn any_content_encoding_but_identity_counts() {
        for (value, encoded) in [("gzip", true), ("identity", false), ("", false), ("br", true)] {
            let headers = Headers::from_pairs([("Content-Encoding", value)]);
            assert_eq!(headers.is_encoded(), encoded, "{value}");
        }
    }

    #[test]
    fn pairs_read_back() {
        let headers = Headers::from_pairs([
            ("Sentry-Hook-Resource", "issue"),
            ("Idempotency-Key", "k"),
            ("Sentry-Hook-Signature", "ab"),
        ]);
        let back = Headers::from_pairs(headers.pairs()).with_channel(headers.channel());
        assert_eq!(back.resource(), Some("issue"));
        assert_eq!(back.idempotency_key(), Some("k"));
        assert_eq!(back.channel(), Channel::Webhook);
    }
}
