//! What lines that stand one after the other say of each other.

use super::line::{Around, awaits, named};
use super::looks::{is_name, may_name};
use super::names::{at_end, names_secret};

const BEGIN: &str = "-----BEGIN";
const END: &str = "-----END";
const KEY: &str = "PRIVATE KEY-----";

/// What each line is to the others.
pub(super) fn all(lines: &[&str]) -> Vec<Around> {
    let mut all = vec![Around::default(); lines.len()];
    // Most say nothing of each other.
    if !lines.iter().any(|line| may_name(line)) {
        return all;
    }
    let named: Vec<Option<bool>> = lines.iter().map(|line| named(line)).collect();
    names_before(&named, &mut all);
    names_after(lines, &named, &mut all);
    for at in 1..lines.len() {
        all[at].awaited = awaits(lines[at - 1]);
        all[at].login = lines[at - 1].trim_start().starts_with("login ");
    }
    below(lines, &mut all);
    keys(lines, &mut all);
    all
}

/// What the end of a line opens for the lines below.
enum Opened {
    /// `password: |`: every deeper line is of the value.
    Block,
    /// `password:`: the next line is the value, if it is one.
    Next,
    /// `set_password(`, `API_TOKEN =`: if the next line begins with a string, that is the value.
    Begins,
    /// `variable "db_password" {`, `db_password:`: what is called a value there is one.
    Object,
    /// `<password>`: the next line is the value.
    Element,
}

/// What lines give to a secret that a line above names.
fn below(lines: &[&str], all: &mut [Around]) {
    // How deep the line stands that opened the innermost block and the outermost object.
    let (mut block, mut object): (Option<usize>, Option<usize>) = (None, None);
    let mut next: Option<(Opened, usize)> = None;
    for (at, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let depth = depth(line);
        block = block.filter(|opened| depth > *opened);
        object = object.filter(|opened| depth > *opened);
        all[at].whole |= block.is_some();
        all[at].named |= object.is_some();
        if block.is_some() {
            continue;
        }
        match next.take() {
            Some((Opened::Next, opened)) if is_item(line) && depth >= opened => {
                all[at].whole |= is_value(line);
                next = Some((Opened::Next, opened));
            }
            Some((Opened::Next, opened)) => {
                all[at].begins = true;
                let quoted = line.trim_start().starts_with(['"', '\'']);
                all[at].whole |= depth > opened && !quoted && is_value(line);
            }
            Some((Opened::Begins, _)) => all[at].begins = true,
            Some((Opened::Element, _)) => all[at].whole |= !line.trim_start().starts_with('<'),
            _ => {}
        }
        if !may_name(line) {
            continue;
        }
        match opened(line, at.checked_sub(1).map(|before| lines[before])) {
            Some(Opened::Block) => block = Some(depth),
            Some(Opened::Object) => object = object.or(Some(depth)),
            Some(Opened::Next) => {
                object = object.or(Some(depth));
                next = Some((Opened::Next, depth));
            }
            Some(opened) => next = Some((opened, depth)),
            None => {}
        }
    }
}

fn opened(line: &str, before: Option<&str>) -> Option<Opened> {
    let text = line.trim_end().trim_end_matches('\\').trim_end();
    let (rest, last) = text.char_indices().next_back().map(|(at, last)| (&text[..at], last))?;
    match last {
        ':' => {
            let key = rest.trim_start().trim_start_matches("- ");
            let alone = !key.trim().contains([' ', '(', '\t']) && names_secret(at_end(rest));
            alone.then_some(Opened::Next)
        }
        '=' if !rest.ends_with(['=', '!', '<', '>']) => {
            names_secret(at_end(rest)).then_some(Opened::Begins)
        }
        '(' => {
            let name = rest.trim_end().trim_end_matches(['=', ':', ' ']);
            names_secret(at_end(name)).then_some(Opened::Begins)
        }
        ',' => {
            let argument = rest.trim().trim_matches(['"', '\'']);
            let quoted = argument.len() < rest.trim().len() && is_name(argument);
            let called = before.is_some_and(|before| {
                let callee = before.trim_end().strip_suffix('(').unwrap_or_default();
                callee.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            });
            (quoted && called).then_some(Opened::Begins)
        }
        '{' => is_head(rest).then_some(Opened::Object),
        '>' if rest.ends_with('=') => {
            names_secret(at_end(rest.trim_end_matches('='))).then_some(Opened::Begins)
        }
        '>' if !rest.ends_with('/') && rest.contains('<') => {
            let closing = rest.rfind('<').is_some_and(|at| rest[at..].starts_with("</"));
            (!closing && names_secret(at_end(rest))).then_some(Opened::Element)
        }
        _ => {
            // `|`, `>-`, `|2`: a block of text.
            let marks = |c: char| matches!(c, '+' | '-') || c.is_ascii_digit();
            let key = text.trim_end_matches(marks).strip_suffix(['|', '>'])?.trim_end();
            let key = key.strip_suffix([':', '='])?;
            names_secret(at_end(key)).then_some(Opened::Block)
        }
    }
    .or_else(|| {
        let key = text.strip_suffix(['|', '>'])?.trim_end().strip_suffix(':')?;
        names_secret(at_end(key)).then_some(Opened::Block)
    })
}

