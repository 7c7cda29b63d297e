//! Whatever comes in, nothing panics and nothing is lost.
#![cfg(feature = "webhook")]
#![allow(clippy::unwrap_used, reason = "test code")]

use proptest::prelude::*;
use sentry_hooks::{
    Fingerprint, Headers, Policy, Resource, cooldown_key, danger,
    model::{Event, Issue},
};
use serde_json::{Map, Value, json};

/// Keys that mean something to some reader, and some that do not.
const KEYS: &[&str] = &[
    "action",
    "actor",
    "data",
    "installation",
    "uuid",
    "event",
    "error",
    "issue",
    "activity",
    "alert",
    "metric_alert",
    "alert_rule",
    "triggers",
    "comment_id",
    "run_id",
    "buildId",
    "fields",
    "group",
    "message",
    "id",
    "type",
    "name",
    "eventID",
    "event_id",
    "entries",
    "exception",
    "values",
    "value",
    "stacktrace",
    "frames",
    "threads",
    "crashed",
    "context",
    "lineNo",
    "lineno",
    "pre_context",
    "tags",
    "key",
    "url",
    "web_url",
    "issue_url",
    "release",
    "version",
    "datetime",
    "timestamp",
    "fingerprint",
    "level",
    "project",
    "code_changes",
    "triggered_rule",
    "mechanism",
    "in_app",
    "filename",
    "function",
    "é\n",
    "unknown",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
        ".{0,12}".prop_map(Value::from),
        Just(json!("2026-03-04T05:06:07.1Z")),
        Just(json!("{{ default }} {{ error.type }}{{")),
        Just(json!("https://sentry.io/api/0/projects/a/b/events/1/")),
        Just(json!("exception")),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(KEYS), inner), 0..7).prop_map(
                |m| Value::Object(m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            ),
        ]
    })
}

/// Asks everything there is to ask.
fn ask(event: &Event<'_>) {
    let _ = (event.issue_id(), event.project_slug(), event.organization_slug(), event.host());
    let _ = (event.release(), event.environment(), event.level(), event.timestamp());
    let _ = (event.received(), event.tags().len(), event.hashes(), event.crash_frame());
    let _ = (event.top_in_app_frame(), event.stacktrace().map(<[_]>::len));
    for frame in event.exceptions().iter().flat_map(|e| &e.frames) {
        let _ = (frame.pre_context(), frame.post_context());
    }
    for part in [event.breadcrumbs(), event.threads(), event.extra()].into_iter().flatten() {
        let _ = part.count();
    }
    let _ = (format!("{event:?}"), Fingerprint::of_event(event));
}

proptest! {
    #[test]
    fn deliveries_of_any_shape(
        body in json(),
        resource in proptest::option::of(0..10_usize),
        signed in 0..4_usize,
    ) {
        let platform = Resource::PLATFORM;
        let resource = resource.map(|n| platform.get(n).map_or("new", Resource::as_str));
        let header = ["x", "Sentry-Hook-Signature", "Sentry-App-Signature", "X-ServiceHook-Signature"];
        let mut pairs = vec![(header[signed], "00")];
        pairs.extend(resource.map(|r| ("Sentry-Hook-Resource", r)));
        let text = body.to_string();
        let delivery =
            danger::unverified_delivery(Headers::from_pairs(pairs), text.clone().into());
        let Ok(webhook) = delivery.webhook() else { return Ok(()) };
        prop_assert_eq!(serde_json::to_string(&webhook).unwrap(), text);
        let _ = (webhook.issue_id(), webhook.rule(), webhook.title(), webhook.project_slugs());
        let _ = (webhook.organization_slug(), webhook.host(), webhook.environment());
        let _ = (Policy::new().projects(["a"]).filter(&webhook), webhook.installation_uuid());
        if Policy::new().filter(&webhook).is_accept() {
            prop_assert!(cooldown_key(&webhook).is_some(), "what is accepted can be claimed");
        }
        prop_assert_eq!(
            cooldown_key(&webhook).is_some(),
            Fingerprint::of(&webhook).is_some()
        );
        if let Some(event) = webhook.event() {
            ask(event);
        }
        let owned = webhook.clone().into_owned();
        prop_assert_eq!(format!("{:?}", &owned), format!("{:?}", &webhook));
        prop_assert_eq!(Fingerprint::of(&owned), Fingerprint::of(&webhook));
    }

    #[test]
    fn events_of_any_shape_round_trip(members in json()) {
        let mut object = members.as_object().cloned().unwrap_or_default();
        let anything = object.clone();
        for form in ["event_id", "eventID"] {
            object.insert(form.to_owned(), json!("1f"));
            let text = Value::Object(object.clone()).to_string();
            let event = match form {
                "event_id" => Event::from_webhook_json(text.as_bytes()),
                _ => Event::from_rest_json(text.as_bytes()),
            }.unwrap();
            ask(&event);
            let raw = event.raw();
            prop_assert_eq!(raw.get(), &text);
            prop_assert_eq!(&serde_json::to_string(&event).unwrap(), &text);
            let owned = event.clone().into_owned();
            prop_assert_eq!(&owned, &event);
            prop_assert_eq!(&serde_json::to_string(&owned).unwrap(), &text);
            for (key, value) in &object {
                let member = event.member(key).unwrap();
                prop_assert_eq!(&member.parse::<Value>().unwrap(), value, "unknown keys survive");
            }
        }
        let _ = Event::from_json(Value::Object(anything).to_string().as_bytes());
    }

    #[test]
    fn issues_of_any_shape_round_trip(members in json(), id in any::<u64>()) {
        let mut object: Map<String, Value> = members.as_object().cloned().unwrap_or_default();
        object.insert("id".to_owned(), json!(id));
        let text = Value::Object(object).to_string();
        let issue = Issue::from_json(text.as_bytes()).unwrap();
        prop_assert_eq!(issue.id.as_u64(), Some(id));
        prop_assert_eq!(serde_json::to_string(&issue.into_owned()).unwrap(), text);
    }

    #[test]
    fn bytes_of_any_kind(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Event::from_json(&bytes).is_ok();
        let _ = Issue::from_json(&bytes).is_ok();
        let _ = danger::legacy_plugin(&bytes).is_ok();
        let delivery = danger::unverified_delivery(Headers::default(), bytes.into());
        let _ = delivery.webhook().is_ok();
    }
}
