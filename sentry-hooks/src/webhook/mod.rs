//! Deliveries, typed.

mod action;
mod alerts;
pub(crate) mod object;
mod other;
mod parse;
mod payload;
mod resource;
mod shape;

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};

use crate::{
    Headers, ParseError,
    model::{Actor, Event, Id, Issue, Level, Raw},
};

pub use action::Action;
pub use alerts::{
    Activity, ActivityAlert, Alert, AlertRule, Incident, MetricAlert, Trigger, TriggerAction,
};
pub use object::Confidential;
pub use other::{
    AlertRuleAction, AppInfo, CodeChange, Comment, ExternalIssue, GitInfo, LegacyWebhook,
    PreprodArtifact, PullRequest, RootCause, Seer, SeerPullRequest, ServiceHook, SizeComparison,
    SizeDiff, Solution, SolutionStep,
};
pub use payload::{
    App, ErrorWebhook, EventAlert, Installation, IssueAlert, IssueWebhook, Organization, Payload,
    Setting, TypedPayload,
};
pub use resource::Resource;

/// A delivery's body, read: what happened, to what, by whom.
///
/// The questions most receivers ask have an answer here whatever the resource; the rest is in
/// [`Webhook::payload`]. Serialising (with `serde_json`) writes the body as it came. Of a key that
/// stands twice the last counts, as in `serde_json`.
///
/// ```
/// use sentry_hooks::{Headers, danger, model::Level};
///
/// let body = br#"{"action":"triggered","installation":{"uuid":"a8e5"},"actor":{"type":"application",
///     "id":"sentry","name":"Sentry"},"data":{"triggered_rule":"Fatal errors","event":{
///     "event_id":"1f","level":"fatal","issue_id":"43","title":"TimeoutError: pool exhausted"}}}"#;
/// let delivery = danger::unverified_delivery(Headers::default(), body.to_vec().into());
/// let webhook = delivery.webhook()?;
/// assert_eq!(webhook.name(), "event_alert.triggered");
/// assert_eq!(webhook.issue_id().unwrap(), "43");
/// assert_eq!(webhook.level(), Some(Level::Fatal));
/// assert_eq!(webhook.rule().unwrap().name, Some("Fatal errors"));
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Webhook<'a> {
    source: Cow<'a, str>,
    resource: Resource<'a>,
    action: Option<Cow<'a, str>>,
    installation: Option<Cow<'a, str>>,
    actor: Option<Actor<'a>>,
    data: Option<Raw<'a>>,
    payload: Payload<'a>,
}

/// The rule that caused a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule<'w> {
    /// Its id, where the payload has it (an issue alert's only with settings).
    pub id: Option<&'w Id>,
    /// Its name; may be empty in test notifications.
    pub name: Option<&'w str>,
}

impl<'a> Webhook<'a> {
    /// Reads a body; [`Delivery::webhook`](crate::Delivery::webhook) is the way in.
    pub(crate) fn parse(headers: &'a Headers, body: &'a [u8]) -> Result<Self, ParseError> {
        parse::webhook(headers, body)
    }

