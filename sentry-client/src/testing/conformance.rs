//! What every [`SentryClient`] has to do, as functions that panic where it does not.
//!
//! Each takes the client under test and the [`FakeSentry`] that stands behind it, adds what it
//! needs and asks for it through the client. A client over another transport is tested by
//! pointing it to [`FakeSentry::serve`].

use std::future::Future;
use std::pin::Pin;

use time::macros::datetime;

use super::{FakeEvent, FakeIssue, FakeSentry, Fault};
use crate::{
    Archive, BulkOutcome, EventQuery, IssueIds, IssueQuery, IssueRef, IssueState, IssueUpdate,
    NewDeploy, NewRelease, Open, PlainStacktrace, Priority, ReleaseQuery, Resolution, SentryClient,
    SentryClientExt, Slug, StatusChange, Until, Version, Which, scope,
};

type Check<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Runs the whole suite.
///
/// # Panics
///
/// When the client breaks the contract.
pub async fn all(client: &dyn SentryClient, sentry: &FakeSentry) {
    let checks: [(&str, Check<'_>); 17] = [
        ("updates change the status", Box::pin(updates_change_the_status(client, sentry))),
        ("transitions are guarded", Box::pin(transitions_are_guarded(client, sentry))),
        ("regression reopens", Box::pin(regression_reopens(client, sentry))),
        ("the next release is waited for", Box::pin(next_release_is_waited_for(client, sentry))),
        ("archived until a count", Box::pin(archived_until_a_count(client, sentry))),
        ("events come newest first", Box::pin(events_come_newest_first(client, sentry))),
        ("page sizes agree", Box::pin(page_sizes_agree(client, sentry))),
        ("lists resume", Box::pin(lists_resume(client, sentry))),
        ("searches", Box::pin(searches(client, sentry))),
        ("short ids work everywhere", Box::pin(short_ids_work_everywhere(client, sentry))),
        ("events are resolved", Box::pin(events_are_resolved(client, sentry))),
        ("bulk updates", Box::pin(bulk_updates(client, sentry))),
        ("tags and hashes", Box::pin(tags_and_hashes(client, sentry))),
        ("releases and deploys", Box::pin(releases_and_deploys(client, sentry))),
        ("projects and mappings", Box::pin(projects_and_mappings(client, sentry))),
        ("foreign things are not found", Box::pin(foreign_things_are_not_found(client, sentry))),
        ("failures have their kind", Box::pin(failures_have_their_kind(client, sentry))),
    ];
    for (name, check) in checks {
        // Seen when a check panics: which one it was.
        eprintln!("conformance: {name}");
        check.await;
    }
}

fn an_issue(sentry: &FakeSentry) -> IssueRef {
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: QueuePool limit reached"));
    sentry.add_event(&issue, an_event());
    issue
}

fn an_event() -> FakeEvent {
    FakeEvent::new()
        .exception("OSError", "connection refused")
        .frame("shop/socket.py", "open", 7, "    raise")
        .exception("TimeoutError", "QueuePool limit of size 5 reached")
        .frame("shop/views.py", "checkout", 12, "    order = create(cart)")
        .frame("shop/db.py", "connect", 41, "    return pool.connect()")
        .release("shop@1.0.0")
        .environment("production")
        .user("7")
}

async fn updates_change_the_status(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    let update =
        IssueUpdate::new().status(StatusChange::Resolve(Resolution::Now)).priority(Priority::High);
    let updated = client.update_issue(&issue, &update).await.expect("the update is allowed");
    assert_eq!(IssueState::of(&updated), IssueState::Resolved);
    let read = client.issue(&issue).await.expect("the issue is there");
    assert_eq!(IssueState::of(&read), IssueState::Resolved);
    assert_eq!(read.priority.as_deref(), Some("high"));
    assert_eq!(read.title.as_deref(), Some("TimeoutError: QueuePool limit reached"));
    let nothing = client.update_issue(&issue, &IssueUpdate::new()).await;
    assert!(nothing.expect_err("nothing to change").is_invalid());
}

async fn transitions_are_guarded(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    let still = client.set_status(&issue, StatusChange::Unresolve).await.expect("it stays open");
    assert!(IssueState::of(&still).is_open());
    let unknown: Version = "shop@99".parse().expect("a version");
    let unknown = StatusChange::Resolve(Resolution::Release(unknown));
    let error = client.set_status(&issue, unknown).await.expect_err("no such release");
    assert!(error.is_invalid());
    assert_eq!(error.fields(), ["statusDetails.inRelease"]);
    let archive = StatusChange::Archive(Archive::UntilEscalating);
    let archived = client.set_status(&issue, archive).await.expect("it can be archived");
    assert_eq!(IssueState::of(&archived), IssueState::Archived(Until::Escalating));
    sentry.begin_deletion(&issue);
    let late = client.set_status(&issue, StatusChange::Unresolve).await;
    assert!(late.expect_err("it is being deleted").is_invalid());
}

async fn regression_reopens(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    let resolve = StatusChange::Resolve(Resolution::Now);
    client.set_status(&issue, resolve).await.expect("it can be resolved");
    sentry.add_event(&issue, an_event());
    let read = client.issue(&issue).await.expect("the issue is there");
    assert_eq!(IssueState::of(&read), IssueState::Unresolved(Open::Regressed));
    assert_eq!(read.count, Some(2));
}

async fn next_release_is_waited_for(client: &dyn SentryClient, sentry: &FakeSentry) {
    sentry.add_project("next");
    let project: Slug = "next".parse().expect("a slug");
    let version: Version = "next@1".parse().expect("a version");
    client.create_release(&NewRelease::new(&version, &project)).await.expect("a release");
    let issue = sentry.add_issue(FakeIssue::new("next", "ValueError: no"));
    let resolve = StatusChange::Resolve(Resolution::NextRelease);
    let resolved = client.set_status(&issue, resolve).await.expect("it can be resolved");
    assert_eq!(IssueState::of(&resolved), IssueState::ResolvedInNextRelease);
    sentry.add_event(&issue, an_event().release("next@1"));
    let read = client.issue(&issue).await.expect("the issue is there");
    assert_eq!(IssueState::of(&read), IssueState::ResolvedInNextRelease, "the old release");
    sentry.add_event(&issue, an_event().release("next@2"));
    let read = client.issue(&issue).await.expect("the issue is there");
    assert_eq!(IssueState::of(&read), IssueState::Unresolved(Open::Regressed));
}

async fn archived_until_a_count(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    let archive = StatusChange::Archive(Archive::UntilEvents(2, None));
    let archived = client.set_status(&issue, archive).await.expect("it can be archived");
    assert_eq!(IssueState::of(&archived), IssueState::Archived(Until::ConditionMet));
    sentry.add_event(&issue, an_event());
    assert!(!IssueState::of(&client.issue(&issue).await.expect("there")).is_open());
    sentry.add_event(&issue, an_event());
    assert!(IssueState::of(&client.issue(&issue).await.expect("there")).is_open());
}

async fn events_come_newest_first(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: three"));
    let times = [
        datetime!(2026-02-01 10:02 UTC),
        datetime!(2026-02-01 10:00 UTC),
        datetime!(2026-02-01 10:01 UTC),
    ];
    let ids = times.map(|at| sentry.add_event(&issue, an_event().at(at)));
    let page = client.events(&issue, &EventQuery::new(), None).await.expect("events");
    let listed: Vec<_> = page.items.iter().map(|event| event.event_id().to_owned()).collect();
    assert_eq!(listed, [ids[0].simple(), ids[2].simple(), ids[1].simple()]);
    for event in &page.items {
        let trace = PlainStacktrace::of(event).stacktrace;
        let crash = trace.frames.last().expect("a stack trace");
        assert_eq!(crash.filename.as_deref(), Some("shop/db.py"));
        assert_eq!(crash.context_line.as_deref(), Some("    return pool.connect()"));
        assert_eq!((crash.lineno, trace.frames.len()), (Some(41), 2));
        assert_eq!(event.exceptions().len(), 2);
    }
    let slim = EventQuery::new().without_bodies();
    let slim = client.events(&issue, &slim, None).await.expect("events");
    assert_eq!(slim.items.len(), 3);
    assert!(slim.items.iter().all(|event| event.exceptions().is_empty()));
    for (which, id) in [(Which::Latest, &ids[0]), (Which::Oldest, &ids[1])] {
        let event = client.issue_event(&issue, which).await.expect("an event");
        assert_eq!(event.event_id(), id.simple());
    }
    client.issue_event(&issue, Which::Recommended).await.expect("an event");
    let empty = sentry.add_issue(FakeIssue::new("shop", "no events"));
    assert!(client.latest_event(&empty).await.expect("none is ordinary").is_none());
}

async fn page_sizes_agree(client: &dyn SentryClient, sentry: &FakeSentry) {
    let project: Slug = "paged".parse().expect("a slug");
    for number in 0..7 {
        sentry.add_issue(FakeIssue::new("paged", format!("KeyError: {number}")));
    }
    let mut lists = Vec::new();
    for limit in [1, 2, 100] {
        let query = IssueQuery::everything().project(project.clone()).limit(limit);
        let issues = client.all_issues(query, None).collect_up_to(1000).await.expect("issues");
        lists.push(issues.into_iter().map(|issue| issue.id).collect::<Vec<_>>());
    }
    assert_eq!(lists[0].len(), 7);
    assert_eq!(lists[0], lists[2]);
    assert_eq!(lists[1], lists[2]);
}

async fn lists_resume(client: &dyn SentryClient, sentry: &FakeSentry) {
    let project: Slug = "resumed".parse().expect("a slug");
    for number in 0..5 {
        sentry.add_issue(FakeIssue::new("resumed", format!("KeyError: {number}")));
    }
    let query = IssueQuery::everything().project(project).limit(2);
    let mut first = client.all_issues(query.clone(), None);
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(first.next().await.expect("more").expect("an issue").id);
    }
    let cursor = first.cursor().cloned();
    assert!(cursor.is_some(), "a page was read");
    let rest = client.all_issues(query, cursor).collect_up_to(100).await.expect("issues");
    ids.extend(rest.into_iter().map(|issue| issue.id));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    let malformed = "not a cursor".parse().expect("printable");
    let page = client.issues(&IssueQuery::everything(), Some(&malformed)).await;
    assert!(page.expect_err("no cursor").is_invalid());
}

