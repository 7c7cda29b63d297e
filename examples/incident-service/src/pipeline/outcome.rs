//! What became of a delivery.

use std::fmt;
use std::sync::Arc;

use sentry_correlate::Report;
use sentry_hooks::{Decision, Delivery, ParseError, Webhook};

use crate::Failure;

/// What became of a delivery.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It was looked into, and the report is published.
    Answered(Arc<Report>),
    /// The source does not know the window, or not yet, for the reason that is given. The report
    /// that says so is published; the issue cools down for a short time alone.
    Unresolved(Arc<Report>, String),
    /// It was not looked into, for the reason that the decision says.
    Passed(Decision),
    /// It is about trouble and brings no event, so there is no stack to look at.
    NoEvent,
    /// It has the right signature and cannot be read.
    Unreadable(ParseError),
    /// Nothing could be asked or remembered. The next delivery of the same trouble tries again.
    Failed(String),
    /// It was looked into and the report could not be published. The next delivery of the same
    /// trouble tries again.
    NotPublished(Failure),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(_) => f.write_str("answered"),
            Self::Unresolved(_, reason) => write!(f, "the release is not known here: {reason}"),
            Self::Passed(decision) => decision.fmt(f),
            Self::NoEvent => f.write_str("it brings no event"),
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
            Self::NotPublished(failure) => write!(f, "the report was not published: {failure}"),
        }
    }
}

/// A delivery in a log line: what is known of it once its body is gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Resource and action; empty where the body cannot be read.
    pub name: String,
    /// The issue's id.
    pub issue: Option<String>,
    /// The project: its slug, or its id where the body has no slug.
    pub project: Option<String>,
    /// Which of the secrets verified it, counted from 0; unknown of what waited on the disk.
    pub secret: Option<usize>,
    /// Length of the body.
    pub bytes: usize,
}

impl About {
    /// Of a delivery, read already or unreadable.
    #[must_use]
    pub fn of(delivery: &Delivery, webhook: Option<&Webhook<'_>>) -> Self {
        Self {
            name: webhook.map(Webhook::name).unwrap_or_default(),
            issue: webhook.and_then(Webhook::issue_id).map(|id| id.to_string()),
            project: webhook.and_then(project),
            secret: delivery.matched_secret(),
            bytes: delivery.body().len(),
        }
    }
}

fn project(webhook: &Webhook<'_>) -> Option<String> {
    let slugs = webhook.project_slugs();
    if slugs.is_empty() {
        return webhook.project_id().map(ToString::to_string);
    }
    Some(slugs.join(","))
}
