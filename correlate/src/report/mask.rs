//! Secrets in lines of source and configuration, hidden before they are shown.
//!
//! A report travels further than the repository it quotes. Hidden are the value that follows a name
//! such as `password` or `api_key`, the user information of an address, and the block of a private
//! key. What remains readable is the name, so a person sees what changed.

const HIDDEN: &str = "***";

/// Words of a name that make its value a secret.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "_pass",
    "-pass",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "private_key",
    "privatekey",
    "access_key",
    "accesskey",
    "client_key",
    "secret_key",
    "secret_key_base",
    "encryption_key",
    "signing_key",
    "app_key",
    "credential",
    "credentials",
    "authorization",
    "dsn",
    "cookie",
];

/// The line with its secrets replaced by `***`.
pub(super) fn secrets(line: &str) -> String {
    if line.contains("PRIVATE KEY-----") {
        return HIDDEN.to_owned();
    }
    let line = user_information(line);
    match value_of_secret(&line) {
        Some((from, to)) => format!("{}{HIDDEN}{}", &line[..from], &line[to..]),
        None => line,
    }
}

/// `scheme://user:password@host` loses what stands before the `@`.
fn user_information(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '<' | '>'))
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(host) => {
                out.push_str(HIDDEN);
                &after[host..]
            }
            None => after,
        };
    }
    out.push_str(rest);
    out
}

/// Whether a name, whatever stands in front of it, is that of a secret.
pub(super) fn names_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    // The key of a variable opens something; that of a table or cache is a name, in small letters.
    name.ends_with("_KEY") || NAMES.iter().any(|secret| lower.ends_with(secret))
}

/// The range of the value in `name: value`, `name = "value"` or `"name": "value"` when the name is
/// that of a secret. Only literal values count: in code, `password = read()` shows nothing.
fn value_of_secret(line: &str) -> Option<(usize, usize)> {
    let separator = line.find([':', '='])?;
    if line[separator..].starts_with("==") || line[separator..].starts_with("=>") {
        return None;
    }
    let name = line[..separator].trim_end_matches(['"', '\'', ' ', '?']);
    let last =
        name.rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '.' | '{' | ','));
    if !last.into_iter().next().is_some_and(names_secret) {
        return None;
    }
    let after =
        separator + line[separator..].find(|c: char| !matches!(c, ':' | '=' | ' ' | '\t'))?;
    let value = line[after..].trim_end();
    let end = after + value.len();
    match value.chars().next()? {
        quote @ ('"' | '\'') => {
            let close = value[1..].find(quote).map_or(end, |at| after + 1 + at);
            Some((after + 1, close)).filter(|(from, to)| from < to)
        }
        _ if value.contains(['(', '[', '{']) || value.starts_with("${") => None,
        _ => Some((after, end)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_hidden_and_names_stay() {
        for (line, expected) in [
            ("  password: hunter2", "  password: ***"),
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=***"),
            ("db_pass: hunter2", "db_pass: ***"),
            ("STRIPE_KEY=hunter2", "STRIPE_KEY=***"),
            ("secret_key_base: hunter2", "secret_key_base: ***"),
            ("primary_key: id", "primary_key: id"),
            ("compass: north", "compass: north"),
            ("\"api_key\": \"abc\",", "\"api_key\": \"***\","),
            ("smtp.token = 'abc' # old", "smtp.token = '***' # old"),
            ("url: postgres://shop:hunter2@db/shop", "url: postgres://***@db/shop"),
            ("a=redis://:x@one b=amqp://u:p@two", "a=redis://***@one b=amqp://***@two"),
            ("-----BEGIN RSA PRIVATE KEY-----", "***"),
        ] {
            assert_eq!(secrets(line), expected);
        }
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in [
            "pool_size: 20",
            "password = read_password()",
            "password: ${DB_PASSWORD}",
            "token_ttl: 3600",
            "if token == expected:",
            "homepage: https://example.com/@user",
            "secret:",
            "",
        ] {
            assert_eq!(secrets(line), line);
        }
    }

    proptest! {
        #[test]
        fn any_line_is_taken(line in "\\PC{0,80}|(password|token|:|=| |\"|'|://|@|é|\\{){0,12}") {
            let _ = secrets(&line);
        }

        #[test]
        fn a_plain_value_never_survives(value in "[a-zA-Z0-9+/]{4,40}") {
            let hidden = secrets(&format!("client_secret: {value}"));
            prop_assert_eq!(hidden, "client_secret: ***");
        }
    }
}
