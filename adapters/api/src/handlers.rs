//! What each route does: plain functions of Sentry and what was asked.

use sentry_client::model::{Event, Issue};
use sentry_client::{
    EventId, IssueRef, IssueUpdate, Page, Release, SentryClient, SentryClientExt, Slug, Version,
};

use crate::analysis::{AnalysisView, Analyst, Case};
use crate::error::{ApiError, Subject};
use crate::params::{CursorParams, IssuesParams, PageParams, Query};
use crate::trouble::{Told, Trouble};
use crate::update::UpdateBody;
use crate::views::{EventView, IssueView, PageView, ProjectView, ReleaseView, StacktraceView};

type Result<T> = std::result::Result<T, ApiError>;

/// Lists issues of the organization.
#[utoipa::path(
    get, path = "/issues", tag = "issues", params(IssuesParams), security(("caller" = [])),
    responses((status = 200, description = "A page of issues", body = PageView<IssueView>))
)]
pub(crate) async fn list_issues(
    sentry: &dyn SentryClient,
    query: &Query,
) -> Result<PageView<IssueView>> {
    let issues = query.issues(None)?;
    let page = sentry.issues(&issues, query.cursor()?.as_ref()).await;
    let page = page.map_err(|error| ApiError::from_sentry(&error, Subject::Issues))?;
    Ok(view(page, |issue| IssueView::from(&issue)))
}

/// One issue.
#[utoipa::path(
    get, path = "/issues/{id}", tag = "issues", security(("caller" = [])),
    params(("id" = String, Path, description = "Numeric id or short id, e.g. SHOP-12",
        pattern = "^([0-9]{1,20}|[A-Za-z0-9_-]{1,100}-[A-Za-z0-9]{1,16})$")),
    responses((status = 200, description = "The issue", body = IssueView))
)]
pub(crate) async fn get_issue(sentry: &dyn SentryClient, id: &str) -> Result<IssueView> {
    Ok(IssueView::from(&issue(sentry, &issue_ref(id)?).await?))
}

/// Changes an issue; for callers with `rw`.
#[utoipa::path(
    put, path = "/issues/{id}", tag = "issues", request_body = UpdateBody, security(("caller" = [])),
    params(("id" = String, Path, description = "Numeric id or short id, e.g. SHOP-12",
        pattern = "^([0-9]{1,20}|[A-Za-z0-9_-]{1,100}-[A-Za-z0-9]{1,16})$")),
    responses((status = 200, description = "The issue as it is now", body = IssueView))
)]
pub(crate) async fn update_issue(
    sentry: &dyn SentryClient,
    id: &str,
    update: &IssueUpdate,
) -> Result<IssueView> {
    let updated = sentry.update_issue(&issue_ref(id)?, update).await;
    let issue = updated.map_err(|error| ApiError::from_sentry(&error, Subject::Issue(id)))?;
    Ok(IssueView::from(&issue))
}

/// The events of an issue, newest first, with stack traces.
#[utoipa::path(
    get, path = "/issues/{id}/events", tag = "events", security(("caller" = [])),
    params(("id" = String, Path, description = "Numeric id or short id, e.g. SHOP-12",
        pattern = "^([0-9]{1,20}|[A-Za-z0-9_-]{1,100}-[A-Za-z0-9]{1,16})$"), PageParams),
    responses((status = 200, description = "A page of events", body = PageView<EventView>))
)]
pub(crate) async fn list_events(
    sentry: &dyn SentryClient,
    id: &str,
    query: &Query,
) -> Result<PageView<EventView>> {
    let (issue, events, cursor) = (issue_ref(id)?, query.events()?, query.cursor()?);
    let page = sentry.events(&issue, &events, cursor.as_ref()).await;
    let page = page.map_err(|error| ApiError::from_sentry(&error, Subject::Issue(id)))?;
    Ok(view(page, |event| EventView::from(&event)))
}

