//! The service: routes, callers, cache and conditional requests around the handlers.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use sentry_client::{SentryClient, SentryClientExt as _, TokenInfo, scope};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tower_service::Service;

use crate::analysis::Analyst;
use crate::cache::{Cache, Remembered};
use crate::error::{ApiError, ErrorKind};
use crate::params::Query;
use crate::route::Route;
use crate::trouble::Told;
use crate::update::UpdateBody;
use crate::{Access, Caller, Callers, handlers, openapi};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The REST service: a `tower` service over `http` types, for any framework that mounts one.
/// Cheap to clone; clones share callers and cache.
#[derive(Clone, Debug)]
pub struct ApiService {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    sentry: Arc<dyn SentryClient>,
    analyst: Option<Arc<dyn Analyst>>,
    callers: Callers,
    cache: Cache,
    largest_body: usize,
    time_limit: Duration,
    told: Arc<Told>,
}

impl ApiService {
    /// A service for these callers. Answers are remembered for ten seconds.
    #[must_use]
    pub fn new(sentry: impl SentryClient + 'static, callers: Callers) -> Self {
        let shared = Shared {
            sentry: Arc::new(sentry),
            analyst: None,
            callers,
            cache: Cache::new(Duration::from_secs(10)),
            largest_body: 64 * 1024,
            time_limit: Duration::from_secs(50),
            told: Arc::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Ranks suspects for `/issues/{id}/analysis`.
    #[must_use]
    pub fn analyst(self, analyst: impl Analyst + 'static) -> Self {
        self.with(|shared| shared.analyst = Some(Arc::new(analyst)))
    }

    /// How long answers are remembered; zero: only calls at the same time share one.
    #[must_use]
    pub fn remember(self, life: Duration) -> Self {
        self.with(|shared| shared.cache = Cache::new(life))
    }

    /// How long a request may take in all, its body included; default 50 s. A longer one is answered
    /// with 503 in [the one form](crate::ErrorBody). A server before this service that ends requests
    /// itself (a bare 503 or 504) should be given more time than this.
    #[must_use]
    pub fn time_limit(self, limit: Duration) -> Self {
        self.with(|shared| shared.time_limit = limit)
    }

    /// Asks Sentry once whether the token may do what callers can ask for
    /// ([`scope::READ`], and [`scope::WRITE`] where a caller may write), and logs a warning that names
    /// the first scope it lacks, or why that is not known. For the start of a service; nothing is
    /// refused for it.
    ///
    /// ```
    /// use sentry_api_service::{ApiService, Callers};
    /// use sentry_client::testing::FakeSentry;
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let sentry = FakeSentry::new("acme");
    /// sentry.set_scopes(&["org:read", "project:read", "event:read", "member:read", "team:read"]);
    /// let api = ApiService::new(sentry, Callers::parse("triage:rw:a-long-token")?);
    /// let error = api.check_token().await.unwrap_err();
    /// assert_eq!(error.missing_scope(), Some("event:write"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What was logged: [forbidden](sentry_client::Error::missing_scope) for a scope that is missing,
    /// else why Sentry could not be asked.
    pub async fn check_token(&self) -> sentry_client::Result<TokenInfo> {
        let write: &[&str] = if self.shared.callers.may_write() { &scope::WRITE } else { &[] };
        let wanted = [&scope::READ[..], write].concat();
        let checked = self.shared.sentry.require_scopes(&wanted).await;
        if let Err(error) = &checked {
            match error.missing_scope() {
                Some(scope) => tracing::warn!(
                    "the token for Sentry lacks the scope {scope}: what needs it will be forbidden"
                ),
                None if error.is_unauthorized() => {
                    tracing::warn!(%error, "Sentry does not accept this service's token");
                }
                None => tracing::warn!(%error, "Sentry cannot be asked what the token may do"),
            }
        }
        checked
    }

    /// The OpenAPI description as it is served at `/openapi.json`.
    #[must_use]
    pub fn openapi() -> utoipa::openapi::OpenApi {
        openapi::describe()
    }

    fn with(self, change: impl FnOnce(&mut Shared)) -> Self {
        let mut shared = Shared {
            sentry: Arc::clone(&self.shared.sentry),
            analyst: self.shared.analyst.clone(),
            callers: self.shared.callers.clone(),
            cache: self.shared.cache.clone(),
            largest_body: self.shared.largest_body,
            time_limit: self.shared.time_limit,
            told: Arc::clone(&self.shared.told),
        };
        change(&mut shared);
        Self { shared: Arc::new(shared) }
    }
}

impl<B> Service<Request<B>> for ApiService
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let method = request.method().clone();
            let answer = tokio::time::timeout(shared.time_limit, shared.answer(request)).await;
            let answer = answer.unwrap_or_else(|_| Err(ApiError::too_slow(&method)));
            Ok(answer.unwrap_or_else(|error| refuse(&error)))
        })
    }
}

type Answer = Result<Response<Full<Bytes>>, ApiError>;

