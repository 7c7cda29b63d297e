//! The fake's answers as HTTP, in the forms and with the headers of Sentry's server.

use serde_json::{Value, json};

use super::FakeSentry;
use super::build::Fault;
use super::lists::{Rows, Selection, rows};
use super::state::{Answer, State, not_found, refused};

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// Decoded path segments.
    pub(super) path: Vec<String>,
    /// Whether the path ends with a slash.
    pub(super) slash: bool,
    pub(super) query: Vec<(String, String)>,
    pub(super) bearer: Option<String>,
    pub(super) body: Vec<u8>,
    /// `http://host:port` of the server, for links.
    pub(super) address: String,
}

/// An answer, not yet written.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delay: std::time::Duration,
}

impl Request {
    fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, it)| it.clone()).collect()
    }

    fn json(&self) -> Answer {
        serde_json::from_slice(&self.body).map_err(|_| refused("detail", "JSON parse error"))
    }

    fn limit(&self, name: &str) -> Answer<usize> {
        match self.get(name) {
            None => Ok(100),
            Some(text) => text.parse().map_err(|_| refused("detail", "Invalid per_page value.")),
        }
    }
}

impl FakeSentry {
    pub(super) fn respond(&self, request: &Request) -> Response {
        let mut state = self.lock();
        if let Some(fault) = state.faults.pop_front() {
            return fault.into();
        }
        if !request.slash {
            let location = format!("{}/{}/", request.address, request.path.join("/"));
            return Response { headers: vec![("location", location)], ..status(301) };
        }
        answer(&mut state, request).unwrap_or_else(Response::from)
    }
}

fn answer(state: &mut State, request: &Request) -> Answer<Response> {
    let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("POST", ["oauth", "token"]) => {
            let fields: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
            return state.tokens.oauth(&fields).map(ok);
        }
        ("POST", ["api", "0", "sentry-app-installations", _, "authorizations"]) => {
            let answer = state.tokens.installation(&request.json()?)?;
            return Ok(Response { status: 201, ..ok(answer) });
        }
        _ => {}
    }
    state.tokens.check(request.bearer.as_deref())?;
    let ["api", "0", rest @ ..] = path.as_slice() else { return Err(not_found()) };
    match rest {
        [] => Ok(ok(json!({ "version": "0", "user": { "id": "7" },
            "auth": { "scopes": state.scopes } }))),
        ["sentry-app-installations", _] if request.method == "PUT" => {
            Ok(ok(json!({ "status": "installed" })))
        }
        ["issues" | "groups", id, rest @ ..] => legacy(state, request, id, rest),
        ["organizations", organization, rest @ ..] if *organization == state.organization => {
            organization_route(state, request, rest)
        }
        ["projects", organization, project, rest @ ..] if *organization == state.organization => {
            project_route(state, request, project, rest)
        }
        _ => Err(not_found()),
    }
}

fn organization_route(state: &mut State, request: &Request, path: &[&str]) -> Answer<Response> {
    match (request.method.as_str(), path) {
        ("GET", ["issues"]) => {
            let selection = Selection {
                query: request.get("query").unwrap_or("is:unresolved").to_owned(),
                projects: request.all("project"),
                environments: request.all("environment"),
                sort: request.get("sort").unwrap_or("date").to_owned(),
                limit: request.limit("limit")?,
                cursor: request.get("cursor").map(str::to_owned),
            };
            let rows = state.issues(&selection)?;
            let hits = rows.hits;
            let mut response = list(request, rows);
            response.headers.push(("x-hits", hits.to_string()));
            response.headers.push(("x-max-hits", "1000".to_owned()));
            Ok(response)
        }
        ("PUT", ["issues"]) => {
            let ids: Result<Vec<u64>, _> =
                request.all("id").iter().map(|id| id.parse::<u64>()).collect();
            let ids = ids.map_err(|_| refused("id", "Invalid id."))?;
            // Sentry's trap: without an id every issue that matches is meant.
            let ids = if ids.is_empty() { state.issues.keys().copied().collect() } else { ids };
            let changed = state.update_issues(&ids, &request.json()?)?;
            Ok(changed.map_or_else(|| status(204), ok))
        }
        (_, ["issues", id, rest @ ..]) if !state.legacy_routes_only => {
            issue_route(state, request, id, rest)
        }
        ("GET", ["shortids", short]) => {
            let row = state.issue(short)?;
            Ok(ok(json!({ "organizationSlug": state.organization, "projectSlug": row.project.slug,
                "groupId": row.id.to_string(), "shortId": row.short_id,
                "group": row.json(&state.organization) })))
        }
        ("GET", ["eventids", id]) => {
            let (row, event) = state.event(id)?;
            Ok(ok(json!({ "organizationSlug": state.organization, "projectSlug": row.project.slug,
                "groupId": row.id.to_string(), "eventId": id, "event": event })))
        }
        ("GET", ["projects"]) => paged(request, state.projects_json(), "per_page"),
        ("GET", ["releases"]) => {
            let containing = request.get("query").unwrap_or_default();
            paged(request, state.releases_json(&request.all("project"), containing), "per_page")
        }
        ("POST", ["releases"]) => {
            let (release, new) = state.create_release(&request.json()?)?;
            Ok(Response { status: if new { 201 } else { 208 }, ..ok(release) })
        }
        ("GET", ["releases", version]) => Ok(ok(state.release(version)?.json())),
        ("GET", ["releases", version, "commits"]) => {
            paged(request, state.release(version)?.commits.clone(), "per_page")
        }
        ("GET", ["releases", version, "deploys"]) => {
            paged(request, state.release(version)?.deploys.clone(), "per_page")
        }
        ("POST", ["releases", version, "deploys"]) => {
            let deploy = state.create_deploy(version, &request.json()?)?;
            Ok(Response { status: 201, ..ok(deploy) })
        }
        ("GET", ["code-mappings"]) => {
            paged(request, state.code_mappings_json(request.get("project"))?, "per_page")
        }
        _ => Err(not_found()),
    }
}

