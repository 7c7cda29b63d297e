//! The trait over HTTP.

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::Method;
use sentry_hooks::model::{Event, Issue, Project};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Cache, HttpClient};
use crate::query::Pairs;
use crate::{
    BulkOutcome, CodeMapping, Commit, Committer, Cursor, Deploy, Error, EventId, EventQuery,
    IssueHash, IssueIds, IssueQuery, IssueRef, IssueState, IssueUpdate, NewDeploy, NewRelease,
    Page, Release, ReleaseQuery, ResolvedEvent, Result, SentryClient, Slug, TagKey, TagSummary,
    TagValue, TokenInfo, Version, Which, read,
};

impl HttpClient {
    fn org(&self) -> [&str; 2] {
        ["organizations", self.organization.as_str()]
    }

    /// A release's path; Sentry's versions may hold nearly anything.
    fn release_path<'p>(&'p self, version: &'p Version, rest: &'p [&'p str]) -> Vec<&'p str> {
        [&[self.org()[0], self.org()[1], "releases", version.as_str()], rest].concat()
    }

    async fn list_issues(
        &self,
        pairs: Pairs,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Issue<'static>>> {
        let path = ["organizations", self.organization.as_str(), "issues"];
        self.list_model("list issues", &path, pairs, cursor, read::issue).await
    }

    /// Any other `GET` route below `/api/0/`, as JSON: for what has no method here. Token, limits,
    /// retries and errors are as everywhere.
    ///
    /// ```no_run
    /// # async fn run(sentry: sentry_client::HttpClient) -> sentry_client::Result<()> {
    /// let path = ["organizations", "acme", "repos"];
    /// let page = sentry.get_json(&path, &[("status", "active")], None).await?;
    /// println!("{} then {:?}", page.items[0], page.next);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Invalid for a segment that is no name; else as every call. An answer that is no list is a
    /// page of one item.
    pub async fn get_json(
        &self,
        path: &[&str],
        query: &[(&'static str, &str)],
        cursor: Option<&Cursor>,
    ) -> Result<Page<serde_json::Value>> {
        let operation = "get";
        if path.iter().any(|it| matches!(it.trim(), "" | "." | "..") || it.contains(['/', '\\'])) {
            return Err(Error::argument(operation, "a path segment that is no name"));
        }
        let pairs = query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let reply = self.page(operation, path, pairs, cursor).await?;
        let items = match read::record(operation, &reply.body)? {
            serde_json::Value::Array(items) => items,
            one => vec![one],
        };
        reply.page_of(operation, items)
    }

    /// An issue's newest events and the like, as a page.
    async fn issue_page(
        &self,
        operation: &'static str,
        issue: &IssueRef,
        rest: &[&str],
        query: &Pairs,
        cursor: Option<&Cursor>,
    ) -> Result<super::transport::Reply> {
        self.issue_call(operation, issue, rest, |call| {
            call.query.clone_from(query);
            call.query.extend(cursor.map(|cursor| ("cursor", cursor.to_string())));
        })
        .await
    }
}

#[async_trait]
impl SentryClient for HttpClient {
    fn organization(&self) -> &Slug {
        &self.organization
    }

    async fn token_info(&self) -> Result<TokenInfo> {
        let body = self.get("ask who the token is", &[], Pairs::new()).await?;
        read::record("ask who the token is", &body)
    }

    async fn issues(
        &self,
        query: &IssueQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Issue<'static>>> {
        let slugs =
            query.projects.iter().any(|it| !it.as_str().bytes().all(|b| b.is_ascii_digit()));
        match self.list_issues(query.pairs(), cursor).await {
            // Older servers take a project's number alone.
            Err(error) if slugs && error.status() == Some(400) => {
                let mut pairs = query.pairs();
                for (name, value) in &mut pairs {
                    if *name == "project" {
                        *value = self.project_id("list issues", &value.parse()?).await?;
                    }
                }
                self.list_issues(pairs, cursor).await
            }
            page => page,
        }
    }

    async fn issue(&self, issue: &IssueRef) -> Result<Issue<'static>> {
        let reply = self.issue_call("get issue", issue, &[], |_| {}).await?;
        read::issue("get issue", &reply.body)
    }

    async fn update_issue(&self, issue: &IssueRef, update: &IssueUpdate) -> Result<Issue<'static>> {
        let operation = "update issue";
        let body = serde_json::to_vec(&update.to_json()?)
            .map_err(|_| Error::argument(operation, "the update cannot be written"))?;
        if let Some(change) = update.status_change() {
            IssueState::of(&self.issue(issue).await?).allows(change)?;
        }
        let body = Bytes::from(body);
        let reply = self
            .issue_call(operation, issue, &[], |call| {
                call.method = Method::PUT;
                call.body = Some(body.clone());
            })
            .await?;
        read::issue(operation, &reply.body)
    }

    async fn update_issues(&self, issues: &IssueIds, update: &IssueUpdate) -> Result<BulkOutcome> {
        let operation = "update issues";
        let query = issues.as_slice().iter().map(|id| ("id", id.to_string())).collect();
        let path = ["organizations", self.organization.as_str(), "issues"];
        let reply =
            self.send(operation, Method::PUT, &path, query, &update.to_json()?, true).await?;
        if reply.status == 204 || reply.body.is_empty() {
            return Ok(BulkOutcome::NothingMatched);
        }
        Ok(BulkOutcome::Changed(read::record(operation, &reply.body)?))
    }

    async fn issue_hashes(
        &self,
        issue: &IssueRef,
        cursor: Option<&Cursor>,
    ) -> Result<Page<IssueHash>> {
        let query = vec![("full", "false".to_owned())];
        let reply = self.issue_page("list hashes", issue, &["hashes"], &query, cursor).await?;
        let hashes = read::list("list hashes", &reply.body, read::record)?;
        reply.page_of("list hashes", hashes)
    }

    async fn issue_tag(&self, issue: &IssueRef, key: &TagKey) -> Result<TagSummary> {
        let reply = self.issue_call("get tag", issue, &["tags", key.as_str()], |_| {}).await?;
        read::record("get tag", &reply.body)
    }

    async fn issue_tag_values(
        &self,
        issue: &IssueRef,
        key: &TagKey,
        cursor: Option<&Cursor>,
    ) -> Result<Page<TagValue>> {
        let path = ["tags", key.as_str(), "values"];
        let reply = self.issue_page("list tag values", issue, &path, &Pairs::new(), cursor).await?;
        let values = read::list("list tag values", &reply.body, read::record)?;
        reply.page_of("list tag values", values)
    }

    async fn events(
        &self,
        issue: &IssueRef,
        query: &EventQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Event<'static>>> {
        let operation = "list events";
        let reply = self.issue_page(operation, issue, &["events"], &query.pairs(), cursor).await?;
        reply.page_of(operation, read::list(operation, &reply.body, read::event)?)
    }

    async fn issue_event(&self, issue: &IssueRef, which: Which) -> Result<Event<'static>> {
        let path = ["events", which.as_str()];
        let reply = self.issue_call("get event", issue, &path, |_| {}).await?;
        read::event("get event", &reply.body)
    }

