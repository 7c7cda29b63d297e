//! Values that hold settings of their own: inline maps and lists, addresses with parameters,
//! variables and options in a row.

use super::value::unquote;

/// Deepest nesting that is followed, and most settings read of one line.
const DEEPEST: usize = 6;
const MOST: usize = 60;

/// Takes `key: value` apart into the settings it holds; `(key, value)` itself where it holds none.
pub(crate) fn flatten(key: &str, value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    take(key, value, 0, &mut found);
    found.truncate(MOST);
    found
}

fn take(key: &str, value: &str, depth: usize, found: &mut Vec<(String, String)>) {
    let value = value.trim().trim_end_matches(',').trim();
    if depth < DEEPEST && found.len() < MOST {
        if let Some(inner) = inside(value, '{', '}') {
            return map(key, inner, depth, found);
        }
        if let Some(inner) = inside(value, '[', ']') {
            return members(inner).for_each(|item| take(key, item, depth + 1, found));
        }
        let text = unquote(value);
        if let Some((base, parameters)) = parameters(text) {
            found.push((key.to_owned(), base.to_owned()));
            for (name, value) in parameters {
                found.push((join(key, name), value.to_owned()));
            }
            return;
        }
        if let Some(parts) = connection(text) {
            found.extend(parts.into_iter().map(|(name, value)| (join(key, &name), value)));
            return;
        }
        if let Some(options) = options(text) {
            found.extend(options);
            return;
        }
    }
    found.push((key.to_owned(), unquote(value).to_owned()));
}

/// What stands between the brackets; the closing one may be on another line.
fn inside(value: &str, open: char, close: char) -> Option<&str> {
    let inner = value.strip_prefix(open)?;
    // `{{ template }}` is a value.
    (!inner.starts_with(open)).then(|| inner.strip_suffix(close).unwrap_or(inner).trim())
}

fn map(key: &str, inner: &str, depth: usize, found: &mut Vec<(String, String)>) {
    let pairs: Vec<(&str, &str)> = members(inner).filter_map(pair).collect();
    // `{ name: POOL_SIZE, value: 5 }` is how orchestrators write `POOL_SIZE: 5`.
    let name = pairs.iter().find(|(key, _)| *key == "name").map(|(_, value)| unquote(value));
    match name.filter(|_| pairs.len() > 1) {
        Some(name) => {
            for (key, value) in pairs.iter().filter(|(key, _)| *key != "name") {
                let key = if matches!(*key, "value" | "valueFrom") {
                    name.to_owned()
                } else {
                    join(name, key)
                };
                // Where a secret is kept is one value.
                if value.starts_with('{') {
                    found.push((key, (*value).to_owned()));
                } else {
                    take(&key, value, depth + 1, found);
                }
            }
        }
        None => {
            for (inner, value) in pairs {
                take(&join(key, inner), value, depth + 1, found);
            }
        }
    }
}

/// Splits at the commas that stand outside of quotes and brackets.
fn members(inner: &str) -> impl Iterator<Item = &str> {
    let (mut nesting, mut quote) = (0_usize, None);
    inner
        .split(move |c: char| {
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '{' | '[' | '(') => nesting += 1,
                (None, '}' | ']' | ')') => nesting = nesting.saturating_sub(1),
                (None, ',') => return nesting == 0,
                (None, _) => {}
            }
            false
        })
        .map(str::trim)
        .filter(|member| !member.is_empty())
}

fn pair(member: &str) -> Option<(&str, &str)> {
    let at = if let Some(quote) = member.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let end = member[1..].find(quote)? + 2;
        end + member[end..].find([':', '='])?
    } else {
        member.find([':', '='])?
    };
    let (key, value) = (unquote(&member[..at]), member[at + 1..].trim_start_matches('>').trim());
    (!key.is_empty() && !key.contains(['{', '['])).then_some((key, value))
}

/// The address and its parameters: `postgres://host/db?connection_limit=15&pool_timeout=10`.
fn parameters(text: &str) -> Option<(&str, Vec<(&str, &str)>)> {
    let (base, query) = text.split_once('?')?;
    if !base.contains("//") && !base.contains(':') {
        return None;
    }
    let pairs: Vec<_> = query.split(['&', ';']).filter_map(|part| part.split_once('=')).collect();
    (!pairs.is_empty()).then_some((base, pairs))
}

