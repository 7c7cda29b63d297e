//! Whether to act on a delivery: a pure decision with its reason.

use std::fmt;

use time::OffsetDateTime;

use crate::{
    Action, Claim, Fingerprint, Payload, Resource, Webhook, fingerprint,
    model::{Id, Level},
};

/// Which deliveries to act upon.
///
/// ```
/// use sentry_hooks::{Decision, Headers, Policy, danger, model::Level};
///
/// let policy = Policy::new().min_level(Level::Error).projects(["shop"]);
/// let body = br#"{"action":"triggered","data":{"event":{"issue_id":"43","level":"warning",
///     "url":"https://sentry.io/api/0/projects/acme/shop/events/1f/"}}}"#;
/// let delivery = danger::unverified_delivery(Headers::default(), body.to_vec().into());
/// let decision = policy.filter(&delivery.webhook()?);
/// assert_eq!(
///     decision,
///     Decision::BelowThreshold { level: Level::Warning, threshold: Level::Error }
/// );
/// assert_eq!(decision.to_string(), "level warning is below error");
/// # Ok::<(), sentry_hooks::ParseError>(())
/// ```
///
/// # What counts where a payload is silent
///
/// - **Level**: a missing or unknown word counts as `error`, so that nothing is lost. Of metric
///   alerts the action counts: `warning` as such, everything else as `error`.
/// - **Project**: a payload that names no project is refused once projects are given.
/// - **Environment**: events tell theirs, and none is none. Issues never tell theirs, and a metric
///   alert without one looks at all of them, so both pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    min_level: Option<Level>,
    projects: Vec<String>,
    environments: Vec<String>,
    resources: Vec<String>,
    actions: Vec<String>,
}

/// What to do with a delivery, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Act.
    Accept,
    /// It is not severe enough.
    BelowThreshold {
        /// How severe it is.
        level: Level,
        /// How severe it would have to be.
        threshold: Level,
    },
    /// It is about a project that was not asked for.
    OtherProject {
        /// Slugs or id of its projects; empty where the payload names none.
        projects: Vec<String>,
    },
    /// It comes from an environment that was not asked for.
    OtherEnvironment {
        /// Its environment, where it has one.
        environment: Option<String>,
    },
    /// It is of a resource that was not asked for.
    OtherResource {
        /// Its resource.
        resource: String,
    },
    /// It is an action that was not asked for.
    OtherAction {
        /// Its action.
        action: String,
    },
    /// It is no trouble (installations, comments, Seer's steps, mobile builds, external requests),
    /// or it does not tell which: without id there is no [`cooldown_key`].
    NothingToActOn,
    /// The same delivery came before.
    Duplicate,
    /// Somebody is acting on the same trouble and may yet fail: offer the delivery again at `until`.
    Busy {
        /// When that attempt's lease ends.
        until: OffsetDateTime,
    },
    /// Somebody has acted on the same trouble.
    Cooling {
        /// Until when it is quiet.
        until: OffsetDateTime,
        /// How many deliveries that has kept back so far, this one included.
        suppressed: u64,
    },
}