async fn searches(client: &dyn SentryClient, sentry: &FakeSentry) {
    let project: Slug = "searched".parse().expect("a slug");
    let fatal = sentry.add_issue(FakeIssue::new("searched", "ZeroDivisionError: x").level("fatal"));
    sentry.add_event(&fatal, an_event().environment("staging"));
    let done = sentry.add_issue(FakeIssue::new("searched", "KeyError: y"));
    let resolve = StatusChange::Resolve(Resolution::Now);
    client.set_status(&done, resolve).await.expect("it can be resolved");
    for (query, found) in [
        (IssueQuery::everything(), 2),
        (IssueQuery::unresolved(), 1),
        (IssueQuery::matching("is:resolved"), 1),
        (IssueQuery::matching("level:fatal"), 1),
        (IssueQuery::matching("zerodivision"), 1),
        (IssueQuery::everything().environment("staging"), 1),
        (IssueQuery::everything().environment("nowhere"), 0),
    ] {
        let query = query.project(project.clone());
        let page = client.issues(&query, None).await.expect("issues");
        assert_eq!(page.items.len(), found, "{query:?}");
        assert_eq!(page.next, None);
    }
}

async fn short_ids_work_everywhere(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    let short = sentry.short_id(&issue);
    assert!(short.is_short_id());
    let read = client.issue(&short).await.expect("the issue");
    assert_eq!(read.id.to_string(), issue.as_str());
    let lower = short.as_str().to_lowercase().parse().expect("a short id");
    assert_eq!(client.issue(&lower).await.expect("the issue").id, read.id);
    let events = client.events(&short, &EventQuery::new(), None).await.expect("events");
    assert_eq!(events.items.len(), 1);
    client.issue_event(&short, Which::Latest).await.expect("an event");
    client.issue_hashes(&short, None).await.expect("hashes");
    client.issue_tag(&short, &"release".parse().expect("a key")).await.expect("a tag");
    let resolve = StatusChange::Resolve(Resolution::Now);
    client.set_status(&short, resolve).await.expect("it can be resolved");
    let unknown = "SHOP-ZZZZ".parse().expect("a short id");
    assert!(client.issue(&unknown).await.expect_err("no such issue").is_not_found());
}

