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
    let marks: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains(KEY)).collect();
    let ends = |at: &usize| lines[*at].contains(END);
    let mut inside =
        marks.first().is_some_and(|first| ends(first) && !lines[*first].contains(BEGIN));
    let mut marks = marks.into_iter().peekable();
    for (at, around) in all.iter_mut().enumerate() {
        if marks.next_if_eq(&at).is_some() {
            around.in_key = true;
            inside = !ends(&at);
        }
        around.in_key |= inside;
    }
}