impl Policy {
    /// Accepts every delivery about trouble: the actions `created`, `unresolved`, `triggered`,
    /// `open`, `warning` and `critical`, at any level, from anywhere. Of `activity_alert.triggered`
    /// those about the activities `status_unresolved`, `status_regression` and `status_escalating`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts this level and what is more severe.
    #[must_use]
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = Some(level);
        self
    }

    /// Accepts these projects alone, by slug or id.
    #[must_use]
    pub fn projects<S: Into<String>>(mut self, projects: impl IntoIterator<Item = S>) -> Self {
        self.projects = projects.into_iter().map(Into::into).collect();
        self
    }

    /// Accepts these environments alone.
    #[must_use]
    pub fn environments<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.environments = names.into_iter().map(Into::into).collect();
        self
    }

    /// Accepts these resources alone, in Sentry's words.
    #[must_use]
    pub fn resources<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.resources = words.into_iter().map(Into::into).collect();
        self
    }

    /// Accepts these actions alone, in Sentry's words. Replaces the list of [`Policy::new`]; other
    /// activities than its three are accepted where they are named here, e.g. `status_resolved`.
    #[must_use]
    pub fn actions<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.actions = words.into_iter().map(Into::into).collect();
        self
    }

    /// What the delivery itself says, before any store is asked: [`Decision::Accept`] or why not.
    ///
    /// What is accepted has a [`cooldown_key`].
    #[must_use]
    pub fn filter(&self, webhook: &Webhook<'_>) -> Decision {
        if fingerprint::subject(webhook).is_none() {
            return Decision::NothingToActOn;
        }
        let refused = self
            .resource(webhook)
            .or_else(|| self.action(webhook))
            .or_else(|| self.level(webhook))
            .or_else(|| self.project(webhook))
            .or_else(|| self.environment(webhook));
        refused.unwrap_or(Decision::Accept)
    }

    /// The whole decision: what the delivery says, whether it came before, and what became of the
    /// claim on its [`cooldown_key`] (`None` where no claim was made).
    ///
    /// A regression or escalation breaks through the cooldown because it has a key of its own.
    #[must_use]
    pub fn decide(&self, webhook: &Webhook<'_>, repeated: bool, claim: Option<Claim>) -> Decision {
        match self.filter(webhook) {
            Decision::Accept if repeated => Decision::Duplicate,
            Decision::Accept => claim.map_or(Decision::Accept, Decision::from),
            refused => refused,
        }
    }

    fn resource(&self, webhook: &Webhook<'_>) -> Option<Decision> {
        let resource = webhook.resource().as_str();
        let wanted = self.resources.is_empty() || contains(&self.resources, resource);
        (!wanted).then(|| Decision::OtherResource { resource: resource.to_owned() })
    }

    fn action(&self, webhook: &Webhook<'_>) -> Option<Decision> {
        if let Payload::ActivityAlert(p) = webhook.payload() {
            let activity = p.activity.as_ref().and_then(|a| a.ty.as_deref());
            return self.activity(webhook, activity.unwrap_or_default());
        }
        let word = webhook.action();
        let wanted = if self.actions.is_empty() {
            // Service hooks and the legacy plugin send nothing but events, without a word.
            let silent =
                matches!(webhook.resource(), Resource::ServiceHook | Resource::LegacyPlugin);
            silent || webhook.known_action().is_some_and(is_trouble)
        } else {
            contains(&self.actions, word)
        };
        (!wanted).then(|| Decision::OtherAction { action: word.to_owned() })
    }

    /// An alert on a step towards the solution must not claim what the trouble itself needs.
    fn activity(&self, webhook: &Webhook<'_>, activity: &str) -> Option<Decision> {
        let word = webhook.action();
        let triggered = match self.actions.is_empty() {
            true => webhook.known_action() == Some(Action::Triggered),
            false => contains(&self.actions, word),
        };
        let wanted = triggered && is_worse(activity) || contains(&self.actions, activity);
        let action = if triggered { activity } else { word };
        (!wanted).then(|| Decision::OtherAction { action: action.to_owned() })
    }

    fn level(&self, webhook: &Webhook<'_>) -> Option<Decision> {
        let threshold = self.min_level?;
        let level = level(webhook);
        (level < threshold).then_some(Decision::BelowThreshold { level, threshold })
    }

    fn project(&self, webhook: &Webhook<'_>) -> Option<Decision> {
        if self.projects.is_empty() {
            return None;
        }
        let mut projects: Vec<String> =
            webhook.project_slugs().into_iter().map(str::to_owned).collect();
        projects.extend(webhook.project_id().map(Id::to_string));
        let wanted = projects.iter().any(|p| contains(&self.projects, p));
        (!wanted).then_some(Decision::OtherProject { projects })
    }

    fn environment(&self, webhook: &Webhook<'_>) -> Option<Decision> {
        let environment = webhook.environment();
        let all = match webhook.payload() {
            Payload::Issue(_) | Payload::ActivityAlert(_) => true,
            Payload::MetricAlert(_) => environment.is_none(),
            _ => false,
        };
        if self.environments.is_empty() || all {
            return None;
        }
        let wanted = environment.is_some_and(|e| contains(&self.environments, e));
        let environment = environment.map(str::to_owned);
        (!wanted).then_some(Decision::OtherEnvironment { environment })
    }
}

