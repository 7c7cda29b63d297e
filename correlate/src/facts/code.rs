//! Settings in lines of code: keyword arguments, constants, defaults.

use super::Setting;
use super::hints::Hints;
use super::read::setting;
use crate::rank::tokens::{HunkWords, Token};

/// Longest line that is compared, in words.
const LONGEST: usize = 24;
/// Most words in which two lines differ.
const DIFFERING: usize = 3;

/// What differs between removed and added lines that are alike but for numbers and switches.
pub(crate) fn settings(words: HunkWords<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut used = Vec::new();
    for line in words.removed().filter(|line| line.hints.holds(Hints::LITERAL)) {
        let (before, old) = (line.text, line.tokens);
        // The first word names what is set.
        let differs_in = |token: &Token| is_literal(before, token);
        if old.len() > LONGEST || !old.iter().skip(1).any(differs_in) {
            continue;
        }
        let partner = words.added().enumerate().filter(|(at, _)| !used.contains(at)).find_map(
            |(at, line)| {
                let (after, new) = (line.text, line.tokens);
                Some((at, after, new, differing(before, old, after, new)?))
            },
        );
        let Some((at, after, new, places)) = partner else { continue };
        used.push(at);
        for n in places {
            if let Some(key) = old[..n].iter().rev().find(|token| !is_literal(before, token)) {
                let key = key.text(before).to_owned();
                found.push(setting(key, Some(old[n].text(before)), Some(new[n].text(after)), true));
            }
        }
    }
    found
}

/// Where two lines differ, if it is in literals alone.
fn differing(before: &str, old: &[Token], after: &str, new: &[Token]) -> Option<Vec<usize>> {
    if old.len() != new.len() {
        return None;
    }
    let mut places = Vec::new();
    for (n, (a, b)) in old.iter().zip(new).enumerate() {
        if a.hash == b.hash && a.text(before) == b.text(after) {
            continue;
        }
        if n == 0 || places.len() == DIFFERING || !is_literal(before, a) || !is_literal(after, b) {
            return None;
        }
        places.push(n);
    }
    (!places.is_empty()).then_some(places)
}

fn is_literal(line: &str, token: &Token) -> bool {
    token.is_number() || SWITCHES.contains(&token.text(line))
}

/// Words for a value that is no number.
pub(super) const SWITCHES: [&str; 7] = ["True", "False", "true", "false", "None", "null", "nil"];
