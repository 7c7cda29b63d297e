//! The calls as Sentry's routes have them; `client` makes the trait of them.

use bytes::Bytes;
use reqwest::Method;
use sentry_hooks::model::{Issue, Project};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::transport::{Call, Reply};
use super::{Cache, HttpClient, Routes};
use crate::link::Links;
use crate::query::Pairs;
use crate::{Cursor, Error, IssueRef, Page, Result, Slug, read};

impl HttpClient {
    /// One page of records.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &[&str],
        query: Pairs,
        cursor: Option<&Cursor>,
    ) -> Result<Page<T>> {
        let reply = self.page(operation, path, query, cursor).await?;
        let items = read::list(operation, &reply.body, read::record)?;
        reply.page_of(operation, items)
    }

    /// One page of what the shared model reads.
    pub(super) async fn list_model<T>(
        &self,
        operation: &'static str,
        path: &[&str],
        query: Pairs,
        cursor: Option<&Cursor>,
        read: fn(&'static str, &[u8]) -> Result<T>,
    ) -> Result<Page<T>> {
        let reply = self.page(operation, path, query, cursor).await?;
        let items = read::list(operation, &reply.body, read)?;
        reply.page_of(operation, items)
    }

    pub(super) async fn page(
        &self,
        operation: &'static str,
        path: &[&str],
        mut query: Pairs,
        cursor: Option<&Cursor>,
    ) -> Result<Reply> {
        query.extend(cursor.map(|cursor| ("cursor", cursor.to_string())));
        self.transport.send(&Call::get(operation, path).query(query)).await
    }

    /// One thing.
    pub(super) async fn get(
        &self,
        operation: &'static str,
        path: &[&str],
        query: Pairs,
    ) -> Result<Bytes> {
        Ok(self.transport.send(&Call::get(operation, path).query(query)).await?.body)
    }

    /// Sends a body. `repeatable`: twice does the same as once.
    pub(super) async fn send(
        &self,
        operation: &'static str,
        method: Method,
        path: &[&str],
        query: Pairs,
        body: &impl Serialize,
        repeatable: bool,
    ) -> Result<Reply> {
        let body = serde_json::to_vec(body)
            .map_err(|_| Error::argument(operation, "the body cannot be written"))?;
        let body = Some(Bytes::from(body));
        self.transport.send(&Call { operation, method, path, query, body, repeatable }).await
    }

    /// The numeric id of an issue; a short id is resolved once and then remembered.
    pub(super) async fn numeric(
        &self,
        operation: &'static str,
        issue: &IssueRef,
    ) -> Result<String> {
        if !issue.is_short_id() {
            return Ok(issue.to_string());
        }
        let short = issue.as_str().to_ascii_uppercase();
        if let Some(id) = Cache::find(&self.cache.short_ids, &short) {
            return Ok(id);
        }
        let path = ["organizations", self.organization.as_str(), "shortids", &short];
        let body = self.get(operation, &path, Pairs::new()).await?;
        let answer: Value = read::record(operation, &body)?;
        let id =
            ["/groupId", "/group/id"].iter().find_map(|at| text_or_number(answer.pointer(at)?));
        let id = id.filter(|id| id.parse::<u64>().is_ok());
        let id = id.ok_or_else(|| Error::unreadable(operation, "no issue id"))?;
        Cache::keep(&self.cache.short_ids, short, id.clone());
        Ok(id)
    }

    /// Calls one of an issue's routes: below the organization, or the older one where the server
    /// lacks that. A server that answered one of the new routes is not asked for older ones; one
    /// that has the older ones alone is asked for new ones where the older one finds nothing, as
    /// it may have become a newer server.
    pub(super) async fn issue_call(
        &self,
        operation: &'static str,
        issue: &IssueRef,
        rest: &[&str],
        call: impl Fn(&mut Call<'_>),
    ) -> Result<Reply> {
        let id = self.numeric(operation, issue).await?;
        let answer = self.routed_call(operation, &id, rest, &call).await;
        if issue.is_short_id() && answer.as_ref().is_err_and(Error::is_not_found) {
            // The short id may mean another issue by now, as after a merge.
            Cache::forget(&self.cache.short_ids, &issue.as_str().to_ascii_uppercase());
        }
        answer
    }

    async fn routed_call(
        &self,
        operation: &'static str,
        id: &str,
        rest: &[&str],
        call: &impl Fn(&mut Call<'_>),
    ) -> Result<Reply> {
        let routes = self.cache.routes();
        let first = match routes {
            Routes::Legacy => self.legacy_call(operation, id, rest, call).await,
            _ => self.scoped_call(operation, id, rest, call).await,
        };
        let error = match first {
            Err(error) if error.is_not_found() && routes != Routes::Scoped => error,
            answer => return answer,
        };
        let second = if routes == Routes::Legacy {
            self.scoped_call(operation, id, rest, call).await
        } else {
            if !rest.is_empty() && self.has_scoped_routes(operation, id).await? {
                return Err(error);
            }
            self.legacy_call(operation, id, rest, call).await
        };
        // The first answer is the honest one unless the other route had more to say.
        second.map_err(|second| if second.is_not_found() { error } else { second })
    }

    async fn scoped_call(
        &self,
        operation: &'static str,
        id: &str,
        rest: &[&str],
        call: &impl Fn(&mut Call<'_>),
    ) -> Result<Reply> {
        let path = [&["organizations", self.organization.as_str(), "issues", id], rest].concat();
        let mut made = Call::get(operation, &path);
        call(&mut made);
        let reply = self.transport.send(&made).await?;
        self.cache.set_routes(Routes::Scoped);
        Ok(reply)
    }

    /// Whether the issue is found below the organization: then what was not found is a part of it
    /// (an issue may have no events any more), and no reason to try older routes.
    async fn has_scoped_routes(&self, operation: &'static str, id: &str) -> Result<bool> {
        let path = ["organizations", self.organization.as_str(), "issues", id];
        match self.transport.send(&Call::get(operation, &path)).await {
            Ok(_) => {
                self.cache.set_routes(Routes::Scoped);
                Ok(true)
            }
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The older routes know no organization: what they find must be shown to be ours first. What
    /// they forbid after the routes below the organization did not know it is another's.
    async fn legacy_call(
        &self,
        operation: &'static str,
        id: &str,
        rest: &[&str],
        call: &impl Fn(&mut Call<'_>),
    ) -> Result<Reply> {
        let found = self.transport.send(&Call::get(operation, &["issues", id])).await;
        let found = found.map_err(|error| {
            let foreign = error.is_forbidden() && self.cache.routes() == Routes::Unknown;
            if foreign { Error::not_found(operation) } else { error }
        })?;
        self.must_be_ours(operation, &read::issue(operation, &found.body)?).await?;
        self.cache.set_routes(Routes::Legacy);
        let path = [&["issues", id], rest].concat();
        let mut made = Call::get(operation, &path);
        call(&mut made);
        if made.method == Method::GET && rest.is_empty() && made.query.is_empty() {
            return Ok(found);
        }
        self.transport.send(&made).await
    }

    /// An issue is ours when its project is one of this organization's.
    async fn must_be_ours(&self, operation: &'static str, issue: &Issue<'_>) -> Result<()> {
        let foreign = || Error::not_found(operation);
        let project = issue.project.as_ref().ok_or_else(foreign)?;
        let slug: Slug =
            project.slug.as_deref().unwrap_or_default().parse().map_err(|_| foreign())?;
        let id = project.id.as_ref().map(ToString::to_string).ok_or_else(foreign)?;
        if Cache::find(&self.cache.projects, slug.as_str()).is_some_and(|known| known == id) {
            return Ok(());
        }
        // Asked for even when the slug is a number: another organization's project has one too.
        let ours = self.find_project(operation, &slug).await?;
        if ours.id.as_ref().is_none_or(|ours| ours.to_string() != id) {
            return Err(foreign());
        }
        Cache::keep(&self.cache.projects, slug.to_string(), id);
        Ok(())
    }

    /// The numeric id of one of this organization's projects.
    pub(super) async fn project_id(&self, operation: &'static str, slug: &Slug) -> Result<String> {
        if slug.as_str().bytes().all(|b| b.is_ascii_digit()) {
            return Ok(slug.to_string());
        }
        if let Some(id) = Cache::find(&self.cache.projects, slug.as_str()) {
            return Ok(id);
        }
        let project = self.find_project(operation, slug).await?;
        let id = project.id.ok_or_else(|| Error::unreadable(operation, "a project without id"))?;
        Cache::keep(&self.cache.projects, slug.to_string(), id.to_string());
        Ok(id.to_string())
    }

    /// A project; one that was renamed is followed once, to its new slug on this server.
    pub(super) async fn find_project(
        &self,
        operation: &'static str,
        slug: &Slug,
    ) -> Result<Project<'static>> {
        let organization = self.organization.as_str();
        let path = ["projects", organization, slug.as_str()];
        let body = match self.get(operation, &path, Pairs::new()).await {
            Err(error) => match error.new_slug().and_then(|slug| slug.parse::<Slug>().ok()) {
                Some(slug) => {
                    let path = ["projects", organization, slug.as_str()];
                    self.get(operation, &path, Pairs::new()).await?
                }
                None => return Err(error),
            },
            Ok(body) => body,
        };
        read::project(operation, &body)
    }
}

impl Reply {
    /// A page with what the headers say about it.
    ///
    /// # Errors
    ///
    /// Unreadable when there is more and nothing says where: that is no end.
    pub(super) fn page_of<T>(&self, operation: &'static str, items: Vec<T>) -> Result<Page<T>> {
        let links = self.headers.get_all("link").iter().filter_map(|it| it.to_str().ok());
        let links = Links::parse(&links.collect::<Vec<_>>().join(", "));
        if links.is_cut_off() {
            return Err(Error::unreadable(operation, "more is said to follow, but not where"));
        }
        let number = |name| self.header(name).and_then(|text| text.parse().ok());
        Ok(Page {
            items,
            next: links.next_cursor(),
            previous: links.previous_cursor(),
            hits: number("x-hits"),
            max_hits: number("x-max-hits"),
            direct_hit: self.header("x-sentry-direct-hit") == Some("1"),
        })
    }
}

/// Ids are strings here and integers there.
pub(super) fn text_or_number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
