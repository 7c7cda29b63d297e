//! Mechanisms of the field that neither family nor direction tells: a claim on work that ends before
//! the work does, keys that are evicted, statements that a pooler forgets.
//!
//! A mechanism is known by words of the setting's key, or by words of its values, and by the way the
//! setting went; it names the classes of error that it makes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{ErrorClass, Setting, Trend, Value};
use crate::rank::words::parts;

use ErrorClass as C;
use Trend as T;

/// Which way a setting went to set a mechanism off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Less of it, or none: what had been raised falls back to its default.
    Down,
    /// More of it.
    Up,
    /// Switched on, or asked for anew.
    On,
    /// Switched off, or no longer asked for.
    Off,
    /// Any other value.
    Any,
}

impl Way {
    fn is(self, trend: Trend) -> bool {
        match self {
            Self::Down => matches!(trend, T::Lowered | T::Removed | T::Disabled),
            Self::Up => trend == T::Raised,
            Self::On => matches!(trend, T::Enabled | T::Added | T::Replaced),
            Self::Off => matches!(trend, T::Disabled | T::Removed | T::Replaced),
            Self::Any => true,
        }
    }
}

/// The classes that a mechanism makes, and how surely.
type Makes = &'static [(ErrorClass, f64)];

/// Words of keys of which all must stand there, without plural `s` and joined by a space; the way;
/// what it makes.
type Mechanism = (&'static [&'static str], Way, Makes);

