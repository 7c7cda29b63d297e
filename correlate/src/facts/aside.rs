//! Settings that hardly break anything although a word of their keys says so: names for people, looks,
//! probes, schedules.

use super::dependency::step;
use super::value::cron_period;
use super::{ErrorClass, Setting, Trend, VersionStep};

use ErrorClass as C;

/// Words of keys without plural `s`, how much such a setting still explains, and the errors it
/// explains in full.
#[rustfmt::skip]
const ASIDE: &[(&[&str], f64, &[C])] = &[
    // For people and for looks
    (&["label", "metadata", "description", "comment", "title", "maintainer", "author", "owner"], 0.3, &[]),
    (&["theme", "colour", "color", "logo", "footer", "banner", "style", "icon", "greeting"], 0.3, &[C::NotFound]),
    // What is asked of a program from time to time
    (&["probe", "liveness", "livenessprobe", "readiness", "readinessprobe", "startupprobe", "healthcheck", "health",
        "healthz", "readyz"],
        0.5, &[C::ConnectionFailed, C::RemoteFailed]),
    (&["sample", "sampling", "trace"], 0.3, &[]),
    (&["maintenance", "backup", "snapshot", "deletion"], 0.3, &[]),
    // When it ends
    (&["shutdown", "grace", "stop", "drain", "termination"], 0.4, &[C::ConnectionFailed, C::RemoteFailed]),
    // What is kept in a browser or listed on a page
    (&["expires", "expire", "immutable"], 0.5, &[C::Unauthenticated, C::Locked, C::MissingKey, C::NullValue, C::NotFound]),
    (&["page", "paging", "pagination"], 0.5, &[C::OutOfMemory, C::OutOfRange]),
    // Connections that are kept are none that is waited for
    (&["keepalive", "idle"], 0.6, &[C::ConnectionFailed, C::PoolExhausted, C::TooManyClients, C::RemoteFailed]),
];

/// What of a secured connection is not about trust.
const NO_TRUST: &[&str] =
    &["session", "ticket", "buffer", "stapling", "hsts", "redirect", "renewal", "timeout"];

/// How much a setting, by the words of its key, can have to do with a class of error, 0 to 1.
pub(super) fn scale(setting: &Setting, parts: &[String], class: ErrorClass) -> f64 {
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
    let aside = ASIDE.iter().filter(|(words, _, but)| !but.contains(&class) && has(words));
    let aside = aside.map(|(_, scale, _)| *scale).fold(1.0, f64::min);
    let trust = if class == C::TlsFailed && has(NO_TRUST) { 0.3 } else { 1.0 };
    aside.min(trust) * schedule(setting) * difference(setting)
}

/// How bold another value of a setting, by the words of its key, can be whatever the error: hardly,
/// where it is for people or means nearly the same. 0 to 1.
pub(crate) fn boldness(setting: &Setting, parts: &[String]) -> f64 {
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
    let aside = ASIDE.iter().filter(|(words, scale, _)| *scale <= MILD && has(words));
    aside.map(|(_, scale, _)| *scale).fold(1.0, f64::min) * schedule(setting) * difference(setting)
}

/// What is set aside by so much hardly breaks anything.
const MILD: f64 = 0.3;

/// How much two values differ that are no quantities: not by the slash at their end, little by the
/// last number of a version. 0 to 1.
fn difference(setting: &Setting) -> f64 {
    let (Some(old), Some(new)) = (&setting.old, &setting.new) else { return 1.0 };
    if is_port_said(&old.text, &new.text) || is_port_said(&new.text, &old.text) {
        return 0.1;
    }
    let (old, new) = (old.text.trim_end_matches('/'), new.text.trim_end_matches('/'));
    if old.eq_ignore_ascii_case(new) && old.len() > 3 {
        return 0.5;
    }
    let is_version = |text: &str| {
        text.matches('.').count() == 2
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && text.starts_with(|c: char| c.is_ascii_digit())
    };
    match step(Some(old), Some(new)) {
        _ if !is_version(old) || !is_version(new) => 1.0,
        VersionStep::Patch => 0.2,
        VersionStep::Minor => 0.5,
        _ => 1.0,
    }
}

/// Whether of two addresses the second only says the port that the first one means.
fn is_port_said(bare: &str, said: &str) -> bool {
    let port = match bare.split_once("://") {
        Some(("https" | "wss", _)) => ":443",
        Some(("http" | "ws", _)) => ":80",
        Some(("postgres" | "postgresql" | "jdbc:postgresql", _)) => ":5432",
        Some(("mysql" | "jdbc:mysql", _)) => ":3306",
        Some(("redis", _)) => ":6379",
        Some(("amqp", _)) => ":5672",
        _ => return false,
    };
    said.len() == bare.len() + port.len()
        && said.split_once(port).is_some_and(|(before, behind)| {
            bare.strip_prefix(before).is_some_and(|rest| rest == behind)
                && (behind.is_empty() || behind.starts_with(['/', '?']))
        })
}

/// A schedule that moves by minutes changes hardly anything; one that runs far more often might.
fn schedule(setting: &Setting) -> f64 {
    let (Some(old), Some(new)) = (&setting.old, &setting.new) else { return 1.0 };
    if setting.trend != Trend::Replaced {
        return 1.0;
    }
    match (cron_period(&old.text), cron_period(&new.text)) {
        (Some(old), Some(new)) => (0.15 + 0.15 * (old / new).log2().abs()).min(0.8),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::setting;
    use crate::rank::words::parts;

    fn boldness(key: &str, old: &str, new: &str) -> f64 {
        super::boldness(&setting(key.to_owned(), Some(old), Some(new), false), &parts(key))
    }

    #[test]
    fn what_is_for_people_or_means_the_same_is_not_bold() {
        assert_eq!(boldness("eviction", "noeviction", "allkeys-lru"), 1.0);
        assert!(boldness("metadata.app", "redis", "cache") <= 0.4);
        assert!(boldness("digest", "15 * * * *", "22 * * * *") < 0.2);
        assert!(boldness("digest", "0 3 * * *", "*/5 * * * *") > 0.7);
        assert!(boldness("url", "https://a.example/v1", "https://a.example/v1/") <= 0.5);
        assert!(boldness("platform.php", "8.3.10", "8.3.14") < 0.3);
        assert_eq!(boldness("host", "10.0.0.1", "10.0.0.2"), 1.0);
        assert!(boldness("url", "https://a.example/v1", "https://a.example:443/v1") < 0.2);
        assert!(boldness("url", "postgres://db:5432/shop", "postgres://db/shop") < 0.2);
        assert_eq!(boldness("url", "https://a.example", "https://a.example:4430"), 1.0);
    }
}
