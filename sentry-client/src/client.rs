//! The contract between those who ask Sentry and those who answer.

use std::sync::Arc;

use async_trait::async_trait;
use sentry_hooks::model::{Event, Issue, Project};

use crate::{
    BulkOutcome, CodeMapping, Commit, Committer, Cursor, Deploy, EventId, EventQuery, IssueHash,
    IssueIds, IssueQuery, IssueRef, IssueUpdate, NewDeploy, NewRelease, Page, Release,
    ReleaseQuery, Result, Slug, TagKey, TagSummary, TagValue, TokenInfo, Version,
};

/// Which event of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Which {
    /// The newest.
    Latest,
    /// The first.
    Oldest,
    /// The one that Sentry thinks tells most.
    Recommended,
}

impl Which {
    /// Sentry's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Oldest => "oldest",
            Self::Recommended => "recommended",
        }
    }
}

/// Where an event belongs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResolvedEvent {
    /// The project's slug.
    pub project: Slug,
    /// The issue's id.
    pub issue: IssueRef,
    /// The event.
    pub event: Event<'static>,
}

impl ResolvedEvent {
    /// Made from its parts.
    #[must_use]
    pub fn new(project: Slug, issue: IssueRef, event: Event<'static>) -> Self {
        Self { project, issue, event }
    }
}

/// Sentry's API as far as an incident needs it, for one organization. What callers find
/// comfortable on top is in [`SentryClientExt`](crate::SentryClientExt).
///
/// # Contract
///
/// - A client is bound to one organization. What belongs to another one is
///   [not found](crate::Error::is_not_found), also when the token could see it.
/// - Wherever an issue is named, its numeric id and its short id do the same.
/// - Lists give one page from `cursor` on (`None`: the beginning). Only `next` tells the end: a
///   page may be short or empty while more follow. Events come newest first.
/// - [`update_issue`](SentryClient::update_issue) refuses a change of status that
///   [the issue's state does not allow](crate::IssueState::allows) and returns the issue as it is
///   afterwards.
/// - [`committers`](SentryClient::committers) is empty when Sentry suspects nobody, which Sentry
///   itself calls "not found".
/// - Errors answer their predicates as the table at [`Error`](crate::Error) says. An
///   implementation that repeats calls does so only where that cannot act twice.
/// - There are no default bodies: a wrapper that forwards each method changes nothing.
#[async_trait]
pub trait SentryClient: Send + Sync + std::fmt::Debug {
    /// The organization to which this client is bound.
    fn organization(&self) -> &Slug;

    /// What the token is and may do.
    async fn token_info(&self) -> Result<TokenInfo>;

