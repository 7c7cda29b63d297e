//! Payloads of comments, Seer, mobile builds, external requests, service hooks and the legacy plugin.

use std::borrow::Cow;

use super::{Confidential, Setting, object::object};
use crate::{
    json,
    model::{Actor, Event, Id, Issue, Project, Raw},
};

object! {
    /// `comment.*`
    Comment<'a> {
        /// Id of the comment.
        comment_id: Id = "comment_id",
        /// Id of the issue.
        issue_id: Id = "issue_id",
        /// Slug of the project.
        project_slug: Cow<'a, str> = "project_slug",
        /// When, as written; [`parse_date`](crate::model::parse_date) reads it.
        timestamp: Cow<'a, str> = "timestamp",
        /// The text, also of a deleted comment.
        comment: Cow<'a, str> = "comment" => hidden,
    }
    /// `seer.*`. The results come in two shapes; both are read.
    Seer<'a> {
        /// Id of the run.
        run_id: Id = "run_id",
        /// Id of the run in newer versions.
        sentry_run_id: Id = "sentry_run_id",
        /// Id of the issue.
        group_id: Id = "group_id",
        /// With `root_cause_completed`.
        root_cause: RootCause<'a> = "root_cause",
        /// With `solution_completed`.
        solution: Solution<'a> = "solution",
        /// With `coding_completed`: by repository, or a list; see [`Seer::code_changes`].
        changes: Raw<'a> = "code_changes" | "changes",
        /// With `pr_created`.
        pull_requests: Vec<SeerPullRequest<'a>> = "pull_requests",
        /// With `iteration_*`.
        iteration_index: i64 = "iteration_index",
    }
    /// What Seer takes for the cause.
    RootCause<'a> {
        /// The cause in a line.
        description: Cow<'a, str> = "one_line_description" | "description",
        /// Why, why, why, why, why.
        five_whys: Vec<Cow<'a, str>> = "five_whys",
        /// How to reproduce it.
        reproduction_steps: Vec<Cow<'a, str>> = "reproduction_steps",
        /// The repository it is in.
        relevant_repo: Cow<'a, str> = "relevant_repo",
        /// Kind of cause.
        classification: Cow<'a, str> = "classification",
        /// Why code cannot fix it.
        no_code_fix_reason: Cow<'a, str> = "no_code_fix_reason",
        /// Steps, in the older shape.
        steps: Raw<'a> = "steps",
    }
    /// What Seer proposes.
    Solution<'a> {
        /// The solution in a line.
        description: Cow<'a, str> = "one_line_summary" | "description",
        /// Its steps.
        steps: Vec<SolutionStep<'a>> = "steps",
    }
    /// One step of a solution.
    SolutionStep<'a> {
        /// Title.
        title: Cow<'a, str> = "title",
        /// Text.
        description: Cow<'a, str> = "description",
    }
    /// What Seer changed in a file.
    CodeChange<'a> {
        /// The repository, where the change itself names it.
        repo_name: Cow<'a, str> = "repo_name",
        /// The file.
        path: Cow<'a, str> = "path",
        /// The change.
        diff: Cow<'a, str> = "diff",
        /// Kind of change.
        ty: Cow<'a, str> = "type",
        /// Lines added.
        added: i64 = "added",
        /// Lines removed.
        removed: i64 = "removed",
    }
    /// A pull request of Seer's.
    SeerPullRequest<'a> {
        /// Where it is, e.g. `github`.
        provider: Cow<'a, str> = "provider",
        /// The repository.
        repo_name: Cow<'a, str> = "repo_name",
        /// The pull request.
        pull_request: PullRequest<'a> = "pull_request",
    }
    /// A pull request.
    PullRequest<'a> {
        /// The provider's id.
        id: Id = "pr_id",
        /// Number within the repository.
        number: i64 = "pr_number",
        /// Its page.
        url: Cow<'a, str> = "pr_url",
    }
    /// `preprod_artifact.*`
    PreprodArtifact<'a> {
        /// Id of the build.
        build_id: Id = "buildId",
        /// Slug of the organisation.
        organization_slug: Cow<'a, str> = "organizationSlug",
        /// Slug of the project.
        project_slug: Cow<'a, str> = "projectSlug",
        /// Id of the project.
        project_id: Id = "projectId",
        /// `APPLE`, `ANDROID`, `IOS` in either case.
        platform: Cow<'a, str> = "platform",
        /// `COMPLETED` or `FAILED`: an action named "completed" may report a failure.
        state: Cow<'a, str> = "state",
        /// The build.
        app_info: AppInfo<'a> = "appInfo",
        /// The build it is compared with.
        base_app_info: AppInfo<'a> = "baseAppInfo",
        /// What it was built from.
        git_info: GitInfo<'a> = "gitInfo",
        /// Why it failed.
        error_code: Cow<'a, str> = "errorCode",
        /// Why it failed, in words.
        error_message: Cow<'a, str> = "errorMessage",
        /// Bytes to download.
        download_size: u64 = "downloadSize",
        /// Bytes when installed.
        install_size: u64 = "installSize",
        /// Seconds the analysis took.
        analysis_duration: f64 = "analysisDuration",
        /// Version of the analysis.
        analysis_version: Cow<'a, str> = "analysisVersion",
        /// The build it is compared with.
        base_build_id: Id = "baseBuildId",
        /// The comparisons.
        comparisons: Vec<SizeComparison<'a>> = "comparisons",
        /// Configuration of the build.
        build_configuration: Cow<'a, str> = "buildConfiguration",
        /// Where to download the build. Confidential.
        install_url: Confidential<'a> = "installUrl",
        /// Name of the provisioning profile.
        profile_name: Cow<'a, str> = "profileName",
        /// How it is signed.
        codesigning_type: Cow<'a, str> = "codesigningType",
        /// Whether it can be installed.
        is_installable: bool = "isInstallable",
        /// Whether its signature is valid.
        is_code_signature_valid: bool = "isCodeSignatureValid",
    }
    /// A mobile build.
    AppInfo<'a> {
        /// Bundle or package id.
        app_id: Cow<'a, str> = "appId",
        /// Name.
        name: Cow<'a, str> = "name",
        /// Version.
        version: Cow<'a, str> = "version",
        /// Number of the build.
        build_number: u64 = "buildNumber",
        /// `XCARCHIVE`, `AAB`, `APK`.
        artifact_type: Cow<'a, str> = "artifactType",
        /// When it was uploaded, as written.
        date_added: Cow<'a, str> = "dateAdded",
        /// When it was built, as written.
        date_built: Cow<'a, str> = "dateBuilt",
    }
    /// What a mobile build was made from.
    GitInfo<'a> {
        /// Commit.
        head_sha: Cow<'a, str> = "headSha",
        /// Commit it is compared with.
        base_sha: Cow<'a, str> = "baseSha",
        /// Where the repository is.
        provider: Cow<'a, str> = "provider",
        /// Repository.
        head_repo_name: Cow<'a, str> = "headRepoName",
        /// Repository it is compared with.
        base_repo_name: Cow<'a, str> = "baseRepoName",
        /// Branch.
        head_ref: Cow<'a, str> = "headRef",
        /// Branch it is compared with.
        base_ref: Cow<'a, str> = "baseRef",
        /// Number of the pull request.
        pr_number: u64 = "prNumber",
    }
    /// One comparison of sizes.
    SizeComparison<'a> {
        /// Part of the build.
        metrics_artifact_type: Cow<'a, str> = "metricsArtifactType",
        /// Name of that part.
        identifier: Cow<'a, str> = "identifier",
        /// `SUCCESS`, `FAILED` or `PROCESSING`.
        state: Cow<'a, str> = "state",
        /// Why it failed.
        error_code: Cow<'a, str> = "errorCode",
        /// Why it failed, in words.
        error_message: Cow<'a, str> = "errorMessage",
        /// The sizes.
        size_metric_diff: SizeDiff<'a> = "sizeMetricDiff",
    }
    /// Sizes before and after, in bytes.
    SizeDiff<'a> {
        /// Installed, this build.
        head_install_size: i64 = "headInstallSize",
        /// Download, this build.
        head_download_size: i64 = "headDownloadSize",
        /// Installed, the other build.
        base_install_size: i64 = "baseInstallSize",
        /// Download, the other build.
        base_download_size: i64 = "baseDownloadSize",
    }
    /// External request: link or create an issue elsewhere. Which of both, only your path tells.
    ExternalIssue<'a> {
        /// What the person filled in, by field.
        fields: Raw<'a> = "fields",
        /// The issue.
        issue_id: Id = "issueId",
        /// The installation's uuid.
        installation_id: Cow<'a, str> = "installationId",
        /// Page of the issue.
        web_url: Cow<'a, str> = "webUrl",
        /// The project.
        project: Project<'a> = "project",
        /// Who asked.
        actor: Actor<'a> = "actor",
    }
    /// External request: check the settings of an alert action.
    AlertRuleAction<'a> {
        /// What the person filled in.
        fields: Vec<Setting<'a>> = "fields",
        /// The installation's uuid.
        installation_id: Cow<'a, str> = "installationId",
    }
    /// A service hook (version 0). Its event is in the REST API's form.
    ServiceHook<'a> {
        /// The project.
        project: Project<'a> = "project",
        /// The issue.
        group: Box<Issue<'a>> = "group",
        /// The event.
        event: Box<Event<'a>> = "event",
    }
    /// A body of the legacy plugin, which nobody signed.
    LegacyWebhook<'a> {
        /// Id of the issue.
        id: Id = "id",
        /// Slug of the project.
        project: Cow<'a, str> = "project",
        /// Name of the project.
        project_name: Cow<'a, str> = "project_name",
        /// Slug of the project.
        project_slug: Cow<'a, str> = "project_slug",
        /// Name of the logger.
        logger: Cow<'a, str> = "logger",
        /// Sentry's word for the severity.
        level: Cow<'a, str> = "level",
        /// Where Sentry thinks it happened.
        culprit: Cow<'a, str> = "culprit",
        /// Title.
        message: Cow<'a, str> = "message",
        /// Page of the issue.
        url: Cow<'a, str> = "url",
        /// Names of the rules that fired; absent in old versions.
        triggering_rules: Vec<Cow<'a, str>> = "triggering_rules",
        /// The event as Sentry stores it, in the webhooks' form.
        event: Box<Event<'a>> = "event",
    }
}

impl Seer<'_> {
    /// The changes in files with their repositories, from either shape.
    #[must_use]
    pub fn code_changes(&self) -> Vec<(Option<Cow<'_, str>>, CodeChange<'_>)> {
        let mut out = Vec::new();
        let Some(changes) = &self.changes else { return out };
        let mut add = |repo: Option<&str>, list| {
            json::elements(list, |change| {
                if let Some(change) = CodeChange::read(change) {
                    let repo = repo.map(|r| Cow::Owned(r.to_owned()));
                    out.push((repo.or_else(|| change.repo_name.clone()), change));
                }
            });
        };
        add(None, changes.get());
        json::members(changes.get(), |repo, list| add(Some(repo), list));
        out
    }

    /// The pages of its pull requests.
    #[must_use]
    pub fn pull_request_urls(&self) -> Vec<&str> {
        let requests = self.pull_requests.iter().flatten();
        requests.filter_map(|p| p.pull_request.as_ref()?.url.as_deref()).collect()
    }
}

impl PreprodArtifact<'_> {
    /// Whether it reports a failure.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.state.as_deref().is_some_and(|s| s.eq_ignore_ascii_case("failed"))
    }
}
