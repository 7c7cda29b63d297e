//! The fake as a client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sentry_hooks::model::{Event, Id, Issue, Project};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::build::Fault;
use super::lists::{Rows, Selection, rows};
use super::state::{Answer, State};
use crate::{
    BulkOutcome, CodeMapping, Commit, Committer, Cursor, Deploy, Error, EventId, EventQuery,
    IssueHash, IssueIds, IssueQuery, IssueRef, IssueState, IssueUpdate, NewDeploy, NewRelease,
    Page, Release, ReleaseQuery, ResolvedEvent, Result, SentryClient, Slug, TagKey, TagSummary,
    TagValue, TokenInfo, Version, Which, read,
};

/// A Sentry in memory. Clones share what they hold. Time is made up: each thing that is added is a
/// minute later than the one before.
#[derive(Debug, Clone)]
pub struct FakeSentry {
    pub(super) organization: Arc<Slug>,
    pub(super) state: Arc<Mutex<State>>,
}

/// What it takes and how it fails.
impl FakeSentry {
    /// The scopes of every token.
    pub fn set_scopes(&self, scopes: &[&str]) {
        self.lock().scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
    }

    /// The server takes this token and others so named, no more any token.
    pub fn accept_only(&self, token: &str) {
        self.lock().tokens.accept_only(token);
    }

    /// The server takes this token no more.
    pub fn revoke(&self, token: &str) {
        self.lock().tokens.revoke(token);
    }

    /// The server trades this code or refresh token for a new pair, once; `access` dies by it.
    pub fn add_grant(&self, grant: &str, access: Option<&str>) {
        self.lock().tokens.add_grant(grant, access);
    }

    /// How many pairs were traded.
    #[must_use]
    pub fn pairs_issued(&self) -> u64 {
        self.lock().tokens.issued()
    }

    /// Answers the next call with this failure; several wait in line.
    pub fn fail_next(&self, fault: Fault) {
        self.lock().faults.push_back(fault);
    }

    /// The server lacks the routes below the organization for issues, as servers of former times.
    pub fn legacy_routes_only(&self) {
        self.lock().legacy_routes_only = true;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the state, unless a failure is in line.
    fn ask<T>(
        &self,
        operation: &'static str,
        question: impl FnOnce(&mut State) -> Answer<T>,
    ) -> Result<T> {
        let mut state = self.lock();
        let answer = match state.faults.pop_front() {
            Some(fault) => Err(fault),
            None => question(&mut state),
        };
        answer.map_err(|fault| {
            let header =
                |name| fault.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
            let now = OffsetDateTime::now_utc();
            Error::from_answer(operation, fault.status, header, &fault.body, now)
        })
    }

    fn one<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        question: impl FnOnce(&mut State) -> Answer,
    ) -> Result<T> {
        let answer = self.ask(operation, question)?;
        read::record(operation, answer.to_string().as_bytes())
    }

    fn page<T>(
        &self,
        operation: &'static str,
        read: impl Fn(&'static str, &[u8]) -> Result<T>,
        question: impl FnOnce(&mut State) -> Answer<Rows>,
    ) -> Result<Page<T>> {
        let rows = self.ask(operation, question)?;
        let items: Result<Vec<T>> =
            rows.items.iter().map(|item| read(operation, item.to_string().as_bytes())).collect();
        let mut page = Page::new(items?, rows.next.and_then(|next| next.parse().ok()));
        page.previous = rows.previous.and_then(|previous| previous.parse().ok());
        page.hits = u64::try_from(rows.hits).ok();
        Ok(page)
    }
}

fn cursor(cursor: Option<&Cursor>) -> Option<String> {
    cursor.map(ToString::to_string)
}

/// Pages of a hundred.
fn hundred(all: Vec<Value>, from: Option<&Cursor>) -> Answer<Rows> {
    rows(all.into_iter(), 100, from.map(Cursor::as_str))
}

#[async_trait]
impl SentryClient for FakeSentry {
    fn organization(&self) -> &Slug {
        &self.organization
    }

    async fn token_info(&self) -> Result<TokenInfo> {
        let scopes = self.ask("ask who the token is", |state| Ok(state.scopes.clone()))?;
        Ok(TokenInfo::new(scopes, Some(Id::from(7))))
    }

    async fn issues(
        &self,
        query: &IssueQuery,
        from: Option<&Cursor>,
    ) -> Result<Page<Issue<'static>>> {
        let selection = Selection {
            query: query.query.clone(),
            projects: query.projects.iter().map(ToString::to_string).collect(),
            environments: query.environments.clone(),
            sort: query.sort.as_str().to_owned(),
            limit: usize::from(query.limit),
            cursor: cursor(from),
        };
        self.page("list issues", read::issue, |state| state.issues(&selection))
    }