    /// What it is about.
    #[must_use]
    pub fn resource(&self) -> &Resource<'a> {
        &self.resource
    }

    /// What happened, in Sentry's word; empty where the body has no `action`.
    #[must_use]
    pub fn action(&self) -> &str {
        self.action.as_deref().unwrap_or_default()
    }

    /// What happened, where we know the word.
    #[must_use]
    pub fn known_action(&self) -> Option<Action> {
        Action::from_word(self.action.as_deref()?)
    }

    /// Resource and action as Sentry names the event, e.g. `issue.created`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.action {
            Some(action) => format!("{}.{action}", self.resource),
            None => self.resource.to_string(),
        }
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &Payload<'a> {
        &self.payload
    }

    /// The payload, taken out.
    #[must_use]
    pub fn into_payload(self) -> Payload<'a> {
        self.payload
    }

    /// The issue's id, wherever the resource has it.
    #[must_use]
    pub fn issue_id(&self) -> Option<Id> {
        match &self.payload {
            Payload::Issue(p) => p.issue.as_ref().map(|i| i.id.clone()),
            Payload::ActivityAlert(p) => p.issue.as_ref().map(|i| i.id.clone()),
            Payload::Error(p) => p.event.issue_id(),
            Payload::EventAlert(p) => p.event.issue_id(),
            Payload::Comment(p) => p.issue_id.clone(),
            Payload::Seer(p) => p.group_id.clone(),
            Payload::ExternalIssue(p) => p.issue_id.clone(),
            Payload::ServiceHook(p) => {
                let group = p.group.as_ref().map(|g| g.id.clone());
                group.or_else(|| p.event.as_ref()?.issue_id())
            }
            Payload::Legacy(p) => p.id.clone(),
            _ => None,
        }
    }

    /// The event, where the resource carries one.
    #[must_use]
    pub fn event(&self) -> Option<&Event<'a>> {
        match &self.payload {
            Payload::Error(p) => Some(&p.event),
            Payload::EventAlert(p) => Some(&p.event),
            Payload::ServiceHook(p) => p.event.as_deref(),
            Payload::Legacy(p) => p.event.as_deref(),
            _ => None,
        }
    }

    /// The issue, where the resource carries one.
    #[must_use]
    pub fn issue(&self) -> Option<&Issue<'a>> {
        match &self.payload {
            Payload::Issue(p) => p.issue.as_deref(),
            Payload::ActivityAlert(p) => p.issue.as_deref(),
            Payload::ServiceHook(p) => p.group.as_deref(),
            _ => None,
        }
    }

    /// Severity of the event or the issue, where its word is one we know.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level_word().and_then(Level::from_word)
    }

    /// Sentry's word for the severity of the event or the issue.
    #[must_use]
    pub fn level_word(&self) -> Option<&str> {
        let legacy = match &self.payload {
            Payload::Legacy(p) => p.level.as_deref(),
            _ => None,
        };
        let event = || self.event().and_then(Event::level_word);
        legacy.or_else(event).or_else(|| self.issue()?.level_word.as_deref())
    }

    /// The rule or alert that caused it.
    #[must_use]
    pub fn rule(&self) -> Option<Rule<'_>> {
        let (id, name) = match &self.payload {
            Payload::EventAlert(p) => {
                let rule = p.issue_alert.as_ref();
                let title = rule.and_then(|r| r.title.as_deref());
                (rule.and_then(|r| r.id.as_ref()), p.triggered_rule.as_deref().or(title))
            }
            Payload::ActivityAlert(p) => {
                let alert = p.alert.as_ref()?;
                (alert.id.as_ref(), alert.title.as_deref())
            }
            Payload::MetricAlert(p) => {
                let rule = p.incident.as_ref()?.alert_rule.as_ref()?;
                (rule.id.as_ref(), rule.name.as_deref())
            }
            Payload::Legacy(p) => (None, Some(p.triggering_rules.as_ref()?.first()?.as_ref())),
            _ => return None,
        };
        (id.is_some() || name.is_some()).then_some(Rule { id, name })
    }

    /// Who did it.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor<'a>> {
        match &self.payload {
            Payload::ExternalIssue(p) => p.actor.as_ref(),
            _ => self.actor.as_ref(),
        }
    }

    /// The uuid of the integration's installation, as written.
    #[must_use]
    pub fn installation_uuid(&self) -> Option<&str> {
        self.installation.as_deref().or(match &self.payload {
            Payload::Installation(p) => p.uuid.as_deref(),
            Payload::ExternalIssue(p) => p.installation_id.as_deref(),
            Payload::AlertRuleAction(p) => p.installation_id.as_deref(),
            _ => None,
        })
    }

    /// The title of the event, the issue or the metric alert. Reporter-controlled.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match &self.payload {
            Payload::MetricAlert(p) => p.incident.as_ref()?.title.as_deref(),
            Payload::Legacy(p) => p.message.as_deref(),
            _ => {
                let issue = self.issue().and_then(|i| i.title.as_deref());
                issue.or_else(|| self.event()?.title())
            }
        }
    }

    /// The project's id.
    #[must_use]
    pub fn project_id(&self) -> Option<&Id> {
        match &self.payload {
            Payload::ExternalIssue(p) => p.project.as_ref()?.id.as_ref(),
            Payload::PreprodArtifact(p) => p.project_id.as_ref(),
            _ => {
                let event = self.event().and_then(Event::project_id);
                event.or_else(|| self.issue()?.project.as_ref()?.id.as_ref())
            }
        }
    }

    /// The slugs of the projects it is about: one, as a rule; a metric alert can have several.
    #[must_use]
    pub fn project_slugs(&self) -> Vec<&str> {
        match &self.payload {
            Payload::MetricAlert(p) => {
                let incident = p.incident.as_ref();
                let projects = incident.and_then(|i| i.projects.as_ref());
                projects.into_iter().flatten().map(AsRef::as_ref).collect()
            }
            _ => self.project_slug().into_iter().collect(),
        }
    }

    fn project_slug(&self) -> Option<&str> {
        match &self.payload {
            Payload::Comment(p) => p.project_slug.as_deref(),
            Payload::PreprodArtifact(p) => p.project_slug.as_deref(),
            Payload::ExternalIssue(p) => p.project.as_ref()?.slug.as_deref(),
            Payload::ServiceHook(p) => p.project.as_ref()?.slug.as_deref(),
            Payload::Legacy(p) => p.project_slug.as_deref().or(p.project.as_deref()),
            _ => {
                let event = self.event().and_then(Event::project_slug);
                event.or_else(|| self.issue()?.project.as_ref()?.slug.as_deref())
            }
        }
    }

    /// The organisation's slug, from a field or from a URL.
    #[must_use]
    pub fn organization_slug(&self) -> Option<&str> {
        match &self.payload {
            Payload::Installation(p) => p.organization.as_ref()?.slug.as_deref(),
            Payload::PreprodArtifact(p) => p.organization_slug.as_deref(),
            Payload::MetricAlert(p) => crate::model::url_organization(p.web_url.as_deref()?),
            Payload::Legacy(p) => crate::model::url_organization(p.url.as_deref()?),
            _ => {
                let event = self.event().and_then(Event::organization_slug);
                event.or_else(|| self.issue()?.organization_slug())
            }
        }
    }

    /// Host of the Sentry server, from a URL.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.payload {
            Payload::MetricAlert(p) => crate::model::url_host(p.web_url.as_deref()?),
            Payload::ExternalIssue(p) => crate::model::url_host(p.web_url.as_deref()?),
            Payload::Legacy(p) => crate::model::url_host(p.url.as_deref()?),
            _ => {
                let event = self.event().and_then(Event::host);
                event.or_else(|| self.issue()?.host())
            }
        }
    }

    /// The environment, where the payload tells it: events do, issues do not.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        match &self.payload {
            Payload::MetricAlert(p) => p.rule()?.environment.as_deref(),
            _ => self.event()?.environment(),
        }
    }

    /// `data` as it came; `None` where the body has none.
    #[must_use]
    pub fn data(&self) -> Option<&Raw<'a>> {
        self.data.as_ref()
    }

    /// The whole body as it came; empty for [`Resource::SelectOptions`].
    #[must_use]
    pub fn raw(&self) -> Raw<'_> {
        Raw::new(&self.source)
    }

    /// Detaches it from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Webhook<'static> {
        Webhook {
            source: Cow::Owned(self.source.into_owned()),
            resource: self.resource.into_owned(),
            action: self.action.map(|a| Cow::Owned(a.into_owned())),
            installation: self.installation.map(|i| Cow::Owned(i.into_owned())),
            actor: self.actor.map(Actor::into_owned),
            data: self.data.map(Raw::into_owned),
            payload: self.payload.into_owned(),
        }
    }
}

/// Shows what it is and about what, not what it says: no titles, texts, names or addresses.
impl fmt::Debug for Webhook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("resource", &self.resource)
            .field("action", &self.action)
            .field("installation", &self.installation)
            .field("actor", &self.actor)
            .field("issue_id", &self.issue_id())
            .field("project_id", &self.project_id())
            .field("bytes", &self.source.len())
            .finish_non_exhaustive()
    }
}

/// Writes the body as it came (with `serde_json`).
impl Serialize for Webhook<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_what_it_is_and_not_what_it_says() {
        let body = br#"{"action":"assigned","installation":{"uuid":"a8e5"},"actor":{"type":"user",
            "id":9,"name":"Ada L."},"data":{"issue":{"id":"43","title":"secret words"},
            "assignee":{"type":"user","email":"ada@acme.test"}}}"#;
        let headers = Headers::default();
        let shown = format!("{:?}", Webhook::parse(&headers, body).unwrap());
        for told in ["Issue", "assigned", "a8e5", "43"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        for kept in ["Ada", "acme", "secret"] {
            assert!(!shown.contains(kept), "{kept}: {shown}");
        }
    }
}
