//! What a setting governs, read from the words of its key.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Family;
use crate::rank::words::parts;

use Family as F;

/// Words of keys, without plural `s`, and the families they show. The first family that matches
/// is the primary one; all that match count.
#[rustfmt::skip]
const WORDS: &[(Family, &[&str])] = &[
    (F::Retry, &["retry", "retrie", "trie", "attempt", "backoff", "redeliver", "redelivery", "maxretry", "reconnect",
        "failover", "requeue", "jitter", "resilience", "dlq", "dlx"]),
    (F::Tls, &["tls", "ssl", "cert", "certificate", "cacert", "verify", "cafile", "truststore", "keystore",
        "cipher", "ciphersuite", "sslmode", "insecure", "https", "ca", "pem", "mtls", "sni", "starttls", "pfx",
        "p12", "jks", "crt", "hsts", "encrypt", "fips", "openssl", "alpn", "checkhostname", "unauthorized", "crl",
        "ocsp", "pinning", "spki"]),
    (F::Timeout, &["timeout", "deadline", "wait", "interval", "lease", "keepalive", "heartbeat", "delay", "grace",
        "duration", "patience", "expiry", "linger", "visibility", "busy", "expire", "elapsed", "abort", "cancel",
        "lifetime", "ttfb", "harakiri", "watchdog", "drain", "shutdown", "expiration", "poll", "debounce"]),
    (F::Pool, &["pool", "connection", "conn", "overflow", "client", "maxclient", "slot", "channel", "idle",
        "pgbouncer", "multiplex", "hikari", "semaphore", "permit"]),
    (F::Workers, &["worker", "thread", "concurrency", "concurrent", "replica", "prefetch", "process", "processe", "parallel",
        "parallelism", "consumer", "writer", "executor", "fiber", "goroutine", "cpu", "core", "job", "instance",
        "batch", "qos", "shard", "fanout", "maxproc", "gomaxproc", "inflight", "autoscale", "hpa", "gevent",
        "eventlet"]),
    (F::Memory, &["memory", "mem", "heap", "shm", "xmx", "xm", "ram", "maxmemory", "swap", "buffer", "memlimit",
        "gomemlimit", "metaspace", "oom", "arena", "jemalloc", "tmpfs", "xss", "gc", "malloc", "mmap", "rss"]),
    (F::Cache, &["cache", "ttl", "evict", "eviction", "lru", "lfu", "entry", "entrie", "memo", "retention",
        "maxentry", "stale", "maxmemory", "memcached", "cdn", "etag", "prewarm", "preload", "persist", "appendonly",
        "compaction", "purge", "prune"]),
    (F::Locale, &["locale", "timezone", "tz", "lang", "language", "encoding", "charset", "collation", "collate",
        "format", "utf", "utf8", "utf8mb4", "latin1", "unicode", "calendar", "currency", "stamp", "i18n", "l10n",
        "zone", "utc", "dst", "lc", "culture", "globalization", "icu", "nls", "country", "strftime", "iso", "tzdata",
        "translation", "delimiter", "datetime", "rounding", "ioencoding", "invariant", "bom"]),
    (F::Credential, &["user", "username", "password", "passwd", "pass", "token", "secret", "apikey", "credential",
        "auth", "login", "key", "signature", "salt", "jwt", "oauth", "dsn", "issuer", "audience", "aud", "iss",
        "jwks", "keyring", "kid", "pepper", "signing", "cookie", "session", "sasl", "jaa", "oidc", "saml", "ldap",
        "realm", "hmac", "kms", "vault", "bearer", "clientid", "nonce", "leeway", "skew", "encryption"]),
    (F::Permission, &["role", "acl", "scope", "grant", "revoke", "policy", "permission", "allow", "allowed", "deny",
        "readonly", "umask", "chmod", "chown", "capability", "privilege", "cors", "origin", "csrf", "rbac", "rule",
        "mode", "owner", "group", "iam", "action", "principal", "ownership", "write", "configure", "networkpolicy",
        "sid", "firewall", "sudoer", "access", "allowlist", "whitelist", "blocklist", "blacklist", "denylist",
        "trusted", "permitted", "forbidden", "csp", "referrer", "samesite", "uid", "gid", "fsgroup", "nonroot",
        "privileged", "seccomp", "apparmor", "selinux", "protect", "protected", "superuser", "effect",
        "serviceaccount", "pss", "sandbox", "bypass", "authorization", "authorize", "ingress", "egress", "cidr",
        "securitygroup"]),
    (F::Address, &["host", "hostname", "port", "url", "uri", "path", "endpoint", "address", "addr", "bucket",
        "topic", "queue", "db", "database", "server", "domain", "region", "dir", "directory", "file", "folder",
        "copy", "asset", "egress", "ingress", "ports", "workdir", "dsn", "socket", "base", "broker", "bootstrap",
        "upstream", "proxy", "root", "mount", "volume", "index", "schema", "namespace", "prefix", "template",
        "location", "cluster", "include", "vhost", "exchange", "home", "route", "routing", "binding", "suffix",
        "dns", "resolver", "ndot", "sentinel", "replicaset", "container", "blob", "storage", "keyspace",
        "collection", "stream", "subscription", "webhook", "callback", "redirect", "gateway", "peer", "ip", "ipv4",
        "ipv6", "bind", "listen", "network", "subnet", "datacenter", "profile", "static", "destination", "dest",
        "tmp", "tmpdir", "temp", "spool", "dist", "entrypoint", "bin", "binary", "executable", "subpath",
        "classpath", "pythonpath", "selector"]),
    (F::Limit, &["max", "limit", "quota", "ulimit", "depth", "rate", "recursion", "maximum", "threshold", "nofile",
        "size", "min", "burst", "field", "length", "capacity", "cap", "body", "upload", "pixel", "request",
        "window", "nproc", "fd", "descriptor", "open", "bound", "number", "len", "chunk", "count", "limitnofile",
        "maxsize", "maxlength", "byte", "budget", "ceiling", "nesting", "complexity", "payload", "inotify",
        "backlog", "somaxconn", "bucketsize", "throttle", "throughput", "iop", "tpm", "rpm", "rps", "sku", "tier",
        "plan", "minimum", "width", "height", "dimension", "resolution"]),
    (F::Flag, &["feature", "flag", "enable", "enabled", "disable", "disabled", "use", "toggle", "experiment",
        "cron", "crontab", "cronjob", "schedule", "strict", "legacy", "beta", "rollout", "switch", "experimental",
        "debug", "lazy", "eager", "percentage", "canary", "preview", "automatic", "force", "require", "required",
        "v2", "v3", "validate", "validation"]),
    (F::Kind, &["driver", "backend", "engine", "algorithm", "hash", "hasher", "codec", "provider", "adapter",
        "type", "kind", "class", "module", "serializer", "deserializer", "storage", "dialect", "compression",
        "compressor", "protocol", "version", "digest", "level", "strategy", "factory", "implementation",
        "transport", "model", "voice", "mode", "feature", "encoder", "decoder", "format", "handler", "plugin",
        "extension", "library", "middleware", "loader", "resolver", "parser", "renderer", "runtime", "mechanism",
        "cipher", "alg", "isolation", "converter", "converters", "formatter", "bundler", "moduleresolution",
        "esmodule", "interop", "edition", "preset", "assignor", "assignment", "acks", "semantic", "consistency",
        "storageclass", "pickle", "msgpack", "avro", "protobuf", "gzip", "zstd", "snappy", "lz4", "brotli"]),
];

