//! The service's description of itself.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bytes::Bytes;
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Content, Header, HeaderBuilder, Object, OpenApi as Description, Ref, RefOr, Response,
    ResponseBuilder, Server,
};
use utoipa::{Modify, OpenApi};

use crate::handlers;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "sentry-api-service",
        description = "Sentry's issues, events and projects for callers that must not hold a Sentry token.",
    ),
    paths(
        handlers::list_issues,
        handlers::get_issue,
        handlers::update_issue,
        handlers::list_events,
        handlers::analyse_issue,
        handlers::list_projects,
        handlers::get_project,
        handlers::list_project_issues,
        handlers::get_event,
        handlers::get_stacktrace,
    ),
    components(schemas(crate::ErrorBody)),
    modifiers(&Callers, &Failures)
)]
struct Api;

/// How callers say who they are.
struct Callers;

impl Modify for Callers {
    fn modify(&self, description: &mut Description) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("caller", SecurityScheme::Http(bearer));
        description.servers = Some(vec![Server::new("/")]);
    }
}

/// What every operation may answer besides success.
struct Failures;

impl Modify for Failures {
    fn modify(&self, description: &mut Description) {
        for item in description.paths.paths.values_mut() {
            for (operation, changes) in [(&mut item.get, false), (&mut item.put, true)] {
                let Some(operation) = operation else { continue };
                let responses = &mut operation.responses.responses;
                for (status, words) in [
                    ("400", "What was asked is not valid"),
                    ("401", "No caller's token, or Sentry does not take the service's"),
                    ("403", "The caller or the service may not do that"),
                    ("404", "There is no such thing"),
                    ("503", "Sentry does not answer, or not in time"),
                ] {
                    responses.insert(status.to_owned(), failure(words).build().into());
                }
                let seconds = HeaderBuilder::new()
                    .description(Some("Seconds to wait, 3600 at most"))
                    .schema(Some(integer()))
                    .build();
                let limited = failure("Sentry is asked too often").header("retry-after", seconds);
                responses.insert("429".to_owned(), limited.build().into());
                if changes {
                    let large = failure("The body is too large").build();
                    responses.insert("413".to_owned(), large.into());
                } else {
                    conditional(responses);
                }
            }
        }
    }
}

/// Whoever has an answer already is told that it is as it was.
fn conditional(responses: &mut BTreeMap<String, RefOr<Response>>) {
    if let Some(RefOr::T(response)) = responses.get_mut("200") {
        let mut etag = Header::default();
        etag.description = Some("For If-None-Match".to_owned());
        response.headers.insert("etag".to_owned(), etag.into());
    }
    let unchanged = ResponseBuilder::new().description("It is as it was (If-None-Match)");
    responses.insert("304".to_owned(), unchanged.build().into());
}

fn failure(words: &str) -> ResponseBuilder {
    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    ResponseBuilder::new().description(words).content("application/json", body)
}

fn integer() -> Object {
    Object::with_type(Type::Integer)
}

pub(crate) fn describe() -> Description {
    Api::openapi()
}

/// The description as JSON, written once.
pub(crate) fn text() -> Bytes {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    TEXT.get_or_init(|| describe().to_json().map(Bytes::from).unwrap_or_default()).clone()
}
