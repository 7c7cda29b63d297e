//! Names of settings for people: `pool_size` under `database` is the database connection pool.
//!
//! A key is read word by word. Only when every word is known does it become prose; otherwise the
//! key itself is shown as code, which is never wrong. Prose comes from the tables below, so no
//! character of the key reaches the sentence unquoted.

use super::span::{Sentence, Span};

/// The subject of a sentence about a setting.
///
/// `section` is what encloses the line in its file, `path` the file; they are asked for the owner
/// ("database") when the key does not name one.
pub(super) fn subject(key: &str, section: Option<&str>, path: Option<&str>) -> Sentence {
    let verbatim = || Sentence::new().code(key);
    let words = words(key);
    let (owner, rest) = owner_of(&words);
    let Some(thing) = thing(&rest) else { return verbatim() };
    let owner = match owner {
        Some(owner) => Sentence::new().word(owner),
        None => match owner_around(section, path) {
            Some(owner) => owner,
            None if thing.len() > 1 => Sentence::new(),
            None => return verbatim(),
        },
    };
    let (front, back) = match thing.split_first() {
        Some((&"number of", rest)) => (Sentence::new().word("number of"), rest),
        _ => (Sentence::new(), thing.as_slice()),
    };
    back.iter().fold(front.then(owner), |s, word| s.word(word))
}

/// Whether the subject is a key of a single word, which says little without its file.
pub(super) fn is_bare(key: &str, subject: &Sentence) -> bool {
    words(key).len() == 1 && matches!(subject.spans(), [Span::Code(_)])
}

