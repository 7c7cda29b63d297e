//! Recorded deliveries, where they are at hand: every signature verifies, every fact is read.
#![cfg(feature = "webhook")]
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use bytes::Bytes;
use sentry_hooks::{
    Delivery, Headers, ParseError, Payload, Resource, Verifier, Webhook, danger,
    model::{Actor, Id, Raw},
};
use serde_json::{Value, json};

fn headers(entry: &Value) -> Headers {
    let mut pairs: Vec<(String, String)> = entry["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    if let Some(name) = entry["signature_header"].as_str() {
        pairs.push((name.to_owned(), entry["signature"].as_str().unwrap().to_owned()));
    }
    Headers::from_pairs(pairs)
}

fn delivery(entry: &Value, body: Vec<u8>) -> Delivery {
    let verifier = Verifier::new("test-secret-0123456789").unwrap();
    let headers = headers(entry);
    if headers.signature().is_none() {
        return danger::unverified_delivery(headers, body.into());
    }
    let file = &entry["file"];
    verifier.receive(headers, Bytes::from(body)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn raw(raw: Option<&Raw<'_>>) -> Value {
    raw.map_or(Value::Null, |raw| raw.parse().unwrap())
}

fn actor(actor: Option<&Actor<'_>>) -> Value {
    let Some(actor) = actor else { return Value::Null };
    let id = actor.id.as_ref().map(|id| id.as_u64().map_or(json!(id), |n| json!(n)));
    json!({"type": actor.ty, "id": id, "name": actor.name})
}

/// The facts that the library tells of a delivery, under the names of the index.
fn facts(webhook: &Webhook<'_>) -> Value {
    let issue_id = webhook.issue_id().map(|id| id.to_string());
    let mut facts = json!({
        "resource": webhook.resource().as_str(), "action": webhook.action(),
        "actor": actor(webhook.actor()), "installation_uuid": webhook.installation_uuid(),
        "issue_id": issue_id,
    });
    let more = match webhook.payload() {
        Payload::Installation(p) => json!({
            "uuid": p.uuid, "status": p.status, "code": p.code.as_ref().map(sentry_hooks::webhook::Confidential::expose),
            "app_uuid": p.app.as_ref().and_then(|a| a.uuid.clone()),
            "app_slug": p.app.as_ref().and_then(|a| a.slug.clone()),
            "sentry_app_id": p.app.as_ref().and_then(|a| a.sentry_app_id.as_ref()?.as_u64()),
            "organization_slug": webhook.organization_slug(),
            "organization_id":
                p.organization.as_ref().and_then(|o| o.id.as_ref()?.as_u64()),
        }),
        Payload::Comment(p) => json!({
            "comment_id": p.comment_id.as_ref().and_then(Id::as_u64), "comment": p.comment,
            "project_slug": p.project_slug, "timestamp": p.timestamp,
        }),
        Payload::Issue(p) => json!({
            "resolution_type": p.resolution_type,
            "assignee": raw(p.raw().member("assignee").as_ref()),
            "title": webhook.title(), "level": webhook.level_word(),
            "short_id": p.issue.as_ref().unwrap().short_id,
            "status": p.issue.as_ref().unwrap().status,
            "substatus": p.issue.as_ref().unwrap().substatus,
            "count": p.issue.as_ref().unwrap().count.map(|c| c.to_string()),
            "user_count": p.issue.as_ref().unwrap().user_count,
            "project_id": webhook.project_id(), "project_slug": webhook.project_slugs()[0],
            "first_seen": p.issue.as_ref().unwrap().first_seen_text,
            "last_seen": p.issue.as_ref().unwrap().last_seen_text,
            "url": p.issue.as_ref().unwrap().url, "web_url": p.issue.as_ref().unwrap().web_url,
            "priority": p.issue.as_ref().unwrap().priority,
            "is_unhandled": p.issue.as_ref().unwrap().is_unhandled,
        }),
        Payload::ActivityAlert(p) => {
            let (activity, alert) = (p.activity.as_ref().unwrap(), p.alert.as_ref().unwrap());
            json!({
                "activity_type": activity.ty, "activity_details": raw(activity.details.as_ref()),
                "alert": raw(Some(alert.raw())), "level": webhook.level_word(),
                "title": webhook.title(),
            })
        }
        Payload::MetricAlert(p) => {
            let incident = p.incident.as_ref().unwrap();
            let rule = incident.alert_rule.as_ref();
            let triggers = rule.and_then(|r| r.triggers.as_ref());
            json!({
                "incident_id": incident.id, "incident_identifier": incident.identifier,
                "incident_status": incident.status, "incident_title": incident.title,
                "projects": incident.projects, "rule_id": rule.and_then(|r| r.id.clone()),
                "rule_name": webhook.rule().map(|r| r.name.map(str::to_owned)),
                "aggregate": rule.and_then(|r| r.aggregate.clone()),
                "query": rule.and_then(|r| r.query.clone()),
                "triggers": triggers.map(Vec::len),
                "trigger_labels":
                    triggers.into_iter().flatten().map(|t| t.label.clone()).collect::<Vec<_>>(),
                "description_title": p.description_title,
                "description_text": p.description_text, "web_url": p.web_url,
                "date_started": incident.date_started, "date_closed": incident.date_closed,
            })
        }
        Payload::Seer(p) => json!({
            "run_id": p.run_id.as_ref().and_then(Id::as_u64), "sentry_run_id": p.sentry_run_id,
            "pull_request_urls": p.pull_request_urls(),
        }),
        Payload::PreprodArtifact(p) => {
            let (app, git) = (p.app_info.as_ref(), p.git_info.as_ref());
            json!({
                "build_id": p.build_id, "state": p.state, "platform": p.platform,
                "organization_slug": webhook.organization_slug(),
                "project_slug": webhook.project_slugs()[0], "error_code": p.error_code,
                "download_size": p.download_size, "install_size": p.install_size,
                "app_id": app.and_then(|a| a.app_id.clone()),
                "app_version": app.and_then(|a| a.version.clone()),
                "build_number": app.and_then(|a| a.build_number),
                "head_sha": git.and_then(|g| g.head_sha.clone()),
                "pr_number": git.and_then(|g| g.pr_number),
            })
        }
        Payload::EventAlert(p) => json!({
            "triggered_rule": p.triggered_rule,
            "issue_alert": raw(p.issue_alert.as_ref().map(sentry_hooks::webhook::IssueAlert::raw)),
            "event_id": p.event.event_id(), "level": webhook.level_word(),
        }),
        Payload::Error(p) => json!({
            "event_id": p.event.event_id(), "level": webhook.level_word(),
        }),
        Payload::ExternalIssue(p) => json!({
            "fields": raw(p.fields.as_ref()), "web_url": p.web_url,
        }),
        Payload::AlertRuleAction(p) => json!({"fields": raw(p.raw().member("fields").as_ref())}),
        Payload::Legacy(p) => json!({
            "message": p.message, "level": webhook.level_word(), "url": p.url,
            "project_slug": webhook.project_slugs()[0], "project_name": p.project_name,
            "triggering_rules": p.triggering_rules, "culprit": p.culprit, "logger": p.logger,
        }),
        Payload::ServiceHook(p) => json!({
            "project_slug": webhook.project_slugs()[0],
            "project_name": p.project.as_ref().unwrap().name,
            "issue_url": p.group.as_ref().unwrap().url,
            "event_id": p.event.as_ref().unwrap().event_id(),
            "date_created": p.event.as_ref().unwrap().datetime(),
        }),
        _ => json!({}),
    };
    facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    facts
}

#[test]
fn every_recorded_delivery_verifies_and_has_the_facts_of_its_index() {
    for (entry, body) in common::corpus("sentry/corpus/webhooks") {
        let file = entry["file"].as_str().unwrap();
        let delivery = delivery(&entry, body);
        let expect = &entry["expect"];
        if expect["json_error"] == true {
            assert!(matches!(delivery.webhook(), Err(ParseError::Syntax { .. })), "{file}");
            continue;
        }
        let webhook = delivery.webhook().unwrap_or_else(|e| panic!("{file}: {e}"));
        if expect["empty_body"] == true {
            assert_eq!(webhook.resource(), &Resource::SelectOptions, "{file}");
            continue;
        }
        for (name, value) in facts(&webhook).as_object().unwrap() {
            let expected = match expect.get(name) {
                Some(expected) if expected == "<absent>" => &Value::Null,
                // The index looks at `issue_id` alone and gives what the URLs say by itself.
                Some(Value::Null) if name == "issue_id" => &expect["issue_id_from_urls"],
                Some(expected) => expected,
                None => continue,
            };
            if name == "level" && expected.is_null() {
                continue;
            }
            assert_eq!(&as_written(value, expected), expected, "{file}: {name}");
        }
        lossless(file, &delivery, &webhook);
    }
}

/// Ids print as text; the index gives them as they were written.
fn as_written(value: &Value, expected: &Value) -> Value {
    match (value.as_str(), expected.as_u64()) {
        (Some(text), Some(_)) => text.parse::<u64>().map_or(value.clone(), |n| json!(n)),
        _ => value.clone(),
    }
}

fn lossless(file: &str, delivery: &Delivery, webhook: &Webhook<'_>) {
    let text = std::str::from_utf8(delivery.body()).unwrap().trim();
    assert_eq!(serde_json::to_string(webhook).unwrap(), text, "{file}");
    let owned = webhook.clone().into_owned();
    assert_eq!(serde_json::to_string(&owned).unwrap(), text, "{file}");
    assert_eq!(owned.issue_id(), webhook.issue_id(), "{file}");
}

#[test]
fn the_resource_is_recovered_when_its_header_is_lost() {
    for (entry, body) in common::corpus("sentry/corpus/webhooks") {
        let Some(resource) = entry["expect"]["resource"].as_str() else { continue };
        let delivery = danger::unverified_delivery(Headers::default(), body.into());
        let webhook = delivery.webhook().unwrap();
        assert_eq!(webhook.resource().as_str(), resource, "{}", entry["file"]);
    }
}

#[test]
fn a_header_that_contradicts_the_body_is_refused() {
    for (entry, body) in common::corpus("sentry/corpus/webhooks") {
        let Some(resource) = entry["expect"]["resource"].as_str() else { continue };
        for other in Resource::PLATFORM.iter().filter(|r| r.as_str() != resource) {
            let headers = Headers::from_pairs([("Sentry-Hook-Resource", other.as_str())]);
            let delivery = danger::unverified_delivery(headers, body.clone().into());
            let got = delivery.webhook();
            let refused = matches!(got, Err(ParseError::Contradiction { .. }));
            assert!(refused, "{}: {other}", entry["file"]);
        }
    }
}
