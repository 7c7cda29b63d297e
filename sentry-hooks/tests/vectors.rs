//! The published signature vectors, which another tool wrote.
#![cfg(feature = "webhook")]
#![allow(clippy::unwrap_used, reason = "test code")]

use sentry_hooks::{Headers, ReceiveError, SignatureError, Verifier};
use serde_json::Value;

/// The few lines of base64 the vectors need.
fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter(|b| *b != b'=')
        .map(|b| u32::try_from(DIGITS.iter().position(|d| *d == b).unwrap()).unwrap())
        .collect();
    let mut out = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, d| bits << 6 | d) << (6 * (4 - group.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}

#[test]
fn every_vector_has_its_verdict_and_its_reason() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/signatures.json")).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() > 40);
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let secrets = vector["secrets"].as_array().unwrap();
        let secrets = secrets.iter().map(|s| s.as_str().unwrap());
        let body = match &vector["body"] {
            Value::String(text) => text.clone().into_bytes(),
            _ => base64(vector["body_base64"].as_str().unwrap()),
        };
        let pairs = vector["headers"].as_object().unwrap();
        let headers = Headers::from_pairs(pairs.iter().map(|(n, v)| (n, v.as_str().unwrap())));
        let got = Verifier::with_secrets(secrets).unwrap().receive(headers, body.into());
        let reason = match &got {
            Ok(delivery) => {
                let matched = vector["matched"].as_u64().and_then(|n| usize::try_from(n).ok());
                assert_eq!(delivery.matched_secret(), matched, "{name}");
                None
            }
            Err(ReceiveError::Signature(SignatureError::Missing)) => Some("missing"),
            Err(ReceiveError::Signature(SignatureError::Malformed)) => Some("malformed"),
            Err(ReceiveError::Signature(SignatureError::Mismatch)) => Some("mismatch"),
            Err(other) => panic!("{name}: {other}"),
        };
        assert_eq!(reason, vector["reason"].as_str(), "{name}");
        assert_eq!(vector["verdict"] == "valid", got.is_ok(), "{name}");
    }
}