impl Shared {
    async fn answer<B>(&self, request: Request<B>) -> Answer
    where
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        let (head, body) = request.into_parts();
        let route = Route::find(head.uri.path());
        if route == Some(Route::Description) && head.method == Method::GET {
            return Ok(json(StatusCode::OK, openapi::text()));
        }
        let caller = self.authenticate(&head)?;
        let not_found = || ApiError::new(ErrorKind::NotFound, "There is no such route");
        let route = route.ok_or_else(not_found)?;
        let answer = match (&head.method, &route) {
            (&Method::GET, _) => self.read(&head, route).await,
            (&Method::PUT, Route::Issue(id)) => self.update(caller, id, body).await,
            _ => Ok(refuse_method(&route)),
        };
        if let Err(error) = &answer {
            self.told.tell(error.trouble());
        }
        let status = answer.as_ref().map_or_else(|it| it.kind().status(), Response::status);
        tracing::debug!(caller = caller.name, method = %head.method, status = status.as_u16());
        answer
    }

    fn authenticate(&self, head: &Parts) -> Result<&Caller, ApiError> {
        let mut headers = head.headers.get_all(AUTHORIZATION).iter();
        let caller = match (headers.next(), headers.next()) {
            (Some(header), None) => header.to_str().ok().and_then(|it| self.callers.find(it)),
            _ => None,
        };
        let refused = || ApiError::new(ErrorKind::Unauthorized, "A caller's token is needed");
        caller.ok_or_else(refused)
    }

    /// Answers from memory or by asking Sentry; 304 to a caller who has the same already.
    async fn read(&self, head: &Parts, route: Route) -> Answer {
        let query = Query::parse(head.uri.query().unwrap_or_default());
        // What does not change the answer is no part of the key: other spellings share the call.
        let key = format!("{route:?} {query:?}");
        let remembered = self
            .cache
            .get(key, || {
                let (sentry, analyst) = (Arc::clone(&self.sentry), self.analyst.clone());
                let told = Arc::clone(&self.told);
                Box::pin(async move {
                    let body = ask(&*sentry, analyst.as_deref(), &told, &route, &query).await?;
                    let digest = Sha256::digest(&body);
                    let hex = digest[..16].iter().map(|byte| format!("{byte:02x}"));
                    let etag = format!("\"{}\"", hex.collect::<String>());
                    Ok(Arc::new(Remembered { body, etag }))
                })
            })
            .await?;
        let same = head.headers.get_all(IF_NONE_MATCH).iter().any(|header| {
            header.to_str().is_ok_and(|text| {
                let mut tags = text.split(',').map(str::trim);
                tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == remembered.etag)
            })
        });
        let mut response = if same {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            json(StatusCode::OK, remembered.body.clone())
        };
        let headers = response.headers_mut();
        if let Ok(etag) = HeaderValue::from_str(&remembered.etag) {
            headers.insert(ETAG, etag);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("authorization"));
        Ok(response)
    }

    async fn update<B>(&self, caller: &Caller, id: &str, body: B) -> Answer
    where
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<BoxError>,
    {
        if caller.access != Access::ReadWrite {
            return Err(ApiError::new(ErrorKind::Forbidden, "This caller may only read"));
        }
        let body = match Limited::new(body, self.largest_body).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(ApiError::new(ErrorKind::TooLarge, "The body is too large"));
            }
            Err(_) => return Err(ApiError::invalid("body", "a body that arrives whole")),
        };
        let update = UpdateBody::read(&body)?;
        // Also after a failure, and when the caller leaves: whether Sentry acted is not always
        // known.
        let _forgotten = ForgetAtEnd(&self.cache);
        let updated = handlers::update_issue(&*self.sentry, id, &update).await;
        Ok(json(StatusCode::OK, bytes(&updated?)))
    }
}

/// Forgets what is remembered, however the change ends.
struct ForgetAtEnd<'a>(&'a Cache);

impl Drop for ForgetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

async fn ask(
    sentry: &dyn SentryClient,
    analyst: Option<&dyn Analyst>,
    told: &Told,
    route: &Route,
    query: &Query,
) -> Result<Bytes, ApiError> {
    Ok(match route {
        Route::Issues => bytes(&handlers::list_issues(sentry, query).await?),
        Route::Issue(id) => bytes(&handlers::get_issue(sentry, id).await?),
        Route::IssueEvents(id) => bytes(&handlers::list_events(sentry, id, query).await?),
        Route::IssueAnalysis(id) => {
            bytes(&handlers::analyse_issue(sentry, analyst, told, id).await?)
        }
        Route::Projects => bytes(&handlers::list_projects(sentry, query).await?),
        Route::Project(org, project) => bytes(&handlers::get_project(sentry, org, project).await?),
        Route::ProjectIssues(org, project) => {
            bytes(&handlers::list_project_issues(sentry, org, project, query).await?)
        }
        Route::Event(id) => bytes(&handlers::get_event(sentry, id).await?),
        Route::EventStacktrace(id) => bytes(&handlers::get_stacktrace(sentry, id).await?),
        Route::Description => openapi::text(),
    })
}

/// Views are made of strings, numbers and lists of them: writing them cannot fail.
fn bytes(view: &impl Serialize) -> Bytes {
    serde_json::to_vec(view).map(Bytes::from).unwrap_or_default()
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn refuse(error: &ApiError) -> Response<Full<Bytes>> {
    let mut response = json(error.kind().status(), bytes(&error.body()));
    let headers = response.headers_mut();
    if let Some(seconds) = error.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if error.kind() == ErrorKind::Unauthorized {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn refuse_method(route: &Route) -> Response<Full<Bytes>> {
    let allowed = if matches!(route, Route::Issue(_)) { "GET, PUT" } else { "GET" };
    let error = ApiError::new(ErrorKind::MethodNotAllowed, "This method is not for this route");
    let mut response = refuse(&error.detail("allowed", allowed));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
