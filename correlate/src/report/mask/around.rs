//! What lines that stand one after the other say of each other.

use super::line::{Around, awaits, named};

const BEGIN: &str = "-----BEGIN";
const END: &str = "-----END";
const KEY: &str = "PRIVATE KEY-----";

/// What each line is to the others.
pub(super) fn all(lines: &[&str]) -> Vec<Around> {
    let mut all = vec![Around::default(); lines.len()];
    names_before(lines, &mut all);
    names_after(lines, &mut all);
    for at in 1..lines.len() {
        all[at].awaited = awaits(lines[at - 1]);
    }
    keys(lines, &mut all);
    all
}

/// A line may name the secret that a later one gives (`- name: SESSION_SECRET`, `value: …`). The last
/// name counts, as far away as it stands.
fn names_before(lines: &[&str], all: &mut [Around]) {
    let mut secret = false;
    for (line, around) in lines.iter().zip(all) {
        around.named |= secret;
        secret = named(line).unwrap_or(secret);
    }
}

/// A line may name the secret that an earlier one of the same object has given.
fn names_after(lines: &[&str], all: &mut [Around]) {
    let mut secret = false;
    for (line, around) in lines.iter().zip(all).rev() {
        around.named |= secret;
        let line = line.trim_start();
        let begins = line.starts_with(['-', '{', '}', '[', ']']) || line.ends_with('{');
        secret = !begins && named(line).unwrap_or(secret);
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
