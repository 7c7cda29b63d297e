//! Strings that a line gives to the name of a secret in another way than `name = "value"`.
//!
//! `ENV['API_TOKEN'] = 'x'`, `define('DB_PASSWORD', 'x')`, `os.getenv("PASSWORD", "x")`,
//! `set_password("x")`, `var token string = "x"`, `token = read() or "x"`.

use std::ops::Range;

use super::looks::{is_interpolated, is_name, is_opaque, is_prose, says_something};
use super::names::{gives_name, names_secret, stands_in};

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'l> {
    /// A run of letters, digits, `_` and `$`.
    Word(&'l str),
    /// What stands in quotes.
    Literal(&'l str, usize),
    Sign(u8),
}

impl Token<'_> {
    fn is(self, sign: u8) -> bool {
        self == Token::Sign(sign)
    }

    /// Whether it says that secrets are near, of which only what looks like one is hidden.
    fn hints(self) -> bool {
        const SEVERAL: &[&str] = &["passwords", "secrets", "tokens", "api_keys", "apikeys"];
        let Token::Word(word) = self else { return false };
        let several = |it: &&str| {
            let start = word.len().checked_sub(it.len());
            start.is_some_and(|at| word.as_bytes()[at..].eq_ignore_ascii_case(it.as_bytes()))
        };
        word == "auth" || authenticates(word) || SEVERAL.iter().any(several)
    }

    fn assigns(self) -> bool {
        matches!(self, Token::Sign(b':' | b'='))
    }

    fn is_key(self) -> bool {
        matches!(self, Token::Word(key) | Token::Literal(key, _) if gives_name(key))
    }

    /// Whether it names a secret: a word of the program, or a literal that is a name.
    fn names(self) -> bool {
        match self {
            Token::Word(word) => names_secret(word),
            Token::Literal(text, _) => is_name(text),
            Token::Sign(_) => false,
        }
    }
}

/// Adds the strings that are given to names of secrets. `begins` says that the line before names one
/// to which the first string of this line is given.
pub(super) fn values(line: &str, begins: bool, found: &mut Vec<Range<usize>>) {
    if !line.contains(['"', '\'', '`']) {
        return;
    }
    let tokens = tokens(line);
    let named = tokens.iter().any(|token| token.names() || token.hints());
    if !(named || begins) {
        return;
    }
    // What objects give that name themselves is known better where they are read.
    let objects = tokens.windows(3).any(|of| of[0].is_key() && of[1..].iter().any(|t| t.assigns()));
    let mut earlier = false;
    // The calls that are open, and whether a secret is made or taken by each.
    let mut calls: Vec<bool> = Vec::new();
    // The last string that was hidden.
    let mut hidden = None;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            Token::Sign(b'(') => calls.push(takes_secrets(&tokens[..at])),
            Token::Sign(b')') => drop(calls.pop()),
            Token::Literal(text, start) => {
                let is_word = |token: &Token<'_>| matches!(token, Token::Word(_));
                let first = begins && at < 3 && !tokens[..at].iter().any(is_word);
                let joined = hidden.is_some_and(|before| at == before + 2)
                    && (tokens[at - 1].is(b'+') || tokens[at - 1].is(b'.'));
                let own = calls.last().is_some_and(|takes| *takes) && !is_prose(text);
                let seems = named && is_opaque(text) || own;
                let given = first
                    || joined
                    || is_given(&tokens, at, text, earlier && !objects)
                    || seems && !is_name(text) && !has_name(&tokens, at);
                // In prose, back quotes mark names.
                let given = given && (!line[..start].ends_with('`') || is_assigned(&tokens, at));
                if given && says_something(text) && !is_interpolated(text) {
                    found.push(start..start + text.len());
                    hidden = Some(at);
                }
            }
            _ => {}
        }
        earlier |= token.names();
    }
}

