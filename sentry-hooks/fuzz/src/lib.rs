//! What the fuzz targets check, apart from them so that an ordinary test can replay stored inputs:
//! the crate's test `fuzz_corpus` includes this file.

use sentry_hooks::{
    Channel, Fingerprint, Headers, Policy, Verifier, cooldown_key, danger, diagnose, model::Event,
    sign,
};

/// Header lines, `name: value`: whatever is kept reads back the same.
pub fn headers(data: &[u8]) {
    let pairs = data.split(|b| *b == b'\n').filter_map(|line| {
        let colon = line.iter().position(|b| *b == b':')?;
        Some((std::str::from_utf8(&line[..colon]).ok()?, &line[colon + 1..]))
    });
    let headers = Headers::from_pairs(pairs);
    let back = Headers::from_pairs(headers.pairs()).with_channel(headers.channel());
    assert_eq!(headers.channel(), back.channel());
    assert_eq!(headers.resource(), back.resource());
    assert_eq!(headers.idempotency_key(), back.idempotency_key());
    assert_eq!(headers.request_id(), back.request_id());
    assert_eq!(headers.timestamp_hint(), back.timestamp_hint());
    assert_eq!(headers.signature().is_none(), headers.channel() == Channel::Unsigned);
}

/// A line of signature, then a body: nothing verifies but what was signed.
pub fn verify(data: &[u8]) {
    let verifier = Verifier::with_secrets(["fuzz", "other"]).expect("the secrets are not empty");
    let end = data.iter().position(|b| *b == b'\n').unwrap_or(data.len());
    let (signature, body) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let good = sign("other", body).expect("the secret is not empty");
    assert_eq!(verifier.verify(body, Some(good.as_bytes())), Ok(1));
    let theirs = sign("fuzz", body).expect("the secret is not empty");
    let expected = signature == good.as_bytes() || signature == theirs.as_bytes();
    assert_eq!(verifier.verify(body, Some(signature)).is_ok(), expected);
    let _ = diagnose::diagnose(&verifier, body, Some(signature));
}

/// A byte that chooses the headers, then a body: what is read is written back as it came, and
/// valid JSON is exactly what `serde_json` takes for valid.
pub fn parse(data: &[u8]) {
    let Some((&choice, body)) = data.split_first() else { return };
    let resources = ["issue", "error", "event_alert", "seer", "metric_alert", "weather"];
    let signatures =
        ["Sentry-Hook-Signature", "Sentry-App-Signature", "X-ServiceHook-Signature", "x"];
    let resource = resources.get(usize::from(choice & 7)).map(|r| ("Sentry-Hook-Resource", *r));
    let signature = (signatures[usize::from(choice >> 3 & 3)], "00");
    let headers = Headers::from_pairs(resource.into_iter().chain([signature]));
    let delivery = danger::unverified_delivery(headers, body.to_vec().into());
    let valid = serde_json::from_slice::<&serde_json::value::RawValue>(body);
    match delivery.webhook() {
        Ok(webhook) if webhook.raw().get().is_empty() => assert!(body.is_empty()),
        Ok(webhook) => {
            let raw = valid.expect("what we read is valid JSON");
            assert_eq!(webhook.raw().get(), raw.get());
            let owned = webhook.clone().into_owned();
            assert_eq!(owned.issue_id(), webhook.issue_id());
            assert_eq!(owned.raw().get(), raw.get());
            let _ = (Policy::new().filter(&owned), cooldown_key(&owned), format!("{owned:?}"));
        }
        Err(error) => {
            use sentry_hooks::ParseError as E;
            let ours = matches!(
                error,
                E::Contradiction { .. } | E::NotAnObject | E::TooDeep { .. } | E::Empty
            );
            assert!(ours || valid.is_err(), "valid JSON refused: {error}");
        }
    }
}

/// An event in either form: reading it owned or borrowed is the same, and its fingerprint does not
/// depend on which.
pub fn fingerprint(data: &[u8]) {
    for event in [Event::from_webhook_json(data), Event::from_rest_json(data)] {
        let Ok(event) = event else { continue };
        let owned = event.clone().into_owned();
        assert_eq!(owned, event);
        assert_eq!(Fingerprint::of_event(&owned), Fingerprint::of_event(&event));
        let text = serde_json::to_string(&event).expect("an event can be written");
        assert_eq!(text, event.raw().get());
        let again = Event::from_json(text.as_bytes());
        assert!(again.is_err() || !text.is_empty());
    }
    if let Ok(event) = Event::from_json(data) {
        let _ = (event.crash_frame(), event.timestamp(), event.host(), event.issue_id());
    }
}
