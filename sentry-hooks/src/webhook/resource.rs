use std::{borrow::Cow, fmt};

use super::action::{self, Action};

/// What a delivery is about: the value of `Sentry-Hook-Resource`, or what Sentry calls the request
/// in its code where there is no such header.
///
/// Words we do not know are kept.
///
/// ```
/// use sentry_hooks::{Action, Resource};
///
/// assert_eq!(Resource::from_word("metric_alert"), Resource::MetricAlert);
/// assert!(Resource::MetricAlert.actions().contains(&Action::Open));
/// assert_eq!(Resource::from_word("weather").as_str(), "weather");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource<'a> {
    /// `installation`: the integration was installed or removed.
    Installation,
    /// `issue`: an issue changed its state.
    Issue,
    /// `error`: an error event came in.
    Error,
    /// `comment`: somebody wrote about an issue.
    Comment,
    /// `event_alert`: an issue alert fired ("issue alert" in Sentry's pages).
    EventAlert,
    /// `activity_alert`: an alert on an issue's activity fired.
    ActivityAlert,
    /// `metric_alert`: a metric alert changed its state.
    MetricAlert,
    /// `seer`: a step of an Autofix run.
    Seer,
    /// `preprod_artifact`: a mobile build was analysed or is ready.
    PreprodArtifact,
    /// External request `external_issue`: link or create an issue elsewhere.
    ExternalIssue,
    /// External request `alert_rule_action`: settings of an alert action are to be checked.
    AlertRuleAction,
    /// External request `select_options`: Sentry wants the options of a select field.
    SelectOptions,
    /// A service hook; has no word on the wire.
    ServiceHook,
    /// The legacy plugin; has no word on the wire.
    LegacyPlugin,
    /// A word we do not know.
    Other(Cow<'a, str>),
}

impl<'a> Resource<'a> {
    /// The nine resources of the integration platform.
    pub const PLATFORM: [Resource<'static>; 9] = [
        Resource::Installation,
        Resource::Issue,
        Resource::Error,
        Resource::Comment,
        Resource::EventAlert,
        Resource::ActivityAlert,
        Resource::MetricAlert,
        Resource::Seer,
        Resource::PreprodArtifact,
    ];

    /// The resource named by the header `Sentry-Hook-Resource`.
    #[must_use]
    pub fn from_word(word: &'a str) -> Self {
        let known = Self::PLATFORM.into_iter().find(|r| r.as_str() == word);
        known.unwrap_or(Resource::Other(Cow::Borrowed(word)))
    }

    /// Sentry's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Resource::Other(word) => word,
            known => known.known_str().unwrap_or_default(),
        }
    }

    /// Sentry's word where we know the resource.
    pub(super) fn known_str(&self) -> Option<&'static str> {
        Some(match self {
            Resource::Installation => "installation",
            Resource::Issue => "issue",
            Resource::Error => "error",
            Resource::Comment => "comment",
            Resource::EventAlert => "event_alert",
            Resource::ActivityAlert => "activity_alert",
            Resource::MetricAlert => "metric_alert",
            Resource::Seer => "seer",
            Resource::PreprodArtifact => "preprod_artifact",
            Resource::ExternalIssue => "external_issue",
            Resource::AlertRuleAction => "alert_rule_action",
            Resource::SelectOptions => "select_options",
            Resource::ServiceHook => "service_hook",
            Resource::LegacyPlugin => "legacy_plugin",
            Resource::Other(_) => return None,
        })
    }

    /// The actions it is known to come with, historical ones last.
    #[must_use]
    pub fn actions(&self) -> &'static [Action] {
        action::of(self)
    }

    /// Detaches it from the bytes it was read from.
    #[must_use]
    pub fn into_owned(self) -> Resource<'static> {
        match self {
            Resource::Other(word) => Resource::Other(Cow::Owned(word.into_owned())),
            Resource::Installation => Resource::Installation,
            Resource::Issue => Resource::Issue,
            Resource::Error => Resource::Error,
            Resource::Comment => Resource::Comment,
            Resource::EventAlert => Resource::EventAlert,
            Resource::ActivityAlert => Resource::ActivityAlert,
            Resource::MetricAlert => Resource::MetricAlert,
            Resource::Seer => Resource::Seer,
            Resource::PreprodArtifact => Resource::PreprodArtifact,
            Resource::ExternalIssue => Resource::ExternalIssue,
            Resource::AlertRuleAction => Resource::AlertRuleAction,
            Resource::SelectOptions => Resource::SelectOptions,
            Resource::ServiceHook => Resource::ServiceHook,
            Resource::LegacyPlugin => Resource::LegacyPlugin,
        }
    }
}

impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
