//! Which resource a body's keys speak of.
//!
//! Nothing in a body names its resource, and the header that does is not signed. So the keys are
//! looked at: they stand in for a lost header, and they must not contradict it.

use super::Resource;

/// The telling keys found under `data`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub(super) installation: bool,
    pub(super) event: bool,
    pub(super) triggered_rule: bool,
    pub(super) activity: bool,
    pub(super) metric_alert: bool,
    pub(super) error: bool,
    pub(super) comment_id: bool,
    pub(super) run_id: bool,
    pub(super) build_id: bool,
    pub(super) issue: bool,
}

impl Shape {
    /// Notes a key of `data`.
    pub(super) fn note(&mut self, key: &str) {
        match key {
            "installation" => self.installation = true,
            "event" => self.event = true,
            "triggered_rule" => self.triggered_rule = true,
            "activity" => self.activity = true,
            "metric_alert" => self.metric_alert = true,
            "error" => self.error = true,
            "comment_id" => self.comment_id = true,
            "run_id" => self.run_id = true,
            "buildId" => self.build_id = true,
            "issue" => self.issue = true,
            _ => {}
        }
    }

    /// The resource, most telling keys first; `None` where no key tells.
    pub(super) fn resource(self) -> Option<Resource<'static>> {
        Some(if self.installation {
            Resource::Installation
        } else if self.event {
            // `triggered_rule` stands beside it, except perhaps in a test notification.
            Resource::EventAlert
        } else if self.activity && self.issue {
            Resource::ActivityAlert
        } else if self.metric_alert {
            Resource::MetricAlert
        } else if self.error {
            Resource::Error
        } else if self.comment_id {
            Resource::Comment
        } else if self.run_id {
            Resource::Seer
        } else if self.build_id {
            Resource::PreprodArtifact
        } else if self.issue {
            Resource::Issue
        } else {
            return None;
        })
    }

    /// Whether a key tells of that resource, perhaps beside keys that tell of another.
    pub(super) fn allows(self, resource: &Resource<'_>) -> bool {
        match resource {
            Resource::Installation => self.installation,
            Resource::EventAlert => self.event,
            Resource::ActivityAlert => self.activity && self.issue,
            Resource::MetricAlert => self.metric_alert,
            Resource::Error => self.error,
            Resource::Comment => self.comment_id,
            Resource::Seer => self.run_id,
            Resource::PreprodArtifact => self.build_id,
            Resource::Issue => self.issue && !self.activity,
            _ => false,
        }
    }
}
