//! Secrets that are known by their form alone, whatever they are called.

use std::ops::Range;

use memchr::memmem;

/// A form of token: what it begins with, the least that must follow, and of which bytes.
struct Shape {
    begins: &'static str,
    least: usize,
    of: fn(u8) -> bool,
}

const fn shape(begins: &'static str, least: usize, of: fn(u8) -> bool) -> Shape {
    Shape { begins, least, of }
}

/// Tokens that are hidden whole.
const TOKENS: &[Shape] = &[
    // Amazon's key ids, which stand beside their keys.
    shape("AKIA", 12, is_capital),
    shape("ASIA", 12, is_capital),
    // GitHub, GitLab.
    shape("ghp_", 8, is_word),
    shape("gho_", 8, is_word),
    shape("ghs_", 8, is_word),
    shape("ghu_", 8, is_word),
    shape("ghr_", 8, is_word),
    shape("github_pat_", 8, is_word),
    shape("glpat-", 8, is_word),
    // Slack.
    shape("xoxb-", 8, is_word),
    shape("xoxp-", 8, is_word),
    shape("xoxa-", 8, is_word),
    shape("xoxs-", 8, is_word),
    shape("xapp-", 8, is_word),
    // Stripe.
    shape("sk_live_", 8, is_word),
    shape("sk_test_", 8, is_word),
    shape("rk_live_", 8, is_word),
    shape("whsec_", 8, is_word),
    // Sentry.
    shape("sntrys_", 8, is_base64),
    shape("sntryu_", 8, is_base64),
    // Registries, Google.
    shape("npm_", 20, is_word),
    shape("pypi-", 20, is_word),
    shape("AIza", 20, is_word),
];

/// What stands before a secret within an address.
const ADDRESSES: &[Shape] = &[
    shape("hooks.slack.com/services/", 1, is_path),
    shape("discord.com/api/webhooks/", 1, is_path),
    shape("?sig=", 1, is_query),
    shape("&sig=", 1, is_query),
    shape("?signature=", 1, is_query),
    shape("&signature=", 1, is_query),
    shape("-Signature=", 1, is_query),
];

/// Commands, the option behind which they take a password, and whether it is the option's own word
/// that holds it.
const COMMANDS: &[(&str, &str, bool)] = &[
    ("curl", "-u", false),
    ("curl", "--user", false),
    ("mysql", "-p", true),
    ("mysqldump", "-p", true),
    ("mysqladmin", "-p", true),
    ("mariadb", "-p", true),
    ("sshpass", "-p", false),
    ("redis-cli", "-a", false),
];

/// Adds where such secrets stand.
pub(super) fn secrets(line: &str, found: &mut Vec<Range<usize>>) {
    for shape in TOKENS {
        each(line, shape, |start, behind, end| {
            let begins = line[..start].bytes().next_back().is_none_or(|b| !is_word(b) || b == b'-');
            (begins && end - behind >= shape.least).then_some(start..end)
        })
        .for_each(|range| found.push(range));
    }
    for shape in ADDRESSES {
        let whole = |_, behind, end| (end > behind).then_some(behind..end);
        each(line, shape, whole).for_each(|range| found.push(range));
    }
    let signed = shape("eyJ", 16, is_signed);
    each(line, &signed, |start, _, end| {
        let parts = line[start..end].bytes().filter(|b| *b == b'.').count();
        (parts >= 2 && end - start >= signed.least).then_some(start..end)
    })
    .for_each(|range| found.push(range));
    before_protocol(line, found);
    if COMMANDS
        .iter()
        .any(|(command, ..)| memmem::find(line.as_bytes(), command.as_bytes()).is_some())
    {
        commands(line, found);
    }
}

/// Each place where a shape begins: `take` is asked with where it begins, where what follows begins,
/// and where that ends.
fn each<'l>(
    line: &'l str,
    shape: &'l Shape,
    take: impl Fn(usize, usize, usize) -> Option<Range<usize>> + 'l,
) -> impl Iterator<Item = Range<usize>> + 'l {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + memmem::find(&line.as_bytes()[from..], shape.begins.as_bytes())?;
            let behind = start + shape.begins.len();
            let run = line[behind..].bytes().position(|b| !(shape.of)(b));
            let end = run.map_or(line.len(), |run| behind + run);
            from = end;
            if let Some(range) = take(start, behind, end) {
                return Some(range);
            }
        }
    })
}

/// `user:password@tcp(host)`, as drivers of Go take it.
fn before_protocol(line: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(at) = memmem::find(&line.as_bytes()[from..], b"@tcp(") {
        let end = from + at;
        let opens = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=');
        let start = line[from..end].rfind(opens).map_or(from, |at| from + at + 1);
        if line[start..end].contains(':') {
            found.push(start..end);
        }
        from = end + 1;
    }
}

