//! Names that make a value a secret.

/// Words that such a name ends in.
const ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "_pw",
    "_pass",
    "-pass",
    "requirepass",
    "masterauth",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "private_key",
    "privatekey",
    "access_key",
    "accesskey",
    "account_key",
    "accountkey",
    "auth_key",
    "authkey",
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

/// Keys under which an object gives the name of what it holds.
const GIVING: &[&str] = &["name", "key", "parameterkey"];
/// Keys under which such an object gives the value.
const GIVEN: &[&str] = &["value", "parametervalue"];
/// Keys under which it gives what stands in for the value.
const STANDING_IN: &[&str] = &["default", "defaultvalue", "fallback"];

/// Longest name that is looked at, in bytes.
const LONGEST: usize = 100;

/// Whether a name, whatever stands in front of it, is that of a secret.
pub(in crate::report) fn names_secret(name: &str) -> bool {
    let name = unnumbered(name);
    // The key of a variable opens something; that of a table or cache is a name, in small letters.
    let Some(last) = name.bytes().next_back().map(|last| last.to_ascii_lowercase()) else {
        return false;
    };
    let ends = |ending: &str| {
        ending.ends_with(char::from(last))
            && name.len().checked_sub(ending.len()).is_some_and(|start| {
                name.as_bytes()[start..].eq_ignore_ascii_case(ending.as_bytes())
            })
    };
    name.ends_with("_KEY") || is_pass(name) || ENDINGS.iter().any(|ending| ends(ending))
}

/// The name without what tells it from its like: `TOKEN_2`, `DB_PASSWORD_PROD`.
fn unnumbered(name: &str) -> &str {
    const LIKE: &[&str] =
        &["prod", "production", "staging", "dev", "test", "live", "old", "new", "value"];
    let digits = |c: char| c.is_ascii_digit();
    let parts = name.rsplit_once(['_', '-']);
    let like = |part: &str| LIKE.iter().any(|like| part.eq_ignore_ascii_case(like));
    let name = parts.filter(|(_, part)| like(part)).map_or(name, |(before, _)| before);
    name.trim_end_matches(digits).trim_end_matches(['_', '-'])
}

/// Whether of the names of secrets it is one of which prose says little but the value.
pub(super) fn names_password(name: &str) -> bool {
    const ENDINGS: &[&str] =
        &["password", "passwd", "passphrase", "passcode", "pwd", "apikey", "api_key", "secret_key"];
    let lower = last(name).to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// Whether it is `pass`, alone or as the last word of `smtpPass` or `smtp.pass`.
fn is_pass(name: &str) -> bool {
    let before = match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
        Some((before, end)) if end.eq_ignore_ascii_case("pass") => before,
        _ => return false,
    };
    let hump = name.ends_with("Pass") && before.ends_with(|c: char| c.is_ascii_lowercase());
    hump || !before.ends_with(char::is_alphanumeric)
}

/// Whether it is the key of an object's name.
pub(super) fn gives_name(key: &str) -> bool {
    GIVING.iter().any(|giving| key.eq_ignore_ascii_case(giving))
}

/// Whether it is the key of an object's value.
pub(super) fn gives_value(key: &str) -> bool {
    GIVEN.iter().any(|given| key.eq_ignore_ascii_case(given)) || stands_in(key)
}

/// Whether it is the key of what stands in for a value that is not given.
pub(super) fn stands_in(key: &str) -> bool {
    STANDING_IN.iter().any(|given| key.eq_ignore_ascii_case(given))
}

/// The name that `text` ends in.
pub(super) fn at_end(text: &str) -> &str {
    let between =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '.' | '{' | '<' | ',' | '(');
    let text = last(text.trim_end_matches(['"', '\'', '\\', ' ', '?']));
    text.rsplit(between).next().unwrap_or(text)
}

/// The end of a text, as long as a name may be.
fn last(text: &str) -> &str {
    let start = text.len().saturating_sub(LONGEST);
    (start..text.len()).find_map(|at| text.get(at..)).unwrap_or_default()
}