async fn events_are_resolved(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    let id = sentry.add_event(&issue, an_event());
    let resolved = client.resolve_event(&id).await.expect("the event");
    assert_eq!(resolved.issue, issue);
    assert_eq!(resolved.project.as_str(), "shop");
    assert_eq!(resolved.event.event_id(), id.simple());
    let event = client.project_event(&resolved.project, &id).await.expect("the event");
    assert_eq!(event, resolved.event);
    let trace = client.stacktrace(&id).await.expect("a stack trace");
    assert_eq!(trace.issue_id.as_deref(), Some(issue.as_str()));
    assert_eq!(trace.stacktrace.frames.len(), 2);
    assert!(client.committers(&resolved.project, &id).await.expect("nobody").is_empty());
    sentry.add_committer(&id, "Ana", "e4f5a6b");
    let suspects = client.committers(&resolved.project, &id).await.expect("somebody");
    assert_eq!(suspects[0].commits[0].id, "e4f5a6b");
    let unknown = "0123456789abcdef0123456789abcdef".parse().expect("an event id");
    assert!(client.resolve_event(&unknown).await.expect_err("no such event").is_not_found());
    let summaries = client.summarize(&issue, EventQuery::new(), 100).await.expect("a summary");
    assert_eq!((summaries.len(), summaries[0].count, summaries[0].users), (1, 2, 1));
    assert_eq!(summaries[0].releases["shop@1.0.0"], 2);
}

