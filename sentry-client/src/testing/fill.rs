//! How the fake is filled.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::FakeSentry;
use super::build::{FakeEvent, FakeIssue};
use super::state::State;
use crate::{EventId, IssueRef, Slug};

/// Filling it.
#[expect(clippy::must_use_candidate, reason = "things are added for their own sake, too")]
#[expect(clippy::needless_pass_by_value, reason = "what is added is made for it alone")]
impl FakeSentry {
    /// An empty organization.
    ///
    /// # Panics
    ///
    /// When `organization` is no slug.
    #[must_use]
    pub fn new(organization: &str) -> Self {
        let slug: Slug = organization.parse().expect("the organization is a slug");
        Self { organization: Arc::new(slug), state: Arc::new(Mutex::new(State::new(organization))) }
    }

    /// Adds a project; a second time it is the same one.
    pub fn add_project(&self, slug: &str) {
        self.lock().add_project(slug, false);
    }

    /// Adds an issue, and its project where that is new.
    ///
    /// # Panics
    ///
    /// Never: ids are numbers.
    pub fn add_issue(&self, issue: FakeIssue) -> IssueRef {
        let id = self.lock().add_issue(&issue, false);
        id.to_string().parse().expect("a number is an issue id")
    }

    /// Adds an issue of another organization which the token can see, too.
    ///
    /// # Panics
    ///
    /// Never: ids are numbers.
    pub fn add_foreign_issue(&self, issue: FakeIssue) -> IssueRef {
        let id = self.lock().add_issue(&issue, true);
        id.to_string().parse().expect("a number is an issue id")
    }

    /// Adds an event. A resolved issue regresses by it.
    ///
    /// # Panics
    ///
    /// When there is no such issue.
    pub fn add_event(&self, issue: &IssueRef, event: FakeEvent) -> EventId {
        let mut state = self.lock();
        let id = state.issue_id(issue.as_str()).ok();
        let event = id.and_then(|id| state.add_event(id, event)).expect("the issue exists");
        event.parse().expect("a made up id is an event id")
    }

    /// The short id of an issue.
    ///
    /// # Panics
    ///
    /// When there is no such issue.
    #[must_use]
    pub fn short_id(&self, issue: &IssueRef) -> IssueRef {
        let state = self.lock();
        let row = state.issue(issue.as_str()).expect("the issue exists");
        row.short_id.parse().expect("a made up short id is one")
    }

    /// Begins the deletion of an issue: nothing can be changed any more.
    pub fn begin_deletion(&self, issue: &IssueRef) {
        let mut state = self.lock();
        let id = state.issue_id(issue.as_str()).ok();
        if let Some(row) = id.and_then(|id| state.issues.get_mut(&id)) {
            row.fields.insert("status".to_owned(), "pending_deletion".into());
        }
    }

    /// Adds a commit to a release: the newest so far.
    ///
    /// # Panics
    ///
    /// When there is no such release.
    pub fn add_commit(&self, version: &str, sha: &str, message: &str) {
        let mut state = self.lock();
        let at = crate::date::write(state.tick());
        let release = state.releases.iter_mut().find(|it| it.fields["version"] == version);
        release.expect("the release exists").commits.insert(
            0,
            json!({ "id": sha, "message": message, "dateCreated": at,
                "author": { "name": "Ana", "email": "ana@shop.example" },
                "repository": { "id": "5", "name": "acme/shop", "url": null } }),
        );
    }

    /// Adds a code mapping.
    pub fn add_code_mapping(&self, project: &str, repository: &str, stack: &str, source: &str) {
        let mut state = self.lock();
        let id = state.id();
        let project = state.add_project(project, false);
        state.code_mappings.push(
            json!({ "id": id.to_string(), "projectId": project.id.to_string(),
            "projectSlug": project.slug, "repoName": repository, "stackRoot": stack,
            "sourceRoot": source, "defaultBranch": "main" }),
        );
    }

    /// Makes Sentry suspect somebody of an event.
    pub fn add_committer(&self, event: &EventId, author: &str, sha: &str) {
        let committer = json!({ "author": { "name": author, "email": null },
            "commits": [{ "id": sha, "message": null, "suspectCommitType": "via SCM integration" }] });
        self.lock().committers.entry(event.simple()).or_default().push(committer);
    }

    /// A shop with as many unresolved issues, each with three events of two users, one release
    /// with commits and a deploy. For tests that need plenty.
    #[must_use]
    pub fn sample(issues: u32) -> Self {
        let sentry = Self::new("acme");
        for project in ["shop", "billing"] {
            sentry.add_project(project);
        }
        let release = json!({ "version": "shop@2.0.0", "projects": ["shop"] });
        let created = sentry.lock().create_release(&release);
        debug_assert!(created.is_ok(), "the sample's release is valid");
        sentry.add_commit("shop@2.0.0", "e4f5a6b0000000000000000000000000000000aa", "Smaller pool");
        let deploy = json!({ "environment": "production" });
        let deployed = sentry.lock().create_deploy("shop@2.0.0", &deploy);
        debug_assert!(deployed.is_ok(), "the sample's deploy is valid");
        sentry.add_code_mapping("shop", "acme/shop", "/srv/", "");
        for number in 0..issues {
            let project = if number % 2 == 0 { "shop" } else { "billing" };
            let level = ["error", "warning", "fatal"][number as usize % 3];
            let title = format!("TimeoutError: QueuePool limit of size {number} reached");
            let issue = sentry.add_issue(FakeIssue::new(project, title).level(level));
            for event in 0..3 {
                let user = (event % 2).to_string();
                let event = FakeEvent::new()
                    .exception("OSError", "connection refused")
                    .frame("shop/socket.py", "open", 7, "    raise")
                    .exception("TimeoutError", &format!("QueuePool limit of size {number} reached"))
                    .frame("shop/views.py", "checkout", 12, "    order = create(cart)")
                    .frame("shop/db.py", "connect", 41, "    return pool.connect()")
                    .release("shop@2.0.0")
                    .environment("production")
                    .user(&user)
                    .hash(&format!("{number:032x}"));
                sentry.add_event(&issue, event);
            }
        }
        sentry
    }
}