    /// A page of issues.
    async fn issues(
        &self,
        query: &IssueQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Issue<'static>>>;

    /// One issue.
    async fn issue(&self, issue: &IssueRef) -> Result<Issue<'static>>;

    /// Changes one issue.
    async fn update_issue(&self, issue: &IssueRef, update: &IssueUpdate) -> Result<Issue<'static>>;

    /// Changes many issues alike.
    async fn update_issues(&self, issues: &IssueIds, update: &IssueUpdate) -> Result<BulkOutcome>;

    /// A page of the hashes by which events are grouped into an issue.
    async fn issue_hashes(
        &self,
        issue: &IssueRef,
        cursor: Option<&Cursor>,
    ) -> Result<Page<IssueHash>>;

    /// One tag of an issue's events, with its most frequent values.
    async fn issue_tag(&self, issue: &IssueRef, key: &TagKey) -> Result<TagSummary>;

    /// A page of the values of a tag.
    async fn issue_tag_values(
        &self,
        issue: &IssueRef,
        key: &TagKey,
        cursor: Option<&Cursor>,
    ) -> Result<Page<TagValue>>;

    /// A page of an issue's events.
    async fn events(
        &self,
        issue: &IssueRef,
        query: &EventQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Event<'static>>>;

    /// One of an issue's events; not found when it has none (any more).
    async fn issue_event(&self, issue: &IssueRef, which: Which) -> Result<Event<'static>>;

    /// An event by its id, with its project and issue.
    async fn resolve_event(&self, event: &EventId) -> Result<ResolvedEvent>;

    /// An event by project and id.
    async fn project_event(&self, project: &Slug, event: &EventId) -> Result<Event<'static>>;

    /// A page of the organization's projects.
    async fn projects(&self, cursor: Option<&Cursor>) -> Result<Page<Project<'static>>>;

    /// One project, by slug or id.
    async fn project(&self, project: &Slug) -> Result<Project<'static>>;

    /// A page of releases, newest first.
    async fn releases(
        &self,
        query: &ReleaseQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Release>>;

    /// One release.
    async fn release(&self, version: &Version) -> Result<Release>;

    /// Makes a release known; the same version twice is the same release.
    async fn create_release(&self, release: &NewRelease) -> Result<Release>;

    /// A page of the commits of a release.
    async fn release_commits(
        &self,
        version: &Version,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Commit>>;

    /// A page of the deploys of a release, newest first.
    async fn deploys(&self, version: &Version, cursor: Option<&Cursor>) -> Result<Page<Deploy>>;

    /// Makes a deploy known; twice are two deploys.
    async fn create_deploy(&self, version: &Version, deploy: &NewDeploy) -> Result<Deploy>;

    /// Whom Sentry suspects of an event; mostly nobody.
    async fn committers(&self, project: &Slug, event: &EventId) -> Result<Vec<Committer>>;

    /// A page of code mappings, of one project or of all.
    async fn code_mappings(
        &self,
        project: Option<&Slug>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<CodeMapping>>;
}

macro_rules! forward {
    ($(($($head:tt)*) $client:ty),*) => {$(
        #[async_trait]
        impl<$($head)*> SentryClient for $client {
            fn organization(&self) -> &Slug {
                (**self).organization()
            }

            async fn token_info(&self) -> Result<TokenInfo> {
                (**self).token_info().await
            }

            async fn issues(&self, query: &IssueQuery, cursor: Option<&Cursor>) -> Result<Page<Issue<'static>>> {
                (**self).issues(query, cursor).await
            }

            async fn issue(&self, issue: &IssueRef) -> Result<Issue<'static>> {
                (**self).issue(issue).await
            }

            async fn update_issue(&self, issue: &IssueRef, update: &IssueUpdate) -> Result<Issue<'static>> {
                (**self).update_issue(issue, update).await
            }

            async fn update_issues(&self, issues: &IssueIds, update: &IssueUpdate) -> Result<BulkOutcome> {
                (**self).update_issues(issues, update).await
            }

            async fn issue_hashes(&self, issue: &IssueRef, cursor: Option<&Cursor>) -> Result<Page<IssueHash>> {
                (**self).issue_hashes(issue, cursor).await
            }

            async fn issue_tag(&self, issue: &IssueRef, key: &TagKey) -> Result<TagSummary> {
                (**self).issue_tag(issue, key).await
            }

            async fn issue_tag_values(&self, issue: &IssueRef, key: &TagKey, cursor: Option<&Cursor>) -> Result<Page<TagValue>> {
                (**self).issue_tag_values(issue, key, cursor).await
            }

            async fn events(&self, issue: &IssueRef, query: &EventQuery, cursor: Option<&Cursor>) -> Result<Page<Event<'static>>> {
                (**self).events(issue, query, cursor).await
            }

            async fn issue_event(&self, issue: &IssueRef, which: Which) -> Result<Event<'static>> {
                (**self).issue_event(issue, which).await
            }

            async fn resolve_event(&self, event: &EventId) -> Result<ResolvedEvent> {
                (**self).resolve_event(event).await
            }

            async fn project_event(&self, project: &Slug, event: &EventId) -> Result<Event<'static>> {
                (**self).project_event(project, event).await
            }

            async fn projects(&self, cursor: Option<&Cursor>) -> Result<Page<Project<'static>>> {
                (**self).projects(cursor).await
            }

            async fn project(&self, project: &Slug) -> Result<Project<'static>> {
                (**self).project(project).await
            }

            async fn releases(&self, query: &ReleaseQuery, cursor: Option<&Cursor>) -> Result<Page<Release>> {
                (**self).releases(query, cursor).await
            }

            async fn release(&self, version: &Version) -> Result<Release> {
                (**self).release(version).await
            }

            async fn create_release(&self, release: &NewRelease) -> Result<Release> {
                (**self).create_release(release).await
            }

            async fn release_commits(&self, version: &Version, cursor: Option<&Cursor>) -> Result<Page<Commit>> {
                (**self).release_commits(version, cursor).await
            }

            async fn deploys(&self, version: &Version, cursor: Option<&Cursor>) -> Result<Page<Deploy>> {
                (**self).deploys(version, cursor).await
            }

            async fn create_deploy(&self, version: &Version, deploy: &NewDeploy) -> Result<Deploy> {
                (**self).create_deploy(version, deploy).await
            }

            async fn committers(&self, project: &Slug, event: &EventId) -> Result<Vec<Committer>> {
                (**self).committers(project, event).await
            }

            async fn code_mappings(&self, project: Option<&Slug>, cursor: Option<&Cursor>) -> Result<Page<CodeMapping>> {
                (**self).code_mappings(project, cursor).await
            }
        }
    )*};
}

forward!(
    ('c, C: SentryClient + ?Sized) &'c C,
    (C: SentryClient + ?Sized) Box<C>,
    (C: SentryClient + ?Sized) Arc<C>
);