/// The key to claim before acting: the fingerprint, and for a regression or an escalation one of
/// its own, so that it breaks through the cooldown of the trouble as it was.
///
/// `None` for what has no fingerprint.
#[must_use]
pub fn cooldown_key(webhook: &Webhook<'_>) -> Option<String> {
    let fingerprint = Fingerprint::of(webhook)?;
    Some(match turn(webhook) {
        Some(turn) => format!("{fingerprint}-{turn}"),
        None => fingerprint.to_string(),
    })
}

/// The turn for the worse that a delivery reports, if any.
fn turn(webhook: &Webhook<'_>) -> Option<&'static str> {
    let substatus = |word: Option<&str>| match word {
        Some("regressed") => Some("regressed"),
        Some("escalating") => Some("escalating"),
        _ => None,
    };
    match webhook.payload() {
        Payload::Issue(p) if webhook.known_action() == Some(Action::Unresolved) => {
            substatus(p.issue.as_ref()?.substatus.as_deref())
        }
        Payload::ActivityAlert(p) => match p.activity.as_ref()?.ty.as_deref()? {
            "status_regression" => Some("regressed"),
            "status_escalating" => Some("escalating"),
            _ => None,
        },
        Payload::MetricAlert(_) if webhook.known_action() == Some(Action::Critical) => {
            Some("critical")
        }
        _ => None,
    }
}

fn level(webhook: &Webhook<'_>) -> Level {
    match (webhook.payload(), webhook.known_action()) {
        (Payload::MetricAlert(_), Some(Action::Warning)) => Level::Warning,
        _ => webhook.level().unwrap_or(Level::Error),
    }
}

fn is_trouble(action: Action) -> bool {
    matches!(
        action,
        Action::Created
            | Action::Unresolved
            | Action::Triggered
            | Action::Open
            | Action::Warning
            | Action::Critical
    )
}

/// Activities which say that an issue needs somebody.
fn is_worse(activity: &str) -> bool {
    matches!(activity, "status_unresolved" | "status_regression" | "status_escalating")
}

fn contains(list: &[String], word: &str) -> bool {
    list.iter().any(|w| w == word)
}

impl Decision {
    /// Whether to act.
    #[must_use]
    pub fn is_accept(&self) -> bool {
        *self == Self::Accept
    }
}

impl From<Claim> for Decision {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::Claimed | Claim::Yours => Self::Accept,
            Claim::Busy { until } => Self::Busy { until },
            Claim::Cooling { until, suppressed } => Self::Cooling { until, suppressed },
        }
    }
}

/// Words from the payload are quoted and escaped.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept => f.write_str("accepted"),
            Self::BelowThreshold { level, threshold } => {
                write!(f, "level {level} is below {threshold}")
            }
            Self::OtherProject { projects } if projects.is_empty() => {
                f.write_str("it names no project")
            }
            Self::OtherProject { projects } => {
                let projects: Vec<_> = projects.iter().map(|p| format!("{p:?}")).collect();
                write!(f, "project {} was not asked for", projects.join(", "))
            }
            Self::OtherEnvironment { environment: Some(environment) } => {
                write!(f, "environment {environment:?} was not asked for")
            }
            Self::OtherEnvironment { environment: None } => f.write_str("it has no environment"),
            Self::OtherResource { resource } => {
                write!(f, "resource {resource:?} was not asked for")
            }
            Self::OtherAction { action } => write!(f, "action {action:?} was not asked for"),
            Self::NothingToActOn => f.write_str("it is nothing to act on"),
            Self::Duplicate => f.write_str("the same delivery came before"),
            Self::Busy { until } => write!(f, "being acted upon until {until}"),
            Self::Cooling { until, suppressed } => {
                write!(f, "cooling down until {until}, {suppressed} kept back")
            }
        }
    }
}
