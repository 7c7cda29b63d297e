//! Secrets in what people and programs say: titles, messages, commit messages.
//!
//! Prose speaks of tokens and passwords without giving any (`invalid token: expected ')'`, `using
//! password: YES`), so a name alone hides less here than in source: a value that follows `=` at once,
//! one in quotes whose name is in quotes, too, one behind `Bearer`, and what looks like nothing but a
//! secret.

use std::ops::Range;

use super::line::{closing, is_identified, is_of_name, joined, user_information, value_of_option};
use super::looks::{
    is_constant, is_interpolated, is_name, is_opaque, is_prose, says_something, secret_word, word,
};
use super::names::{at_end, names_password, names_secret};
use super::{shapes, without};

/// Values that tell nothing.
const EMPTY: &[&str] = &[
    "none",
    "null",
    "nil",
    "undefined",
    "true",
    "false",
    "yes",
    "no",
    "required",
    "missing",
    "empty",
    "invalid",
    "unset",
    "str",
    "string",
    "filtered",
    "redacted",
];

/// The text with its secrets replaced by `***`.
pub(in crate::report) fn message(text: &str) -> String {
    without(text, &secrets(text))
}

/// Parts of the text that are to be hidden, in their order and apart from each other.
pub(in crate::report) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = user_information(text);
    shapes::secrets(text, &mut found);
    let bytes = text.as_bytes();
    let mut read = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if at < read {
            continue;
        }
        let begins = at == 0 || !is_of_name(bytes[at - 1]);
        let seen = match byte {
            b':' | b'=' => behind_sign(text, at),
            b' ' if at > 0 && is_of_name(bytes[at - 1]) => behind_word(text, at),
            b'-' if begins && bytes.get(at + 1) == Some(&b'-') => behind_option(text, at),
            _ => None,
        };
        if let Some((value, hides)) = seen {
            read = value.end;
            if hides && !value.is_empty() {
                found.push(value);
            }
        }
    }
    joined(found)
}

/// What follows `name=` or `name:`, and whether it is to be hidden.
fn behind_sign(text: &str, sign: usize) -> Option<(Range<usize>, bool)> {
    let (before, rest) = text.split_at(sign);
    let compares = rest.starts_with("==")
        || rest.starts_with("::")
        || rest.starts_with("://")
        || before.ends_with(['=', '!', '<', '>', ':']);
    if compares || !before.ends_with(|c: char| c.is_alphanumeric() || "_-\"' ".contains(c)) {
        return None;
    }
    let key = before.trim_end_matches(['"', '\'', '\\', ' ']);
    let name_quoted = before.trim_end().ends_with(['"', '\'']);
    if !names_secret(at_end(key)) {
        return None;
    }
    let signs = if rest.starts_with("=>") { 2 } else { 1 };
    let behind = rest[signs..].trim_start_matches([' ', '\\']);
    let start = text.len() - behind.len();
    let adjacent = rest.starts_with('=') && start == sign + 1 && !before.ends_with(' ');
    if let Some(quote @ ('"' | '\'')) = behind.chars().next() {
        let value = &behind[1..];
        let end = closing(value, quote);
        let value = &value[..end];
        let tells = says_something(value) && !is_empty(value);
        let given = (name_quoted || rest.starts_with('=')) && !is_prose(value);
        let given = given || is_password(at_end(key), value);
        return Some((start + 1..start + 1 + end, tells && (given || is_opaque(value))));
    }
    let (start, scheme) = scheme(text, start);
    let end = word(&text[start..]);
    let value = &text[start..start + end];
    let tells = says_something(value) && !is_empty(value) && !is_interpolated(value);
    // In `password: hunter (…)`, something else is said of it.
    let behind = text[start + end..].trim_start_matches(['.', '!', ' ']);
    let alone = behind.is_empty() || behind.starts_with([',', ';', ')', '}', '&']);
    let given = scheme || adjacent || alone && is_password(at_end(key), value);
    Some((start..start + end, tells && (given || is_opaque(value))))
}

/// Where the value begins behind `Bearer`, and whether that stands there.
fn scheme(text: &str, start: usize) -> (usize, bool) {
    let found = ["Bearer ", "bearer ", "Basic "].iter().find(|it| text[start..].starts_with(*it));
    (start + found.map_or(0, |it| it.len()), found.is_some())
}

/// What follows `IDENTIFIED BY` or a secret's name and a blank.
fn behind_word(text: &str, space: usize) -> Option<(Range<usize>, bool)> {
    let before = &text[..space];
    let name = at_end(before);
    let by = name.eq_ignore_ascii_case("by") && is_identified(before);
    if !(by || names_secret(name)) {
        return None;
    }
    let start = space + 1;
    if let Some(quote @ ('"' | '\'')) = text[start..].chars().next() {
        let value = &text[start + 1..];
        let end = closing(value, quote);
        let value = &value[..end];
        let given = by || name == "PASSWORD" || is_opaque(value) || is_password(name, value);
        return Some((start + 1..start + 1 + end, given && says_something(value)));
    }
    let length = secret_word(name, &text[start..])?;
    Some((start..start + length, true))
}

