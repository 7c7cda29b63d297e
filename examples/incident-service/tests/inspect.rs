//! `inspect` states every fact that the webhook corpus expects.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use bytes::Bytes;
use incident_service::inspect::inspect;
use sentry_hooks::{Headers, Verifier};
use serde_json::Value;

#[test]
fn every_body_of_the_corpus_gives_the_expected_facts() {
    let Some(corpus) = common::shared("sentry/corpus/webhooks") else { return };
    let index: Value =
        serde_json::from_slice(&std::fs::read(corpus.join("INDEX.json")).unwrap()).unwrap();
    let verifier = Verifier::new(index["secret"].as_str().unwrap()).unwrap();
    let mut wrong = Vec::new();
    let files = index["files"].as_array().unwrap();
    for entry in files {
        let name = entry["file"].as_str().unwrap();
        let body = Bytes::from(std::fs::read(corpus.join(name)).unwrap());
        let inspected = inspect(headers(entry), body, Some(&verifier));
        let facts = serde_json::to_value(&inspected.facts).unwrap();
        if facts["signature"] != "valid" {
            wrong.push(format!("{name}: signature {}", facts["signature"]));
        }
        for (key, expected) in entry["expect"].as_object().unwrap() {
            let found = facts.get(key);
            let right = match (expected, found) {
                (Value::String(absent), None) => absent == "<absent>",
                (expected, Some(found)) => same(expected, found),
                _ => false,
            };
            if !right {
                wrong.push(format!("{name}: {key}: expected {expected}, found {found:?}"));
            }
        }
        assert_eq!(inspected.error.is_some(), facts.get("json_error").is_some(), "{name}");
    }
    assert!(files.len() >= 50);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn headers(entry: &Value) -> Headers {
    let mut pairs: Vec<(String, String)> = entry["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let signature = entry["signature"].as_str().unwrap().to_owned();
    let name = entry["signature_header"].as_str().unwrap_or("Sentry-Hook-Signature");
    pairs.push((name.to_owned(), signature));
    Headers::from_pairs(pairs)
}

/// Equal, where 60 and 60.0 are the same number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn signatures_are_valid_invalid_or_unchecked() {
    let body = || Bytes::from_static(br#"{"action":"created","data":{"comment_id":1}}"#);
    let verifier = Verifier::new("secret").unwrap();
    let good = sentry_hooks::sign("secret", &body()).unwrap();
    let with = |signature: &str| Headers::from_pairs([("Sentry-Hook-Signature", signature)]);
    let word = |headers, verifier| {
        let facts = inspect(headers, body(), verifier).facts;
        let text = |key| facts.get(key).and_then(Value::as_str).map(str::to_owned);
        (text("signature").unwrap(), text("signature_reason"))
    };
    assert_eq!(word(with(&good), Some(&verifier)), ("valid".into(), None));
    assert_eq!(word(with(&good), None), ("unchecked".into(), None));
    let bad = good.replace(&good[..1], if good.starts_with('0') { "1" } else { "0" });
    assert_eq!(word(with(&bad), Some(&verifier)), ("invalid".into(), Some("mismatch".into())));
    assert_eq!(
        word(Headers::default(), Some(&verifier)),
        ("invalid".into(), Some("missing".into()))
    );
    let copied =
        sentry_hooks::sign("secret", b"{\"action\": \"created\", \"data\": {\"comment_id\": 1}}")
            .unwrap();
    assert_eq!(
        word(with(&copied), Some(&verifier)),
        ("invalid".into(), Some("re_serialised".into()))
    );
    let empty = sentry_hooks::sign("secret", b"").unwrap();
    assert_eq!(word(with(&empty), Some(&verifier)), ("invalid".into(), Some("empty_body".into())));
    assert_eq!(
        word(with("sha256=00"), Some(&verifier)),
        ("invalid".into(), Some("malformed".into()))
    );
}

#[test]
fn a_header_that_contradicts_the_body_is_named() {
    let body = Bytes::from_static(br#"{"action":"created","data":{"issue":{"id":"1"}}}"#);
    let headers = Headers::from_pairs([("Sentry-Hook-Resource", "comment")]);
    let inspected = inspect(headers, body, None);
    assert!(inspected.error.is_some());
    assert!(inspected.facts.get("error").is_some());
}
