//! Which facts speak for which class of error: the table.
//!
//! Strengths are between 0 and 1 and state domain knowledge, not fitted figures: 1 is "the textbook
//! cause", 0.5 "a usual one", 0.2 "it happens". The ranker's weight for the whole table is fitted.

use super::{
    ErrorClass, FactKind, Family, Setting, Trend, Unit, VersionStep, aside, look,
    table::{counts, family_fit},
    trust,
};
use crate::rank::words::parts;

use ErrorClass as C;
use Family as F;
use Trend as T;

/// How well a fact explains a class of error.
///
/// `families` are what its key governs, primary first, and `words` the parts of that key; empty for
/// facts without a key.
pub(crate) fn fit(
    fact: &FactKind,
    families: &[Family],
    words: &[String],
    class: ErrorClass,
) -> f64 {
    match fact {
        FactKind::Setting(setting) => setting_fit(setting, families, words, class),
        FactKind::SettingRenamed { .. } => match class {
            C::MissingKey => 1.0,
            C::NullValue | C::MissingAttribute => 0.7,
            C::InvalidValue | C::TypeMismatch => 0.2,
            C::Unauthenticated => 0.7,
            class => {
                // To whoever reads the old name the setting is gone.
                families
                    .iter()
                    .map(|&family| 0.9 * family_fit(family, T::Removed, class))
                    .fold(0.0, f64::max)
            }
        },
        FactKind::Dependency { name, from, to, step } => {
            super::fit_dependency::fit(name, [from.as_deref(), to.as_deref()], *step, class)
        }
        FactKind::Schema { action, .. } => super::fit_schema::fit(action, class),
        FactKind::Definition { .. } => 0.0,
        FactKind::GuardRemoved { guard, .. } => match (guard, class) {
            (super::Guard::Retry, C::RemoteFailed | C::ConnectionFailed | C::Timeout) => 0.5,
            (super::Guard::Timeout, C::Timeout) => 0.4,
            (super::Guard::Lock, C::Locked | C::ConstraintViolated) => 0.4,
            _ => 0.0,
        },
    }
}

fn setting_fit(setting: &Setting, families: &[Family], words: &[String], class: ErrorClass) -> f64 {
    let trend = if is_inverse(words) { inverse(setting.trend) } else { setting.trend };
    let best = families
        .iter()
        .enumerate()
        // What a key is about first counts in full, what it is about besides a little less.
        .map(|(n, &family)| {
            family_fit(family, trend, class)
                * if n == 0 { 1.0 } else { 0.8 }
                * if is_odd(setting, words, family) { 0.4 } else { 1.0 }
        })
        // What the file is about tells little of one key in it.
        .fold(of_file(setting, families) * family_fit(setting.family, trend, class), f64::max)
        .max(look::fit(setting, families, class));
    let best = match class {
        // Whoever closes first surprises the other.
        C::ConnectionFailed | C::RemoteFailed if keeps(words) => best.max(0.8),
        C::TlsFailed => trust::fit(setting, words).unwrap_or(best),
        C::PermissionDenied if is_low_port(setting, families, words) => 1.0,
        _ => best,
    };
    let malformed = match (&setting.old, &setting.new, class) {
        // `30` → `30s`: what was a number is none any more, or the other way round.
        (Some(old), Some(new), C::TypeMismatch | C::Decoding | C::InvalidValue)
            if is_number(&old.text) != is_number(&new.text)
                || is_nested(&old.text) != is_nested(&new.text) =>
        {
            0.9
        }
        // `15s` → `15`: the reader's own unit counts now, and it may be a thousandth.
        (Some(old), Some(new), C::Timeout | C::LimitExceeded | C::OutOfMemory)
            if (old.unit == Unit::None) != (new.unit == Unit::None) =>
        {
            1.0_f64.min(1.3 * best)
        }
        _ => 0.0,
    };
    let scale = match setting.trend {
        // Lines of code come and go; what they bound is bounded no more, or newly.
        T::Added | T::Removed if setting.in_code && !is_resource(class) => 0.0,
        _ if setting.in_code => 0.8,
        _ => 1.0,
    };
    let scale =
        scale * against(setting, families, words, class) * aside::scale(setting, words, class);
    best.max(malformed) * step(setting, words) * version_step(setting, words) * scale
}

/// How much what the file is about tells of one key in it: little, unless all its lines are rights.
fn of_file(setting: &Setting, families: &[Family]) -> f64 {
    let rights = matches!(setting.family, F::Permission | F::Credential);
    if rights && families == [F::Other] { 0.8 } else { 0.4 }
}

/// Whether the words of a key say how long a connection is kept, or how often it is tried.
fn keeps(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|known| known == word);
    has("keepalive")
        || has("keep") && has("alive")
        || has("idle") && !has("min") && !has("max")
        || has("ping")
}

/// Whether a port went to those that only the superuser may listen at.
fn is_low_port(setting: &Setting, families: &[Family], words: &[String]) -> bool {
    let (Some(old), Some(new)) = (&setting.old, &setting.new) else { return false };
    let low = |number: Option<f64>| number.is_some_and(|port| (1.0..1024.0).contains(&port));
    families.contains(&F::Address)
        && words.iter().any(|part| part.ends_with("port"))
        && !low(old.number)
        && low(new.number)
}

