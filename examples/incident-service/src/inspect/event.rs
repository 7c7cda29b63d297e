//! The facts of an event.

use sentry_hooks::model::{Event, Exception, Frame};
use serde_json::{Value, json};

use super::facts::{Facts, value};

/// Facts under the event's own key of `event_alert` and `error`.
pub(super) fn event(facts: &mut Facts, event: &Event<'_>) {
    let raw = event.raw();
    facts.put("event_id", event.event_id());
    facts.nullable("project_id", Some(&raw), "project");
    for key in ["platform", "level", "title", "culprit", "message", "datetime", "timestamp", "type"]
    {
        facts.nullable(key, Some(&raw), key);
    }
    for key in ["release", "environment", "dist", "fingerprint", "hashes"] {
        facts.nullable(key, Some(&raw), key);
    }
    facts.put("tags_count", event.tags().len());
    for key in ["issue_id", "web_url"] {
        facts.nullable(key, Some(&raw), key);
    }
    let from_urls = event.issue_id_from_urls().map(|id| id.to_string());
    facts.put("issue_id_from_urls", from_urls);
    // The API URL is the only one that names both; the pages' URLs may differ from it.
    let project = event.project_slug();
    facts.put("organization_slug_from_url", project.and_then(|_| event.organization_slug()));
    facts.put("project_slug_from_url", project);
    facts.put("breadcrumbs", values(event, "breadcrumbs"));
    facts.put("tag_environment", event.tag("environment"));
    facts.put("tag_level", event.tag("level"));
    stack(facts, event);
}

/// Facts of the stack, which the legacy plugin's event has too.
pub(super) fn stack(facts: &mut Facts, event: &Event<'_>) {
    let exceptions = event.exceptions();
    facts.put("exceptions", exceptions.iter().map(exception).collect::<Vec<_>>());
    let newest_first = exceptions.iter().rev().flat_map(|raised| raised.frames.iter().rev());
    let top = newest_first.into_iter().find(|frame| frame.is_in_app());
    facts.put("top_in_app_frame", top.map(frame));
    let newest = exceptions.last().and_then(|raised| raised.frames.last());
    facts.put("newest_frame_of_last_exception", newest.map(frame));
    facts.put("event_level_stacktrace_frames", event.stacktrace().map(<[_]>::len));
    facts.put("threads", values(event, "threads"));
}

fn exception(raised: &Exception<'_>) -> Value {
    let in_app = raised.frames.iter().filter(|frame| frame.is_in_app()).count();
    json!({
        "type": raised.ty,
        "value": raised.value,
        "frames": raised.has_stacktrace.then_some(raised.frames.len()),
        "in_app_frames": in_app,
        "handled": raised.handled(),
    })
}

fn frame(frame: &Frame<'_>) -> Value {
    json!({
        "filename": frame.filename,
        "function": frame.function,
        "module": frame.module,
        "lineno": frame.line,
        "colno": frame.column,
    })
}

/// Number of elements under `values` of a part.
fn values(event: &Event<'_>, part: &str) -> Option<usize> {
    match value(&event.member(part)?.member("values")?) {
        Value::Array(values) => Some(values.len()),
        _ => None,
    }
}
