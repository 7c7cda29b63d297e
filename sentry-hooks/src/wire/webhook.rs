//! Events as webhooks write them: snake case, `exception.values`.
//!
//! The REST API's `/json/` form is the same; the legacy plugin's oldest form (Sentry 8) has its
//! interfaces under `sentry.interfaces.*`.

use super::object;
use crate::{
    ParseError,
    json::{self, Scanner, text},
    model::{Event, Fields, Form, Id, PartName, last_segment},
};

/// Reads an event; the scanner stands before it.
pub(crate) fn event<'a>(scanner: &mut Scanner<'a>) -> Result<Event<'a>, ParseError> {
    let mut fields = Fields::default();
    let source = object(scanner, |key, value, part| {
        if let Some(name) = part_name(key) {
            fields.parts.set(name, part);
        } else {
            field(&mut fields, key, value);
        }
    })?;
    if fields.issue_id.is_none() {
        let url = fields.issue_url.as_deref();
        fields.issue_id = url.and_then(last_segment).map(Id::from);
    }
    Ok(Event::new(Form::Webhook, source, fields))
}

fn field<'a>(fields: &mut Fields<'a>, key: &str, value: &'a str) {
    match key {
        "event_id" => fields.event_id = text(value),
        "issue_id" => fields.issue_id = Id::from_raw(value).filter(|id| *id != ""),
        "project" => fields.project_id = Id::from_raw(value),
        "release" => fields.release = text(value),
        "dist" => fields.dist = text(value),
        "environment" => fields.environment = text(value),
        "platform" => fields.platform = text(value),
        "level" => fields.level = text(value),
        "logger" => fields.logger = text(value),
        "title" => fields.title = text(value),
        "message" => fields.message = text(value),
        "culprit" => fields.culprit = text(value),
        "location" => fields.location = text(value),
        "transaction" => fields.transaction = text(value),
        "type" => fields.ty = text(value),
        "datetime" => fields.datetime = text(value),
        "url" => fields.url = text(value),
        "web_url" => fields.web_url = text(value),
        "issue_url" => fields.issue_url = text(value),
        // Stored events of old servers have the number alone.
        "id" if fields.event_id.is_none() && json::kind(value) == json::Kind::String => {
            fields.event_id = text(value);
        }
        _ => {}
    }
}

fn part_name(key: &str) -> Option<PartName> {
    Some(match key {
        "tags" => PartName::Tags,
        "exception" | "sentry.interfaces.Exception" => PartName::Exception,
        "stacktrace" | "sentry.interfaces.Stacktrace" => PartName::Stacktrace,
        "threads" => PartName::Threads,
        "breadcrumbs" | "sentry.interfaces.Breadcrumbs" => PartName::Breadcrumbs,
        "request" | "sentry.interfaces.Http" => PartName::Request,
        "user" | "sentry.interfaces.User" => PartName::User,
        "contexts" => PartName::Contexts,
        "extra" => PartName::Extra,
        "fingerprint" => PartName::Fingerprint,
        "hashes" => PartName::Hashes,
        "metadata" => PartName::Metadata,
        "sdk" => PartName::Sdk,
        "modules" => PartName::Modules,
        "logentry" | "sentry.interfaces.Message" => PartName::LogEntry,
        "occurrence" => PartName::Occurrence,
        "errors" => PartName::Errors,
        "timestamp" => PartName::Timestamp,
        "received" => PartName::Received,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn read(text: &str) -> Event<'_> {
        Event::from_webhook_json(text.as_bytes()).unwrap()
    }

    #[test]
    fn ids_of_either_kind_and_from_urls() {
        let text = r#"{"event_id":"1f","project":4509877862268928,"issue_id":123}"#;
        assert_eq!(read(text).issue_id().unwrap(), "123");
        assert_eq!(read(text).project_id().unwrap().as_u64(), Some(4_509_877_862_268_928));
        for url in ["https://s.io/api/0/issues/9/", "https://s.io/api/0/organizations/a/issues/9/"]
        {
            let text = format!(r#"{{"event_id":"1f","issue_url":"{url}"}}"#);
            assert_eq!(read(&text).issue_id().unwrap(), "9");
        }
        let page =
            r#"{"event_id":"1f","web_url":"https://s.io/organizations/a/issues/8/events/1f/"}"#;
        assert_eq!(read(page).issue_id().unwrap(), "8");
        assert_eq!(read(page).organization_slug(), Some("a"));
    }

    #[test]
    fn time_from_datetime_else_from_the_float() {
        let at = datetime!(2020-06-17 14:42:54.656 UTC);
        assert_eq!(read(r#"{"timestamp":1592404974.656}"#).timestamp(), Some(at));
        let text = r#"{"datetime":"2020-06-17T14:42:54.656+00:00","timestamp":1.0}"#;
        assert_eq!(read(text).timestamp(), Some(at));
        assert_eq!(read(r#"{"datetime":null}"#).timestamp(), None);
    }

    #[test]
    fn environment_release_and_level_from_tags() {
        let text = r#"{"release":null,"tags":[["environment","prod"],["level","fatal"],["sentry:release","r"]]}"#;
        let event = read(text);
        assert_eq!(event.environment(), Some("prod"));
        assert_eq!(event.level(), Some(crate::model::Level::Fatal));
        assert_eq!(event.release(), Some("r"));
        let odd = read(r#"{"level":"meltdown"}"#);
        assert_eq!((odd.level(), odd.level_word()), (None, Some("meltdown")));
    }

    #[test]
    fn sentry_8_interfaces_are_read() {
        let event = read(
            r#"{"id":19293981000,"event_id":"04","sentry.interfaces.Stacktrace":{"frames":[{"function":"f"}]}}"#,
        );
        assert_eq!(event.event_id(), "04");
        assert_eq!(event.stacktrace().unwrap().len(), 1);
        assert_eq!(event.crash_frame().unwrap().function.as_deref(), Some("f"));
    }
}