    async fn issue(&self, issue: &IssueRef) -> Result<Issue<'static>> {
        let json = self
            .ask("get issue", |state| Ok(state.issue(issue.as_str())?.json(&state.organization)))?;
        read::issue("get issue", json.to_string().as_bytes())
    }

    async fn update_issue(&self, issue: &IssueRef, update: &IssueUpdate) -> Result<Issue<'static>> {
        let body = update.to_json()?;
        if let Some(change) = update.status_change() {
            IssueState::of(&self.issue(issue).await?).allows(change)?;
        }
        let json = self.ask("update issue", |state| state.update_issue(issue.as_str(), &body))?;
        read::issue("update issue", json.to_string().as_bytes())
    }

    async fn update_issues(&self, issues: &IssueIds, update: &IssueUpdate) -> Result<BulkOutcome> {
        let body = update.to_json()?;
        let changed =
            self.ask("update issues", |state| state.update_issues(issues.as_slice(), &body))?;
        Ok(match changed {
            Some(Value::Object(fields)) => BulkOutcome::Changed(fields),
            _ => BulkOutcome::NothingMatched,
        })
    }

    async fn issue_hashes(
        &self,
        issue: &IssueRef,
        from: Option<&Cursor>,
    ) -> Result<Page<IssueHash>> {
        self.page("list hashes", read::record, |state| {
            hundred(state.issue(issue.as_str())?.hashes(), from)
        })
    }

    async fn issue_tag(&self, issue: &IssueRef, key: &TagKey) -> Result<TagSummary> {
        self.one("get tag", |state| state.issue(issue.as_str())?.tag(key.as_str()))
    }

    async fn issue_tag_values(
        &self,
        issue: &IssueRef,
        key: &TagKey,
        from: Option<&Cursor>,
    ) -> Result<Page<TagValue>> {
        self.page("list tag values", read::record, |state| {
            hundred(state.issue(issue.as_str())?.tag_values(key.as_str()), from)
        })
    }

    async fn events(
        &self,
        issue: &IssueRef,
        query: &EventQuery,
        from: Option<&Cursor>,
    ) -> Result<Page<Event<'static>>> {
        let selection = Selection {
            query: query.query.clone(),
            environments: query.environments.clone(),
            limit: usize::from(query.limit),
            cursor: cursor(from),
            ..Selection::default()
        };
        self.page("list events", read::event, |state| {
            state.events(issue.as_str(), &selection, query.full)
        })
    }

    async fn issue_event(&self, issue: &IssueRef, which: Which) -> Result<Event<'static>> {
        let json =
            self.ask("get event", |state| state.issue_event(issue.as_str(), which.as_str()))?;
        read::event("get event", json.to_string().as_bytes())
    }

    async fn resolve_event(&self, event: &EventId) -> Result<ResolvedEvent> {
        let (project, issue, json) = self.ask("resolve event", |state| {
            let (row, event) = state.event(&event.simple())?;
            Ok((row.project.slug.clone(), row.id.to_string(), event.clone()))
        })?;
        let event = read::event("resolve event", json.to_string().as_bytes())?;
        Ok(ResolvedEvent::new(project.parse()?, issue.parse()?, event))
    }

    async fn project_event(&self, project: &Slug, event: &EventId) -> Result<Event<'static>> {
        let json = self.ask("get event", |state| {
            state.project_event(project.as_str(), &event.simple()).cloned()
        })?;
        read::event("get event", json.to_string().as_bytes())
    }

    async fn projects(&self, from: Option<&Cursor>) -> Result<Page<Project<'static>>> {
        self.page("list projects", read::project, |state| hundred(state.projects_json(), from))
    }

    async fn project(&self, project: &Slug) -> Result<Project<'static>> {
        let json = self.ask("get project", |state| Ok(state.project(project.as_str())?.json()))?;
        read::project("get project", json.to_string().as_bytes())
    }

    async fn releases(&self, query: &ReleaseQuery, from: Option<&Cursor>) -> Result<Page<Release>> {
        let projects: Vec<_> = query.projects.iter().map(ToString::to_string).collect();
        let containing = query.containing.clone().unwrap_or_default();
        let limit = usize::from(query.limit.unwrap_or(100));
        self.page("list releases", read::record, |state| {
            let all = state.releases_json(&projects, &containing);
            rows(all.into_iter(), limit, from.map(Cursor::as_str))
        })
    }

    async fn release(&self, version: &Version) -> Result<Release> {
        self.one("get release", |state| Ok(state.release(version.as_str())?.json()))
    }

    async fn create_release(&self, release: &NewRelease) -> Result<Release> {
        let body = json!(release);
        self.one("create release", |state| Ok(state.create_release(&body)?.0))
    }

    async fn release_commits(
        &self,
        version: &Version,
        from: Option<&Cursor>,
    ) -> Result<Page<Commit>> {
        self.page("list commits", read::record, |state| {
            hundred(state.release(version.as_str())?.commits.clone(), from)
        })
    }

    async fn deploys(&self, version: &Version, from: Option<&Cursor>) -> Result<Page<Deploy>> {
        self.page("list deploys", read::record, |state| {
            hundred(state.release(version.as_str())?.deploys.clone(), from)
        })
    }

    async fn create_deploy(&self, version: &Version, deploy: &NewDeploy) -> Result<Deploy> {
        let body = json!(deploy);
        self.one("create deploy", |state| state.create_deploy(version.as_str(), &body))
    }

    async fn committers(&self, project: &Slug, event: &EventId) -> Result<Vec<Committer>> {
        let found = self.ask("get committers", |state| {
            let known = state.project_event(project.as_str(), &event.simple()).is_ok();
            Ok(state.committers.get(&event.simple()).filter(|_| known).cloned().unwrap_or_default())
        })?;
        read::record("get committers", Value::from(found).to_string().as_bytes())
    }

    async fn code_mappings(
        &self,
        project: Option<&Slug>,
        from: Option<&Cursor>,
    ) -> Result<Page<CodeMapping>> {
        self.page("list code mappings", read::record, |state| {
            hundred(state.code_mappings_json(project.map(Slug::as_str))?, from)
        })
    }
}
