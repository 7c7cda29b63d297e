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
    Hider::default().hide(line)
}

/// Hides the secrets of lines that stand one after the other: a line may name the secret that the
/// next one gives (`- name: SESSION_SECRET`, `value: …`).
#[derive(Debug, Default)]
pub(super) struct Hider {
    /// Whether the last line that gave a name gave that of a secret.
    named: bool,
}

impl Hider {
    /// The line with its secrets replaced by `***`.
    pub(super) fn hide(&mut self, line: &str) -> String {
        self.see(line);
        if line.contains("PRIVATE KEY-----") {
            return HIDDEN.to_owned();
        }
        let line = user_information(line);
        let mut out = String::with_capacity(line.len());
        let mut from = 0;
        while let Some((start, end)) = self.next_secret(&line, from) {
            out.push_str(&line[from..start]);
            out.push_str(HIDDEN);
            from = end;
        }
        out.push_str(&line[from..]);
        out
    }

    /// Takes note of a line that is not shown.
    pub(super) fn see(&mut self, line: &str) {
        let bare = line.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
        let name = ["name", "key"].into_iter().find_map(|word| {
            let rest = bare.trim_start_matches(['"', '\'']).strip_prefix(word)?;
            rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '='])
        });
        if let Some(name) = name {
            let quotes = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',');
            self.named = names_secret(name.trim_matches(quotes));
        }
    }

    /// The range of the first secret behind `from`: the value of a pair or of an option.
    fn next_secret(&self, line: &str, from: usize) -> Option<(usize, usize)> {
        let bytes = line.as_bytes();
        (from..bytes.len())
            .find_map(|at| match bytes[at] {
                b':' | b'=' => self.value_of_pair(line, at),
                b'-' if bytes.get(at + 1) == Some(&b'-') => value_of_option(line, at),
                _ => None,
            })
            .filter(|(start, end)| from <= *start && start < end)
    }

    /// The range of the value in `name: value`, `name = "value"`, `"name" => "value"` when the name is
    /// that of a secret. Only literal values count: in code, `password = read()` shows nothing.
    fn value_of_pair(&self, line: &str, separator: usize) -> Option<(usize, usize)> {
        let sign = &line[separator..];
        let compares = sign.starts_with("==")
            || line[..separator].ends_with(['=', '!', '<', '>', ':'])
            || sign.starts_with("://");
        if compares {
            return None;
        }
        let name = line[..separator].trim_end_matches(['"', '\'', ' ', '?']);
        let last = name
            .rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '.' | '{' | ',' | '('));
        let of_secret = |name: &str| names_secret(name) || self.named && name == "value";
        if !last.into_iter().next().is_some_and(of_secret) {
            return None;
        }
        let arrow = sign.starts_with("=>");
        let signs = |c: char| matches!(c, ':' | '=' | ' ' | '\t') || arrow && c == '>';
        let start = separator + sign.find(|c: char| !signs(c))?;
        let value = line[start..].trim_end();
        match value.chars().next()? {
            quote @ ('"' | '\'') => in_quotes(line, start, quote),
            // What stands behind an arrow is mostly code.
            _ if arrow || value.contains(['(', '[', '{']) || value.starts_with("${") => None,
            _ => Some((start, start + value.len())),
        }
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

/// The range of the value in `--token value` or `"--token", "value"`.
fn value_of_option(line: &str, dashes: usize) -> Option<(usize, usize)> {
    let name = line[dashes..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        .map(|end| &line[dashes..dashes + end])?;
    let behind = dashes + name.len();
    // With `=` it is a pair.
    if !names_secret(name) || line[behind..].starts_with('=') {
        return None;
    }
    let between = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',');
    let start = behind + line[behind..].find(|c: char| !between(c))?;
    let value = &line[start..];
    let end = value.find(|c: char| between(c) || c == ']').unwrap_or(value.len());
    let is_value = !value.starts_with(['-', '$', ']']);
    Some((start, start + end)).filter(|(start, end)| is_value && start < end)
}

/// The range between a quote and the next of its kind.
fn in_quotes(line: &str, quote: usize, sign: char) -> Option<(usize, usize)> {
    let value = line[quote + 1..].trim_end();
    let end = value.find(sign).unwrap_or(value.len());
    Some((quote + 1, quote + 1 + end)).filter(|(start, end)| start < end)
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
            ("x: 1, password: hunter2", "x: 1, password: ***"),
            (
                "connect(host='db', password='hunter2', port=1)",
                "connect(host='db', password='***', port=1)",
            ),
            (
                "{ \"user\": \"ana\", \"token\": \"hunter2\" }",
                "{ \"user\": \"ana\", \"token\": \"***\" }",
            ),
            (":password => 'hunter2',", ":password => '***',"),
            ("serve --redis-pass hunter2 --port 80", "serve --redis-pass *** --port 80"),
            ("command: [\"--api-token\", \"hunter2\"]", "command: [\"--api-token\", \"***\"]"),
        ] {
            assert_eq!(secrets(line), expected);
        }
    }

    #[test]
    fn a_line_names_the_secret_of_the_next() {
        let mut hider = Hider::default();
        let mut hidden = |line| hider.hide(line);
        assert_eq!(hidden("- name: SESSION_SECRET"), "- name: SESSION_SECRET");
        assert_eq!(hidden("  value: hunter2"), "  value: ***");
        assert_eq!(hidden("- name: POOL_SIZE"), "- name: POOL_SIZE");
        assert_eq!(hidden("  value: 20"), "  value: 20");
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in [
            "pool_size: 20",
            "password = read_password()",
            "password: ${DB_PASSWORD}",
            "token_ttl: 3600",
            "if token == expected:",
            "tokens.map(token => token.id)",
            "login --token $TOKEN",
            "login --token",
            "assert token != 'x'",
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
