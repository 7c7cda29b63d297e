//! The facts of each resource's payload.

use sentry_hooks::Payload;
use sentry_hooks::model::{Event, Raw};
use sentry_hooks::webhook::{EventAlert, MetricAlert, Seer};
use serde_json::{Value, json};

use super::event;
use super::facts::{Facts, at, value};
use super::issue;

/// States what a delivery carries.
pub(super) fn payload(facts: &mut Facts, payload: &Payload<'_>) {
    match payload {
        Payload::Issue(webhook) => {
            if let Some(found) = &webhook.issue {
                issue::issue(facts, found.raw());
            }
            facts.member("assignee", webhook.raw(), "assignee");
            facts.member("resolution_type", webhook.raw(), "resolution_type");
        }
        Payload::Error(webhook) => event::event(facts, &webhook.event),
        Payload::EventAlert(alert) => event_alert(facts, alert),
        Payload::ActivityAlert(alert) => {
            if let Some(found) = &alert.issue {
                issue::issue(facts, found.raw());
            }
            let activity = |key| at(alert.raw(), &["activity", key]).unwrap_or(Value::Null);
            facts.put("activity_type", activity("type"));
            facts.put("activity_details", activity("details"));
            facts.member("alert", alert.raw(), "alert");
        }
        Payload::MetricAlert(alert) => metric_alert(facts, alert),
        Payload::Comment(comment) => members(
            facts,
            comment.raw(),
            &["comment_id", "issue_id", "project_slug", "timestamp", "comment"],
        ),
        Payload::Installation(installation) => paths(facts, installation.raw(), &INSTALLATION),
        Payload::Seer(seer) => run(facts, seer),
        Payload::PreprodArtifact(artifact) => {
            paths(facts, artifact.raw(), &ARTIFACT);
            let comparisons = artifact.raw().member("comparisons").as_ref().map(value);
            if let Some(comparisons) = comparisons {
                facts.put("comparisons", comparisons.as_array().map(Vec::len));
            }
        }
        Payload::ExternalIssue(request) => paths(facts, request.raw(), &EXTERNAL_REQUEST),
        Payload::AlertRuleAction(request) => paths(facts, request.raw(), &EXTERNAL_REQUEST),
        Payload::ServiceHook(hook) => paths(facts, hook.raw(), &SERVICE_HOOK),
        Payload::Legacy(webhook) => {
            paths(facts, webhook.raw(), &LEGACY);
            let found = webhook.event.as_deref();
            let raw = found.map(Event::raw);
            facts.put("event_id", found.map(Event::event_id).filter(|id| !id.is_empty()));
            // Sentry 8 wrote no title into the event.
            let title = found.and_then(Event::title);
            facts.put("title", title.or(webhook.message.as_deref()));
            for key in ["platform", "fingerprint"] {
                facts.nullable(key, raw.as_ref(), key);
            }
            facts.put("tags_count", found.map_or(0, |event| event.tags().len()));
            if let Some(found) = found {
                event::stack(facts, found);
            }
        }
        Payload::SelectOptions => facts.put("empty_body", true),
        _ => {}
    }
}

const INSTALLATION: [(&str, &[&str]); 8] = [
    ("uuid", &["uuid"]),
    ("status", &["status"]),
    ("app_slug", &["app", "slug"]),
    ("app_uuid", &["app", "uuid"]),
    ("sentry_app_id", &["app", "sentryAppId"]),
    ("organization_slug", &["organization", "slug"]),
    ("organization_id", &["organization", "id"]),
    ("code", &["code"]),
];

const ARTIFACT: [(&str, &[&str]); 13] = [
    ("build_id", &["buildId"]),
    ("organization_slug", &["organizationSlug"]),
    ("project_slug", &["projectSlug"]),
    ("platform", &["platform"]),
    ("state", &["state"]),
    ("app_id", &["appInfo", "appId"]),
    ("app_version", &["appInfo", "version"]),
    ("build_number", &["appInfo", "buildNumber"]),
    ("head_sha", &["gitInfo", "headSha"]),
    ("pr_number", &["gitInfo", "prNumber"]),
    ("install_size", &["installSize"]),
    ("download_size", &["downloadSize"]),
    ("error_code", &["errorCode"]),
];