/// What follows an option.
fn behind_option(text: &str, dashes: usize) -> Option<(Range<usize>, bool)> {
    let value = value_of_option(text, dashes)?;
    let quoted = text[..value.start].ends_with(['"', '\'']);
    let given = quoted || is_opaque(&text[value.clone()]);
    Some((value, given))
}

/// Whether one word that is told with the name of a password can be that.
fn is_password(name: &str, value: &str) -> bool {
    let word = value.len() >= 4 && !value.contains(char::is_whitespace);
    names_password(name) && word && !is_empty(value) && !is_name(value) && !is_constant(value)
}

fn is_empty(value: &str) -> bool {
    EMPTY.iter().any(|empty| value.eq_ignore_ascii_case(empty))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_messages_tell_is_hidden() {
        for (text, expected) in [
            (
                "OperationalError: postgres://shop:canary@db/shop refused",
                "OperationalError: postgres://***@db/shop refused",
            ),
            ("connect to host=db password=canary failed", "connect to host=db password=*** failed"),
            ("GET /a?token=canary&b=1: 500", "GET /a?token=***&b=1: 500"),
            (
                "bad payload {\"password\": \"canary\", \"a\": 1}",
                "bad payload {\"password\": \"***\", \"a\": 1}",
            ),
            ("parameters: {'password': 'canary'}", "parameters: {'password': '***'}"),
            ("{\\\"token\\\": \\\"canary1x\\\"}", "{\\\"token\\\": \\\"***"),
            ("refused Authorization: Bearer canary", "refused Authorization: Bearer ***"),
            ("no user for token: zq81kcanary", "no user for token: ***"),
            ("invalid token 'zq81kcanary'", "invalid token '***'"),
            ("token zq81kcanary has expired", "token *** has expired"),
            ("ghp_canary0123456789 was refused", "*** was refused"),
            ("CREATE USER a IDENTIFIED BY 'canary'", "CREATE USER a IDENTIFIED BY '***'"),
            ("['serve', '--token', 'canary'] failed", "['serve', '--token', '***'] failed"),
            ("login failed (password: canary)", "login failed (password: ***)"),
            ("Wrong password 'canary'", "Wrong password '***'"),
            ("api_key: \"canary\" was refused", "api_key: \"***\" was refused"),
            ("Rotate API_TOKEN=canary", "Rotate API_TOKEN=***"),
        ] {
            assert_eq!(message(text), expected);
        }
    }

    #[test]
    fn usual_messages_stay() {
        for text in [
            "password authentication failed for user \"rollcall\"",
            "invalid token '<'",
            "KeyError: 'secret_key'",
            "SyntaxError: Unexpected token = in JSON at position 4",
            "SyntaxError: Unexpected token '=' (3:14)",
            "Unexpected token: 'else'",
            "JsonWebTokenError: invalid token: expected ')'",
            "Access denied for user 'shop'@'db' (using password: YES)",
            "TypeError: login() got an unexpected keyword argument 'password'",
            "TypeError: connect() missing 1 required argument: 'token'",
            "ValidationError: {'password': ['This field is required.']}",
            "ValidationError: {\"password\": \"is too short\"}",
            "TokenExpiredError: token: signature has expired",
            "Invalid credentials: please log in again",
            "Missing secret: DB_PASSWORD",
            "AttributeError: 'NoneType' object has no attribute 'token'",
            "TimeoutError: QueuePool limit of size 5 overflow 0 reached",
            "login failed: password=None, token=[Filtered]",
            "unknown option --token for command deploy",
            "TLS: bad certificate for https://db.example:5432/path",
            "CSRF token missing or incorrect",
            "relation \"tokens\" does not exist",
            "Zod: password: Required",
            "Invalid password: must have 8 characters",
            "no such column: password",
            "unknown attribute 'password' for User",
            "mysql: Table 'shop.pass' doesn't exist",
            "No cookie named session2 in the request",
            "Move the token's check into one place",
        ] {
            assert_eq!(message(text), text);
        }
    }

    #[test]
    fn long_messages_take_no_more_than_their_length() {
        for part in
            ["token=", "token='", "token: ''", "token '", "--token ", "by '", "\"token\": \"", ":"]
        {
            let text = part.repeat(100_000 / part.len());
            let started = std::time::Instant::now();
            let _ = message(&text);
            assert!(started.elapsed().as_secs() < 20, "{part}: {:?}", started.elapsed());
        }
    }

    proptest! {
        #[test]
        fn any_message_is_taken(text in "\\PC{0,80}|(password|token|--|:|=| |\"|'|\\\\|://|@|é|\\{){0,12}") {
            let _ = message(&text);
        }
    }
}