/// Whether a class is about something that there is too little of.
fn is_resource(class: ErrorClass) -> bool {
    matches!(
        class,
        C::PoolExhausted
            | C::TooManyClients
            | C::Timeout
            | C::OutOfMemory
            | C::LimitExceeded
            | C::RateLimited
            | C::RemoteFailed
            | C::ConnectionFailed
            | C::Locked
    )
}

/// Whether the values are not of the kind that a family has: a pool without a number, or an address
/// that is only a larger number than before.
fn is_odd(setting: &Setting, words: &[String], family: Family) -> bool {
    if counts(family) {
        return !has_number(setting);
    }
    // `USE_X_FORWARDED_HOST` is a switch, wherever it leads.
    if family == F::Address && matches!(setting.trend, T::Enabled | T::Disabled) {
        return true;
    }
    matches!(family, F::Address | F::Credential | F::Permission)
        && matches!(setting.trend, T::Raised | T::Lowered)
        && !numbers_are_names(words)
}

/// Whether the number of a key is a name rather than a quantity.
pub(crate) fn is_numbered(key: &str) -> bool {
    numbers_are_names(&parts(key))
}

fn numbers_are_names(words: &[String]) -> bool {
    words.iter().any(|part| NUMBERED.contains(&part.as_str()))
}

/// Whether the numbers of a setting are names, such as ports.
fn is_named(setting: &Setting) -> bool {
    let unit = |value: &Option<super::Value>| value.as_ref().is_some_and(|v| v.unit != Unit::None);
    let own = setting.key.rsplit('.').next().unwrap_or(&setting.key);
    let last = parts(own).pop().is_some_and(|part| NUMBERED.contains(&part.as_str()));
    last && !unit(&setting.old) && !unit(&setting.new)
}

/// Words of keys whose numbers are names.
const NUMBERED: &[&str] = &[
    "port",
    "targetport",
    "db",
    "database",
    "index",
    "uid",
    "gid",
    "user",
    "group",
    "mode",
    "umask",
    "chmod",
    "shard",
    "id",
    "version",
    "location",
];

pub(super) fn has_number(setting: &Setting) -> bool {
    let is_switch = matches!(setting.trend, T::Enabled | T::Disabled);
    let mut values = [&setting.old, &setting.new].into_iter().flatten();
    is_switch || values.any(|value| value.text.bytes().any(|b| b.is_ascii_digit()))
}

/// Whether more of a setting allows less: the period in which so many requests are permitted.
fn is_inverse(words: &[String]) -> bool {
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    has(&["limit", "rate", "quota", "throttle", "ratelimit", "ratelimiter"])
        && has(&["period", "window", "interval", "duration", "refresh", "every"])
}

fn inverse(trend: Trend) -> Trend {
    match trend {
        T::Lowered => T::Raised,
        T::Raised => T::Lowered,
        trend => trend,
    }
}

/// Whether the value of a setting is a version: of what is spoken, or of whose defaults count.
fn is_versioned(words: &[String]) -> bool {
    words
        .last()
        .is_some_and(|part| matches!(part.as_str(), "version" | "default" | "compatibility"))
}

/// Versions that stand in configuration move far or hardly.
fn version_step(setting: &Setting, words: &[String]) -> f64 {
    let (Some(old), Some(new)) = (&setting.old, &setting.new) else { return 1.0 };
    let is_version =
        |text: &str| text.contains('.') && text.starts_with(|c: char| c.is_ascii_digit());
    if !is_versioned(words) || !is_version(&old.text) || !is_version(&new.text) {
        return 1.0;
    }
    match super::dependency::step(Some(&old.text), Some(&new.text)) {
        VersionStep::Major => 1.0,
        VersionStep::Minor => 0.4,
        _ => 0.15,
    }
}

/// What speaks against a setting although its family fits: it went the other way.
fn against(setting: &Setting, families: &[Family], words: &[String], class: ErrorClass) -> f64 {
    match class {
        // A pool of its own that grew takes from the server; a server that takes more does not.
        C::TooManyClients if families[0] == F::Pool => {
            let has = |names: &[&str]| words.iter().any(|part| names.contains(&part.as_str()));
            let own = has(&["pool", "open", "idle"]);
            match setting.trend {
                T::Lowered if own => 0.15,
                T::Raised if !own => 0.3,
                _ => 1.0,
            }
        }
        C::PermissionDenied
        | C::Unauthenticated
        | C::NotFound
        | C::MissingKey
        | C::ConnectionFailed
        | C::Timeout
            if is_wider(setting) =>
        {
            0.25
        }
        _ => 1.0,
    }
}

