//! From a body to a [`Webhook`]: one pass for the envelope and an event in it.

use std::borrow::Cow;

use super::{
    ActivityAlert, AlertRuleAction, Comment, ErrorWebhook, EventAlert, ExternalIssue, Installation,
    IssueAlert, IssueWebhook, LegacyWebhook, MetricAlert, Payload, PreprodArtifact, Resource, Seer,
    ServiceHook, Webhook, shape::Shape,
};
use crate::{
    Channel, Headers, ParseError,
    json::{self, Scanner},
    model::{Actor, Event, Raw},
    wire,
};

/// What the pass over a body finds.
#[derive(Default)]
struct Envelope<'a> {
    action: Option<Cow<'a, str>>,
    installation: Option<Cow<'a, str>>,
    actor: Option<Actor<'a>>,
    data: Option<&'a str>,
    under_data: UnderData<'a>,
    other: Other,
}

/// What it finds under `data`.
#[derive(Default)]
struct UnderData<'a> {
    shape: Shape,
    event: Option<Box<Event<'a>>>,
    error: Option<Box<Event<'a>>>,
    triggered_rule: Option<Cow<'a, str>>,
    issue_alert: Option<IssueAlert<'a>>,
}

/// Keys at the top level which tell the mechanisms without `data` apart.
#[derive(Default)]
struct Other {
    fields: bool,
    issue_id: bool,
    group: bool,
    event: bool,
    message: bool,
}

pub(super) fn webhook<'a>(headers: &'a Headers, body: &'a [u8]) -> Result<Webhook<'a>, ParseError> {
    if body.is_empty() && headers.channel() == Channel::ExternalRequest {
        return Ok(Webhook {
            source: Cow::Borrowed(""),
            resource: Resource::SelectOptions,
            action: None,
            installation: None,
            actor: None,
            data: None,
            payload: Payload::SelectOptions,
        });
    }
    let mut envelope = Envelope::default();
    let mut scanner = Scanner::from_bytes(body)?;
    if scanner.peek() != Some(b'{') {
        scanner.skip()?;
        scanner.finish()?;
        return Err(ParseError::NotAnObject);
    }
    let source = scanner.object(|s, key| envelope.top(s, key))?;
    scanner.finish()?;
    envelope.into_webhook(headers, source)
}

impl<'a> Envelope<'a> {
    fn top(&mut self, scanner: &mut Scanner<'a>, key: &str) -> Result<(), ParseError> {
        if key == "data" {
            // Of a key that stands twice the last counts, with all that was read under it.
            self.under_data = UnderData::default();
        }
        if key == "data" && scanner.peek() == Some(b'{') {
            self.data = Some(scanner.object(|s, key| self.under_data.read(s, key))?);
            return Ok(());
        }
        let value = scanner.skip()?;
        match key {
            "action" => self.action = json::text(value),
            "installation" => {
                self.installation = None;
                json::members(value, |key, value| {
                    if key == "uuid" {
                        self.installation = json::text(value);
                    }
                });
            }
            "actor" => self.actor = Actor::from_raw(value),
            "data" => self.data = Some(value),
            "fields" => self.other.fields = true,
            "issueId" => self.other.issue_id = true,
            "group" => self.other.group = true,
            "event" => self.other.event = json::is_object(value),
            "message" => self.other.message = true,
            _ => {}
        }
        Ok(())
    }