/// Whether a parenthesis opens a call that makes or takes a secret: `AccessToken(`, `basic_auth(`,
/// or the pair of `auth=(`.
fn takes_secrets(before: &[Token<'_>]) -> bool {
    match before {
        [.., Token::Word("auth"), Token::Sign(b'=')] => true,
        [.., Token::Word(name)] => names_secret(name) || authenticates(name),
        _ => false,
    }
}

/// Whether a function takes what a login needs.
fn authenticates(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["basicauth", "basic_auth", "digestauth", "bearerauth", "bearer_auth"]
        .iter()
        .any(|ending| lower.ends_with(ending))
}

/// How a literal is tied to what stands before it.
#[derive(Default)]
struct Tie {
    assigned: bool,
    compared: bool,
    called: bool,
    commas: usize,
    /// Behind `or`, `||` and the like: it stands in where nothing else is given.
    instead: bool,
}

/// Whether the literal is given to the name of a secret; `earlier`: one stands somewhere before it.
fn is_given(tokens: &[Token<'_>], at: usize, text: &str, earlier: bool) -> bool {
    let (tie, before) = tie(tokens, at);
    let Some(before) = before.map(|before| (before, tokens[before])) else { return false };
    let (place, name) = before;
    if tie.compared {
        return name.names() && is_opaque(text);
    }
    match name {
        Token::Word(key) | Token::Literal(key, _)
            if tie.assigned && tie.commas == 0 && stands_in(key) =>
        {
            earlier
        }
        _ if tie.commas == 0 && tie.assigned && !tie.called => name.names(),
        Token::Word(_) if tie.commas == 0 && tie.called && name.names() => !is_prose(text),
        _ if tie.instead && tie.commas == 0 => earlier && !is_prose(text),
        Token::Literal(..) if tie.commas == 1 && !tie.assigned => {
            let callee = callee(tokens, place);
            let looks_up = callee.is_some_and(is_lookup);
            let set = name.names() && (callee.is_some() || is_pair(tokens, place, at));
            (set || earlier && looks_up) && (looks_up || !is_prose(text) && !is_name(text))
        }
        // A symbol: `set :db_password, 'x'`.
        Token::Word(_) if tie.commas == 1 && place > 0 && tokens[place - 1].is(b':') => {
            name.names() && !is_prose(text)
        }
        _ => false,
    }
}

/// Goes back from a literal over signs and types to the word or literal that it belongs to.
fn tie(tokens: &[Token<'_>], at: usize) -> (Tie, Option<usize>) {
    let mut tie = Tie::default();
    let mut place = at;
    while let Some(before) = place.checked_sub(1) {
        let next_is = |sign| tokens.get(place).is_some_and(|next| next.is(sign));
        match tokens[before] {
            Token::Sign(b'=') if next_is(b'=') => tie.compared = true,
            Token::Sign(b'!') if next_is(b'=') => tie.compared = true,
            Token::Sign(b'<') if next_is(b'=') => tie.compared = true,
            Token::Sign(b'=') => tie.assigned = true,
            Token::Sign(b':') if next_is(b':') => return (tie, None),
            Token::Sign(b':') if tie.commas == 0 => tie.assigned = true,
            Token::Sign(b',') => tie.commas += 1,
            Token::Sign(b'-') if before > 0 && tokens[before - 1].is(b'<') => tie.assigned = true,
            Token::Sign(b'<') if next_is(b'-') => tie.assigned = true,
            Token::Sign(b'(' | b'{') => tie.called = true,
            Token::Sign(b'|' | b'?') => tie.instead = true,
            Token::Sign(b'>' | b'[' | b']' | b')' | b'+' | b'.' | b'*' | b'&') => {}
            Token::Word("or" | "else") => tie.instead = true,
            Token::Word(word) if is_filler(word) => {}
            Token::Sign(_) => return (tie, None),
            Token::Word(_) | Token::Literal(..) => return (tie, Some(before)),
        }
        place = before;
    }
    (tie, None)
}

/// Whether a literal is the value of a secret's name: `` token: `x` ``.
fn is_assigned(tokens: &[Token<'_>], at: usize) -> bool {
    let (tie, name) = tie(tokens, at);
    tie.assigned && tie.commas == 0 && name.is_some_and(|name| tokens[name].names())
}

/// Whether a literal has a name of its own (`region="x"`, `"region": "x"`) or is one.
fn has_name(tokens: &[Token<'_>], at: usize) -> bool {
    let (tie, name) = tie(tokens, at);
    let other = |name: usize| !tokens[name].names() && !tokens[name].hints();
    let is_key = tokens.get(at + 1).is_some_and(|next| next.is(b':'));
    let named = tie.assigned && !tie.compared && tie.commas == 0 && !tie.called;
    is_key || named && name.is_some_and(other)
}

/// The function of which the token at `first` is the first argument.
fn callee<'l>(tokens: &[Token<'l>], first: usize) -> Option<&'l str> {
    match tokens.get(first.checked_sub(2)?..first)? {
        [Token::Word(name), Token::Sign(b'(' | b'[')] => Some(name),
        _ => None,
    }
}

/// Whether both stand alone in braces or parentheses: `{"DB_PASSWORD", "x"}`.
fn is_pair(tokens: &[Token<'_>], name: usize, value: usize) -> bool {
    let opens = name.checked_sub(1).map(|at| tokens[at]);
    let closes = tokens.get(value + 1);
    matches!(
        (opens, closes),
        (Some(Token::Sign(b'{')), Some(Token::Sign(b'}')))
            | (Some(Token::Sign(b'(')), Some(Token::Sign(b')')))
    )
}

/// Whether a function takes the name of a setting and what is to be its value, or stands in for it.
fn is_lookup(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "env", "get", "fetch", "config", "environ", "default", "define", "property", "setting",
        "set", "put", "option", "variable",
    ];
    let lower = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// Types, modifiers and prefixes of strings, which stand between a name and its value.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "string"
            | "String"
            | "str"
            | "char"
            | "text"
            | "varchar"
            | "const"
            | "byte"
            | "bytes"
            | "new"
            | "b"
            | "r"
            | "f"
            | "u"
            | "rb"
            | "br"
            | "secure"
            | "final"
            | "static"
    )
}

/// The parts of a line.
fn tokens(line: &str) -> Vec<Token<'_>> {
    let bytes = line.as_bytes();
    let of_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$') || !b.is_ascii();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let quote = matches!(byte, b'"' | b'\'' | b'`');
        if of_word(byte) {
            let end = bytes[at..].iter().position(|b| !of_word(b)).map_or(bytes.len(), |n| at + n);
            tokens.push(Token::Word(&line[at..end]));
            at = end;
        } else if quote && !is_apostrophe(&tokens, &line[..at], *byte) {
            let start = at + 1;
            let end = start + super::line::closing(&line[start..], char::from(*byte));
            tokens.push(Token::Literal(&line[start..end], start));
            at = end + 1;
        } else {
            if !byte.is_ascii_whitespace() {
                tokens.push(Token::Sign(*byte));
            }
            at += 1;
        }
    }
    tokens
}