const EXTERNAL_REQUEST: [(&str, &[&str]); 3] =
    [("issue_id", &["issueId"]), ("fields", &["fields"]), ("web_url", &["webUrl"])];

const SERVICE_HOOK: [(&str, &[&str]); 7] = [
    ("project_slug", &["project", "slug"]),
    ("project_name", &["project", "name"]),
    ("issue_id", &["group", "id"]),
    ("issue_url", &["group", "url"]),
    ("event_id", &["event", "eventID"]),
    ("date_created", &["event", "dateCreated"]),
    ("tags", &["event", "tags"]),
];

const LEGACY: [(&str, &[&str]); 9] = [
    ("issue_id", &["id"]),
    ("project_slug", &["project"]),
    ("project_name", &["project_name"]),
    ("level", &["level"]),
    ("message", &["message"]),
    ("culprit", &["culprit"]),
    ("logger", &["logger"]),
    ("url", &["url"]),
    ("triggering_rules", &["triggering_rules"]),
];

fn members(facts: &mut Facts, of: &Raw<'_>, keys: &[&'static str]) {
    for key in keys {
        facts.member(key, of, key);
    }
}

fn paths(facts: &mut Facts, of: &Raw<'_>, paths: &[(&'static str, &[&str])]) {
    for (fact, path) in paths {
        if let Some(found) = at(of, path) {
            facts.put(fact, found);
        }
    }
}

fn event_alert(facts: &mut Facts, alert: &EventAlert<'_>) {
    event::event(facts, &alert.event);
    if let Some(rule) = &alert.triggered_rule {
        facts.put("triggered_rule", rule.as_ref());
    }
    if let Some(alert) = &alert.issue_alert {
        facts.put("issue_alert", value(alert.raw()));
    }
}

fn metric_alert(facts: &mut Facts, alert: &MetricAlert<'_>) {
    let incident = |key| ["metric_alert", key];
    let rule = |key| ["metric_alert", "alert_rule", key];
    let raw = alert.raw();
    paths(
        facts,
        raw,
        &[
            ("incident_id", &incident("id")),
            ("incident_identifier", &incident("identifier")),
            ("incident_status", &incident("status")),
            ("incident_title", &incident("title")),
            ("projects", &incident("projects")),
            ("rule_id", &rule("id")),
            ("rule_name", &rule("name")),
            ("aggregate", &rule("aggregate")),
            ("query", &rule("query")),
            ("time_window_minutes", &rule("time_window")),
            ("description_title", &["description_title"]),
            ("description_text", &["description_text"]),
            ("web_url", &["web_url"]),
            ("date_started", &incident("date_started")),
            ("date_closed", &incident("date_closed")),
        ],
    );
    let triggers = alert.rule().and_then(|rule| rule.triggers.as_deref()).unwrap_or_default();
    facts.put("triggers", triggers.len());
    let labels: Vec<_> = triggers.iter().map(|trigger| trigger.label.as_deref()).collect();
    facts.put("trigger_labels", labels);
    let settings = triggers.iter().flat_map(|trigger| {
        let actions = trigger.actions.iter().flatten();
        actions.filter_map(|action| {
            let settings = value(&action.raw().member("settings")?);
            Some(json!({ "trigger": trigger.label, "settings": settings }))
        })
    });
    facts.put("settings", settings.collect::<Vec<_>>());
}

fn run(facts: &mut Facts, seer: &Seer<'_>) {
    facts.member("run_id", seer.raw(), "run_id");
    facts.member("sentry_run_id", seer.raw(), "sentry_run_id");
    facts.member("issue_id", seer.raw(), "group_id");
    let ids = ["run_id", "sentry_run_id", "group_id"];
    let keys = match value(seer.raw()) {
        Value::Object(members) => {
            members.keys().filter(|key| !ids.contains(&key.as_str())).cloned().collect()
        }
        _ => Vec::new(),
    };
    facts.put("result_keys", keys);
    facts.put("pull_request_urls", seer.pull_request_urls());
}
