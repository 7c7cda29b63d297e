//! Secrets that are known by their form alone, whatever they are called.

use std::ops::Range;

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
    // Model providers; short words begin so, too.
    shape("sk-", 32, is_word),
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

/// What a token that signs itself begins with (`eyJ….….…`), and its least length.
const SIGNED: (&str, usize) = ("eyJ", 16);
const PROTOCOL: &str = "@tcp(";

/// The pairs of bytes that one of these begins with: most places of most lines are told at once.
static PAIRS: Pairs = {
    let mut pairs = Pairs([0; 1024]).with(SIGNED.0).with(PROTOCOL);
    let mut at = 0;
    while at < TOKENS.len() {
        pairs = pairs.with(TOKENS[at].begins);
        at += 1;
    }
    at = 0;
    while at < ADDRESSES.len() {
        pairs = pairs.with(ADDRESSES[at].begins);
        at += 1;
    }
    at = 0;
    while at < COMMANDS.len() {
        pairs = pairs.with(COMMANDS[at].0);
        at += 1;
    }
    pairs
};

/// A bit for each pair of bytes.
struct Pairs([u64; 1024]);

impl Pairs {
    const fn with(mut self, text: &str) -> Self {
        let pair = (text.as_bytes()[0] as usize) << 8 | text.as_bytes()[1] as usize;
        self.0[pair >> 6] |= 1 << (pair & 63);
        self
    }

    fn has(&self, pair: &[u8]) -> bool {
        let pair = usize::from(pair[0]) << 8 | usize::from(pair[1]);
        self.0[pair >> 6] >> (pair & 63) & 1 == 1
    }
}

/// Adds where such secrets stand.
pub(super) fn secrets(line: &str, found: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    let (mut read, mut command) = (0, None);
    for (at, _) in bytes.windows(2).enumerate().filter(|(_, pair)| PAIRS.has(pair)) {
        if at < read {
            continue;
        }
        let here = &bytes[at..];
        let begins = |text: &str| here.starts_with(text.as_bytes());
        if let Some(token) = TOKENS.iter().find(|token| begins(token.begins)) {
            let behind = at + token.begins.len();
            let end = run(bytes, behind, token.of);
            if begins_word(bytes, at) && end - behind >= token.least {
                found.push(at..end);
            }
            read = end;
        } else if let Some(address) = ADDRESSES.iter().find(|address| begins(address.begins)) {
            let behind = at + address.begins.len();
            read = run(bytes, behind, address.of);
            if read > behind {
                found.push(behind..read);
            }
        } else if begins(SIGNED.0) {
            read = run(bytes, at, is_signed);
            let dots = bytes[at..read].iter().filter(|b| **b == b'.').count();
            if dots >= 2 && read - at >= SIGNED.1 {
                found.push(at..read);
            }
        } else if begins(PROTOCOL) {
            found.extend(before_protocol(line, read, at));
            read = at + 1;
        } else if COMMANDS.iter().any(|(name, ..)| begins(name)) {
            command = command.or(Some(at));
        }
    }
    if let Some(at) = command {
        commands(line, at, found);
    }
}

fn run(bytes: &[u8], from: usize, of: fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|b| !of(*b)).map_or(bytes.len(), |run| from + run)
}

fn begins_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| bytes[at]);
    before.is_none_or(|b| !is_word(b) || b == b'-')
}

/// `user:password` before `@tcp(host)`, as drivers of Go take it.
fn before_protocol(line: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let opens = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=');
    let before = line.get(from..end)?;
    let start = from + behind_last(before, opens);
    line[start..end].contains(':').then_some(start..end)
}

/// Where the last of such characters ends.
fn behind_last(text: &str, of: impl Fn(char) -> bool) -> usize {
    let mut chars = text.char_indices().rev();
    chars.find(|(_, c)| of(*c)).map_or(0, |(at, c)| at + c.len_utf8())
}

/// Adds what commands take as passwords, from the first one on.
fn commands(line: &str, first: usize, found: &mut Vec<Range<usize>>) {
    let outside =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '[' | ']' | '(' | ')');
    let mut command = "";
    let mut awaited = false;
    let mut from = behind_last(&line[..first], outside);
    for word in line[from..].split(outside) {
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
    use proptest::prelude::*;

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
            ("key provided: sk-canary0123456789abcdef0123456789", "key provided: ***"),
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

    proptest! {
        #[test]
        fn any_line_is_taken(
            line in "(eyJ|ghp_|\\u{3000}|a:b|@tcp\\(|curl|mysql|/| -u | -p|x|\\?sig=|xoxb-|\\.|é){0,16}",
        ) {
            let _ = (mask::secrets(&line), mask::message(&line));
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
            "sk-learn-contrib: 1",
            "design=1",
        ] {
            assert_eq!(mask::secrets(line), line);
        }
    }
}
