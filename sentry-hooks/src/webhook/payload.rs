//! The payload of each resource.

use std::borrow::Cow;

use super::{
    ActivityAlert, AlertRuleAction, Comment, Confidential, ExternalIssue, LegacyWebhook,
    MetricAlert, PreprodArtifact, Seer, ServiceHook, object::object,
};
use crate::model::{Actor, Event, Id, Issue, Raw};

/// What a delivery carries, by resource.
///
/// `Debug` shows it field by field, titles and other words of reporters among them; it withholds
/// comments, people's names and addresses, and what is [`Confidential`].
///
/// ```
/// use sentry_hooks::{Headers, Payload, danger};
///
/// let body = br#"{"action":"deleted","data":{"comment_id":1,"issue_id":7,"comment":"solved"}}"#;
/// let delivery = danger::unverified_delivery(Headers::default(), body.to_vec().into());
/// let webhook = delivery.webhook()?;
/// let Payload::Comment(comment) = webhook.payload() else { panic!("a comment") };
/// assert_eq!(comment.comment.as_deref(), Some("solved"));
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// The integration was installed or removed.
    Installation(Installation<'a>),
    /// An issue changed its state.
    Issue(IssueWebhook<'a>),
    /// An error event came in.
    Error(ErrorWebhook<'a>),
    /// Somebody wrote about an issue.
    Comment(Comment<'a>),
    /// An issue alert fired.
    EventAlert(EventAlert<'a>),
    /// An alert on an issue's activity fired.
    ActivityAlert(Box<ActivityAlert<'a>>),
    /// A metric alert changed its state.
    MetricAlert(Box<MetricAlert<'a>>),
    /// A step of an Autofix run.
    Seer(Box<Seer<'a>>),
    /// A mobile build was analysed or is ready.
    PreprodArtifact(Box<PreprodArtifact<'a>>),
    /// An issue is to be linked or created elsewhere.
    ExternalIssue(ExternalIssue<'a>),
    /// Settings of an alert action are to be checked.
    AlertRuleAction(AlertRuleAction<'a>),
    /// Sentry wants the options of a select field: a `GET` whose question is in the query string,
    /// which is not part of the body and thus not signed. Answering is left to you.
    SelectOptions,
    /// A service hook.
    ServiceHook(ServiceHook<'a>),
    /// The legacy plugin.
    Legacy(Box<LegacyWebhook<'a>>),
    /// The `data` of a resource we do not know, or of a body without the keys of its resource.
    Other(Option<Raw<'a>>),
}

/// `error.created`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ErrorWebhook<'a> {
    /// The event.
    pub event: Box<Event<'a>>,
}

/// `event_alert.triggered`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventAlert<'a> {
    /// The event that fired the alert.
    pub event: Box<Event<'a>>,
    /// The rule's label; empty in test notifications.
    pub triggered_rule: Option<Cow<'a, str>>,
    /// The rule, where the alert's action has settings; the rule's id is nowhere else.
    pub issue_alert: Option<IssueAlert<'a>>,
}

object! {
    /// `installation.*`
    Installation<'a> {
        /// The installation's uuid.
        uuid: Cow<'a, str> = "uuid",
        /// `pending` or `installed`.
        status: Cow<'a, str> = "status",
        /// Grant to be exchanged for a token. A secret.
        code: Confidential<'a> = "code",
        /// The integration.
        app: App<'a> = "app",
        /// The organisation that installed it.
        organization: Organization<'a> = "organization",
    }
    /// An integration.
    App<'a> {
        /// Its uuid.
        uuid: Cow<'a, str> = "uuid",
        /// Its slug.
        slug: Cow<'a, str> = "slug",
        /// Its number; absent before 2026.
        sentry_app_id: Id = "sentryAppId",
    }
    /// An organisation.
    Organization<'a> {
        /// Its slug.
        slug: Cow<'a, str> = "slug",
        /// Its number; absent in older versions.
        id: Id = "id",
    }
    /// `issue.*`
    IssueWebhook<'a> {
        /// The issue as it was when the webhook was built, perhaps later than the action.
        issue: Box<Issue<'a>> = "issue",
        /// With `assigned`: the new assignee. Its id is a number here.
        assignee: Actor<'a> = "assignee",
        /// With `resolved`: how; not a closed list.
        resolution_type: Cow<'a, str> = "resolution_type",
    }
    /// The rule of an issue alert whose action has settings.
    IssueAlert<'a> {
        /// The rule's id.
        id: Id = "id",
        /// The rule's name.
        title: Cow<'a, str> = "title",
        /// The integration's number.
        sentry_app_id: Id = "sentry_app_id",
        /// The settings of the action.
        settings: Vec<Setting<'a>> = "settings",
    }
    /// One setting of an alert action.
    Setting<'a> {
        /// Its name.
        name: Cow<'a, str> = "name",
        /// Its value: anything.
        value: Raw<'a> = "value",
    }
}

impl ErrorWebhook<'_> {
    /// Detaches it from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> ErrorWebhook<'static> {
        ErrorWebhook { event: Box::new(self.event.into_owned()) }
    }
}

impl EventAlert<'_> {
    /// Detaches it from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> EventAlert<'static> {
        EventAlert {
            event: Box::new(self.event.into_owned()),
            triggered_rule: self.triggered_rule.map(|r| Cow::Owned(r.into_owned())),
            issue_alert: self.issue_alert.map(IssueAlert::into_owned),
        }
    }
}

impl Payload<'_> {
    /// Detaches it from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Payload<'static> {
        match self {
            Payload::Installation(p) => Payload::Installation(p.into_owned()),
            Payload::Issue(p) => Payload::Issue(p.into_owned()),
            Payload::Error(p) => Payload::Error(p.into_owned()),
            Payload::Comment(p) => Payload::Comment(p.into_owned()),
            Payload::EventAlert(p) => Payload::EventAlert(p.into_owned()),
            Payload::ActivityAlert(p) => Payload::ActivityAlert(Box::new((*p).into_owned())),
            Payload::MetricAlert(p) => Payload::MetricAlert(Box::new((*p).into_owned())),
            Payload::Seer(p) => Payload::Seer(Box::new((*p).into_owned())),
            Payload::PreprodArtifact(p) => Payload::PreprodArtifact(Box::new((*p).into_owned())),
            Payload::ExternalIssue(p) => Payload::ExternalIssue(p.into_owned()),
            Payload::AlertRuleAction(p) => Payload::AlertRuleAction(p.into_owned()),
            Payload::SelectOptions => Payload::SelectOptions,
            Payload::ServiceHook(p) => Payload::ServiceHook(p.into_owned()),
            Payload::Legacy(p) => Payload::Legacy(Box::new((*p).into_owned())),
            Payload::Other(p) => Payload::Other(p.map(Raw::into_owned)),
        }
    }
}