/// All about an issue at once: its newest event with stack trace, the release, ranked suspects.
#[utoipa::path(
    get, path = "/issues/{id}/analysis", tag = "issues", security(("caller" = [])),
    params(("id" = String, Path, description = "Numeric id or short id, e.g. SHOP-12",
        pattern = "^([0-9]{1,20}|[A-Za-z0-9_-]{1,100}-[A-Za-z0-9]{1,16})$")),
    responses((status = 200, description = "What is known; notes say what is missing", body = AnalysisView))
)]
pub(crate) async fn analyse_issue(
    sentry: &dyn SentryClient,
    analyst: Option<&dyn Analyst>,
    told: &Told,
    id: &str,
) -> Result<AnalysisView> {
    let reference = issue_ref(id)?;
    let issue = issue(sentry, &reference).await?;
    let event = sentry.latest_event(&reference).await;
    let event = event.map_err(|error| ApiError::from_sentry(&error, Subject::Issue(id)))?;
    let mut notes = Vec::new();
    if event.is_none() {
        notes.push("the issue has no event (any more)".to_owned());
    }
    let release = release_of(sentry, event.as_ref(), told, &mut notes).await;
    let case = Case { issue, event, release };
    let ranking = match analyst {
        None => {
            notes.push("nobody ranks suspects here".to_owned());
            None
        }
        Some(analyst) => match analyst.rank(&case).await {
            Ok(ranking) => Some(ranking),
            Err(error) => {
                notes.push(format!("no ranking: {error}"));
                None
            }
        },
    };
    Ok(AnalysisView {
        issue: IssueView::from(&case.issue),
        event: case.event.as_ref().map(EventView::from),
        release: case.release.as_ref().map(ReleaseView::from),
        ranking,
        notes,
    })
}

/// The release of an event; without it the analysis goes on and says so.
async fn release_of(
    sentry: &dyn SentryClient,
    event: Option<&Event<'_>>,
    told: &Told,
    notes: &mut Vec<String>,
) -> Option<Release> {
    let version = event?.release();
    let Some(version) = version.and_then(|version| version.parse::<Version>().ok()) else {
        notes.push("the event names no release".to_owned());
        return None;
    };
    let release = sentry.release(&version).await;
    if let Err(error) = &release {
        told.tell(Trouble::of(error));
        notes.push(if error.is_not_found() {
            "Sentry does not know the event's release".to_owned()
        } else {
            "Sentry could not be asked for the event's release".to_owned()
        });
    }
    release.ok()
}

/// Lists the organization's projects.
#[utoipa::path(
    get, path = "/projects", tag = "projects", params(CursorParams), security(("caller" = [])),
    responses((status = 200, description = "A page of projects", body = PageView<ProjectView>))
)]
pub(crate) async fn list_projects(
    sentry: &dyn SentryClient,
    query: &Query,
) -> Result<PageView<ProjectView>> {
    let page = sentry.projects(query.cursor()?.as_ref()).await;
    let page = page.map_err(|error| ApiError::from_sentry(&error, Subject::Projects))?;
    Ok(view(page, |project| ProjectView::from(&project)))
}

/// One project.
#[utoipa::path(
    get, path = "/projects/{org}/{proj}", tag = "projects", security(("caller" = [])),
    params(
        ("org" = String, Path, description = "The organization's slug", pattern = "^[A-Za-z0-9_-]{1,100}$"),
        ("proj" = String, Path, description = "The project's slug or id", pattern = "^[A-Za-z0-9_-]{1,100}$"),
    ),
    responses((status = 200, description = "The project", body = ProjectView))
)]
pub(crate) async fn get_project(
    sentry: &dyn SentryClient,
    organization: &str,
    project: &str,
) -> Result<ProjectView> {
    let slug = project_slug(sentry, organization, project)?;
    let found = sentry.project(&slug).await;
    let subject = Subject::Project(organization, project);
    let found = found.map_err(|error| ApiError::from_sentry(&error, subject))?;
    Ok(ProjectView::from(&found))
}

/// Lists the issues of a project.
#[utoipa::path(
    get, path = "/projects/{org}/{proj}/issues", tag = "projects", security(("caller" = [])),
    params(
        ("org" = String, Path, description = "The organization's slug", pattern = "^[A-Za-z0-9_-]{1,100}$"),
        ("proj" = String, Path, description = "The project's slug or id", pattern = "^[A-Za-z0-9_-]{1,100}$"),
        IssuesParams,
    ),
    responses((status = 200, description = "A page of issues", body = PageView<IssueView>))
)]
pub(crate) async fn list_project_issues(
    sentry: &dyn SentryClient,
    organization: &str,
    project: &str,
    query: &Query,
) -> Result<PageView<IssueView>> {
    let slug = project_slug(sentry, organization, project)?;
    let (issues, cursor) = (query.issues(Some(slug.clone()))?, query.cursor()?);
    let subject = Subject::Project(organization, project);
    // A project that is not there would give an empty list, which reads as "no issues".
    let found = sentry.project(&slug).await;
    found.map_err(|error| ApiError::from_sentry(&error, subject))?;
    let page = sentry.issues(&issues, cursor.as_ref()).await;
    let page = page.map_err(|error| ApiError::from_sentry(&error, subject))?;
    Ok(view(page, |issue| IssueView::from(&issue)))
}