/// Settings whose words mislead, in words joined by `_` without plural `s`, and what they govern.
#[rustfmt::skip]
const KNOWN: &[(&str, Family)] = &[
    ("body_size", F::Limit), ("body_limit", F::Limit), ("body_length", F::Limit), ("header_size", F::Limit),
    ("header_buffer", F::Limit), ("buffer_size", F::Limit),
    ("connection_limit", F::Pool), ("max_connection", F::Pool), ("max_conn", F::Pool), ("max_client", F::Pool),
    ("max_open", F::Pool), ("max_idle", F::Pool), ("pool_size", F::Pool), ("pool_max", F::Pool),
    ("max_poll_record", F::Workers), ("group_id", F::Address), ("consumer_group", F::Address),
    ("client_id", F::Credential), ("run_as", F::Permission), ("read_only", F::Permission),
    ("fs_group", F::Permission), ("service_account", F::Permission), ("allowed_host", F::Permission),
    ("automount", F::Permission), ("session_cookie", F::Credential), ("extra_ca", F::Tls), ("ca_bundle", F::Tls),
    ("ca_path", F::Tls), ("ca_file", F::Tls), ("min_protocol", F::Tls), ("min_version", F::Tls),
    ("reject_unauthorized", F::Tls),
    ("open_file", F::Limit), ("map_count", F::Limit), ("old_space", F::Memory), ("ram_percentage", F::Memory),
    ("work_mem", F::Memory), ("buffer_pool", F::Memory), ("memory_limit", F::Memory), ("size_limit", F::Limit), ("message_byte", F::Limit),
    ("max_byte", F::Limit), ("fetch_byte", F::Limit), ("request_byte", F::Limit),
    ("search_path", F::Address), ("library_path", F::Kind), ("python_path", F::Kind), ("node_path", F::Kind),
    ("class_path", F::Kind), ("node_env", F::Flag), ("app_env", F::Flag), ("rail_env", F::Flag),
    ("cache_dir", F::Address), ("same_site", F::Permission), ("sock_read", F::Timeout), ("sock_connect", F::Timeout), ("trusted_origin", F::Permission),
    ("load_default", F::Kind), ("encryption_key", F::Credential), ("app_key", F::Credential),
    ("secret_key_base", F::Credential), ("public_url", F::Address), ("base_url", F::Address),
    ("statement_cache", F::Kind), ("prepare_threshold", F::Kind), ("prepared_statement", F::Kind),
    ("pool_mode", F::Kind), ("isolation_level", F::Kind), ("eviction_policy", F::Cache),
    ("maxmemory_policy", F::Cache), ("max_age", F::Cache),
    ("date_format", F::Locale), ("time_format", F::Locale), ("default_encoding", F::Locale),
    ("image_pull", F::Other), ("max_retry", F::Retry), ("retry_limit", F::Retry), ("key_space", F::Address),
    ("package", F::Address), ("sql_mode", F::Flag), ("routing_key", F::Address), ("partition_key", F::Address), ("key_prefix", F::Address), ("cpu", F::Workers),
];