#[rustfmt::skip]
const MECHANISMS: &[Mechanism] = &[
    // A claim on work, or a lock, that ends before the work does: another takes it as well.
    (&["ack wait", "ack deadline", "ack timeout", "visibility", "invisible", "retry after", "lock duration",
       "lock ttl", "lock expire", "lock expiry", "lock lifetime", "lock lease", "lock renew", "lease", "claim",
       "stalled", "redeliver", "redelivery", "requeue", "rescue after", "consumer timeout", "session timeout",
       "job expiration", "reservation"],
     Way::Down, &[(C::Locked, 1.0), (C::ConstraintViolated, 0.9), (C::RemoteFailed, 0.8), (C::Timeout, 0.8),
        (C::NotFound, 0.6), (C::InvalidValue, 0.6), (C::MissingKey, 0.6), (C::LimitExceeded, 0.4)]),
    // Two at once where one had been meant.
    (&["concurrency policy", "overlap", "overlapping", "coalesce", "max instance", "max active run", "singleton",
       "exclusive", "leader election", "disable concurrent", "deduplication", "dedup", "idempotence",
       "idempotent", "idempotency", "unique job", "unique for", "unique until"],
     Way::Any, &[(C::ConstraintViolated, 0.9), (C::Locked, 0.9)]),
    // More is taken at a time than is done in time.
    (&["poll record", "max poll", "prefetch", "receive max", "fetch count", "max message"],
     Way::Up, &[(C::Timeout, 1.0), (C::OutOfMemory, 0.8), (C::ConstraintViolated, 0.5), (C::Locked, 0.4)]),
    (&["poll interval"], Way::Down, &[(C::Timeout, 1.0), (C::ConstraintViolated, 0.5)]),
    // Smaller batches are more of them.
    (&["flush", "batch", "chunk", "bulk", "linger", "commit interval", "buffer row"],
     Way::Down, &[(C::RateLimited, 0.9), (C::LimitExceeded, 0.7)]),
    (&["flush", "batch", "chunk", "bulk", "buffer row"],
     Way::Up, &[(C::LimitExceeded, 0.8), (C::OutOfMemory, 0.8), (C::Timeout, 0.6)]),
    // What is kept for a shorter time is gone when it is asked for.
    (&["retention", "undo", "gc grace", "expire log", "log expire", "min index age"],
     Way::Down, &[(C::NotFound, 0.8), (C::InvalidValue, 0.8), (C::MissingKey, 0.7), (C::OutOfRange, 0.6),
        (C::LimitExceeded, 0.6)]),
    (&["ttl", "expire", "expiration", "expiry", "max age", "max entry", "max entrie", "max key", "max item",
       "session lifetime", "maxsize"],
     Way::Down, &[(C::NullValue, 0.9), (C::MissingKey, 0.9), (C::NotFound, 0.6), (C::Unauthenticated, 0.6),
        (C::MissingAttribute, 0.4)]),
    (&["cursor timeout", "cursor idle", "scroll"], Way::Down, &[(C::NotFound, 0.9), (C::MissingKey, 0.5)]),
    // A pooler hands the next statement to another connection.
    (&["pool mode", "statement cache", "prepare threshold", "prepared statement", "prepared", "statement name",
       "url pgbouncer"],
     Way::Any, &[(C::SchemaMismatch, 1.0), (C::NotFound, 0.5), (C::Locked, 0.4)]),
    (&["isolation"], Way::Any, &[(C::Locked, 1.0), (C::ConstraintViolated, 0.5)]),
    (&["sql mode", "strict", "strict mode", "strict tran"],
     Way::On, &[(C::ConstraintViolated, 0.9), (C::InvalidValue, 0.9), (C::SchemaMismatch, 0.6), (C::Decoding, 0.5),
        (C::TypeMismatch, 0.5)]),
    // A write waits for more of the others than there are.
    (&["insync", "sync replica", "consistency", "write concern", "required ack", "producer ack", "mongo w", "uri w", "url w",
       "quorum"],
     Way::Any, &[(C::RemoteFailed, 1.0), (C::ConnectionFailed, 0.4), (C::Timeout, 0.4)]),
    // What was just written is not there yet.
    (&["replica read", "read replica", "read preference", "replica delay", "replica lag", "max staleness",
       "sticky", "consistent read"],
     Way::Any, &[(C::NotFound, 0.8), (C::NullValue, 0.6), (C::MissingKey, 0.5), (C::PermissionDenied, 0.5)]),
    // The other side hangs up on a connection that is believed to be alive.
    (&["max lifetime", "conn lifetime", "connection lifetime", "pool recycle", "recycle", "max idle time",
       "conn max age", "idle timeout", "idle time"],
     Way::Up, &[(C::ConnectionFailed, 0.9)]),
    (&["wait timeout", "interactive timeout", "idle timeout", "idle session", "client idle", "server idle",
       "server lifetime", "keepalive", "keep alive", "idle transaction", "ping interval"],
     Way::Down, &[(C::ConnectionFailed, 0.9), (C::Timeout, 0.8)]),
    (&["pre ping", "test borrow", "validation query", "test query", "keepalive", "keep alive", "check connection",
       "reconnect", "auto reconnect", "retry connect", "retry write", "retryable", "conn health"],
     Way::Off, &[(C::ConnectionFailed, 0.9), (C::TlsFailed, 0.4)]),
    // Nobody brings the schema up to date any more.
    (&["migrate", "migration", "synchronize", "ddl", "automigrate", "flyway", "liquibase", "hbm2ddl"],
     Way::Off, &[(C::SchemaMismatch, 1.0), (C::NotFound, 0.4)]),
    (&["premake", "partition"],
     Way::Down, &[(C::SchemaMismatch, 0.8), (C::ConstraintViolated, 0.8), (C::NotFound, 0.5)]),
    // What one side writes the other does not read.
    (&["accept content", "serializer", "serialize", "deserializer", "content type", "codec", "encoder", "decoder",
       "compression", "converter", "wire format"],
     Way::Any, &[(C::Decoding, 1.0), (C::TypeMismatch, 0.6), (C::PermissionDenied, 0.6), (C::InvalidValue, 0.6)]),
    (&["cipher", "encryption", "algorithm", "digest", "hasher"],
     Way::Any, &[(C::Decoding, 0.9), (C::Unauthenticated, 0.8), (C::InvalidValue, 0.8), (C::TlsFailed, 0.5)]),
    // What is no longer made smaller is too large, what is cut short is no longer whole.
    (&["compression", "compress", "gzip", "deflate"], Way::Off, &[(C::LimitExceeded, 0.9), (C::Timeout, 0.4)]),
    (&["max len", "max length", "concat max", "truncate", "truncation"],
     Way::Down, &[(C::LimitExceeded, 1.0), (C::Decoding, 0.8), (C::InvalidValue, 0.6), (C::ConstraintViolated, 0.6)]),
    // Pools and workers that count processors.
    (&["cpu", "vcpu", "core"], Way::Down, &[(C::PoolExhausted, 0.7), (C::Timeout, 0.7)]),
    (&["unknown property", "unknown propertie", "unknown field", "ignore unknown", "additional property",
       "additional propertie", "dynamic"],
     Way::Any, &[(C::SchemaMismatch, 1.0), (C::Decoding, 0.9), (C::InvalidValue, 0.7)]),
    (&["stream subject", "filter subject", "subject name", "schema registry", "compatibility"],
     Way::Any, &[(C::NotFound, 0.9), (C::SchemaMismatch, 0.8), (C::RemoteFailed, 0.7), (C::InvalidValue, 0.6)]),
    // Keys that live on other nodes, transactions that need a set of them.
    (&["cluster enabled", "cluster mode", "cluster node", "repl set", "replicaset", "replica set",
       "node group", "sentinel"],
     Way::Any, &[(C::ConnectionFailed, 0.8), (C::RemoteFailed, 0.6), (C::InvalidValue, 0.5)]),
    (&["requirepass", "protected mode", "auth enabled", "require auth"],
     Way::Any, &[(C::Unauthenticated, 1.0), (C::PermissionDenied, 0.6)]),
    (&["open view", "lazy", "eager"], Way::Any, &[(C::MissingAttribute, 0.7), (C::NullValue, 0.3)]),
    (&["legacy timestamp", "server timezone", "timezone", "time zone"], Way::Any, &[(C::Locale, 1.0)]),
    (&["lock transaction"], Way::Down, &[(C::OutOfMemory, 1.0)]),
];

