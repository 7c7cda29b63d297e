//! One made-up delivery for each resource and action.
#![cfg(feature = "webhook")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::{collections::BTreeSet, fs, path::Path};

use bytes::Bytes;
use sentry_hooks::{
    Action, Delivery, Fingerprint, Headers, ParseError, Payload, ReceiveError, Resource, Verifier,
    danger,
    model::{ActorKind, Event, Level},
    sign,
    webhook::{Comment, IssueWebhook, MetricAlert},
};

const ISSUE: &str = "7043112958";
const INSTALLATION: &str = "5b0e8f1c-2d3a-4c6e-9f70-8a1b2c3d4e5f";

fn fixture(name: &str) -> Bytes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(folder.join(format!("{name}.json"))).unwrap().into()
}

/// The fixture as its sender would send it.
fn receive(name: &str) -> Delivery {
    let body = fixture(&format!("webhooks/{name}"));
    let (resource, _) = name.split_once('.').unwrap();
    let signature = sign("secret", &body).unwrap();
    let header = match resource {
        "external_issue" | "alert_rule_action" => "Sentry-App-Signature",
        "service_hook" => "X-ServiceHook-Signature",
        "legacy_plugin" => return danger::unverified_delivery(Headers::default(), body),
        _ => "Sentry-Hook-Signature",
    };
    let headers = Headers::from_pairs([("Sentry-Hook-Resource", resource), (header, &signature)]);
    Verifier::new("secret").unwrap().receive(headers, body).unwrap()
}

fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/webhooks");
    fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap().replace(".json", ""))
        .collect()
}

#[test]
fn there_is_a_fixture_for_every_resource_and_action() {
    let names: BTreeSet<String> = names().into_iter().collect();
    for resource in Resource::PLATFORM {
        for action in resource.actions() {
            let name = format!("{resource}.{action}");
            // An old word for what has three words today.
            assert!(names.contains(&name) || name == "metric_alert.triggered", "{name}");
        }
    }
}

#[test]
fn each_is_typed_and_written_back_as_it_came() {
    for name in names() {
        let delivery = receive(&name);
        let webhook = delivery.webhook().unwrap();
        let (resource, action) = name.split_once('.').unwrap();
        assert_eq!(webhook.resource().as_str(), resource);
        if webhook.data().is_some() {
            assert_eq!(webhook.name(), name);
            assert_eq!(webhook.installation_uuid(), Some(INSTALLATION), "{name}");
        }
        let known = !matches!(resource, "weather" | "size_analysis");
        assert_eq!(!matches!(webhook.payload(), Payload::Other(_)), known, "{name}");
        if let Ok(action) = webhook.known_action().ok_or(action) {
            assert!(webhook.resource().actions().contains(&action) || !known, "{name}");
        }
        let text = std::str::from_utf8(delivery.body()).unwrap();
        assert_eq!(serde_json::to_string(&webhook).unwrap(), text, "{name}");
        let owned = webhook.clone().into_owned();
        assert_eq!(serde_json::to_string(&owned).unwrap(), text, "{name}");
        assert_eq!(owned.issue_id(), webhook.issue_id(), "{name}");
        assert_eq!(format!("{:?}", owned.payload()), format!("{:?}", webhook.payload()), "{name}");
    }
}

#[test]
fn the_issue_has_one_id_and_one_fingerprint_wherever_it_stands() {
    let mut fingerprints = BTreeSet::new();
    for name in names() {
        let delivery = receive(&name);
        let webhook = delivery.webhook().unwrap();
        let about_the_issue = ["issue.", "error.", "event_alert.", "activity_alert."];
        if about_the_issue.iter().any(|prefix| name.starts_with(prefix)) {
            assert_eq!(webhook.issue_id().unwrap(), ISSUE, "{name}");
            assert_eq!(webhook.project_slugs(), ["shop"], "{name}");
            assert_eq!(webhook.organization_slug(), Some("harbour"), "{name}");
            assert_eq!(webhook.level(), Some(Level::Error), "{name}");
            fingerprints.insert(Fingerprint::of(&webhook).unwrap());
        } else if name.starts_with("comment.") || name.starts_with("seer.") {
            assert_eq!(webhook.issue_id().unwrap(), ISSUE, "{name}");
            assert_eq!(Fingerprint::of(&webhook), None, "{name}");
        }
    }
    assert_eq!(fingerprints.len(), 1);
}