/// Words of keys that show a family and still say what the setting is about.
#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    "template", "index", "queue", "upstream", "schema", "broker", "calendar", "currency", "stamp", "writer",
    "consumer", "batch", "job", "token", "signature",
    "upload", "session", "cookie", "webhook", "translation", "license", "ldap", "saml", "oidc", "jwt", "vault",
    "kms", "sentinel", "stream", "subscription",
    "storage", "blob", "collection", "compression", "plugin", "shard", "cdn", "csrf", "cors", "firewall",
    "rounding", "callback", "gateway", "redirect",
    "parser", "renderer", "serializer", "pickle", "exchange", "vhost", "sasl", "harakiri", "pgbouncer", "hikari",
    "asset", "webhook", "container",
];

/// The families of each word, as bits in the order of [`WORDS`].
static BY_WORD: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut families = HashMap::new();
    for (bit, (_, words)) in WORDS.iter().enumerate() {
        for word in *words {
            *families.entry(*word).or_default() |= 1 << bit;
        }
    }
    families
});

/// The words that follow the first one of a known setting, and the family.
type Rest = (Vec<&'static str>, Family);

/// Known settings by their first word.
static BY_START: LazyLock<HashMap<&str, Vec<Rest>>> = LazyLock::new(|| {
    let mut known: HashMap<&str, Vec<Rest>> = HashMap::new();
    for (phrase, family) in KNOWN {
        let mut words = phrase.split('_');
        let first = words.next().unwrap_or_default();
        known.entry(first).or_default().push((words.collect(), *family));
    }
    known
});

/// The families of a key, primary first; `[Family::Other]` where no word is known.
pub(crate) fn families(key: &str) -> Vec<Family> {
    let all = parts(key);
    let mut found: Vec<Family> = known(&all).into_iter().collect();
    // What a key says itself comes before what the sections it stands in say.
    let own = key.rsplit('.').next().map(parts).unwrap_or_default();
    for parts in [own, all] {
        let bits = parts.iter().fold(0, |bits, part| bits | of_word(part));
        for (bit, (family, _)) in WORDS.iter().enumerate() {
            if bits & (1 << bit) != 0 && !found.contains(family) {
                found.push(*family);
            }
        }
    }
    if found.is_empty() {
        found.push(F::Other);
    }
    found
}

/// The families of a word, as bits. Of `maxclients`, `sslmode`, `connecttimeout`, which are run
/// together, the longer words at the end tell.
fn of_word(part: &str) -> u32 {
    let mut bits = BY_WORD.get(singular(part)).copied().unwrap_or(0);
    for start in 1..part.len().saturating_sub(5) {
        if let Some(end) = part.get(start..) {
            bits |= BY_WORD.get(end).copied().unwrap_or(0);
        }
    }
    // `setrecursionlimit`
    if part.len() > "limit".len() && part.ends_with("limit") {
        bits |= BY_WORD["limit"];
    }
    bits
}

/// `processe` and `batche`, which plurals in `es` leave, are `process` and `batch`.
fn singular(part: &str) -> &str {
    let bare = part.strip_suffix('e').filter(|bare| {
        ["ss", "sh", "ch", "x"].iter().any(|end| bare.ends_with(end)) && !BY_WORD.contains_key(part)
    });
    bare.unwrap_or(part)
}

/// The family of the first known setting whose words stand in a row.
fn known(parts: &[String]) -> Option<Family> {
    (0..parts.len()).find_map(|at| {
        let (_, family) = BY_START.get(parts[at].as_str())?.iter().find(|(rest, _)| {
            parts.len() > at + rest.len()
                && rest.iter().zip(&parts[at + 1..]).all(|(word, part)| word == part)
        })?;
        Some(*family)
    })
}

/// Whether a word of a key only says what kind of setting it is, not what it is about.
pub(crate) fn is_generic(part: &str) -> bool {
    part.len() < 3
        || part.bytes().all(|b| b.is_ascii_digit())
        || BY_WORD.contains_key(part) && !SUBJECTS.contains(&part)
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
            ("client_max_body_size", F::Limit),
            ("max.poll.interval.ms", F::Timeout),
            ("NODE_EXTRA_CA_CERTS", F::Tls),
            ("securityContext.runAsUser", F::Permission),
            ("--max-old-space-size", F::Memory),
            ("DATABASE_URL.connection_limit", F::Pool),
            ("search_path", F::Address),
            ("DATA_UPLOAD_MAX_NUMBER_FIELDS", F::Limit),
            ("payments.endpoint", F::Address),
            ("TZ", F::Locale),
            ("maxProcesses", F::Workers),
            ("colour", F::Other),
        ] {
            assert_eq!(families(key)[0], family, "{key}");
        }
    }
}