fn issue_route(state: &mut State, request: &Request, id: &str, path: &[&str]) -> Answer<Response> {
    match (request.method.as_str(), path) {
        ("GET", []) => Ok(ok(state.issue(id)?.json(&state.organization))),
        ("PUT", []) => state.update_issue(id, &request.json()?).map(ok),
        ("GET", ["hashes"]) => paged(request, state.issue(id)?.hashes(), "per_page"),
        ("GET", ["tags", key]) => state.issue(id)?.tag(key).map(ok),
        ("GET", ["tags", key, "values"]) => {
            paged(request, state.issue(id)?.tag_values(key), "per_page")
        }
        ("GET", ["events"]) => {
            let selection = Selection {
                query: request.get("query").unwrap_or_default().to_owned(),
                environments: request.all("environment"),
                limit: request.limit("per_page")?,
                cursor: request.get("cursor").map(str::to_owned),
                ..Selection::default()
            };
            let full = request.get("full") == Some("true");
            Ok(list(request, state.events(id, &selection, full)?))
        }
        ("GET", ["events", which]) => state.issue_event(id, which).map(ok),
        _ => Err(not_found()),
    }
}

/// The older routes see every organization that the token sees.
fn legacy(state: &mut State, request: &Request, id: &str, path: &[&str]) -> Answer<Response> {
    let number: u64 = id.parse().map_err(|_| not_found())?;
    let row = state.issues.get(&number).ok_or_else(not_found)?;
    if row.project.foreign {
        return match (request.method.as_str(), path) {
            ("GET", []) => Ok(ok(row.json("another"))),
            _ => Err(Fault::status(500).body("the client went on with a foreign issue")),
        };
    }
    issue_route(state, request, id, path)
}

fn project_route(
    state: &mut State,
    request: &Request,
    project: &str,
    path: &[&str],
) -> Answer<Response> {
    match (request.method.as_str(), path) {
        ("GET", []) => Ok(ok(state.project(project)?.json())),
        ("GET", ["events", id]) => state.project_event(project, id).cloned().map(ok),
        ("GET", ["events", id, "committers"]) => {
            state.project_event(project, id)?;
            let found = state.committers.get(*id).cloned();
            let none = || Fault::status(404).body(r#"{"detail":"Nobody is suspected"}"#);
            Ok(ok(json!({ "committers": found.ok_or_else(none)? })))
        }
        _ => Err(not_found()),
    }
}

fn paged(request: &Request, all: Vec<Value>, limit: &str) -> Answer<Response> {
    let rows = rows(all.into_iter(), request.limit(limit)?, request.get("cursor"))?;
    Ok(list(request, rows))
}

/// A page with its `Link` header. The links' host is another one than was called, as with
/// customer domains: a client must not follow it.
fn list(request: &Request, rows: Rows) -> Response {
    let path = request.path.join("/");
    let link = |rel, cursor: &str, more: bool| {
        format!(
            "<https://acme.sentry.invalid/{path}/?&cursor={cursor}>; rel=\"{rel}\"; \
             results=\"{more}\"; cursor=\"{cursor}\""
        )
    };
    let previous = rows.previous.clone().unwrap_or_else(|| "0:0:1".to_owned());
    let next = format!("0:{}:0", rows.to);
    let header = format!(
        "{}, {}",
        link("previous", &previous, rows.previous.is_some()),
        link("next", &next, rows.next.is_some())
    );
    let mut response = ok(Value::from(rows.items));
    response.headers.push(("link", header));
    response
}

fn status(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: Vec::new(), delay: std::time::Duration::ZERO }
}

#[expect(clippy::needless_pass_by_value, reason = "answers are made to be given away")]
fn ok(body: Value) -> Response {
    Response {
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("x-sentry-rate-limit-limit", "40".to_owned()),
            ("x-sentry-rate-limit-remaining", "39".to_owned()),
            ("x-sentry-rate-limit-concurrentlimit", "None".to_owned()),
        ],
        body: body.to_string().into_bytes(),
        ..status(200)
    }
}

impl From<Fault> for Response {
    /// Sentry's limiter sends JSON under `text/html`; so do all failures here.
    fn from(fault: Fault) -> Self {
        let mut headers = fault.headers;
        headers.push(("content-type", "text/html; charset=utf-8".to_owned()));
        Self { status: fault.status, headers, body: fault.body, delay: fault.delay }
    }
}