/// Adds what commands take as passwords.
fn commands(line: &str, found: &mut Vec<Range<usize>>) {
    let outside =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '[' | ']' | '(' | ')');
    let mut command = "";
    let mut awaited = false;
    let mut from = 0;
    for word in line.split(outside) {
        let start = from;
        let next = line[start + word.len()..].chars().next();
        from = start + word.len() + next.map_or(0, char::len_utf8);
        if word.is_empty() {
            continue;
        }
        let name = word.rsplit('/').next().unwrap_or(word);
        if COMMANDS.iter().any(|(known, ..)| *known == name) {
            command = name;
            continue;
        }
        if std::mem::take(&mut awaited) && !word.starts_with(['-', '$']) {
            found.push(start..start + word.len());
            continue;
        }
        let mut options = COMMANDS.iter().filter(|(known, ..)| *known == command);
        match options.find(|(_, option, _)| word.starts_with(option)) {
            Some((_, option, true)) if word.len() > option.len() => {
                let value = &word[option.len()..];
                if !value.starts_with(['$', '-']) {
                    found.push(start + option.len()..start + word.len());
                }
            }
            Some((_, option, false)) if word == *option => awaited = true,
            Some((_, option, false)) if word.as_bytes().get(option.len()) == Some(&b'=') => {
                found.push(start + option.len() + 1..start + word.len());
            }
            _ => {}
        }
    }
}

fn is_capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_base64(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'+' | b'/' | b'=')
}

fn is_signed(byte: u8) -> bool {
    is_word(byte) || byte == b'.'
}

fn is_path(byte: u8) -> bool {
    is_word(byte) || byte == b'/'
}

fn is_query(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'%' | b'.' | b'~')
}

#[cfg(test)]
mod tests {
    use crate::report::mask;

    #[test]
    fn tokens_are_known_by_their_form() {
        for (line, expected) in [
            ("id: AKIAIOSFODNN7CANARY1", "id: ***"),
            ("x = \"ghp_canary0123456789\"", "x = \"***\""),
            ("x = github_pat_11CANARY_abcdef", "x = ***"),
            ("x = 'glpat-canary-0123456789'", "x = '***'"),
            ("bot(\"xoxb-123-456-canary\")", "bot(\"***\")"),
            ("bot(\"xoxp-123-456-canary\")", "bot(\"***\")"),
            ("a: eyJhbGciOiJI.eyJjYW5hcnki.c2lnbmF0dXJl, b", "a: ***, b"),
            (
                "post https://hooks.slack.com/services/T00/B00/canary now",
                "post https://hooks.slack.com/services/*** now",
            ),
            ("https://x.example/a?sig=canary%3D&b=1", "https://x.example/a?sig=***&b=1"),
            ("https://x.example/a?b=1&signature=canary", "https://x.example/a?b=1&signature=***"),
            ("?X-Amz-Signature=canary&x", "?X-Amz-Signature=***&x"),
            ("charge('sk_live_canary0123')", "charge('***')"),
            ("sntrys_canary0123456=_x/y", "***"),
            ("sntryu_canary0123456", "***"),
            ("//registry.example/:x=npm_canary0123456789abcdef", "//registry.example/:x=***"),
            ("whsec_canary01234", "***"),
            ("\"shop:canary@tcp(db:3306)/shop\"", "\"***@tcp(db:3306)/shop\""),
        ] {
            assert_eq!(mask::secrets(line), expected);
        }
    }

    #[test]
    fn commands_take_passwords() {
        for (line, expected) in [
            ("curl -s -u shop:canary https://x.example", "curl -s -u *** https://x.example"),
            ("curl --user 'shop:canary' x", "curl --user '***' x"),
            ("curl --user=shop:canary x", "curl --user=*** x"),
            ("/usr/bin/mysql -u root -pcanary shop", "/usr/bin/mysql -u root -p*** shop"),
            ("run([\"mysqldump\", \"-pcanary\"])", "run([\"mysqldump\", \"-p***\"])"),
            ("sshpass -p canary ssh x", "sshpass -p *** ssh x"),
            ("mysql -p$PASS shop", "mysql -p$PASS shop"),
            ("mysql -p shop", "mysql -p shop"),
            ("curl -u $USER x", "curl -u $USER x"),
            ("ssh -p 22 host", "ssh -p 22 host"),
        ] {
            assert_eq!(mask::secrets(line), expected);
        }
    }

    #[test]
    fn what_resembles_them_stays() {
        for line in [
            "MAKIAVELLI = 1",
            "use ghp_client",
            "from xoxb import y",
            "npm_config_cache=/tmp",
            "eyJust a word. And. more",
            "https://hooks.slack.com/services/",
            "task-sk_live = 1",
            "design=1",
        ] {
            assert_eq!(mask::secrets(line), line);
        }
    }
}
