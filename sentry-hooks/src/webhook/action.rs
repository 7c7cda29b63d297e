use std::fmt;

use super::Resource;

macro_rules! actions {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// What happened, where we know the word. The word itself is [`Webhook::action`].
        ///
        /// [`Webhook::action`]: super::Webhook::action
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Action {
            $($(#[$meta])* $name,)*
        }

        impl Action {
            /// The action of that word, whatever the resource.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Some(match word {
                    $($word => Self::$name,)*
                    _ => return None,
                })
            }

            /// Sentry's word for it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

actions! {
    /// First event of an issue; an error event; a comment; an installation; an external issue.
    Created = "created",
    /// A comment changed.
    Updated = "updated",
    /// A comment or an installation is gone.
    Deleted = "deleted",
    /// An issue or metric alert was resolved.
    Resolved = "resolved",
    /// An issue's assignee changed.
    Assigned = "assigned",
    /// An issue was archived (older word; still sent to subscriptions that ask for it).
    Ignored = "ignored",
    /// An issue was archived.
    Archived = "archived",
    /// An issue is unresolved again: regression, escalation or by hand.
    Unresolved = "unresolved",
    /// An alert fired.
    Triggered = "triggered",
    /// A metric alert opened; in Sentry's code, not in its docs.
    Open = "open",
    /// A metric alert reached its warning threshold.
    Warning = "warning",
    /// A metric alert reached its critical threshold.
    Critical = "critical",
    /// Autofix looks for the root cause.
    RootCauseStarted = "root_cause_started",
    /// Autofix has a root cause.
    RootCauseCompleted = "root_cause_completed",
    /// Autofix plans a solution.
    SolutionStarted = "solution_started",
    /// Autofix has planned a solution.
    SolutionCompleted = "solution_completed",
    /// Autofix writes code.
    CodingStarted = "coding_started",
    /// Autofix has written code.
    CodingCompleted = "coding_completed",
    /// Autofix opened a pull request.
    PrCreated = "pr_created",
    /// Autofix works over its pull request; not in Sentry's docs.
    IterationStarted = "iteration_started",
    /// Autofix has worked over its pull request; not in Sentry's docs.
    IterationCompleted = "iteration_completed",
    /// Autofix asks for a review; not in Sentry's docs.
    PrReadyForReview = "pr_ready_for_review",
    /// Historical: Seer triaged.
    TriageStarted = "triage_started",
    /// Historical: Seer has triaged.
    TriageCompleted = "triage_completed",
    /// Historical: Seer assessed the impact.
    ImpactAssessmentStarted = "impact_assessment_started",
    /// Historical: Seer has assessed the impact.
    ImpactAssessmentCompleted = "impact_assessment_completed",
    /// A mobile build's size was analysed, or that failed.
    SizeAnalysisCompleted = "size_analysis_completed",
    /// A mobile build can be distributed, or that failed.
    BuildDistributionCompleted = "build_distribution_completed",
    /// An external request was made.
    Requested = "requested",
    /// An issue was linked to an existing one elsewhere.
    Linked = "linked",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The actions that a resource is known to come with.
pub(super) fn of(resource: &Resource<'_>) -> &'static [Action] {
    use Action as A;
    match resource {
        Resource::Installation => &[A::Created, A::Deleted],
        Resource::Issue => {
            &[A::Created, A::Resolved, A::Assigned, A::Ignored, A::Archived, A::Unresolved]
        }
        Resource::Error => &[A::Created],
        Resource::Comment => &[A::Created, A::Updated, A::Deleted],
        Resource::EventAlert | Resource::ActivityAlert => &[A::Triggered],
        Resource::MetricAlert => &[A::Open, A::Warning, A::Critical, A::Resolved, A::Triggered],
        Resource::Seer => &[
            A::RootCauseStarted,
            A::RootCauseCompleted,
            A::SolutionStarted,
            A::SolutionCompleted,
            A::CodingStarted,
            A::CodingCompleted,
            A::PrCreated,
            A::IterationStarted,
            A::IterationCompleted,
            A::PrReadyForReview,
            A::TriageStarted,
            A::TriageCompleted,
            A::ImpactAssessmentStarted,
            A::ImpactAssessmentCompleted,
        ],
        Resource::PreprodArtifact => &[A::SizeAnalysisCompleted, A::BuildDistributionCompleted],
        Resource::ExternalIssue => &[A::Created, A::Linked],
        Resource::AlertRuleAction | Resource::SelectOptions => &[A::Requested],
        Resource::ServiceHook | Resource::LegacyPlugin | Resource::Other(_) => &[],
    }
}
