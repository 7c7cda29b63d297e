//! Decisions and their reasons.
#![cfg(feature = "webhook")]
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "test code")]

use std::time::Duration;

use sentry_hooks::{
    Claim, Decision, Fingerprint, Headers, MemoryCooldown, Policy, cooldown_key, danger,
    model::Level,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Reads a body and asks about it.
fn with<T>(body: &Value, f: impl FnOnce(&sentry_hooks::Webhook<'_>) -> T) -> T {
    let delivery = danger::unverified_delivery(Headers::default(), body.to_string().into());
    f(&delivery.webhook().unwrap())
}

fn alert(event: Value) -> Value {
    json!({"action": "triggered", "installation": {"uuid": "a8e5d37a"}, "data": {"event": event}})
}

fn issue(action: &str, issue: Value) -> Value {
    json!({"action": action, "installation": {"uuid": "a8e5d37a"}, "data": {"issue": issue}})
}

fn filter(policy: &Policy, body: &Value) -> Decision {
    with(body, |w| policy.filter(w))
}

#[test]
fn severity() {
    let policy = Policy::new().min_level(Level::Warning);
    let level = |word: Value| filter(&policy, &alert(json!({"issue_id": "1", "level": word})));
    for word in ["fatal", "error", "warning", "unheard-of"] {
        assert_eq!(level(json!(word)), Decision::Accept, "{word}");
    }
    assert_eq!(level(Value::Null), Decision::Accept);
    for word in ["info", "debug", "sample"] {
        let level_of = Level::from_word(word).unwrap();
        let expected = Decision::BelowThreshold { level: level_of, threshold: Level::Warning };
        assert_eq!(level(json!(word)), expected);
    }
    let tagged = alert(json!({"issue_id": "1", "tags": [["level", "debug"]]}));
    assert!(!filter(&policy, &tagged).is_accept());
    let metric = |action: &str| {
        let data = json!({"metric_alert": {"alert_rule": {"id": "7", "name": "n"}}});
        filter(&policy.clone().min_level(Level::Error), &json!({"action": action, "data": data}))
    };
    assert_eq!(metric("critical"), Decision::Accept);
    let below = Decision::BelowThreshold { level: Level::Warning, threshold: Level::Error };
    assert_eq!(metric("warning"), below);
}

#[test]
fn projects_environments_resources_and_actions() {
    let event = |environment: Value| {
        alert(json!({"issue_id": "1", "project": 42, "environment": environment,
            "url": "https://sentry.io/api/0/projects/acme/shop/events/1f/"}))
    };
    let production = event(json!("production"));
    for project in ["shop", "42"] {
        assert_eq!(filter(&Policy::new().projects([project]), &production), Decision::Accept);
    }
    let other = filter(&Policy::new().projects(["blog"]), &production);
    assert_eq!(other.to_string(), "project \"shop\", \"42\" was not asked for");

    let policy = Policy::new().environments(["production"]);
    assert_eq!(filter(&policy, &production), Decision::Accept);
    let staging = Decision::OtherEnvironment { environment: Some("staging".into()) };
    assert_eq!(filter(&policy, &event(json!("staging"))), staging);
    let none = Decision::OtherEnvironment { environment: None };
    assert_eq!(filter(&policy, &event(Value::Null)), none);
    assert_eq!(filter(&policy, &issue("created", json!({"id": "1"}))), Decision::Accept);

    let policy = Policy::new().resources(["issue"]);
    let refused = Decision::OtherResource { resource: "event_alert".into() };
    assert_eq!(filter(&policy, &production), refused);

    let resolved = issue("resolved", json!({"id": "1"}));
    let refused = Decision::OtherAction { action: "resolved".into() };
    assert_eq!(filter(&Policy::new(), &resolved), refused);
    assert_eq!(filter(&Policy::new().actions(["resolved"]), &resolved), Decision::Accept);
}

#[test]
fn what_has_no_fingerprint_never_acts() {
    for data in [
        json!({"installation": {"uuid": "a"}}),
        json!({"comment_id": 1, "issue_id": 2}),
        json!({"run_id": 1, "group_id": 2}),
        json!({"buildId": "1"}),
        json!({"something": "new"}),
    ] {
        let body = json!({"action": "created", "data": data});
        assert_eq!(filter(&Policy::new(), &body), Decision::NothingToActOn, "{body}");
        assert_eq!(with(&body, Fingerprint::of), None, "{body}");
        assert_eq!(with(&body, cooldown_key), None, "{body}");
    }
}

#[test]
fn repeats_and_cooldowns_are_told_apart() {
    let body = alert(json!({"issue_id": "1"}));
    let until = OffsetDateTime::UNIX_EPOCH;
    let decide = |repeated, claim| with(&body, |w| Policy::new().decide(w, repeated, claim));
    assert_eq!(decide(false, None), Decision::Accept);
    assert_eq!(decide(true, None), Decision::Duplicate);
    assert_eq!(decide(false, Some(Claim::Claimed)), Decision::Accept);
    assert_eq!(decide(false, Some(Claim::Yours)), Decision::Accept);
    let busy = decide(false, Some(Claim::Busy { until }));
    assert_eq!(busy, Decision::Busy { until });
    assert_eq!(busy.to_string(), "being acted upon until 1970-01-01 0:00:00.0 +00:00:00");
    let cooling = Claim::Cooling { until, suppressed: 3 };
    assert_eq!(decide(false, Some(cooling)), Decision::Cooling { until, suppressed: 3 });
}

#[test]
fn a_regression_breaks_through_the_cooldown_once() {
    let store = MemoryCooldown::new();
    let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200);
    let receive = |owner: &str, body: &Value| {
        with(body, |webhook| {
            let key = cooldown_key(webhook).unwrap();
            let claim = store.claim_sync(&key, owner, now, Duration::from_secs(30)).unwrap();
            let decision = Policy::new().decide(webhook, false, Some(claim));
            if decision.is_accept() {
                assert!(store.confirm_sync(&key, owner, now + Duration::from_secs(600)).unwrap());
            }
            decision.is_accept()
        })
    };
    let unresolved =
        |substatus: &str| issue("unresolved", json!({"id": "1", "substatus": substatus}));
    assert!(receive("1", &issue("created", json!({"id": "1"}))));
    assert!(!receive("2", &alert(json!({"issue_id": "1"}))), "same issue, other resource");
    assert!(!receive("3", &unresolved("ongoing")));
    assert!(receive("4", &unresolved("regressed")));
    assert!(!receive("5", &unresolved("regressed")));
    assert!(receive("6", &unresolved("escalating")));
    assert!(!receive("7", &activity("status_regression")), "the same regression, told twice");
    assert!(!receive("8", &activity("status_resolved")));
}

fn activity(ty: &str) -> Value {
    json!({"action": "triggered", "installation": {"uuid": "a8e5d37a"},
        "data": {"issue": {"id": "1"}, "activity": {"type": ty}}})
}

#[test]
fn activities_towards_the_solution_are_no_trouble() {
    let all = [
        ("status_unresolved", true),
        ("status_regression", true),
        ("status_escalating", true),
        ("status_resolved", false),
        ("status_resolved_in_release", false),
        ("status_ignored", false),
        ("appeared_in_pull_request", false),
        ("seer_root_cause_completed", false),
        ("seer_pr_created", false),
        ("something_new", false),
        ("", false),
    ];
    for (ty, wanted) in all {
        let decision = filter(&Policy::new(), &activity(ty));
        let refused = Decision::OtherAction { action: ty.into() };
        assert_eq!(decision, if wanted { Decision::Accept } else { refused }, "{ty}");
        let triggered = Policy::new().actions(["triggered"]);
        assert_eq!(filter(&triggered, &activity(ty)).is_accept(), wanted, "{ty}");
        assert!(!filter(&Policy::new().actions(["created"]), &activity(ty)).is_accept());
    }
    let named = Policy::new().actions(["status_resolved"]);
    assert!(filter(&named, &activity("status_resolved")).is_accept());
    assert!(!filter(&named, &activity("status_regression")).is_accept());
}

#[test]
fn news_of_a_solution_does_not_hold_back_the_next_alert() {
    let store = MemoryCooldown::new();
    let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_704_067_200);
    let acts = |owner: &str, body: &Value| {
        with(body, |webhook| {
            let lease = Duration::from_secs(30);
            let claim = |key: &str| store.claim_sync(key, owner, now, lease).unwrap();
            let decision = Policy::new().filter(webhook);
            decision.is_accept() && claim(&cooldown_key(webhook).unwrap()) == Claim::Claimed
        })
    };
    for ty in ["status_resolved", "status_ignored", "seer_pr_created"] {
        assert!(!acts(ty, &activity(ty)));
    }
    assert!(acts("next", &alert(json!({"issue_id": "1"}))), "nobody has claimed the issue");
}

