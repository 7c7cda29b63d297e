//! Secrets in lines of source and configuration, hidden before they are shown.
//!
//! A report travels further than the repository it quotes. What remains readable is the name, so a
//! person sees what changed. Hidden are:
//!
//! * the value that a line gives to a name such as `password` or `api_key`: behind `:`, `=` or an
//!   option, in an element, an object (`{name: A_TOKEN, value: x}`), a call or an index (`literals`);
//! * the value on the lines below such a name: blocks, items, elements, Terraform's `default`
//!   (`around`);
//! * tokens that are known by their form (`ghp_…`), signatures in addresses, passwords of commands,
//!   the user information of an address, the block of a private key (`shapes`);
//! * in a line that names a secret, any string that mixes letters and digits like one (`looks`).
//!
//! Messages are read by stricter rules (`message`), because prose speaks of secrets without giving
//! any.
//!
//! Beyond these forms a name tells a secret, nothing else does: where none stands in the lines at hand
//! (`value: …` that changed without its `name: …`, an argument whose parameter is named elsewhere),
//! the value is shown. Each line takes time in proportion to its length.

mod around;
mod line;
mod literals;
mod looks;
mod message;
mod names;
mod shapes;

use std::ops::Range;

use line::Around;
pub(super) use line::joined;
pub(super) use looks::is_opaque;
pub(super) use message::{message, secrets as in_message};
pub(super) use names::names_secret;

pub(super) const HIDDEN: &str = "***";
/// Lines before and after one that are asked what it holds.
const NEAR: usize = 64;

/// The line with its secrets replaced by `***`.
pub(super) fn secrets(line: &str) -> String {
    without(line, &line::secrets(line, Around::default()))
}

/// The lines `shown` of lines that stand one after the other, with their secrets replaced by `***`:
/// a line may name the secret that another one gives.
pub(super) fn lines(lines: &[&str], shown: Range<usize>) -> Vec<String> {
    let near = near(&shown, lines.len());
    let around = around::all(&lines[near.clone()]);
    let hidden = |at: usize| without(lines[at], &line::secrets(lines[at], around[at - near.start]));
    (shown.start..shown.end.min(lines.len())).map(hidden).collect()
}

/// Where secrets stand in lines that stand one after the other.
pub(super) fn places(lines: &[&str]) -> Vec<Vec<Range<usize>>> {
    let around = around::all(lines);
    lines.iter().zip(around).map(|(line, around)| line::secrets(line, around)).collect()
}

/// The text without the secrets that are known by their form, and user information of addresses:
/// for text that is no line of source and no message.
pub(super) fn forms(text: &str) -> String {
    let mut found = line::user_information(text);
    shapes::secrets(text, &mut found);
    without(text, &joined(found))
}

/// Whether `value` is a secret that one of these lines gives. The value of `Password` in
/// `Password=x;Pool=5` is `x`, though more than it is hidden.
pub(super) fn is_given(lines: &[&str], value: &str) -> bool {
    if value.is_empty() || !lines.iter().any(|line| line.contains(value)) {
        return false;
    }
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    lines.iter().zip(around::all(lines)).any(|(line, around)| {
        let mut hidden = line::secrets(line, around).into_iter();
        hidden.any(|range| line[range].strip_prefix(value).is_some_and(ends))
    })
}

/// Whether `word` stands in these lines, and nowhere but in secrets.
pub(super) fn is_hidden(lines: &[&str], word: &str) -> bool {
    !word.is_empty()
        && lines.iter().any(|line| line.contains(word))
        && !self::lines(lines, 0..lines.len()).iter().any(|line| line.contains(word))
}

fn near(shown: &Range<usize>, all: usize) -> Range<usize> {
    shown.start.saturating_sub(NEAR)..shown.end.saturating_add(NEAR).min(all)
}