/// A payload of one resource: what [`Delivery::payload`](crate::Delivery::payload) can be asked for.
///
/// Implemented for the payload types of this crate, and for them alone.
pub trait TypedPayload: sealed::Sealed + Sized + Send + Sync + 'static {
    /// Sentry's word for the resource.
    const RESOURCE: &'static str;

    /// Takes the payload if it is of this resource.
    fn from_payload(payload: Payload<'static>) -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! typed_payloads {
    ($($ty:ident: $variant:ident = $resource:literal $(, $unbox:tt)?;)*) => {$(
        impl sealed::Sealed for $ty<'static> {}

        impl TypedPayload for $ty<'static> {
            const RESOURCE: &'static str = $resource;

            fn from_payload(payload: Payload<'static>) -> Option<Self> {
                match payload {
                    Payload::$variant(p) => Some($($unbox)? p),
                    _ => None,
                }
            }
        }
    )*};
}

typed_payloads! {
    Installation: Installation = "installation";
    IssueWebhook: Issue = "issue";
    ErrorWebhook: Error = "error";
    Comment: Comment = "comment";
    EventAlert: EventAlert = "event_alert";
    ActivityAlert: ActivityAlert = "activity_alert", *;
    MetricAlert: MetricAlert = "metric_alert", *;
    Seer: Seer = "seer", *;
    PreprodArtifact: PreprodArtifact = "preprod_artifact", *;
    ExternalIssue: ExternalIssue = "external_issue";
    AlertRuleAction: AlertRuleAction = "alert_rule_action";
    ServiceHook: ServiceHook = "service_hook";
}