/// Whether a setting allows more than before: a list that kept all it had, a right that is new.
fn is_wider(setting: &Setting) -> bool {
    match (&setting.old, &setting.new) {
        (Some(old), Some(new)) => {
            let is_list = [old, new]
                .iter()
                .all(|value| value.text.contains([',', ' ']) && !value.text.starts_with('{'));
            let (old, new) = (parts(&old.text), parts(&new.text));
            is_list && new.len() > old.len() && old.iter().all(|word| new.contains(word))
        }
        (None, Some(_)) => parts(&setting.key).last().is_some_and(|part| {
            matches!(
                part.as_str(),
                "action"
                    | "privilege"
                    | "permission"
                    | "grant"
                    | "scope"
                    | "allow"
                    | "allowed"
                    | "role"
                    | "verb"
                    | "principal"
                    | "identifier"
                    | "member"
                    | "port"
                    | "cidr"
                    | "block"
                    | "publish"
                    | "subscribe"
                    | "subject"
                    | "origin"
                    | "operation"
                    | "resource"
            )
        }),
        _ => false,
    }
}

/// How much of a step the value took: a limit that was quartered explains in full what one that was
/// trimmed hardly does.
pub(crate) fn step(setting: &Setting, words: &[String]) -> f64 {
    let (Some((small, large)), T::Lowered | T::Raised) = (setting.sizes(), setting.trend) else {
        return 1.0;
    };
    // Of ports and the like every number is another name.
    if small == 0.0 || is_named(setting) || is_versioned(words) {
        1.0
    } else {
        (0.2 + 0.4 * (large / small).log2()).min(1.0)
    }
}

/// Whether a value is a list or map of its own, written as text.
fn is_nested(text: &str) -> bool {
    text.starts_with(['[', '{']) && text.ends_with([']', '}'])
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::{ErrorClass, FactKind, Setting};
    use crate::facts::{Value, family};
    use ErrorClass as C;

    fn setting(key: &str, old: &str, new: &str) -> FactKind {
        let (old, new) = (Value::read(key, old), Value::read(key, new));
        FactKind::Setting(Setting {
            key: key.to_owned(),
            family: family::families(key)[0],
            trend: crate::facts::value::trend(Some(&old), Some(&new)),
            old: Some(old),
            new: Some(new),
            in_code: false,
        })
    }

    fn fit(fact: &FactKind, class: ErrorClass) -> f64 {
        let (families, words) = match fact {
            FactKind::Setting(setting) => {
                (family::families(&setting.key), super::parts(&setting.key))
            }
            _ => (Vec::new(), Vec::new()),
        };
        super::fit(fact, &families, &words, class)
    }

    #[test]
    fn direction_matters() {
        let lowered = fit(&setting("pool_size", "20", "5"), C::PoolExhausted);
        let raised = fit(&setting("pool_size", "5", "20"), C::PoolExhausted);
        assert!(lowered > 0.9 && raised < 0.1);
        assert!(fit(&setting("worker.threads", "6", "32"), C::PoolExhausted) > 0.8);
        assert!(fit(&setting("worker.threads", "32", "6"), C::PoolExhausted) < 0.5);
        assert!(fit(&setting("request_timeout", "30s", "3s"), C::Timeout) > 0.9);
    }

    #[test]
    fn size_matters() {
        let trimmed = fit(&setting("connect_timeout", "3", "2"), C::Timeout);
        let cut = fit(&setting("receive_timeout", "15000", "150"), C::Timeout);
        assert!(trimmed < 0.6 && cut > 0.9);
        assert!(fit(&setting("max_size", "24", "0"), C::LimitExceeded) > 0.9);
    }

    #[test]
    fn whose_pool_it_is_and_what_a_list_allows_matters() {
        assert!(fit(&setting("max_open", "40", "400"), C::TooManyClients) > 0.8);
        assert!(fit(&setting("pool_size", "40", "10"), C::TooManyClients) < 0.2);
        assert!(fit(&setting("max_connections", "250", "60"), C::TooManyClients) > 0.8);
        assert!(fit(&setting("actions", "s3 Get", "s3 Get s3 List"), C::PermissionDenied) < 0.3);
        assert!(fit(&setting("actions", "s3 Get s3 List", "s3 Get"), C::PermissionDenied) > 0.9);
        assert!(fit(&setting("url", "http://a/b", "http://a/v2/b"), C::NotFound) > 0.9);
        assert!(fit(&setting("redis.db", "4", "16"), C::NotFound) > 0.9);
        assert!(fit(&setting("storage", "128", "256"), C::NotFound) < 0.5);
    }

    #[test]
    fn values_show_what_keys_do_not() {
        assert!(
            fit(&setting("target", "rates.internal:7100", "proxy:15001"), C::ConnectionFailed)
                > 0.8
        );
        assert!(fit(&setting("value", "UTC", "Europe/Wien"), C::Locale) > 0.8);
        assert!(fit(&setting("limit-refresh-period", "1s", "60s"), C::RateLimited) > 0.7);
        assert!(fit(&setting("version", "8.0.100", "8.0.101"), C::InvalidValue) < 0.2);
    }

    #[test]
    fn form_matters() {
        assert!(fit(&setting("visibility", "30", "30s"), C::TypeMismatch) > 0.8);
        assert!(fit(&setting("visibility", "30", "60"), C::TypeMismatch) < 0.2);
    }
}