/// The words of a key, lower case: split at punctuation and at `camelCase` humps.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous = ' ';
    for c in key.chars() {
        let hump = c.is_uppercase() && previous.is_lowercase();
        if hump || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The owner that a key names at its front, and the other words. Environments are skipped.
fn owner_of(words: &[String]) -> (Option<&'static str>, Vec<&str>) {
    let mut rest: Vec<&str> = words.iter().map(String::as_str).collect();
    let skipped = rest.iter().take_while(|word| is_environment(word)).count();
    rest.drain(..skipped);
    match rest.first().and_then(|word| owner(word)) {
        // "cache size" is about the cache itself, "worker count" about the workers.
        Some(found) if thing(&rest).is_none() => {
            rest.remove(0);
            (Some(found), rest)
        }
        _ => (None, rest),
    }
}

/// The owner that the surroundings name: a known word of the section or of the file's name, or a
/// section of a single word as it is written.
fn owner_around(section: Option<&str>, path: Option<&str>) -> Option<Sentence> {
    let section = words(section.unwrap_or_default());
    let stem = path.and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let stem = words(stem.split('.').next().unwrap_or_default());
    if let Some(known) = section.iter().chain(&stem).find_map(|word| owner(word)) {
        return Some(Sentence::new().word(known));
    }
    match section.as_slice() {
        [one] if !is_environment(one) => Some(Sentence::new().code(one)),
        _ => None,
    }
}

/// What a key governs once its owner is taken off: "connection pool", "read timeout".
fn thing(words: &[&str]) -> Option<Vec<&'static str>> {
    let words = expand(words);
    let (bounded, words) = match words.as_slice() {
        ["max" | "maximum", rest @ ..] => (true, rest),
        [rest @ .., "max" | "maximum"] => (true, rest),
        all => (false, all),
    };
    let (role, nouns) = match words {
        [rest @ .., "size"] => (Role::Size, rest),
        [rest @ .., "limit"] => (Role::Limit, rest),
        [rest @ .., "count"] => (Role::Count, rest),
        ["num" | "number", "of", rest @ ..] | ["num" | "number", rest @ ..] => (Role::Count, rest),
        [rest @ .., last] if plain_role(last).is_some() => (Role::Plain(plain_role(last)?), rest),
        all => (Role::None, all),
    };
    let singular: Vec<&'static str> = nouns.iter().map(|n| noun(n)).collect::<Option<_>>()?;
    let plural = nouns.last().and_then(|last| plural_of(last));
    match role {
        Role::Plain(word) => Some([singular, vec![word]].concat()),
        _ if singular.is_empty() => None,
        Role::Size | Role::None if singular == ["pool"] => Some(vec!["connection", "pool"]),
        Role::Size | Role::None if singular.last() == Some(&"pool") => Some(singular),
        Role::Size if bounded => Some([singular, vec!["size", "limit"]].concat()),
        Role::Size => Some([singular, vec!["size"]].concat()),
        Role::Limit => Some([singular, vec!["limit"]].concat()),
        Role::None if bounded => Some([singular, vec!["limit"]].concat()),
        Role::Count | Role::None => {
            let many = plural?;
            let written_plural = nouns.last() == Some(&many);
            if role == Role::None && !written_plural {
                return None;
            }
            let before = &singular[..singular.len() - 1];
            Some([&["number of"], before, &[many]].concat())
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Size,
    Limit,
    Count,
    Plain(&'static str),
    None,
}

/// Splits compounds that are often written as one word, and drops units and fillers at the end.
fn expand<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::with_capacity(words.len() + 1);
    for word in words {
        match *word {
            "maxsize" => out.extend(["max", "size"]),
            "poolsize" => out.extend(["pool", "size"]),
            word => out.push(word),
        }
    }
    if let [.., "pool", "max", "size"] = out.as_slice() {
        out.remove(out.len() - 2);
    }
    while let Some(
        "ms" | "s" | "sec" | "secs" | "seconds" | "millis" | "milliseconds" | "minutes" | "mb"
        | "mib" | "gb" | "kb" | "bytes",
    ) = out.last().copied()
    {
        out.pop();
    }
    out
}

fn is_environment(word: &str) -> bool {
    matches!(
        word,
        "production"
            | "prod"
            | "staging"
            | "stage"
            | "development"
            | "dev"
            | "testing"
            | "test"
            | "local"
            | "default"
            | "defaults"
            | "common"
            | "base"
            | "settings"
            | "config"
            | "app"
            | "env"
    )
}

fn owner(word: &str) -> Option<&'static str> {
    Some(match word {
        "db" | "database" | "databases" | "sql" | "sqlalchemy" => "database",
        "postgres" | "postgresql" | "pg" => "PostgreSQL",
        "mysql" | "mariadb" => "MySQL",
        "mongo" | "mongodb" => "MongoDB",
        "redis" => "Redis",
        "kafka" => "Kafka",
        "cache" => "cache",
        "queue" | "broker" => "queue",
        "celery" | "worker" | "workers" | "jobs" => "worker",
        "api" => "API",
        "smtp" | "mail" | "mailer" | "email" => "mail",
        "server" | "web" => "server",
        "session" | "sessions" => "session",
        "search" | "elasticsearch" => "search",
        "storage" | "s3" => "storage",
        "proxy" | "nginx" | "gateway" => "proxy",
        _ => return None,
    })
}

fn plain_role(word: &str) -> Option<&'static str> {
    Some(match word {
        "timeout" => "timeout",
        "deadline" => "deadline",
        "interval" => "interval",
        "ttl" => "time to live",
        "overflow" => "overflow",
        "backoff" => "backoff",
        "concurrency" => "concurrency",
        "depth" => "depth",
        _ => return None,
    })
}

/// Nouns a key can be made of, as they stand before another noun.
fn noun(word: &str) -> Option<&'static str> {
    NOUNS.iter().find(|(one, many, _)| word == *one || word == *many).map(|(_, _, shown)| *shown)
}

fn plural_of(word: &str) -> Option<&'static str> {
    NOUNS
        .iter()
        .find(|(one, many, _)| word == *one || word == *many)
        .map(|(_, many, _)| *many)
        .filter(|many| !many.is_empty())
}

