//! What callers find comfortable on top of [`SentryClient`].

use std::future::Future;

use sentry_hooks::model::{Event, Issue, Project};

use crate::error::Kind;
use crate::{
    CodeMapping, Commit, Cursor, Deploy, Error, EventId, EventQuery, FingerprintSummary, IssueHash,
    IssueQuery, IssueRef, IssueUpdate, Pager, PlainStacktrace, Release, ReleaseQuery, Result,
    SentryClient, Slug, StatusChange, Summaries, TagKey, TagValue, TokenInfo, Version, Which,
    scope,
};

/// Comfort for every [`SentryClient`]: lists as streams, and small things made of several calls.
pub trait SentryClientExt: SentryClient {
    /// Every issue that matches, from `start` or from the beginning.
    fn all_issues(&self, query: IssueQuery, start: Option<Cursor>) -> Pager<'_, Issue<'static>> {
        Pager::new(start, move |cursor| {
            let query = query.clone();
            Box::pin(async move { self.issues(&query, cursor.as_ref()).await })
        })
    }

    /// Every event of an issue, newest first.
    fn all_events(
        &self,
        issue: IssueRef,
        query: EventQuery,
        start: Option<Cursor>,
    ) -> Pager<'_, Event<'static>> {
        Pager::new(start, move |cursor| {
            let (issue, query) = (issue.clone(), query.clone());
            Box::pin(async move { self.events(&issue, &query, cursor.as_ref()).await })
        })
    }

    /// Every project.
    fn all_projects(&self, start: Option<Cursor>) -> Pager<'_, Project<'static>> {
        Pager::new(start, move |cursor| {
            Box::pin(async move { self.projects(cursor.as_ref()).await })
        })
    }

    /// Every release that matches.
    fn all_releases(&self, query: ReleaseQuery, start: Option<Cursor>) -> Pager<'_, Release> {
        Pager::new(start, move |cursor| {
            let query = query.clone();
            Box::pin(async move { self.releases(&query, cursor.as_ref()).await })
        })
    }

    /// Every commit of a release.
    fn all_release_commits(&self, version: Version) -> Pager<'_, Commit> {
        Pager::new(None, move |cursor| {
            let version = version.clone();
            Box::pin(async move { self.release_commits(&version, cursor.as_ref()).await })
        })
    }

    /// Every deploy of a release, newest first.
    fn all_deploys(&self, version: Version) -> Pager<'_, Deploy> {
        Pager::new(None, move |cursor| {
            let version = version.clone();
            Box::pin(async move { self.deploys(&version, cursor.as_ref()).await })
        })
    }

    /// Every grouping hash of an issue.
    fn all_issue_hashes(&self, issue: IssueRef) -> Pager<'_, IssueHash> {
        Pager::new(None, move |cursor| {
            let issue = issue.clone();
            Box::pin(async move { self.issue_hashes(&issue, cursor.as_ref()).await })
        })
    }

    /// Every value of a tag of an issue.
    fn all_tag_values(&self, issue: IssueRef, key: TagKey) -> Pager<'_, TagValue> {
        Pager::new(None, move |cursor| {
            let (issue, key) = (issue.clone(), key.clone());
            Box::pin(async move { self.issue_tag_values(&issue, &key, cursor.as_ref()).await })
        })
    }

    /// Every code mapping, of one project or of all.
    fn all_code_mappings(&self, project: Option<Slug>) -> Pager<'_, CodeMapping> {
        Pager::new(None, move |cursor| {
            let project = project.clone();
            Box::pin(async move { self.code_mappings(project.as_ref(), cursor.as_ref()).await })
        })
    }

    /// Changes an issue's status.
    ///
    /// # Errors
    ///
    /// Invalid when [the issue's state does not allow it](crate::IssueState::allows).
    fn set_status(
        &self,
        issue: &IssueRef,
        change: StatusChange,
    ) -> impl Future<Output = Result<Issue<'static>>> + Send {
        async move { self.update_issue(issue, &IssueUpdate::new().status(change)).await }
    }

    /// An issue's newest event; `None` when it has none (any more), which is ordinary.
    ///
    /// # Errors
    ///
    /// As [`SentryClient::issue_event`], apart from "not found".
    fn latest_event(
        &self,
        issue: &IssueRef,
    ) -> impl Future<Output = Result<Option<Event<'static>>>> + Send {
        async move {
            match self.issue_event(issue, Which::Latest).await {
                Ok(event) => Ok(Some(event)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        }
    }

    /// The stack trace of an event in its plain form.
    ///
    /// # Errors
    ///
    /// As [`SentryClient::resolve_event`].
    fn stacktrace(&self, event: &EventId) -> impl Future<Output = Result<PlainStacktrace>> + Send {
        async move {
            let resolved = self.resolve_event(event).await?;
            let mut trace = PlainStacktrace::of(&resolved.event);
            trace.issue_id = Some(resolved.issue.to_string());
            Ok(trace)
        }
    }

    /// An issue's newest events, `most` of them at most, grouped by fingerprint.
    ///
    /// # Errors
    ///
    /// As [`SentryClient::events`].
    fn summarize(
        &self,
        issue: &IssueRef,
        query: EventQuery,
        most: usize,
    ) -> impl Future<Output = Result<Vec<FingerprintSummary>>> + Send {
        let mut events = self.all_events(issue.clone(), query, None);
        async move {
            let mut summaries = Summaries::new();
            let mut left = most;
            while left > 0 {
                let Some(event) = events.next().await else { break };
                summaries.add(&event?);
                left -= 1;
            }
            Ok(summaries.finish())
        }
    }

    /// Checks at start that the token may do what will be asked of it.
    ///
    /// ```
    /// # #[cfg(feature = "testing")] {
    /// use sentry_client::{SentryClientExt, scope, testing::FakeSentry};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let sentry = FakeSentry::new("acme");
    /// sentry.set_scopes(&["org:read", "project:read"]);
    /// let error = sentry.require_scopes(&scope::READ).await.unwrap_err();
    /// assert_eq!(error.missing_scope(), Some("event:read"));
    /// # });
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Forbidden, naming the first scope that is missing
    /// ([`Error::missing_scope`](crate::Error::missing_scope)); else as
    /// [`SentryClient::token_info`].
    fn require_scopes(&self, scopes: &[&str]) -> impl Future<Output = Result<TokenInfo>> + Send {
        async move {
            let info = self.token_info().await?;
            match scopes.iter().find(|wanted| !scope::granted(&info.scopes, wanted)) {
                None => Ok(info),
                Some(missing) => {
                    Err(Error::new(Kind::MissingScope((*missing).to_owned()), "check scopes"))
                }
            }
        }
    }
}

impl<C: SentryClient + ?Sized> SentryClientExt for C {}