async fn bulk_updates(client: &dyn SentryClient, sentry: &FakeSentry) {
    let (one, two, other) = (an_issue(sentry), an_issue(sentry), an_issue(sentry));
    let number = |issue: &IssueRef| issue.as_str().parse::<u64>().expect("a number");
    let ids = IssueIds::new([number(&one), number(&two)]).expect("two ids");
    let update = IssueUpdate::new().status(StatusChange::Resolve(Resolution::Now));
    let outcome = client.update_issues(&ids, &update).await.expect("it is allowed");
    assert!(matches!(outcome, BulkOutcome::Changed(fields) if fields["status"] == "resolved"));
    for (issue, open) in [(&one, false), (&two, false), (&other, true)] {
        let read = client.issue(issue).await.expect("the issue");
        assert_eq!(IssueState::of(&read).is_open(), open);
    }
    let nobody = IssueIds::new([u64::MAX]).expect("an id");
    let outcome = client.update_issues(&nobody, &update).await.expect("it is allowed");
    assert_eq!(outcome, BulkOutcome::NothingMatched);
}

async fn tags_and_hashes(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = sentry.add_issue(FakeIssue::new("shop", "TimeoutError: tags"));
    for (hash, environment) in [("aa", "production"), ("bb", "production"), ("aa", "staging")] {
        let event = FakeEvent::new().hash(hash).environment(environment);
        sentry.add_event(&issue, event);
    }
    let hashes = client.issue_hashes(&issue, None).await.expect("hashes").items;
    assert_eq!(hashes.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["aa", "bb"]);
    let key = "environment".parse().expect("a key");
    let tag = client.issue_tag(&issue, &key).await.expect("the tag");
    assert_eq!((tag.unique_values, tag.total_values), (2, 3));
    let values = client.issue_tag_values(&issue, &key, None).await.expect("values").items;
    assert_eq!(values[0].value.as_deref(), Some("production"));
    assert_eq!(values[0].count, 2);
    let summaries = client.summarize(&issue, EventQuery::new(), 100).await.expect("summaries");
    assert_eq!(summaries.iter().map(|it| it.count).collect::<Vec<_>>(), [2, 1]);
}

async fn releases_and_deploys(client: &dyn SentryClient, sentry: &FakeSentry) {
    sentry.add_project("deployed");
    let project: Slug = "deployed".parse().expect("a slug");
    let version: Version = "deployed@1.0+b: 1 é".parse().expect("a version");
    assert!(client.release(&version).await.expect_err("not yet").is_not_found());
    let new = NewRelease::new(&version, &project).commit("e4f5a6b");
    let created = client.create_release(&new).await.expect("a release");
    assert_eq!(created.version, version.as_str());
    assert_eq!(created.reference.as_deref(), Some("e4f5a6b"));
    let again = client.create_release(&new).await.expect("the same release");
    assert_eq!(again.date_created, created.date_created);
    sentry.add_commit(version.as_str(), "aaa", "first");
    sentry.add_commit(version.as_str(), "bbb", "second");
    let commits = client.release_commits(&version, None).await.expect("commits").items;
    assert_eq!(commits.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["bbb", "aaa"]);
    for (environment, at) in [
        ("staging", datetime!(2026-02-01 10:00 UTC)),
        ("production", datetime!(2026-02-02 10:00 UTC)),
    ] {
        let deploy = NewDeploy::to(environment).finished(at);
        let deploy = client.create_deploy(&version, &deploy).await.expect("a deploy");
        assert_eq!(deploy.date_finished, Some(at));
    }
    let deploys = client.deploys(&version, None).await.expect("deploys").items;
    assert_eq!(
        deploys.iter().map(|it| it.environment.as_deref()).collect::<Vec<_>>(),
        [Some("production"), Some("staging")]
    );
    let read = client.release(&version).await.expect("the release");
    assert_eq!((read.commit_count, read.deploy_count), (2, 2));
    let query = ReleaseQuery::new().project(project).containing("DEPLOYED@1");
    let listed = client.releases(&query, None).await.expect("releases").items;
    assert_eq!(listed.len(), 1);
    let stray: Slug = "no-such-project".parse().expect("a slug");
    let stray = client.create_release(&NewRelease::new(&version, &stray)).await;
    assert!(stray.expect_err("no such project").is_invalid());
}

