//! The model against recorded payloads of both wire forms, where they are at hand.

mod common;

use sentry_hooks::model::{Event, Form, Frame, Id, Issue};
use serde_json::{Value, json};

fn same(file: &str, key: &str, got: &Value, expect: &Value) {
    if let Some(expected) = expect.get(key).filter(|e| *e != "<absent>") {
        assert_eq!(got, expected, "{file}: {key}");
    }
}

fn frame(frame: &Frame<'_>) -> Value {
    json!({
        "filename": frame.filename, "function": frame.function, "module": frame.module,
        "lineno": frame.line, "colno": frame.column,
    })
}

fn check_frame(file: &str, key: &str, got: Option<&Frame<'_>>, expect: &Value) {
    let Some(expected) = expect.get(key) else { return };
    let Some(got) = got else { return assert!(expected.is_null(), "{file}: {key}") };
    let got = frame(got);
    for (name, value) in expected.as_object().unwrap_or_else(|| panic!("{file}: {key}")) {
        if let Some(got) = got.get(name) {
            assert_eq!(got, value, "{file}: {key}.{name}");
        }
    }
}

#[test]
fn webhook_events_have_the_facts_of_their_index() {
    for (entry, bytes) in common::corpus("sentry/corpus/webhooks") {
        let file = entry["file"].as_str().unwrap();
        let expect = &entry["expect"];
        if expect.get("event_id").is_none() {
            continue;
        }
        let event = Event::from_json(&bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
        let legacy = entry["mechanism"] == "legacy-webhooks-plugin";
        let id = Some(event.event_id()).filter(|id| !id.is_empty());
        same(file, "event_id", &json!(id), expect);
        same(file, "platform", &json!(event.platform()), expect);
        if !legacy {
            same(file, "title", &json!(event.title()), expect);
            same(file, "culprit", &json!(event.culprit()), expect);
            same(file, "message", &json!(event.message()), expect);
            same(file, "type", &json!(event.ty()), expect);
            same(file, "dist", &json!(event.dist()), expect);
            same(file, "web_url", &json!(event.web_url()), expect);
            // The index looks at `url` alone; the other URLs may tell more.
            let organization = event.url().and(event.organization_slug());
            same(file, "organization_slug_from_url", &json!(organization), expect);
            same(file, "project_slug_from_url", &json!(event.project_slug()), expect);
            same(file, "environment", &json!(event.environment()), expect);
        }
        if let Some(id) = expect.get("issue_id_from_urls").filter(|v| v.is_string()) {
            assert_eq!(json!(event.issue_id()), *id, "{file}: issue id");
        }
        if expect.get("project_id").is_some_and(Value::is_number) {
            let id = event.project_id().and_then(Id::as_u64);
            same(file, "project_id", &json!(id), expect);
        }
        if expect["fingerprint"].is_array() {
            same(file, "fingerprint", &json!(event.fingerprint()), expect);
        }
        if expect["hashes"].is_array() {
            same(file, "hashes", &json!(event.hashes()), expect);
        }
        if let Some(count) = expect["tags_count"].as_u64() {
            assert_eq!(event.tags().len() as u64, count, "{file}: tags");
        }
        check_exceptions(file, &event, expect);
    }
}

fn check_exceptions(file: &str, event: &Event<'_>, expect: &Value) {
    let expected = expect["exceptions"].as_array().cloned().unwrap_or_default();
    assert_eq!(event.exceptions().len(), expected.len(), "{file}: exceptions");
    for (exception, expected) in event.exceptions().iter().zip(&expected) {
        let frames = exception.has_stacktrace.then_some(exception.frames.len());
        let in_app = exception.frames.iter().filter(|f| f.is_in_app()).count();
        same(file, "type", &json!(exception.ty), expected);
        same(file, "value", &json!(exception.value), expected);
        same(file, "frames", &json!(frames), expected);
        if frames.is_some() {
            same(file, "in_app_frames", &json!(in_app), expected);
        }
        same(file, "handled", &json!(exception.handled()), expected);
    }
    check_frame(file, "top_in_app_frame", event.top_in_app_frame(), expect);
    let newest = event.exceptions().last().and_then(|e| e.frames.last());
    check_frame(file, "newest_frame_of_last_exception", newest, expect);
    let own = event.stacktrace().map(<[_]>::len);
    same(file, "event_level_stacktrace_frames", &json!(own), expect);
}

#[test]
fn rest_events_have_the_facts_of_their_index() {
    for (entry, bytes) in common::corpus("sentry/corpus/api") {
        let file = entry["file"].as_str().unwrap();
        let facts = &entry["expect"]["event"];
        if !facts.is_object() || entry["kind"] != "event" {
            continue;
        }
        let event = Event::from_json(&bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(event.form(), Form::Rest, "{file}");
        same(file, "platform", &json!(event.platform()), facts);
        same(file, "type", &json!(event.ty()), facts);
        same(file, "dateCreated", &json!(event.datetime()), facts);
        if event.datetime().is_some() {
            assert!(event.timestamp().is_some(), "{file}: date");
        }
        if let Some(tags) = facts["tags"].as_u64() {
            assert_eq!(event.tags().len() as u64, tags, "{file}: tags");
        }
        let release = facts["release"]["version"].as_str().or(facts["release_tag"].as_str());
        assert_eq!(event.release(), release, "{file}: release");
        assert_eq!(event.environment(), facts["environment_tag"].as_str(), "{file}");
        let exceptions = facts["exceptions_oldest_first"].as_array().cloned().unwrap_or_default();
        assert_eq!(event.exceptions().len(), exceptions.len(), "{file}: exceptions");
        for (exception, expected) in event.exceptions().iter().zip(&exceptions) {
            same(file, "type", &json!(exception.ty), expected);
            same(file, "value", &json!(exception.value), expected);
            same(file, "frames", &json!(exception.frames.len()), expected);
            let in_app = exception.frames.iter().filter(|f| f.is_in_app()).count();
            same(file, "frames_in_app", &json!(in_app), expected);
            if let Some(innermost) = exception.frames.last() {
                let expected = &expected["innermost_frame"];
                same(file, "filename", &json!(innermost.filename), expected);
                same(file, "function", &json!(innermost.function), expected);
                same(file, "lineNo", &json!(innermost.line), expected);
                same(file, "colNo", &json!(innermost.column), expected);
            }
        }
        if let Some(count) = facts["breadcrumbs"].as_u64() {
            assert_eq!(event.breadcrumbs().unwrap().count() as u64, count, "{file}: breadcrumbs");
        }
    }
}

#[test]
fn issues_have_the_facts_of_their_index() {
    for (entry, bytes) in common::corpus("sentry/corpus/api") {
        let file = entry["file"].as_str().unwrap();
        if entry["kind"] != "issue" || entry["status"] != 200 {
            continue;
        }
        let issue = Issue::from_json(&bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
        let values = &entry["expect"]["values"];
        same(file, "/id", &json!(issue.id), values);
        same(file, "/shortId", &json!(issue.short_id), values);
        same(file, "/title", &json!(issue.title), values);
        same(file, "/culprit", &json!(issue.culprit), values);
        same(file, "/level", &json!(issue.level_word), values);
        same(file, "/status", &json!(issue.status), values);
        same(file, "/substatus", &json!(issue.substatus), values);
        same(file, "/count", &json!(issue.count.map(|c| c.to_string())), values);
        same(file, "/userCount", &json!(issue.user_count), values);
        same(file, "/firstSeen", &json!(issue.first_seen_text), values);
        same(file, "/priority", &json!(issue.priority), values);
        if issue.first_seen_text.is_some() {
            assert!(issue.first_seen().is_some(), "{file}: firstSeen");
        }
    }
}

/// A stored event and the REST API's answer about it describe the same incident.
#[test]
fn both_forms_of_one_recorded_incident_agree() {
    let corpus = common::corpus("sentry/corpus/api");
    for (entry, bytes) in &corpus {
        let file = entry["file"].as_str().unwrap();
        let Some(name) = file.strip_prefix("raw_oss_") else { continue };
        let twin = format!("event_oss_{name}");
        let Some((_, rest)) = corpus.iter().find(|(e, _)| e["file"] == twin.as_str()) else {
            continue;
        };
        let (raw, rest) = (Event::from_json(bytes).unwrap(), Event::from_json(rest).unwrap());
        assert_eq!((raw.form(), rest.form()), (Form::Webhook, Form::Rest), "{file}");
        assert_eq!(raw.event_id(), rest.event_id(), "{file}");
        let lines = |event: &Event<'_>| -> Vec<_> {
            let frames = event.exceptions().iter().flat_map(|e| &e.frames);
            frames.map(|f| (f.clone().into_owned().function, f.line, f.is_in_app())).collect()
        };
        assert_eq!(lines(&raw), lines(&rest), "{file}");
    }
}

#[test]
fn recorded_events_serialise_as_they_came() {
    for folder in ["sentry/corpus/webhooks", "sentry/corpus/api"] {
        for (entry, bytes) in common::corpus(folder) {
            let Ok(event) = Event::from_json(&bytes) else { continue };
            let text = std::str::from_utf8(&bytes).unwrap();
            let written = serde_json::to_string(&event).unwrap();
            assert!(text.contains(&written), "{}", entry["file"]);
            let owned = event.clone().into_owned();
            assert_eq!(owned, event);
            assert_eq!(serde_json::to_string(&owned).unwrap(), written);
        }
    }
}