pub(super) fn without(line: &str, secrets: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(line.len());
    let mut from = 0;
    for secret in secrets {
        out.push_str(&line[from..secret.start]);
        out.push_str(HIDDEN);
        from = secret.end;
    }
    out.push_str(&line[from..]);
    out
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
            ("DB_PASSWORD_PROD=hunter2", "DB_PASSWORD_PROD=***"),
            ("API_TOKEN_2=hunter2", "API_TOKEN_2=***"),
            ("apiToken2: hunter2", "apiToken2: ***"),
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
    fn values_of_objects_are_hidden_where_their_name_is_a_secrets() {
        for (line, expected) in [
            (
                r#"{"name": "DB_PASSWORD", "value": "hunter2"},"#,
                r#"{"name": "DB_PASSWORD", "value": "***"},"#,
            ),
            (
                r#"{"value":"hunter2","name":"DB_PASSWORD"}"#,
                r#"{"value":"***","name":"DB_PASSWORD"}"#,
            ),
            ("- {name: DB_PASSWORD, value: hunter2}", "- {name: DB_PASSWORD, value: ***}"),
            ("- { key: DbPassword, value: hunter2 }", "- { key: DbPassword, value: *** }"),
            (
                "set { name = \"api.token\", value = 7 }",
                "set { name = \"api.token\", value = *** }",
            ),
            (
                r#"<add key="ApiToken" value="hunter2"/><add key="Size" value="5"/>"#,
                r#"<add key="ApiToken" value="***"/><add key="Size" value="5"/>"#,
            ),
            (
                r#"[{"name": "A_TOKEN", "value": "x"}, {"name": "SIZE", "value": "5"}]"#,
                r#"[{"name": "A_TOKEN", "value": "***"}, {"name": "SIZE", "value": "5"}]"#,
            ),
            (
                r#"[{"name": "SIZE", "value": "5"}, {"name": "A_TOKEN", "value": "x"}]"#,
                r#"[{"name": "SIZE", "value": "5"}, {"name": "A_TOKEN", "value": "***"}]"#,
            ),
            (
                r#"{"ParameterKey": "Secret", "x": {"a": 1}, "ParameterValue": "hunter2"}"#,
                r#"{"ParameterKey": "Secret", "x": {"a": 1}, "ParameterValue": "***"}"#,
            ),
            (r#"{"name": "SIZE", "value": "5"}"#, r#"{"name": "SIZE", "value": "5"}"#),
            ("{password: hunter2, ports: [80]}", "{password: ***, ports: [80]}"),
        ] {
            assert_eq!(secrets(line), expected);
        }
    }

    #[test]
    fn a_secret_is_hidden_to_its_end() {
        for (line, expected) in [
            (r#""password": "hunt\"er2", "a": 1"#, r#""password": "***", "a": 1"#),
            ("password: 'it''s', a: 1", "password: '***', a: 1"),
            ("x: 1, password: hunter2, ports: [80]", "x: 1, password: ***"),
            (r#"login --password "correct horse" now"#, r#"login --password "***" now"#),
            ("ALTER ROLE shop PASSWORD 'hunter2';", "ALTER ROLE shop PASSWORD '***';"),
            ("CREATE USER a IDENTIFIED BY 'hunter2'", "CREATE USER a IDENTIFIED BY '***'"),
            ("<password>hunter2</password>", "<password>***</password>"),
            (
                "<a><entry key=\"ApiToken\">hunter2</entry></a>",
                "<a><entry key=\"ApiToken\">***</entry></a>",
            ),
            (
                "connect(\"host=db password=hunter2\", retries(3))",
                "connect(\"host=db password=***\", retries(3))",
            ),
            ("set('Authorization: Bearer hun(ter2')", "set('Authorization: ***')"),
            ("it's password: hunt'er2", "it's password: ***"),
            (
                r#"a = "{\"password\": \"hunter2\", \"b\": 1}""#,
                r#"a = "{\"password\": ***, \"b\": 1}""#,
            ),
            ("(ADDRESS=(PASSWORD=hunter2))", "(ADDRESS=(PASSWORD=***"),
            ("requirepass hunter2", "requirepass ***"),
            ("ENV API_TOKEN hunter2", "ENV API_TOKEN ***"),
            ("url: ${DB_PASSWORD:-hunter2}", "url: ${DB_PASSWORD:***"),
            ("https://token:hunter2@host/path", "https://***@host/path"),
        ] {
            assert_eq!(secrets(line), expected);
        }
    }

    #[test]
    fn lines_tell_the_secrets_of_others() {
        for text in [
            "- name: SESSION_SECRET\n  value: *",
            "- name: A\n  value: 5\n- name: A_TOKEN\n  value: *\n- name: B\n  value: 5",
            "- value: 5\n  name: A\n- value: *\n  name: A_TOKEN",
            "{\n\"value\": \"5\",\n\"name\": \"A\"\n},\n{\n\"value\": \"*\",\n\"name\": \"A_TOKEN\"\n}",
            "- {name: A_TOKEN, value: *}\n- {name: A, value: 5}",
            "args:\n  - --api-token\n  - *\n  - --size\n  - 5",
            "args: [\n  \"--api-token\",\n  \"*\",\n  \"--size\",\n  \"5\"]",
            "- --api-token\n- --size\n- 5",
        ] {
            let given = text.replace('*', "hunter2");
            let given: Vec<&str> = given.lines().collect();
            let expected = text.replace('*', HIDDEN);
            assert_eq!(lines(&given, 0..given.len()).join("\n"), expected);
            // What is not shown counts, too.
            for (at, line) in expected.lines().enumerate() {
                assert_eq!(lines(&given, at..at + 1), [line]);
            }
            assert_eq!(is_given(&given, "hunter2"), text.contains('*'));
            assert_eq!(is_hidden(&given, "hunter"), text.contains('*'));
            assert!(!is_hidden(&given, "name") && !is_hidden(&given, "5"));
            assert!(!is_given(&given, "5") && !is_given(&given, "") && !is_given(&given, "hunter"));
        }
    }

    #[test]
    fn the_block_of_a_private_key_is_hidden() {
        let block =
            "a: |\n  -----BEGIN PRIVATE KEY-----\n  MIIE\n  -----END PRIVATE KEY-----\nb: 1";
        let block: Vec<&str> = block.lines().collect();
        assert_eq!(lines(&block, 0..9), ["a: |", HIDDEN, HIDDEN, HIDDEN, "b: 1"]);
        assert_eq!(lines(&block[2..], 0..3), [HIDDEN, HIDDEN, "b: 1"], "begun outside");
        assert_eq!(lines(&block[..3], 0..3), ["a: |", HIDDEN, HIDDEN], "ended outside");
        let code =
            ["\"-----BEGIN EC PRIVATE KEY-----\\n\"", "+ \"MHcC+/=\\n\"", "// no key", "MHcC"];
        assert_eq!(lines(&code, 0..9), [HIDDEN, HIDDEN, "// no key", "MHcC"]);
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
            "raise Denied(\"no such token \" + name)",
            "password string",
            "fn next(tokens: Vec<Token>) -> Option<Token> {",
            "self.push(Token::Comma)",
            "fn connect(token: &str, host: &str) -> Result<Self, Error> {",
            "connect(host, password=given, port=port)",
            "log(\"token: {token}, password=\" + password)",
            "name: pool, value: 5",
            "tags: {name: a, value: b}",
        ] {
            assert_eq!(secrets(line), line);
        }
    }

    #[test]
    fn long_lines_take_no_more_than_their_length() {
        for part in [
            "password=(",
            "password={",
            "{password=x,",
            "{password=(",
            "password=",
            "://a@:",
            "://token:",
            "a--b",
            "--",
            "by ",
            "name:",
            "name=\"",
            "token '",
            ":",
            "= ",
            "\"",
            "{name: x}, {",
            "value: ",
            "} {",
            "token(\"",
            "token, '\\'",
            "token = \"x\" or ",
            "password '",
            "eyJ.",
            "ghp_",
            "a:b@tcp(",
            "curl -u ",
            "mysql -p",
            "?sig=",
        ] {
            let line = part.repeat(100_000 / part.len());
            let in_string = format!("\"{line}");
            let started = std::time::Instant::now();
            let _ = lines(&[&line, &in_string], 0..2);
            assert!(started.elapsed().as_secs() < 20, "{part}: {:?}", started.elapsed());
        }
    }

    proptest! {
        #[test]
        fn any_line_is_taken(line in "\\PC{0,80}|(password|token|:|=| |\"|'|`|,|\\(|\\||://|@|é|\\{){0,12}") {
            let _ = secrets(&line);
        }

        #[test]
        fn any_lines_are_taken(
            text in "(name|value|key|token|:|=| |\"|'|\\\\|--|- |\\{|\\}|\n|é|-----(BEGIN|END) PRIVATE KEY-----){0,24}",
            from in 0_usize..6,
        ) {
            let all: Vec<&str> = text.lines().collect();
            let shown = lines(&all, from..from + 3);
            prop_assert_eq!(shown.len(), all.len().saturating_sub(from).min(3));
        }

        #[test]
        fn a_named_value_never_survives(
            value in "[a-zA-Z0-9+/]{4,40}",
            form in prop::sample::select(vec![
                r#"{"name": "A_SECRET", "value": "*"}"#,
                r#"{"value": "*", "name": "A_SECRET"}, {"name": "b", "value": "c"}"#,
                "- {name: A_SECRET, value: *, more: [1, 2]}",
                "- key: A_SECRET\n  note: {a: b}\n  value: '*'",
            ]),
        ) {
            let text = form.replace('*', &format!("~{value}"));
            let all: Vec<&str> = text.lines().collect();
            let shown = lines(&all, 0..all.len()).join("\n");
            prop_assert!(!shown.contains(&format!("~{value}")), "{}", shown);
        }

        #[test]
        fn a_plain_value_never_survives(value in "[a-zA-Z0-9+/]{4,40}") {
            let hidden = secrets(&format!("client_secret: {value}"));
            prop_assert_eq!(hidden, "client_secret: ***");
        }
    }
}
