//! Parsing, and the whole way from request to decision, against `serde_json::Value` alone.

use std::hint::black_box;

use bytes::Bytes;
use sentry_hooks::{
    Delivery, Fingerprint, Headers, Policy, Verified, Verifier, model::Level, sign,
};
use serde_json::Value;

use crate::{
    measure::{Contestant, race},
    sample,
};

pub(crate) fn run() {
    for ((size, body), goal) in sample::sizes().iter().zip([0.25, 0.20, 0.25]) {
        let delivery = stored(body);
        let outcomes = race(vec![
            value(body),
            Contestant::new("typed", || questions(black_box(&delivery))),
            Contestant::new("typed with frames", || frames(black_box(&delivery))),
        ]);
        println!(
            "| parse {size} ({} bytes) typed, time against `serde_json::Value` | ≤ {goal:.2} | {:.2} ({:.2?}) |",
            body.len(),
            outcomes[1].ratio,
            outcomes[1].time
        );
        println!(
            "| … and every exception and frame read | – | {:.2} ({:.2?}) |",
            outcomes[2].ratio, outcomes[2].time
        );
    }
    receive();
}

/// Verify, parse, decide, fingerprint: what a receiver does before it answers.
fn receive() {
    let [_, (size, body), _] = sample::sizes();
    let verifier = Verifier::new("secret").expect("the secret is not empty");
    let policy = Policy::new().min_level(Level::Error).projects(["shop"]);
    let signature = sign("secret", body.as_bytes()).expect("the secret is not empty");
    let bytes = Bytes::from(body.clone());
    let receive = Contestant::new("receive", || {
        let headers = Headers::from_pairs([
            ("Content-Type", "application/json"),
            ("Request-ID", "7d1c4a1b4e0f4b8d9f0c2b7e6a5d4c3b"),
            ("Sentry-Hook-Resource", "event_alert"),
            ("Sentry-Hook-Timestamp", "1772600768"),
            ("Sentry-Hook-Signature", &*signature),
        ]);
        let delivery = verifier.receive(headers, bytes.clone()).expect("it verifies");
        let webhook = delivery.webhook().expect("it is valid");
        assert!(policy.filter(&webhook).is_accept());
        black_box(Fingerprint::of(&webhook));
    });
    let outcomes = race(vec![value(&body), receive]);
    println!(
        "| receive {size} (verify, parse, decide), time against `serde_json::Value` parsing alone | ≤ 0.40 | {:.2} ({:.2?}) |",
        outcomes[1].ratio, outcomes[1].time
    );
}

fn value(body: &str) -> Contestant<'_> {
    Contestant::new("serde_json::Value", move || {
        let value: Value = serde_json::from_slice(black_box(body.as_bytes())).expect("valid JSON");
        black_box(value);
    })
}

fn stored(body: &str) -> Delivery {
    let headers = Headers::from_pairs([("Sentry-Hook-Resource", "event_alert")]);
    Delivery::new(headers, Verified::from_store(Bytes::from(body.to_owned())))
}

/// What a receiver wants to know.
fn questions(delivery: &Delivery) {
    let webhook = delivery.webhook().expect("it is valid");
    let event = webhook.event().expect("it has an event");
    black_box((
        (webhook.action(), webhook.issue_id(), webhook.level(), webhook.rule(), webhook.actor()),
        (event.title(), event.release(), event.environment(), event.timestamp()),
        (event.project_slug(), event.tag("server_name")),
    ));
}

/// What a ranker wants to know.
fn frames(delivery: &Delivery) {
    let webhook = delivery.webhook().expect("it is valid");
    let event = webhook.event().expect("it has an event");
    black_box((event.exceptions(), event.top_in_app_frame()));
}