/// Values that set a mechanism off: words of the new value that the old one has not.
#[rustfmt::skip]
const VALUES: &[(&[&str], Makes)] = &[
    // Keys are evicted that somebody still needs.
    (&["allkey", "volatile"],
     &[(C::MissingKey, 1.0), (C::NotFound, 0.9), (C::NullValue, 0.8), (C::Locked, 0.7), (C::Unauthenticated, 0.6)]),
    (&["noeviction"], &[(C::OutOfMemory, 1.0)]),
    // Who only reads refuses to write, and reads what is a moment old.
    (&["replica", "readonly", "reader", "secondary", "standby", "follower", "slave", "ro"],
     &[(C::PermissionDenied, 0.9), (C::NotFound, 0.6), (C::NullValue, 0.4)]),
    (&["serializable", "repeatable", "snapshot"], &[(C::Locked, 1.0)]),
];

/// Words of the old value that the new one has no more.
#[rustfmt::skip]
const GONE: &[(&[&str], Makes)] = &[
    // Who may write is no longer asked.
    (&["rw", "primary", "master", "leader", "writer"],
     &[(C::PermissionDenied, 0.9), (C::NotFound, 0.6), (C::NullValue, 0.4)]),
    // A command that brought the schema up to date is no longer run.
    (&["migrate", "migration", "alembic", "flyway", "liquibase", "prepare"], &[(C::SchemaMismatch, 1.0)]),
];

/// The words that must stand in a key beside the first one, and the mechanism.
type Entry = (Vec<&'static str>, usize);

/// The mechanisms by the first word of their keys.
static BY_WORD: LazyLock<HashMap<&str, Vec<Entry>>> = LazyLock::new(|| {
    let mut known: HashMap<&str, Vec<Entry>> = HashMap::new();
    for (index, (keys, ..)) in MECHANISMS.iter().enumerate() {
        for key in *keys {
            let mut words = key.split(' ');
            let first = words.next().unwrap_or_default();
            known.entry(first).or_default().push((words.collect(), index));
        }
    }
    known
});

/// What a setting makes by a mechanism of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    makes: Vec<Makes>,
}