/// One event, by its id alone.
#[utoipa::path(
    get, path = "/events/{id}", tag = "events", security(("caller" = [])),
    params(("id" = String, Path, description = "Event id: 32 hex digits, dashes allowed",
        pattern = "^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")),
    responses((status = 200, description = "The event with its stack trace", body = EventView))
)]
pub(crate) async fn get_event(sentry: &dyn SentryClient, id: &str) -> Result<EventView> {
    let resolved = sentry.resolve_event(&event_id(id)?).await;
    let resolved = resolved.map_err(|error| ApiError::from_sentry(&error, Subject::Event(id)))?;
    let mut event = EventView::from(&resolved.event);
    event.issue_id = Some(resolved.issue.to_string());
    Ok(event)
}

/// The stack trace of an event and nothing else.
#[utoipa::path(
    get, path = "/events/{id}/stacktrace", tag = "events", security(("caller" = [])),
    params(("id" = String, Path, description = "Event id: 32 hex digits, dashes allowed",
        pattern = "^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")),
    responses((status = 200, description = "The stack trace; no frames where the event has none", body = StacktraceView))
)]
pub(crate) async fn get_stacktrace(sentry: &dyn SentryClient, id: &str) -> Result<StacktraceView> {
    let trace = sentry.stacktrace(&event_id(id)?).await;
    let trace = trace.map_err(|error| ApiError::from_sentry(&error, Subject::Event(id)))?;
    Ok(StacktraceView::from(trace))
}

async fn issue(sentry: &dyn SentryClient, id: &IssueRef) -> Result<Issue<'static>> {
    let issue = sentry.issue(id).await;
    issue.map_err(|error| ApiError::from_sentry(&error, Subject::Issue(id.as_str())))
}

fn issue_ref(id: &str) -> Result<IssueRef> {
    id.parse().map_err(|_| ApiError::invalid("id", "digits, or a short id such as SHOP-12"))
}

fn event_id(id: &str) -> Result<EventId> {
    id.parse().map_err(|_| ApiError::invalid("id", "an event id"))
}

/// A project of this service's organization; others are not found.
fn project_slug(sentry: &dyn SentryClient, organization: &str, project: &str) -> Result<Slug> {
    let expected = "letters, digits, dashes and underscores";
    let asked: Slug = organization.parse().map_err(|_| ApiError::invalid("org", expected))?;
    let slug = project.parse().map_err(|_| ApiError::invalid("proj", expected))?;
    if asked != *sentry.organization() {
        return Err(ApiError::not_found(Subject::Project(organization, project)));
    }
    Ok(slug)
}

fn view<T, V>(page: Page<T>, view: impl FnMut(T) -> V) -> PageView<V> {
    let next_cursor = page.next.as_ref().map(ToString::to_string);
    PageView { data: page.items.into_iter().map(view).collect(), next_cursor }
}

#[cfg(test)]
mod tests {
    use sentry_client::testing::{FakeEvent, FakeIssue, FakeSentry, Fault};

    use super::*;

    #[tokio::test]
    async fn a_release_that_cannot_be_asked_for_is_not_called_unknown() {
        let sentry = FakeSentry::new("acme");
        let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: pool"));
        sentry.add_event(&issue, FakeEvent::new().release("shop@2.0.0"));
        let event = sentry.latest_event(&issue).await.unwrap();
        for (status, word) in
            [(404, "does not know"), (401, "asked"), (429, "asked"), (503, "asked")]
        {
            sentry.fail_next(Fault::status(status));
            let mut notes = Vec::new();
            let told = Told::default();
            assert_eq!(release_of(&sentry, event.as_ref(), &told, &mut notes).await, None);
            assert!(notes.len() == 1 && notes[0].contains(word), "{status}: {notes:?}");
        }
    }
}
