//! Payloads of metric and activity alerts.
//!
//! Dates stand as they were written; [`parse_date`](crate::model::parse_date) reads them.

use std::borrow::Cow;

use super::{Setting, object::object};
use crate::model::{Actor, Id, Issue, Raw};

object! {
    /// `metric_alert.*`
    MetricAlert<'a> {
        /// The incident; `metric_alert` on the wire.
        incident: Incident<'a> = "metric_alert",
        /// Severity and name of the rule in words.
        description_title: Cow<'a, str> = "description_title",
        /// The measured value in words; nowhere else.
        description_text: Cow<'a, str> = "description_text",
        /// Page of the alert, with an opaque query.
        web_url: Cow<'a, str> = "web_url",
    }
    /// What a metric alert found.
    Incident<'a> {
        /// Id.
        id: Id = "id",
        /// Number within the organisation.
        identifier: Id = "identifier",
        /// The organisation.
        organization_id: Id = "organization_id",
        /// Slugs of the projects.
        projects: Vec<Cow<'a, str>> = "projects",
        /// 1 open, 2 closed, 10 warning, 20 critical.
        status: i64 = "status",
        /// 1 by hand, 2 rule updated, 3 rule triggered.
        status_method: i64 = "status_method",
        /// Always 2 today.
        ty: i64 = "type",
        /// Title.
        title: Cow<'a, str> = "title",
        /// When it began, as written.
        date_started: Cow<'a, str> = "date_started",
        /// When Sentry noticed, as written.
        date_detected: Cow<'a, str> = "date_detected",
        /// When the record was made, as written.
        date_created: Cow<'a, str> = "date_created",
        /// When it ended, as written, to the minute; [`parse_date`](crate::model::parse_date) reads it.
        date_closed: Cow<'a, str> = "date_closed",
        /// The rule that fired.
        alert_rule: AlertRule<'a> = "alert_rule",
    }
    /// The rule of a metric alert.
    AlertRule<'a> {
        /// Id; above 10⁹ where Sentry invents one for a monitor.
        id: Id = "id",
        /// The organisation.
        organization_id: Id = "organization_id",
        /// Name.
        name: Cow<'a, str> = "name",
        /// What it looks at, e.g. `events`.
        dataset: Cow<'a, str> = "dataset",
        /// Search query; may be empty.
        query: Cow<'a, str> = "query",
        /// What it counts, e.g. `count()`.
        aggregate: Cow<'a, str> = "aggregate",
        /// Status of the rule.
        status: i64 = "status",
        /// Kind of query.
        query_type: i64 = "query_type",
        /// 0 above, 1 below.
        threshold_type: i64 = "threshold_type",
        /// Value at which it resolves.
        resolve_threshold: f64 = "resolve_threshold",
        /// Window in minutes; a float on the wire.
        time_window: f64 = "time_window",
        /// Resolution in minutes; a float on the wire.
        resolution: f64 = "resolution",
        /// Number of windows that must agree.
        threshold_period: i64 = "threshold_period",
        /// Environment, where it is limited to one.
        environment: Cow<'a, str> = "environment",
        /// Its thresholds.
        triggers: Vec<Trigger<'a>> = "triggers",
        /// Slugs of the projects.
        projects: Vec<Cow<'a, str>> = "projects",
        /// `user:ID` or `team:ID`.
        owner: Cow<'a, str> = "owner",
        /// Who made it.
        created_by: Actor<'a> = "created_by",
        /// `static`, `percent` or `dynamic`.
        detection_type: Cow<'a, str> = "detection_type",
        /// Percentage rules: what they compare with, in minutes.
        comparison_delta: f64 = "comparison_delta",
        /// Free text.
        description: Cow<'a, str> = "description",
        /// Whether it is muted.
        snooze: bool = "snooze",
        /// Kinds of events it looks at.
        event_types: Vec<Cow<'a, str>> = "event_types",
        /// When it was made, as written.
        date_created: Cow<'a, str> = "date_created",
        /// When it was last changed, as written.
        date_modified: Cow<'a, str> = "date_modified",
    }
    /// One threshold of a metric alert.
    Trigger<'a> {
        /// Id.
        id: Id = "id",
        /// The rule it belongs to.
        alert_rule_id: Id = "alert_rule_id",
        /// `critical` or `warning`.
        label: Cow<'a, str> = "label",
        /// 0 above, 1 below.
        threshold_type: i64 = "threshold_type",
        /// The threshold.
        alert_threshold: f64 = "alert_threshold",
        /// Value at which it resolves.
        resolve_threshold: f64 = "resolve_threshold",
        /// When it was made, as written.
        date_created: Cow<'a, str> = "date_created",
        /// Whom it tells.
        actions: Vec<TriggerAction<'a>> = "actions",
    }
    /// Whom a metric alert tells.
    TriggerAction<'a> {
        /// Id.
        id: Id = "id",
        /// The threshold it belongs to.
        alert_rule_trigger_id: Id = "alert_rule_trigger_id",
        /// `email`, `slack`, `sentry_app`, …
        ty: Cow<'a, str> = "type",
        /// Kind of target.
        target_type: Cow<'a, str> = "target_type",
        /// The target.
        target_identifier: Id = "target_identifier",
        /// The integration.
        integration_id: Id = "integration_id",
        /// The integration's number.
        sentry_app_id: Id = "sentry_app_id",
        /// In words.
        desc: Cow<'a, str> = "desc",
        /// Priority.
        priority: Cow<'a, str> = "priority",
        /// The settings of the action.
        settings: Vec<Setting<'a>> = "settings",
    }
    /// `activity_alert.triggered`
    ActivityAlert<'a> {
        /// The issue.
        issue: Box<Issue<'a>> = "issue",
        /// What happened to it.
        activity: Activity<'a> = "activity",
        /// The alert.
        alert: Alert<'a> = "alert",
    }
    /// What happened to an issue.
    Activity<'a> {
        /// `status_regression`, `status_escalating`, `seer_pr_created`, …; not a closed list.
        ty: Cow<'a, str> = "type",
        /// Particulars; may be empty.
        details: Raw<'a> = "details",
    }
    /// The alert that fired.
    Alert<'a> {
        /// Id.
        id: Id = "id",
        /// Name.
        title: Cow<'a, str> = "title" | "name",
        /// The integration's number.
        sentry_app_id: Id = "sentry_app_id",
        /// API URL, or a page in older versions.
        url: Cow<'a, str> = "url",
        /// Page.
        web_url: Cow<'a, str> = "web_url" | "webUrl",
        /// The settings of the action.
        settings: Vec<Setting<'a>> = "settings",
    }
}

impl MetricAlert<'_> {
    /// The rule that fired.
    #[must_use]
    pub fn rule(&self) -> Option<&AlertRule<'_>> {
        self.incident.as_ref()?.alert_rule.as_ref()
    }
}
