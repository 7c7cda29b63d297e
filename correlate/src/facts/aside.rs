//! Settings that hardly break anything although a word of their keys says so: names for people, looks,
//! probes, schedules.

use super::{ErrorClass, Setting, Trend, value::cron_period};

use ErrorClass as C;

/// Words of keys without plural `s`, how much such a setting still explains, and the errors it
/// explains in full.
#[rustfmt::skip]
const ASIDE: &[(&[&str], f64, &[C])] = &[
    // For people and for looks
    (&["label", "metadata", "description", "comment", "title", "maintainer", "author", "owner"], 0.4, &[]),
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
    aside.min(trust) * schedule(setting)
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
