//! Protections that code loses: retries, timeouts, handlers, locks.

use super::Guard;
use super::hints::Hints;
use crate::rank::tokens::{HunkWords, LineWords};

/// A protection whose word stands in removed lines and in no added one.
pub(crate) fn removed(words: HunkWords<'_>) -> Option<(Guard, String)> {
    if !words.may_hold(Hints::GUARD) {
        return None;
    }
    let (lost, word) = first(words.removed())?;
    let kept = first(words.added()).is_some_and(|(guard, _)| guard == lost);
    (!kept).then(|| (lost, word.to_owned()))
}

/// The first word of a protection.
fn first<'a>(lines: impl Iterator<Item = LineWords<'a>>) -> Option<(Guard, &'a str)> {
    for line in lines.filter(|line| line.hints.holds(Hints::GUARD)) {
        for token in line.tokens.iter().filter(|token| token.is_telling()) {
            let word = token.text(line.text);
            if let Some(guard) = guard(word) {
                return Some((guard, word));
            }
        }
    }
    None
}

/// What a word protects from, whatever its case.
pub(super) fn guard(word: &str) -> Option<Guard> {
    let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    // Only so long words can be meant, and only with a `t` a longer one holds the last two.
    match word.len() {
        0..5 => None,
        5 | 6 if is(&["except", "catch", "rescue"]) => Some(Guard::Catch),
        _ => held(word).or_else(|| {
            let names = &["mutex", "synchronized", "transaction", "for_update", "with_lock"];
            (matches!(word.len(), 5 | 9..=12) && is(names)).then_some(Guard::Lock)
        }),
    }
}

/// The protection that stands anywhere in a word: `max_retries`, `connectTimeout`.
fn held(word: &str) -> Option<Guard> {
    let bytes = word.as_bytes();
    let is = |at: usize, letter: u8| bytes.get(at).is_some_and(|byte| byte | 0x20 == letter);
    let holds = |at: usize, part: &[u8]| {
        bytes.get(at..at + part.len()).is_some_and(|here| here.eq_ignore_ascii_case(part))
    };
    let mut timeout = false;
    // Nearly all words are told from these by two letters.
    for at in (0..bytes.len()).filter(|&at| is(at, b't')) {
        if at >= 2 && is(at - 1, b'e') && (holds(at - 2, b"retry") || holds(at - 2, b"retries")) {
            return Some(Guard::Retry);
        }
        timeout |= is(at + 1, b'i') && holds(at, b"timeout");
    }
    timeout.then_some(Guard::Timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_protection() {
        for (word, expected) in [
            ("except", Some(Guard::Catch)),
            ("Rescue", Some(Guard::Catch)),
            ("max_retries", Some(Guard::Retry)),
            ("timeout_retry", Some(Guard::Retry)),
            ("connectTimeout", Some(Guard::Timeout)),
            ("WITH_LOCK", Some(Guard::Lock)),
            ("mutex", Some(Guard::Lock)),
            ("excepting", None),
            ("entry", None),
            ("time_out", None),
        ] {
            assert_eq!(guard(word), expected, "{word}");
        }
    }
}
