//! What a setting governs, read from the words of its key.

use super::Family;
use crate::rank::words::parts;

use Family as F;

/// Words of keys, without plural `s`, and the families they show. The first family that matches
/// is the primary one; all that match count.
#[rustfmt::skip]
const WORDS: &[(Family, &[&str])] = &[
    (F::Retry, &["retry", "retrie", "attempt", "backoff", "redeliver", "redelivery", "maxretry"]),
    (F::Tls, &["tls", "ssl", "cert", "certificate", "cacert", "verify", "cafile", "truststore", "keystore", "cipher", "sslmode", "insecure", "https", "ca", "pem", "mtls", "sni"]),
    (F::Timeout, &["timeout", "deadline", "wait", "interval", "lease", "keepalive", "heartbeat", "delay", "grace", "duration", "patience", "expiry", "linger", "visibility", "busy", "expire", "elapsed", "abort", "cancel"]),
    (F::Pool, &["pool", "connection", "conn", "overflow", "client", "maxclient", "session", "slot", "channel", "idle"]),
    (F::Workers, &["worker", "thread", "concurrency", "replica", "prefetch", "process", "parallel", "parallelism", "consumer", "writer", "executor", "fiber", "goroutine", "cpu", "core", "job", "instance", "batch"]),
    (F::Memory, &["memory", "mem", "heap", "shm", "xmx", "xm", "ram", "maxmemory", "swap", "buffer"]),
    (F::Cache, &["cache", "ttl", "evict", "eviction", "lru", "entry", "entrie", "memo", "retention", "maxentry", "stale"]),
    (F::Locale, &["locale", "timezone", "tz", "lang", "language", "encoding", "charset", "collation", "format", "utf", "calendar", "currency", "stamp", "i18n", "l10n", "zone", "lc", "culture", "globalization", "icu", "nls", "country", "strftime", "iso"]),
    (F::Credential, &["user", "username", "password", "passwd", "pass", "token", "secret", "apikey", "credential", "auth", "login", "key", "signature", "salt", "jwt", "oauth", "dsn"]),
    (F::Permission, &["role", "acl", "scope", "grant", "policy", "permission", "allow", "allowed", "deny", "readonly", "umask", "chmod", "chown", "capability", "privilege", "cors", "origin", "csrf", "rbac", "rule", "mode", "owner", "group", "iam", "action", "principal", "ownership", "write", "configure", "networkpolicy", "sid", "firewall", "sudoer", "access"]),
    (F::Address, &["host", "hostname", "port", "url", "uri", "path", "endpoint", "address", "addr", "bucket", "topic", "queue", "db", "database", "server", "domain", "region", "dir", "directory", "file", "folder", "copy", "asset", "topic", "egress", "ingress", "ports", "workdir", "dsn", "socket", "base", "broker", "bootstrap", "upstream", "proxy", "root", "mount", "volume", "index", "schema", "namespace", "prefix", "template", "location", "cluster", "include", "vhost", "exchange", "home"]),
    (F::Limit, &["max", "limit", "quota", "ulimit", "depth", "rate", "recursion", "maximum", "threshold", "nofile", "size", "min", "burst", "field", "length", "capacity", "cap", "body", "upload", "pixel", "request", "window", "nproc", "ulimit", "fd", "descriptor", "open", "bound", "number", "len", "chunk", "count"]),
    (F::Flag, &["feature", "flag", "enable", "enabled", "disable", "disabled", "use", "toggle", "experiment", "strict", "legacy", "beta", "rollout", "switch", "experimental", "debug", "lazy", "eager"]),
    (F::Kind, &["driver", "backend", "engine", "algorithm", "hash", "codec", "provider", "adapter", "type", "kind", "class", "module", "serializer", "storage", "dialect", "compression", "protocol", "version", "digest", "level", "strategy", "factory", "implementation", "transport", "model", "voice", "mode", "feature", "encoder", "format"]),
];

/// The families of a key, primary first; `[Family::Other]` where no word is known.
pub(crate) fn families(key: &str) -> Vec<Family> {
    let parts = parts(key);
    let known = |words: &[&str]| {
        parts.iter().any(|part| {
            words.contains(&part.as_str())
                // `maxclients`, `sslmode`, `connecttimeout`: run together, the longer words tell.
                || words.iter().any(|word| word.len() >= 6 && part.ends_with(word))
        })
    };
    let mut found: Vec<Family> =
        WORDS.iter().filter(|(_, words)| known(words)).map(|(family, _)| *family).collect();
    if found.is_empty() {
        found.push(F::Other);
    }
    found
}

/// Whether a word of a key only says what kind of setting it is, not what it is about.
pub(crate) fn is_generic(part: &str) -> bool {
    part.len() < 3
        || part.bytes().all(|b| b.is_ascii_digit())
        || WORDS.iter().any(|(family, words)| {
            words.contains(&part)
                && !matches!(
                    (family, part),
                    (F::Address, "template" | "index" | "queue" | "upstream" | "schema" | "broker")
                        | (F::Locale, "calendar" | "currency" | "stamp")
                        | (F::Workers, "writer" | "consumer" | "batch" | "job")
                        | (F::Credential, "token" | "signature")
                )
        })
        || matches!(
            part,
            "config"
                | "setting"
                | "option"
                | "default"
                | "app"
                | "service"
                | "production"
                | "staging"
                | "development"
                | "test"
                | "env"
                | "name"
                | "value"
                | "global"
                | "second"
                | "minute"
                | "hour"
                | "byte"
                | "the"
                | "and"
                | "main"
                | "param"
                | "common"
                | "data"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_show_their_families() {
        for (key, family) in [
            ("pool_size", F::Pool),
            ("spring.datasource.hikari.maximumPoolSize", F::Pool),
            ("maxclients", F::Pool),
            ("worker.threads", F::Workers),
            ("busy_timeout_ms", F::Timeout),
            ("maxRetries", F::Retry),
            ("client_max_body_size", F::Pool),
            ("DATA_UPLOAD_MAX_NUMBER_FIELDS", F::Limit),
            ("payments.endpoint", F::Address),
            ("TZ", F::Locale),
            ("colour", F::Other),
        ] {
            assert_eq!(families(key)[0], family, "{key}");
        }
    }
}