#[test]
fn the_resource_is_recovered_from_the_shape() {
    for name in names() {
        let (resource, _) = name.split_once('.').unwrap();
        let body = fixture(&format!("webhooks/{name}"));
        let delivery = danger::unverified_delivery(Headers::default(), body);
        let webhook = delivery.webhook().unwrap();
        match resource {
            "weather" => assert_eq!(webhook.resource().as_str(), ""),
            // Older servers had another word for it.
            "size_analysis" => assert_eq!(*webhook.resource(), Resource::PreprodArtifact),
            _ => assert_eq!(webhook.resource().as_str(), resource, "{name}"),
        }
    }
}

#[test]
fn contradictions_are_refused_whichever_header_makes_them() {
    let contradicted = |header: &str, value: &str, name: &str| {
        let headers = Headers::from_pairs([(header, value)]);
        let body = fixture(&format!("webhooks/{name}"));
        let delivery = danger::unverified_delivery(headers, body);
        matches!(delivery.webhook(), Err(ParseError::Contradiction { .. }))
    };
    assert!(contradicted("Sentry-Hook-Resource", "issue", "error.created"));
    assert!(contradicted("Sentry-Hook-Resource", "issue", "activity_alert.triggered"));
    assert!(contradicted("Sentry-Hook-Resource", "error", "external_issue.created"));
    assert!(contradicted("Sentry-App-Signature", "00", "issue.created"));
    assert!(contradicted("X-ServiceHook-Signature", "00", "error.created"));
    assert!(!contradicted("Sentry-Hook-Resource", "weather", "issue.created"), "kept as data");
    assert!(!contradicted("Sentry-Hook-Resource", "issue", "weather.rained"), "no shape");
}

#[test]
fn both_wire_forms_of_one_incident_are_equal() {
    let (webhook, rest) = (fixture("events/webhook"), fixture("events/rest"));
    let (webhook, rest) = (Event::from_json(&webhook).unwrap(), Event::from_json(&rest).unwrap());
    assert_ne!(webhook.form(), rest.form());
    assert_eq!(webhook, rest);
    assert_eq!(webhook.clone().into_owned(), rest.clone().into_owned());
    assert_eq!(Fingerprint::of_event(&webhook), Fingerprint::of_event(&rest));
    for event in [&webhook, &rest] {
        assert_eq!(event.exceptions().len(), 2, "null entries are skipped");
        assert_eq!(event.exceptions()[0].ty.as_deref(), Some("OperationalError"));
        assert_eq!(event.crash_frame().unwrap().line, Some(900));
        let top = event.top_in_app_frame().unwrap();
        assert_eq!(top.filename.as_deref(), Some("shop/stock.py"));
        assert_eq!(top.pre_context(), ["def reserve(sku):", ""]);
        assert_eq!(top.post_context(), ["            c.execute(q)"]);
        assert_eq!(event.in_app_frames().count(), 1);
        assert_eq!(event.release(), Some("shop@2026.3.1+e4f5a6b"));
    }
    // A difference that matters is seen.
    let other = String::from_utf8(fixture("events/rest").to_vec()).unwrap();
    let other = other.replace("\"lineNo\":44", "\"lineNo\":45");
    assert_ne!(webhook, Event::from_json(other.as_bytes()).unwrap());
}

#[test]
fn the_service_hook_carries_the_rest_form() {
    let delivery = receive("service_hook.event");
    let webhook = delivery.webhook().unwrap();
    let event = fixture("events/webhook");
    assert_eq!(webhook.event().unwrap(), &Event::from_json(&event).unwrap());
    assert_eq!(webhook.issue().unwrap().short_id.as_deref(), Some("SHOP-2K"));
}