impl Known {
    /// The mechanisms that a setting sets off, by the words of its key and its values.
    pub(crate) fn of(setting: &Setting, words: &[String]) -> Self {
        let mut makes = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for (rest, index) in BY_WORD.get(word.as_str()).into_iter().flatten() {
                let (_, way, classes) = MECHANISMS[*index];
                // The words stand in this order, perhaps with others between.
                let mut behind = words[at + 1..].iter();
                if way.is(setting.trend)
                    && rest.iter().all(|word| behind.any(|other| other == word))
                {
                    makes.push(classes);
                }
            }
        }
        let of_value = |value: &Option<Value>| {
            let value = value.as_ref().filter(|value| value.text.len() <= LONGEST);
            value.filter(|value| value.number.is_none()).map(|value| parts(&value.text))
        };
        let [before, now] =
            [&setting.old, &setting.new].map(of_value).map(Option::unwrap_or_default);
        let holds = |words: &[String], names: &[&str]| {
            words.iter().any(|word| names.contains(&word.as_str()))
        };
        let news = VALUES.iter().filter(|(names, _)| holds(&now, names) && !holds(&before, names));
        let gone = GONE.iter().filter(|(names, _)| holds(&before, names) && !holds(&now, names));
        makes.extend(news.chain(gone).map(|(_, classes)| *classes));
        Self { makes }
    }

    /// How well they explain a class of error, 0 to 1.
    pub(crate) fn fit(&self, class: ErrorClass) -> f64 {
        let strengths = self.makes.iter().copied().flatten();
        strengths.filter(|(made, _)| *made == class).map(|(_, s)| *s).fold(0.0, f64::max)
    }
}

/// Longest value whose words are read, in bytes.
const LONGEST: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::read::setting;

    fn made(key: &str, old: &str, new: &str, class: ErrorClass) -> f64 {
        let side = |text: &'static str| (!text.is_empty()).then_some(text);
        let (old, new): (&'static str, &'static str) =
            (old.to_owned().leak(), new.to_owned().leak());
        Known::of(&setting(key.to_owned(), side(old), side(new), false), &parts(key)).fit(class)
    }

    #[test]
    fn a_claim_that_ends_too_early() {
        for key in ["consumers.ack_wait", "visibility_timeout_seconds", "lockDuration", "LOCK_TTL"]
        {
            assert!(made(key, "90", "8", C::Locked) > 0.9, "{key}");
            assert!(made(key, "8", "90", C::Locked) < 0.1, "{key}");
        }
        assert!(made("retry_after", "960", "20", C::RemoteFailed) > 0.7);
    }

    #[test]
    fn values_tell_what_the_key_does_not() {
        assert!(made("value", "noeviction", "allkeys-lru", C::MissingKey) > 0.9);
        assert!(made("value", "allkeys-lru", "noeviction", C::OutOfMemory) > 0.9);
        assert!(made("DB_HOST", "orders-primary", "orders-replica", C::PermissionDenied) > 0.8);
        assert_eq!(
            made("DB_HOST", "orders-replica", "orders-replica.db", C::PermissionDenied),
            0.0
        );
    }

    #[test]
    fn nobody_brings_the_schema_up_to_date() {
        assert!(made("RUN_MIGRATIONS", "true", "false", C::SchemaMismatch) > 0.9);
        assert!(made("jpa.hibernate.ddl-auto", "update", "validate", C::SchemaMismatch) > 0.9);
        assert_eq!(made("RUN_MIGRATIONS", "false", "true", C::SchemaMismatch), 0.0);
        assert!(made("npx", "prisma migrate deploy", "", C::SchemaMismatch) > 0.9);
    }
}