/// Whether a quote stands within a word: `it's`, but not `b'x'`.
fn is_apostrophe(tokens: &[Token<'_>], before: &str, quote: u8) -> bool {
    let word = before.ends_with(|c: char| c.is_alphanumeric());
    let prefix = matches!(tokens.last(), Some(Token::Word(word)) if is_filler(word));
    quote == b'\'' && word && !prefix
}

#[cfg(test)]
mod tests {
    use crate::report::mask::{lines, secrets};

    #[test]
    fn strings_are_given_in_many_ways() {
        for (line, expected) in [
            ("ENV['API_TOKEN'] = 'x'", "ENV['API_TOKEN'] = '***'"),
            ("os.environ[\"API_TOKEN\"] = \"x y\"", "os.environ[\"API_TOKEN\"] = \"***\""),
            ("define('DB_PASSWORD','x')", "define('DB_PASSWORD','***')"),
            ("define('DB_PASSWORD', 'correct horse');", "define('DB_PASSWORD', '***');"),
            ("os.getenv(\"PASSWORD\", \"x\")", "os.getenv(\"PASSWORD\", \"***\")"),
            ("getenv(\"PASSWORD\", default=\"x\")", "getenv(\"PASSWORD\", default=\"***\")"),
            ("'password' => env('X','x'),", "'password' => env('X','***'),"),
            ("'password' => env('DB_PASSWORD', 'x'),", "'password' => env('DB_PASSWORD', '***'),"),
            ("set_password(\"x\")", "set_password(\"***\")"),
            ("client.setToken('x')", "client.setToken('***')"),
            ("var token string = \"x\"", "var token string = \"***\""),
            ("char password[] = \"x\";", "char password[] = \"***\";"),
            ("char *password = \"x\";", "char *password = \"***\";"),
            ("password ||= 'x'", "password ||= '***'"),
            ("const pass = env().PASS || 'x'", "const pass = env().PASS || '***'"),
            (
                "password = os.environ.get(\"A\") or \"x\"",
                "password = os.environ.get(\"A\") or \"***\"",
            ),
            (
                "let t = std::env::var(\"API_TOKEN\").unwrap_or(\"q7w8e9r0\")",
                "let t = std::env::var(\"API_TOKEN\").unwrap_or(\"***\")",
            ),
            ("{\"DB_PASSWORD\", \"x\"},", "{\"DB_PASSWORD\", \"***\"},"),
            ("(\"API_TOKEN\", \"x\"),", "(\"API_TOKEN\", \"***\"),"),
            ("set :db_password, 'x'", "set :db_password, '***'"),
            ("if password == 'hunter2':", "if password == '***':"),
            (
                "variable \"db_password\" { default = \"x\" }",
                "variable \"db_password\" { default = \"***\" }",
            ),
            (
                "login(\"ana\", \"hunter2x\") # the password",
                "login(\"ana\", \"***\") # the password",
            ),
            ("password = 'hunter' + 'xyz'", "password = '***' + '***'"),
            ("NetworkCredential(\"ana\", \"xyz\")", "NetworkCredential(\"***\", \"***\")"),
            ("get(url, auth=(\"ana\", \"xyz\"))", "get(url, auth=(\"***\", \"***\"))"),
            ("req.SetBasicAuth(\"ana\", \"xyz\")", "req.SetBasicAuth(\"***\", \"***\")"),
            ("x.header(\"Authorization\", \"Bearer xyz\")", "x.header(\"Authorization\", \"***\")"),
            ("tokens = [\"q1w2e3r4\", \"abc\"]", "tokens = [\"***\", \"abc\"]"),
            ("token <- \"xyz\"", "token <- \"***\""),
            ("std::string password{\"xyz\"};", "std::string password{\"***\"};"),
            ("var jwtSecret = []byte(\"xyz\")", "var jwtSecret = []byte(\"***\")"),
            (
                "builder.withPassword(\"xyz\".toCharArray())",
                "builder.withPassword(\"***\".toCharArray())",
            ),
            ("@Value(\"${db.password:xyz}\")", "@Value(\"${db.password:***\")"),
            ("// token zq81kx77w expires", "// token *** expires"),
            ("param dbPassword string = 'x'", "param dbPassword string = '***'"),
        ] {
            assert_eq!(secrets(line), expected);
        }
    }

    #[test]
    fn strings_of_the_next_line_are_given() {
        for (text, expected) in [
            ("{\"password\":\n \"x\"}", "{\"password\":\n \"***\"}"),
            ("API_TOKEN =\n    \"x\"", "API_TOKEN =\n    \"***\""),
            ("API_TOKEN = (\n    \"x\"\n)", "API_TOKEN = (\n    \"***\"\n)"),
            ("set_password(\n    \"x\",\n)", "set_password(\n    \"***\",\n)"),
            (
                "os.getenv(\n  \"API_TOKEN\",\n  \"x\",\n)",
                "os.getenv(\n  \"API_TOKEN\",\n  \"***\",\n)",
            ),
            (
                "names = [\n  \"token\",\n  \"email\",\n]",
                "names = [\n  \"token\",\n  \"email\",\n]",
            ),
        ] {
            let given: Vec<&str> = text.lines().collect();
            assert_eq!(lines(&given, 0..given.len()).join("\n"), expected);
        }
    }

    #[test]
    fn other_strings_stay() {
        for line in [
            "connect(password=given, host=\"db\")",
            "password = input(\"Enter password: \")",
            "token = request.headers.get(\"X-Auth\")",
            "errors.add(\"password\", \"is too short\")",
            "raise InvalidToken(\"no such user\")",
            "FILTERED = [\"password\", \"token\", \"email\"]",
            "assert token != 'x'",
            "if token == \"else\":",
            "password = settings[\"db\"][\"password\"]",
            "open(\"/etc/token\", \"rb\")",
            "<input type=\"password\" name=\"pw\" class=\"form-control\">",
            "token = vault.read(\"secret/data/db\", region=\"us-east-1\")",
            "it's the user's token",
            "you can pass `a=True` or `b=True`",
            "kinds = ('access_token', 'refresh_token')",
            "# First pass: find the longest",
            "token = None",
            "connect(user, password=None, ssl=None)",
        ] {
            assert_eq!(secrets(line), line);
        }
    }
}