/// Singular, plural (empty where there is none), and the form before another noun.
const NOUNS: &[(&str, &str, &str)] = &[
    ("attempt", "attempts", "attempt"),
    ("batch", "batches", "batch"),
    ("body", "", "body"),
    ("buffer", "buffers", "buffer"),
    ("cache", "caches", "cache"),
    ("client", "clients", "client"),
    ("conn", "conns", "connection"),
    ("connect", "", "connection"),
    ("connection", "connections", "connection"),
    ("consumer", "consumers", "consumer"),
    ("file", "files", "file"),
    ("header", "headers", "header"),
    ("heap", "", "heap"),
    ("idle", "", "idle"),
    ("job", "jobs", "job"),
    ("lock", "locks", "lock"),
    ("memory", "", "memory"),
    ("message", "messages", "message"),
    ("open", "", "open"),
    ("page", "pages", "page"),
    ("payload", "payloads", "payload"),
    ("pool", "pools", "pool"),
    ("process", "processes", "process"),
    ("query", "queries", "query"),
    ("queue", "queues", "queue"),
    ("rate", "", "rate"),
    ("read", "", "read"),
    ("replica", "replicas", "replica"),
    ("request", "requests", "request"),
    ("response", "responses", "response"),
    ("retry", "retries", "retry"),
    ("session", "sessions", "session"),
    ("socket", "sockets", "socket"),
    ("statement", "statements", "statement"),
    ("task", "tasks", "task"),
    ("thread", "threads", "thread"),
    ("upload", "uploads", "upload"),
    ("worker", "workers", "worker"),
    ("write", "", "write"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::render::plain;

    fn say(key: &str, section: &str, path: &str) -> String {
        plain(&subject(key, Some(section), Some(path)))
    }

    #[test]
    fn known_words_become_prose() {
        for (key, section, path, expected) in [
            ("pool_size", "database", "config/production.yml", "Database connection pool"),
            ("database.pool_size", "", "settings.toml", "Database connection pool"),
            ("production.database.poolSize", "", "x.json", "Database connection pool"),
            ("DB_POOL_SIZE", "", ".env", "Database connection pool"),
            ("pool_maxsize", "cache", "x.yml", "Cache connection pool"),
            ("pool_maxsize", "ledger", "x.yml", "`ledger` connection pool"),
            ("max_connections", "", "config/database.toml", "Database connection limit"),
            ("max_connections", "", "limits.toml", "Connection limit"),
            ("pool_timeout", "database", "x.yml", "Database pool timeout"),
            ("redis.socket_timeout_ms", "", "x.yml", "Redis socket timeout"),
            ("timeout", "mailer", "x.yml", "Mail timeout"),
            ("workers", "server", "x.toml", "Number of server workers"),
            ("max_retries", "", "x.toml", "Retry limit"),
            ("cache.ttl", "", "x.toml", "Cache time to live"),
            ("thread_pool_size", "", "x.toml", "Thread pool"),
            ("api.max_body_size", "", "x.toml", "API body size limit"),
        ] {
            assert_eq!(say(key, section, path), expected, "{key}");
        }
    }

    #[test]
    fn anything_else_stays_code() {
        for key in [
            "http.client.timeout",
            "timeout",
            "frobnicate",
            "flags.new_checkout",
            "size",
            "limit",
            "max",
            "",
        ] {
            let expected = [Span::Code(key.into())];
            assert_eq!(subject(key, None, None).spans(), expected, "{key}");
        }
    }

    proptest! {
        #[test]
        fn outside_words_stand_as_code(key in "\\PC{0,30}", section in "\\PC{0,12}", path in "\\PC{0,12}") {
            let sentence = subject(&key, Some(&section), Some(&path));
            prop_assert!(!sentence.is_empty());
            for span in sentence.spans() {
                if let Span::Code(code) = span {
                    let part = section.to_lowercase().contains(code);
                    prop_assert!(*code == key || part, "{code:?}");
                } else {
                    prop_assert!(matches!(span, Span::Word(_)));
                }
            }
        }
    }
}