/// A connection string: `Host=pg;Database=shop;Maximum Pool Size=20`.
fn connection(text: &str) -> Option<Vec<(String, String)>> {
    if let Some(pairs) = behind_address(text) {
        return Some(pairs);
    }
    let members = text.split(';').map(str::trim).filter(|member| !member.is_empty());
    let pairs: Option<Vec<(String, String)>> = members
        .map(|member| {
            let (name, value) = member.split_once('=')?;
            let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || " _-.".contains(c));
            (is_plain && !name.is_empty())
                .then(|| (name.trim().replace(' ', "_"), value.trim().to_owned()))
        })
        .collect();
    pairs.filter(|pairs| pairs.len() > 1)
}

/// An address and what is to be known of it: `cache:6379,syncTimeout=5000,abortConnect=false`.
fn behind_address(text: &str) -> Option<Vec<(String, String)>> {
    let (address, rest) = text.split_once(',')?;
    let pairs: Option<Vec<(String, String)>> = rest
        .split(',')
        .map(|member| {
            let (name, value) = member.split_once('=')?;
            is_name(name).then(|| (name.to_owned(), value.trim().to_owned()))
        })
        .collect();
    let address =
        (!address.contains([' ', '='])).then(|| ("address".to_owned(), address.to_owned()));
    Some(address.into_iter().chain(pairs?).collect())
}

/// The options of a command, `redis-server --maxmemory 1gb`, `memcached -m 1024 -I 1m`, or one
/// alone, `--requirepass $PASSWORD`.
fn command(text: &str) -> Option<Vec<(String, String)>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| word.starts_with('-'))?;
    // What runs stands before its options; a sentence has more words.
    let program = match words[..at] {
        [] => "",
        [program] => program.rsplit('/').next().unwrap_or(program),
        [program, ..] if at <= 3 && words[at].starts_with("--") => program,
        _ => return None,
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for word in &words[at..] {
        let option = word.trim_start_matches('-');
        if word.starts_with('-') && option.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            if !is_name(name) {
                return None;
            }
            found.push((join(program, name), value.to_owned()));
        } else {
            let (name, value) = found.last_mut().filter(|(_, value)| value.is_empty())?;
            // `-c work_mem=64MB`: the letter only says that a setting follows.
            match word.split_once('=').filter(|(key, _)| name.len() == 1 && is_name(key)) {
                Some((key, inner)) => (*name, *value) = (key.to_owned(), inner.to_owned()),
                None => (*word).clone_into(value),
            }
        }
    }
    // A switch is on where it stands.
    for (_, value) in found.iter_mut().filter(|(_, value)| value.is_empty()) {
        value.push_str("on");
    }
    Some(found)
}

/// Variables and options in a row: `RUST_LOG=warn APP_ENV=production`, `--workers=4 -Xmx512m`.
fn options(text: &str) -> Option<Vec<(String, String)>> {
    if let Some(options) = command(text).filter(|_| !text.contains("-X")) {
        return Some(options);
    }
    if let Some(option) = assignment(text) {
        return Some(vec![option]);
    }
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(['"', '\'']);
        let option = word.trim_start_matches('-');
        if let Some((key, value)) = option.split_once('=').filter(|(key, _)| is_name(key)) {
            found.push((key.to_owned(), value.to_owned()));
        } else if let Some((key, value)) = java(word) {
            found.push((key.to_owned(), value.to_owned()));
        }
    }
    // A word with a sign of equality in a sentence or an expression is none.
    let words = text.split_whitespace().count();
    (!found.is_empty() && found.len() * 2 >= words).then_some(found)
}