/// Whether what stands before `{` names a secret: `"db_password": `, `variable "db_password" `.
pub(super) fn is_head(before: &str) -> bool {
    names_secret(at_end(before.trim_end_matches([':', '=', ' '])))
}

/// Columns of white space that a line begins with.
fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_item(line: &str) -> bool {
    line.trim_start().starts_with("- ")
}

/// Whether a line below a key is a plain value, not another key nor code.
fn is_value(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches("- ").trim();
    let quoted = text.starts_with(['"', '\'']);
    let key = text.ends_with(':') || text.contains(": ") || text.contains(['=', '{', '(', '[']);
    let sign = text.starts_with(['#', '$', '}', ']', ')', '<', '&', '*', '!', '-', '.', '/']);
    if quoted { !text.contains(':') } else { !key && !sign && !is_name(text.trim_end_matches(',')) }
}

/// A line may name the secret that a later one gives (`- name: SESSION_SECRET`, `value: …`). The last
/// name counts, as far away as it stands.
fn names_before(named: &[Option<bool>], all: &mut [Around]) {
    let mut secret = false;
    for (named, around) in named.iter().zip(all) {
        around.named |= secret;
        secret = named.unwrap_or(secret);
    }
}

/// A line may name the secret that an earlier one of the same object has given.
fn names_after(lines: &[&str], named: &[Option<bool>], all: &mut [Around]) {
    let mut secret = false;
    for ((line, named), around) in lines.iter().zip(named).zip(all).rev() {
        around.named |= secret;
        let line = line.trim_start();
        let begins = line.starts_with(['-', '{', '}', '[', ']']) || line.ends_with('{');
        secret = !begins && named.unwrap_or(secret);
    }
}

/// The lines of a private key, which may begin or end outside of these.
fn keys(lines: &[&str], all: &mut [Around]) {
    let mut inside = false;
    for (line, around) in lines.iter().zip(all.iter_mut()) {
        inside = if line.contains(KEY) { !line.contains(END) } else { inside && is_of_key(line) };
        around.in_key |= inside;
    }
    inside = false;
    for (line, around) in lines.iter().zip(all).rev() {
        inside = if line.contains(KEY) { !line.contains(BEGIN) } else { inside && is_of_key(line) };
        around.in_key |= inside;
    }
}

/// Whether a line may stand within a private key: base64, perhaps in quotes, or a header.
fn is_of_key(line: &str) -> bool {
    let text = line.trim_matches(|c: char| c.is_whitespace() || "\"'+,;#".contains(c));
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=\\".contains(&b))
        || text.starts_with("Proc-Type:")
        || text.starts_with("DEK-Info:")
}

#[cfg(test)]
mod tests {
    use crate::report::mask::lines;

    fn hidden(text: &str) -> String {
        let given: Vec<&str> = text.lines().collect();
        lines(&given, 0..given.len()).join("\n")
    }

    #[test]
    fn values_stand_below_their_names() {
        for text in [
            "password: |\n  *\n  *\nsize: 5",
            "a:\n  - password: >-\n      *\n  - size: 5",
            "key: 1\nAPI_TOKEN: |2\n    *\n\n    *\nsize: 5",
            "password:\n  *\nsize: 5",
            "password:\n  \"*\"\nsize: 5",
            "api_key:\n  - *\n  - *\nsize: 5",
            "<password>\n  *\n</password>\n<size>\n  5\n</size>",
            "<entry key=\"db.password\">\n  *\n</entry>",
            "variable \"db_password\" {\n  type = string\n  default = \"*\"\n}\nx = 5",
            "variable \"size\" {\n  default = \"5\"\n}",
            "DbPassword:\n  Type: String\n  Default: *\nSize:\n  Default: 5",
            "\"adminPassword\": {\n  \"defaultValue\": \"*\"\n}",
            "stringData:\n  pass: *\n  user: shop",
            "machine db login shop password *",
            "machine db\n  login shop\n  password *",
        ] {
            assert_eq!(hidden(&text.replace('*', "hunter")), text.replace('*', "***"));
        }
    }

    #[test]
    fn what_is_no_value_stays_below_names() {
        for text in [
            "if token:\n    call(token)",
            "for token in tokens:\n    yield token",
            "class Token:\n    size = 5",
            "credentials:\n  username: shop\n  size: 5",
            "secret:\n  secretName: shop-tls",
            "def set(self, password):\n    save()",
            "match token {\n    A => 5,\n}",
            "password:\n  valueFrom:\n    secretKeyRef:\n      key: db",
            "api_key: ''\nnext: 5",
            "\"password\":\n    process.env.PASSWORD,",
            "type User struct {\n  name string\n  password string\n}",
            "if a(token) >\n    b",
            "call(password,\n  \"shop\")",
        ] {
            assert_eq!(hidden(text), text);
        }
    }
}