#[test]
fn secrets_do_not_show() {
    for name in names() {
        let delivery = receive(&name);
        let webhook = delivery.webhook().unwrap().into_owned();
        let shown = format!("{delivery:?} {webhook:?} {:?}", webhook.payload());
        assert!(!shown.contains("grant-9f8e7d6c5b4a"), "{name}");
        assert!(!shown.contains("secret-token-1"), "{name}");
    }
    let delivery = receive("installation.created");
    let webhook = delivery.webhook().unwrap();
    let Payload::Installation(installation) = webhook.payload() else { panic!("installation") };
    assert_eq!(installation.code.as_ref().unwrap().expose(), "grant-9f8e7d6c5b4a");
}

#[test]
fn particulars_of_the_resources() {
    let delivery = receive("seer.coding_completed");
    let webhook = delivery.webhook().unwrap();
    let Payload::Seer(seer) = webhook.payload() else { panic!("seer") };
    let changes = seer.code_changes();
    assert_eq!(changes[0].0.as_deref(), Some("harbour/shop"));
    assert_eq!(changes[0].1.path.as_deref(), Some("shop/settings.py"));

    let delivery = receive("preprod_artifact.build_distribution_completed");
    let webhook = delivery.webhook().unwrap();
    let Payload::PreprodArtifact(build) = webhook.payload() else { panic!("preprod") };
    assert!(build.is_failure());

    let delivery = receive("event_alert.triggered");
    let webhook = delivery.webhook().unwrap();
    assert_eq!(webhook.rule().unwrap().id.unwrap(), "15099123456");
    assert_eq!(webhook.actor().unwrap().kind(), ActorKind::Sentry);

    let delivery = receive("issue.assigned");
    let webhook = delivery.webhook().unwrap();
    let Payload::Issue(issue) = webhook.payload() else { panic!("issue") };
    assert_eq!(
        issue.assignee.as_ref().unwrap().id,
        issue.issue.as_ref().unwrap().assigned_to.as_ref().unwrap().id,
        "a number here, a string there"
    );
    assert_eq!(webhook.known_action(), Some(Action::Assigned));

    let alert: MetricAlert<'static> = receive("metric_alert.warning").payload().unwrap();
    assert_eq!(alert.rule().unwrap().time_window, Some(10.0));
    let comment: Comment<'static> = receive("comment.deleted").payload().unwrap();
    assert_eq!(comment.issue_id.unwrap(), ISSUE);
    let other = receive("comment.deleted").payload::<IssueWebhook<'static>>().unwrap_err();
    assert_eq!(other, ReceiveError::OtherResource { expected: "issue" });
    assert_eq!(other.reply().status, 200);
}

#[test]
fn an_empty_body_is_a_question_for_options_and_nothing_else() {
    let verifier = Verifier::new("secret").unwrap();
    let signature = sign("secret", b"").unwrap();
    let receive = |header: &str| {
        let headers = Headers::from_pairs([(header, &signature)]);
        verifier.receive(headers, Bytes::new()).unwrap()
    };
    let delivery = receive("Sentry-App-Signature");
    assert_eq!(*delivery.webhook().unwrap().resource(), Resource::SelectOptions);
    let delivery = receive("Sentry-Hook-Signature");
    assert_eq!(delivery.webhook().unwrap_err(), ParseError::Empty);
}

#[test]
fn bodies_that_are_no_object_are_refused() {
    let parse = |body: &'static [u8]| {
        danger::unverified_delivery(Headers::default(), Bytes::from_static(body))
            .webhook()
            .map(|_| ())
    };
    assert_eq!(parse(b"[]"), Err(ParseError::NotAnObject));
    assert_eq!(parse(b"null"), Err(ParseError::NotAnObject));
    assert!(matches!(parse(b"{\"a\":1,}"), Err(ParseError::Syntax { offset: 7, .. })));
    assert!(matches!(parse(b"[1"), Err(ParseError::Syntax { .. })));
    assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(ParseError::Utf8 { valid_up_to: 6 }));
    assert_eq!(parse(b"{}"), Ok(()));
}