    fn into_webhook(
        mut self,
        headers: &'a Headers,
        source: &'a str,
    ) -> Result<Webhook<'a>, ParseError> {
        let resource = self.resource(headers)?;
        let payload = self.payload(&resource, source);
        Ok(Webhook {
            source: Cow::Borrowed(source),
            resource,
            action: self.action,
            installation: self.installation,
            actor: self.actor,
            data: self.data.map(Raw::new),
            payload,
        })
    }

    /// What the headers say, unless the body contradicts; what the body says, without header.
    ///
    /// Webhooks and external requests are signed with the same secret, so not even the name of
    /// the signature's header is beyond doubt.
    fn resource(&self, headers: &'a Headers) -> Result<Resource<'a>, ParseError> {
        let without_data = self.resource_without_data();
        let shape = self.under_data.shape.resource().or(without_data.clone());
        let claimed = match headers.channel() {
            Channel::ServiceHook => Some(Resource::ServiceHook),
            Channel::ExternalRequest => match without_data {
                Some(Resource::AlertRuleAction) => Some(Resource::AlertRuleAction),
                _ => Some(Resource::ExternalIssue),
            },
            Channel::Webhook | Channel::Unsigned => headers.resource().map(Resource::from_word),
        };
        let Some(claimed) = claimed else {
            return Ok(shape.unwrap_or(Resource::Other(Cow::Borrowed(""))));
        };
        let words = (claimed.known_str(), shape.as_ref().and_then(Resource::known_str));
        let allowed = shape.as_ref() == Some(&claimed) || self.under_data.shape.allows(&claimed);
        match words {
            (Some(header), Some(shape)) if !allowed => {
                Err(ParseError::Contradiction { header, shape })
            }
            _ => Ok(claimed),
        }
    }

    /// What the keys beside `data` say.
    fn resource_without_data(&self) -> Option<Resource<'static>> {
        if self.data.is_some() {
            None
        } else if self.other.fields {
            Some(if self.other.issue_id {
                Resource::ExternalIssue
            } else {
                Resource::AlertRuleAction
            })
        } else if self.other.group && self.other.event {
            Some(Resource::ServiceHook)
        } else if self.other.event && self.other.message {
            Some(Resource::LegacyPlugin)
        } else {
            None
        }
    }

    fn payload(&mut self, resource: &Resource<'_>, source: &'a str) -> Payload<'a> {
        let data = self.data;
        let typed = match resource {
            Resource::Error => {
                self.under_data.error.take().map(|event| Payload::Error(ErrorWebhook { event }))
            }
            Resource::EventAlert => self.under_data.event.take().map(|event| {
                Payload::EventAlert(EventAlert {
                    event,
                    triggered_rule: self.under_data.triggered_rule.take(),
                    issue_alert: self.under_data.issue_alert.take(),
                })
            }),
            Resource::Installation => data.and_then(|data| {
                let mut installation = None;
                json::members(data, |key, value| {
                    if key == "installation" {
                        installation = Installation::read(value);
                    }
                });
                installation.map(Payload::Installation)
            }),
            Resource::Issue => data.and_then(IssueWebhook::read).map(Payload::Issue),
            Resource::Comment => data.and_then(Comment::read).map(Payload::Comment),
            Resource::ActivityAlert => {
                data.and_then(ActivityAlert::read).map(Box::new).map(Payload::ActivityAlert)
            }
            Resource::MetricAlert => {
                data.and_then(MetricAlert::read).map(Box::new).map(Payload::MetricAlert)
            }
            Resource::Seer => data.and_then(Seer::read).map(Box::new).map(Payload::Seer),
            Resource::PreprodArtifact => {
                data.and_then(PreprodArtifact::read).map(Box::new).map(Payload::PreprodArtifact)
            }
            Resource::ExternalIssue => ExternalIssue::read(source).map(Payload::ExternalIssue),
            Resource::AlertRuleAction => {
                AlertRuleAction::read(source).map(Payload::AlertRuleAction)
            }
            Resource::ServiceHook => ServiceHook::read(source).map(Payload::ServiceHook),
            Resource::LegacyPlugin => {
                LegacyWebhook::read(source).map(Box::new).map(Payload::Legacy)
            }
            Resource::SelectOptions | Resource::Other(_) => None,
        };
        typed.unwrap_or_else(|| Payload::Other(data.map(Raw::new)))
    }
}

impl<'a> UnderData<'a> {
    fn read(&mut self, scanner: &mut Scanner<'a>, key: &str) -> Result<(), ParseError> {
        self.shape.note(key);
        match key {
            "event" => self.event = event(scanner)?,
            "error" => self.error = event(scanner)?,
            "triggered_rule" => self.triggered_rule = json::text(scanner.skip()?),
            "issue_alert" => self.issue_alert = IssueAlert::read(scanner.skip()?),
            _ => {
                scanner.skip()?;
            }
        }
        Ok(())
    }
}

/// An event; `None` for what is no object.
fn event<'a>(scanner: &mut Scanner<'a>) -> Result<Option<Box<Event<'a>>>, ParseError> {
    if scanner.peek() != Some(b'{') {
        return scanner.skip().map(|_| None);
    }
    Ok(Some(Box::new(wire::webhook::event(scanner)?)))
}

#[cfg(test)]
mod tests {
    use crate::{Headers, Webhook};

    #[test]
    fn of_a_key_that_stands_twice_the_last_counts() {
        let headers = Headers::default();
        let read = |text: &'static str| Webhook::parse(&headers, text.as_bytes()).unwrap();

        let webhook = read(
            r#"{"action":"created","action":"triggered","data":{"issue":{"id":"1"}},
                "data":{"event":{"issue_id":"2"},"triggered_rule":"r"}}"#,
        );
        assert_eq!(webhook.name(), "event_alert.triggered");
        assert_eq!(webhook.issue_id().unwrap(), "2");

        let webhook = read(
            r#"{"action":"created","data":{"event":{"issue_id":"2"},"triggered_rule":"r"},
                "data":{"issue":{"id":"1"}}}"#,
        );
        assert_eq!((webhook.name().as_str(), webhook.rule()), ("issue.created", None));
        assert_eq!(webhook.data().unwrap().get(), r#"{"issue":{"id":"1"}}"#);

        let webhook = read(r#"{"data":{"event":{"issue_id":"2"}},"data":null}"#);
        assert!(webhook.event().is_none() && webhook.resource().as_str().is_empty());

        let webhook = read(
            r#"{"installation":{"uuid":"a"},"installation":{},
                "data":{"event":{"issue_id":"1"},"event":{"issue_id":"2"},"event":{"issue_id":"3"}}}"#,
        );
        assert_eq!((webhook.issue_id().unwrap(), webhook.installation_uuid()), (3.into(), None));
    }
}