#[test]
fn trouble_that_does_not_tell_which_is_nothing_to_act_on() {
    for body in [
        issue("created", json!({"title": "no id"})),
        json!({"action": "critical", "data": {"metric_alert": {"alert_rule": {"name": "n"}}}}),
        json!({"action": "critical", "data": {"metric_alert": {}}}),
        json!({"action": "triggered", "data": {"issue": {}, "activity": {"type": "status_regression"}}}),
    ] {
        assert_eq!(filter(&Policy::new(), &body), Decision::NothingToActOn, "{body}");
        assert_eq!(with(&body, cooldown_key), None, "{body}");
    }
    let hook = Headers::from_pairs([("X-ServiceHook-Signature", "00")]);
    let delivery = danger::unverified_delivery(hook, r#"{"project":{"slug":"shop"}}"#.into());
    let webhook = delivery.webhook().unwrap();
    assert_eq!(Policy::new().filter(&webhook), Decision::NothingToActOn);
}

#[test]
fn a_metric_alert_without_environment_is_about_all_of_them() {
    let policy = Policy::new().environments(["production"]);
    let of = |environment: Value| {
        let rule = json!({"id": "7", "environment": environment});
        let data = json!({"metric_alert": {"alert_rule": rule}});
        filter(&policy, &json!({"action": "critical", "data": data}))
    };
    assert_eq!(of(Value::Null), Decision::Accept);
    assert_eq!(of(json!("production")), Decision::Accept);
    let staging = Decision::OtherEnvironment { environment: Some("staging".into()) };
    assert_eq!(of(json!("staging")), staging);
}

#[test]
fn reasons_show_no_control_characters_of_the_payload() {
    let odd = "a\nb\u{202e}c\u{1b}[2J";
    let said = [
        Decision::OtherAction { action: odd.into() },
        Decision::OtherResource { resource: odd.into() },
        Decision::OtherEnvironment { environment: Some(odd.into()) },
        Decision::OtherProject { projects: vec![odd.into(), "shop".into()] },
    ];
    for reason in said.map(|decision| decision.to_string()) {
        assert!(reason.contains(r#""a\nb\u{202e}c\u{1b}[2J""#), "{reason}");
    }
}

#[test]
fn issue_ids_of_other_servers_are_other_troubles() {
    let of = |uuid: &str, url: &str| {
        let mut body = issue("created", json!({"id": "1", "url": url}));
        body["installation"]["uuid"] = json!(uuid);
        with(&body, Fingerprint::of).unwrap()
    };
    let url = "https://sentry.io/api/0/organizations/acme/issues/1/";
    let installed = of("a8e5d37a-696c", url);
    assert_eq!(installed, of("A8E5D37A696C", url), "a uuid's dashes and case do not count");
    assert_ne!(installed, of("b8e5d37a-696c", url));
    assert_ne!(installed, of("", url));

    let base = of("", url);
    assert_eq!(base, of("", "https://acme.sentry.io/issues/1/"));
    assert_eq!(base, of("", "https://us.sentry.io/api/0/organizations/acme/issues/1/"));
    assert_ne!(base, of("", "https://de.sentry.io/api/0/organizations/acme/issues/1/"));
    assert_ne!(base, of("", "https://sentry.io/api/0/organizations/other/issues/1/"));
}

#[test]
fn an_issue_with_and_without_urls_is_one_trouble() {
    // Issues had no URLs before mid-2025; the alerts on their events always had.
    let alert = |host: &str| {
        let url = format!("https://{host}/api/0/projects/acme/shop/events/1f/");
        with(&alert(json!({"issue_id": "1", "url": url})), Fingerprint::of)
    };
    let bare = with(&issue("created", json!({"id": "1"})), Fingerprint::of);
    assert!(bare.is_some());
    for host in ["sentry.io", "us.sentry.io", "acme.sentry.io", "de.sentry.io"] {
        assert_eq!(bare, alert(host), "{host}");
    }
}

#[test]
fn metric_alerts_go_by_their_rule() {
    let of = |action: &str, rule: &str, incident: &str| {
        let alert = json!({"id": incident, "alert_rule": {"id": rule, "name": "n"}});
        with(&json!({"action": action, "data": {"metric_alert": alert}}), |w| {
            (Fingerprint::of(w).unwrap(), cooldown_key(w).unwrap())
        })
    };
    assert_eq!(of("open", "7", "1"), of("warning", "7", "2"));
    assert_ne!(of("open", "7", "1").0, of("open", "8", "1").0);
    let (open, critical) = (of("open", "7", "1"), of("critical", "7", "1"));
    assert_eq!(open.0, critical.0);
    assert_ne!(open.1, critical.1, "getting worse breaks through");
}
