//! Events as the REST API and service hooks write them: camel case, `entries`.

use super::object;
use crate::{
    ParseError,
    json::{self, Scanner, text},
    model::{Event, Fields, Form, Id, Part, PartName},
};

/// Reads an event; the scanner stands before it.
pub(crate) fn event<'a>(scanner: &mut Scanner<'a>) -> Result<Event<'a>, ParseError> {
    let mut fields = Fields::default();
    let mut id = None;
    let mut entries = None;
    let source = object(scanner, |key, value, part| match key {
        "entries" => entries = Some((value, part.start)),
        "id" => id = text(value),
        _ => match part_name(key) {
            Some(name) => fields.parts.set(name, part),
            None => field(&mut fields, key, value),
        },
    })?;
    if fields.event_id.is_none() {
        fields.event_id = id;
    }
    if let Some((text, start)) = entries {
        read_entries(&mut fields, text, start);
    }
    Ok(Event::new(Form::Rest, source, fields))
}

fn field<'a>(fields: &mut Fields<'a>, key: &str, value: &'a str) {
    match key {
        "eventID" => fields.event_id = text(value),
        "groupID" => fields.issue_id = Id::from_raw(value),
        "projectID" => fields.project_id = Id::from_raw(value),
        "release" => fields.release = release(value),
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
        "type" | "event.type" => fields.ty = text(value),
        "dateCreated" => fields.datetime = text(value),
        // Only service hooks have them.
        "url" => fields.url = text(value),
        "webUrl" | "web_url" => fields.web_url = text(value),
        "issueUrl" | "issue_url" => fields.issue_url = text(value),
        _ => {}
    }
}

fn part_name(key: &str) -> Option<PartName> {
    Some(match key {
        "tags" => PartName::Tags,
        "user" => PartName::User,
        "contexts" => PartName::Contexts,
        "context" => PartName::Extra,
        // Despite its name this is the list of grouping hashes.
        "fingerprints" => PartName::Hashes,
        "fingerprint" => PartName::Fingerprint,
        "metadata" => PartName::Metadata,
        "sdk" => PartName::Sdk,
        "packages" => PartName::Modules,
        "occurrence" => PartName::Occurrence,
        "errors" => PartName::Errors,
        // Transactions have no `dateCreated`.
        "startTimestamp" => PartName::Timestamp,
        "dateReceived" => PartName::Received,
        _ => return None,
    })
}

/// A release is an object with `version`, or its bare name.
fn release(value: &str) -> Option<std::borrow::Cow<'_, str>> {
    let mut version = None;
    if json::is_object(value) {
        json::members(value, |key, value| {
            if key == "version" {
                version = text(value);
            }
        });
        version
    } else {
        text(value)
    }
}

/// Notes where each entry's data stands; `start` is where the array stands in the event.
fn read_entries(fields: &mut Fields<'_>, entries: &str, start: usize) {
    // The text has passed the scanner before; an entry that is no object is stepped over.
    let mut scanner = Scanner::new(entries);
    if scanner.peek() != Some(b'[') {
        return;
    }
    let _ = scanner.array(|s| {
        if s.peek() != Some(b'{') {
            return s.skip().map(drop);
        }
        let mut name = None;
        let mut data = None;
        s.object(|s, key| {
            let value = s.skip()?;
            match key {
                "type" => name = text(value),
                "data" => {
                    let end = start + s.position();
                    data = Some(Part { start: end - value.len(), end });
                }
                _ => {}
            }
            Ok(())
        })?;
        if let (Some(name), Some(data)) = (name.as_deref().and_then(entry_part), data) {
            fields.parts.set(name, data);
        }
        Ok(())
    });
}

fn entry_part(ty: &str) -> Option<PartName> {
    Some(match ty {
        "exception" => PartName::Exception,
        "stacktrace" => PartName::Stacktrace,
        "threads" => PartName::Threads,
        "message" => PartName::LogEntry,
        "request" => PartName::Request,
        "breadcrumbs" => PartName::Breadcrumbs,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Event<'_> {
        Event::from_rest_json(text.as_bytes()).unwrap()
    }

    #[test]
    fn context_pairs_split_at_the_line() {
        let event = read(
            r#"{"eventID":"1f","entries":[5,{"data":{"values":[{"type":"E","stacktrace":{"frames":[
                {"lineNo":18,"inApp":true,
                 "context":[[16,"a"],[17,null],[18,"boom()"],[19,"z"]]}]}}]},"type":"exception"}]}"#,
        );
        let frame = event.crash_frame().unwrap();
        assert_eq!(frame.pre_context(), ["a", ""]);
        assert_eq!(frame.context_line.as_deref(), Some("boom()"));
        assert_eq!(frame.post_context(), ["z"]);
        assert_eq!(event.top_in_app_frame(), Some(frame));
    }

    #[test]
    fn release_is_an_object_or_a_string() {
        for release in [r#"{"version":"shop@1","x":null}"#, r#""shop@1""#] {
            let text = format!(r#"{{"release":{release}}}"#);
            assert_eq!(read(&text).release(), Some("shop@1"));
        }
        let tagged = r#"{"release":null,"tags":[{"key":"release","value":"t"}]}"#;
        assert_eq!(read(tagged).release(), Some("t"));
    }

    #[test]
    fn broken_entries_cost_nothing_else() {
        let event = read(
            r#"{"id":"a","entries":[{"data":{"values":[null,{"stacktrace":"private"}]},"type":"exception"}]}"#,
        );
        assert_eq!(event.event_id(), "a");
        assert_eq!(event.exceptions().len(), 1);
        assert!(event.crash_frame().is_none());
        assert!(read(r#"{"entries":{"a":[1]}}"#).exceptions().is_empty());
    }
}