    async fn resolve_event(&self, event: &EventId) -> Result<ResolvedEvent> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            project_slug: String,
            #[serde(default)]
            group_id: Option<serde_json::Value>,
            #[serde(default)]
            event: Option<Box<RawValue>>,
        }
        let operation = "resolve event";
        let id = event.simple();
        let path = ["organizations", self.organization.as_str(), "eventids", &id];
        let answer: Answer =
            read::record(operation, &self.get(operation, &path, Pairs::new()).await?)?;
        let project: Slug = answer.project_slug.parse()?;
        let group = answer.group_id.as_ref().and_then(super::calls::text_or_number);
        let whole = answer.event.filter(|event| event.get() != "null");
        let event = match whole {
            Some(event) => read::event(operation, event.get().as_bytes())?,
            None => self.project_event(&project, event).await?,
        };
        let issue = group
            .or_else(|| event.issue_id().map(|id| id.to_string()))
            .ok_or_else(|| Error::unreadable(operation, "an event without issue"))?;
        Ok(ResolvedEvent { project, issue: issue.parse()?, event })
    }

    async fn project_event(&self, project: &Slug, event: &EventId) -> Result<Event<'static>> {
        let id = event.simple();
        let path = ["projects", self.organization.as_str(), project.as_str(), "events", &id];
        read::event("get event", &self.get("get event", &path, Pairs::new()).await?)
    }

    async fn projects(&self, cursor: Option<&Cursor>) -> Result<Page<Project<'static>>> {
        let path = ["organizations", self.organization.as_str(), "projects"];
        let page =
            self.list_model("list projects", &path, Pairs::new(), cursor, read::project).await?;
        for project in &page.items {
            if let (Some(slug), Some(id)) = (&project.slug, &project.id) {
                Cache::keep(&self.cache.projects, slug.to_string(), id.to_string());
            }
        }
        Ok(page)
    }

    async fn project(&self, project: &Slug) -> Result<Project<'static>> {
        self.find_project("get project", project).await
    }

    async fn releases(
        &self,
        query: &ReleaseQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Release>> {
        let path = ["organizations", self.organization.as_str(), "releases"];
        self.list("list releases", &path, query.pairs(), cursor).await
    }

    async fn release(&self, version: &Version) -> Result<Release> {
        let body = self.get("get release", &self.release_path(version, &[]), Pairs::new()).await?;
        read::record("get release", &body)
    }

    async fn create_release(&self, release: &NewRelease) -> Result<Release> {
        let operation = "create release";
        let path = ["organizations", self.organization.as_str(), "releases"];
        let reply = self.send(operation, Method::POST, &path, Pairs::new(), release, true).await?;
        if reply.body.is_empty() {
            return self.release(&release.version.parse()?).await;
        }
        read::record(operation, &reply.body)
    }

    async fn release_commits(
        &self,
        version: &Version,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Commit>> {
        let path = self.release_path(version, &["commits"]);
        self.list("list commits", &path, Pairs::new(), cursor).await
    }

    async fn deploys(&self, version: &Version, cursor: Option<&Cursor>) -> Result<Page<Deploy>> {
        let path = self.release_path(version, &["deploys"]);
        self.list("list deploys", &path, Pairs::new(), cursor).await
    }

    async fn create_deploy(&self, version: &Version, deploy: &NewDeploy) -> Result<Deploy> {
        let operation = "create deploy";
        let path = self.release_path(version, &["deploys"]);
        let reply = self.send(operation, Method::POST, &path, Pairs::new(), deploy, false).await?;
        read::record(operation, &reply.body)
    }

    async fn committers(&self, project: &Slug, event: &EventId) -> Result<Vec<Committer>> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            committers: Option<Vec<Committer>>,
        }
        let operation = "get committers";
        let id = event.simple();
        let path =
            ["projects", self.organization.as_str(), project.as_str(), "events", &id, "committers"];
        match self.get(operation, &path, Pairs::new()).await {
            Ok(body) => {
                Ok(read::record::<Answer>(operation, &body)?.committers.unwrap_or_default())
            }
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn code_mappings(
        &self,
        project: Option<&Slug>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<CodeMapping>> {
        let operation = "list code mappings";
        let mut query = Pairs::new();
        if let Some(project) = project {
            query.push(("project", self.project_id(operation, project).await?));
        }
        let path = ["organizations", self.organization.as_str(), "code-mappings"];
        self.list(operation, &path, query, cursor).await
    }
}