async fn projects_and_mappings(client: &dyn SentryClient, sentry: &FakeSentry) {
    sentry.add_code_mapping("mapped", "acme/mapped", "/srv/", "src/");
    sentry.add_code_mapping("unmapped-otherwise", "acme/other", "", "");
    let project: Slug = "mapped".parse().expect("a slug");
    let read = client.project(&project).await.expect("the project");
    assert_eq!(read.slug.as_deref(), Some("mapped"));
    let by_id: Slug = read.id.expect("an id").to_string().parse().expect("a slug");
    assert_eq!(client.project(&by_id).await.expect("the project").slug, read.slug);
    let listed = client.all_projects(None).collect_up_to(1000).await.expect("projects");
    assert!(listed.iter().any(|it| it.slug.as_deref() == Some("mapped")));
    let mappings = client.code_mappings(Some(&project), None).await.expect("mappings").items;
    assert_eq!(mappings.len(), 1);
    assert_eq!(
        (mappings[0].stack_root.as_str(), mappings[0].source_root.as_str()),
        ("/srv/", "src/")
    );
    assert!(client.code_mappings(None, None).await.expect("mappings").items.len() >= 2);
}

async fn foreign_things_are_not_found(client: &dyn SentryClient, sentry: &FakeSentry) {
    let foreign = sentry.add_foreign_issue(FakeIssue::new("abroad", "KeyError: foreign"));
    assert!(client.issue(&foreign).await.expect_err("foreign").is_not_found());
    let resolve = StatusChange::Resolve(Resolution::Now);
    assert!(client.set_status(&foreign, resolve).await.expect_err("foreign").is_not_found());
    let priority = IssueUpdate::new().priority(Priority::Low);
    assert!(client.update_issue(&foreign, &priority).await.expect_err("foreign").is_not_found());
    let events = client.events(&foreign, &EventQuery::new(), None).await;
    assert!(events.expect_err("foreign").is_not_found());
    let project: Slug = "abroad".parse().expect("a slug");
    assert!(client.project(&project).await.expect_err("foreign").is_not_found());
}

/// Each kind of failure, of which none may be repeated: the client under test may repeat what it
/// can, so those that can be are tested with their transport.
async fn failures_have_their_kind(client: &dyn SentryClient, sentry: &FakeSentry) {
    let issue = an_issue(sentry);
    // A server whose routes are known answers the next call once, not twice.
    client.issue(&issue).await.expect("the issue");
    for status in [302, 307, 400, 401, 403, 404, 409, 410, 422] {
        sentry.fail_next(Fault::status(status).body("<html>token</html>"));
        let error = client.issue(&issue).await.expect_err("injected");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.is_unauthorized(), status == 401);
        assert_eq!(error.is_forbidden(), status == 403);
        assert_eq!(error.is_not_found(), matches!(status, 404 | 410));
        assert_eq!(error.is_redirected(), matches!(status, 302 | 307));
        assert_eq!(error.is_conflict(), status == 409);
        assert_eq!(error.is_invalid(), matches!(status, 400 | 422));
        assert!(!error.is_retryable());
        assert_eq!(error.upstream_message(), None, "pages are not for users");
    }
    sentry.set_scopes(&["org:read", "project:read", "event:read"]);
    let info = client.require_scopes(&["event:read"]).await.expect("it is there");
    assert_eq!(info.scopes.len(), 3);
    let missing = client.require_scopes(&scope::READ).await.expect_err("two are missing");
    assert!(missing.is_forbidden());
    assert_eq!(missing.missing_scope(), Some("member:read"));
}