/// `SET lock_timeout TO '30s'`
fn assignment(text: &str) -> Option<(String, String)> {
    let mut words = text.split_whitespace();
    let is = |word: Option<&str>, known: &[&str]| {
        word.is_some_and(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let sets = is(words.next(), &["set"]);
    let key = words.next().filter(|key| is_name(key))?;
    let value = words.next().filter(|word| is(Some(word), &["to", "="])).and(words.next())?;
    (sets && words.next().is_none())
        .then(|| (key.to_owned(), unquote(value.trim_end_matches(';')).to_owned()))
}

fn is_name(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "_.-:".contains(c))
}

/// `-Xmx512m`: the sizes of a Java machine.
fn java(word: &str) -> Option<(&str, &str)> {
    ["Xmx", "Xms", "Xss"].into_iter().find_map(|key| {
        let value = word.strip_prefix('-')?.strip_prefix(key)?;
        value.starts_with(|c: char| c.is_ascii_digit()).then_some((key, value))
    })
}

fn join(key: &str, inner: &str) -> String {
    if key.is_empty() { inner.to_owned() } else { format!("{key}.{inner}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(key: &str, value: &str, expected: &[(&str, &str)]) {
        let found = flatten(key, value);
        let found: Vec<_> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(found, expected, "{key}: {value}");
    }

    #[test]
    fn inline_maps_and_lists() {
        check("pool_size", "5", &[("pool_size", "5")]);
        check(
            "Maps",
            r#"{ "BaseUrl": "https://maps.internal/", "TimeoutSeconds": 1, "Retry": {"Max": 3} },"#,
            &[
                ("Maps.BaseUrl", "https://maps.internal/"),
                ("Maps.TimeoutSeconds", "1"),
                ("Maps.Retry.Max", "3"),
            ],
        );
        check(
            "Action",
            r#"["s3:GetObject", "s3:AbortMultipartUpload"],"#,
            &[("Action", "s3:GetObject"), ("Action", "s3:AbortMultipartUpload")],
        );
        check(
            "quality",
            "{ webp: 82, avif: 60 }",
            &[("quality.webp", "82"), ("quality.avif", "60")],
        );
        check("reqwest", "{ version = \"0.11\" }", &[("reqwest.version", "0.11")]);
        check("host", "{{ .Values.host }}", &[("host", "{{ .Values.host }}")]);
    }

    #[test]
    fn variables_of_orchestrators() {
        check("", "{ name: POOL_SIZE, value: \"5\" }", &[("POOL_SIZE", "5")]);
        check(
            "",
            "{ name: NODE_OPTIONS, value: \"--max-old-space-size=3072\" }",
            &[("max-old-space-size", "3072")],
        );
        check(
            "mounts",
            "{ name: reports, mountPath: /var/reports, readOnly: true }",
            &[("reports.mountPath", "/var/reports"), ("reports.readOnly", "true")],
        );
        check(
            "env",
            "{ name: SIGNING_KEY, valueFrom: { secretKeyRef: { name: px, key: signing } } }",
            &[("SIGNING_KEY", "{ secretKeyRef: { name: px, key: signing } }")],
        );
    }

    #[test]
    fn parameters_of_addresses() {
        check(
            "DATABASE_URL",
            "postgresql://h:${PW}@pg:5432/hub?connection_limit=1&pool_timeout=10",
            &[
                ("DATABASE_URL", "postgresql://h:${PW}@pg:5432/hub"),
                ("DATABASE_URL.connection_limit", "1"),
                ("DATABASE_URL.pool_timeout", "10"),
            ],
        );
        check("question", "why?a=b", &[("question", "why?a=b")]);
    }

    #[test]
    fn connection_strings() {
        check(
            "Shop",
            "Host=pg;Maximum Pool Size=6;Timeout=15",
            &[("Shop.Host", "pg"), ("Shop.Maximum_Pool_Size", "6"), ("Shop.Timeout", "15")],
        );
    }

    #[test]
    fn addresses_and_commands_with_options() {
        check(
            "Redis",
            "cache:6379,syncTimeout=5000,abortConnect=false",
            &[
                ("Redis.address", "cache:6379"),
                ("Redis.syncTimeout", "5000"),
                ("Redis.abortConnect", "false"),
            ],
        );
        check(
            "command",
            "mongod --replSet rs0 --bind_ip_all",
            &[("mongod.replSet", "rs0"), ("mongod.bind_ip_all", "on")],
        );
        check("args", "--requirepass $PW", &[("requirepass", "$PW")]);
        check("PGOPTIONS", "-c search_path=a,b", &[("search_path", "a,b")]);
        check("init", "SET lock_timeout TO '30s'", &[("lock_timeout", "30s")]);
        check("note", "first - second", &[("note", "first - second")]);
    }

    #[test]
    fn options_in_a_row() {
        check(
            "Environment",
            "RUST_LOG=warn APP_ENV=production",
            &[("RUST_LOG", "warn"), ("APP_ENV", "production")],
        );
        check(
            "JAVA_OPTS",
            "-Xmx512m -Dspring.profiles.active=prod",
            &[("Xmx", "512m"), ("Dspring.profiles.active", "prod")],
        );
        check("motto", "where a=b holds for all c", &[("motto", "where a=b holds for all c")]);
    }

    proptest! {
        #[test]
        fn never_panics_and_never_returns_nothing(value in "\\PC{0,80}") {
            let nothing = flatten("key", &value).is_empty();
            let bracket = value.contains(['{', '[']);
            prop_assert!(!nothing || bracket);
        }
    }
}
