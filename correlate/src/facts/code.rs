//! Settings in lines of code: keyword arguments, constants, defaults, options that are set or dropped.

use super::family::families;
use super::hints::Hints;
use super::read::setting;
use super::{Setting, counts};
use crate::rank::tokens::{HunkWords, Token};

/// Longest line that is compared, in words.
const LONGEST: usize = 24;
/// Most words in which two lines differ.
const DIFFERING: usize = 3;
/// Longest line that is read without a partner, in words.
const ALONE: usize = 6;

/// A line and its words; thousands, which reducing cuts off (`15_000` is `15 _000`), are one with
/// their number.
struct Line<'l> {
    text: &'l str,
    tokens: Vec<Token>,
}

/// What differs between removed and added lines that are alike but for numbers and switches, and
/// the options that one side has alone.
pub(crate) fn settings(words: HunkWords<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    if !words.may_hold(Hints::LITERAL) {
        return found;
    }
    let mut used = Vec::new();
    for line in words.removed().filter(|line| line.hints.holds(Hints::LITERAL)) {
        if line.tokens.len() > LONGEST {
            continue;
        }
        let old = Line::new(line.text, line.tokens);
        // The first word names what is set.
        if !old.tokens.iter().skip(1).any(|token| is_literal(old.text, token)) {
            continue;
        }
        let partner = words.added().enumerate().filter(|(at, _)| !used.contains(at)).find_map(
            |(at, line)| {
                let near = line.tokens.len().abs_diff(old.tokens.len()) <= 2 * DIFFERING;
                let new = near.then(|| Line::new(line.text, line.tokens))?;
                let settings = exchanged(&old, &new).or_else(|| dropped(&old, &new))?;
                Some((at, settings))
            },
        );
        match partner {
            Some((at, settings)) => {
                used.push(at);
                found.extend(settings);
            }
            None => found.extend(alone(&old).filter(|gone| {
                // A line that was only written anew still names it.
                words.added().all(|line| !line.text.contains(gone.key.as_str()))
            })),
        }
    }
    found
}

impl<'l> Line<'l> {
    fn new(text: &'l str, tokens: &[Token]) -> Self {
        let is_thousands = |token: &Token| {
            let digits = token.text(text).strip_prefix('_');
            digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        };
        let tokens = tokens.iter().filter(|token| !is_thousands(token)).copied().collect();
        Self { text, tokens }
    }

    fn word(&self, n: usize) -> &'l str {
        self.tokens[n].text(self.text)
    }

    fn is_literal(&self, n: usize) -> bool {
        is_literal(self.text, &self.tokens[n])
    }

    /// The name before a literal; one that is a unit has the name before it in front.
    fn key_of(&self, n: usize) -> Option<String> {
        let mut names = (0..n).rev().filter(|&at| !self.is_literal(at)).map(|at| self.word(at));
        let mut key = names.next()?.to_owned();
        while is_unit(key.split('.').next().unwrap_or_default()) {
            let Some(name) = names.next() else { break };
            key = format!("{name}.{key}");
        }
        Some(key)
    }

    /// A literal as it was written but for `_`: with its thousands.
    fn literal(&self, n: usize) -> String {
        let mut value = self.word(n).to_owned();
        let at = self.word(n).as_ptr() as usize - self.text.as_ptr() as usize;
        let mut rest = &self.text[at + value.len()..];
        while let Some(digits) = rest.strip_prefix(" _") {
            let end = digits.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
            if end == 0 {
                break;
            }
            value.push_str(&digits[..end]);
            rest = &digits[end..];
        }
        value
    }
}

/// What differs between two lines, if it is in literals and their units alone.
fn exchanged(old: &Line<'_>, new: &Line<'_>) -> Option<Vec<Setting>> {
    if old.tokens.len() != new.tokens.len() {
        return None;
    }
    // By the place of its literal.
    let mut settings: Vec<(usize, Setting)> = Vec::new();
    for n in 0..old.tokens.len() {
        let same = old.tokens[n].hash == new.tokens[n].hash && old.word(n) == new.word(n);
        if same && !old.is_literal(n) {
            continue;
        }
        if n > 0 && !old.is_literal(n) && !new.is_literal(n) {
            // `ofSeconds(20)` → `ofMillis(20)`
            let (at, setting) = remeasured(old, new, n)?;
            settings.retain(|(known, _)| *known != at);
            settings.push((at, setting));
            continue;
        }
        let (before, after) = (old.literal(n), new.literal(n));
        if before == after || settings.iter().any(|(known, _)| *known == n) {
            continue;
        }
        if n == 0 || settings.len() == DIFFERING || !old.is_literal(n) || !new.is_literal(n) {
            return None;
        }
        settings.push((n, setting(old.key_of(n)?, Some(&before), Some(&after), true)));
    }
    (!settings.is_empty()).then(|| settings.into_iter().map(|(_, setting)| setting).collect())
}

/// The literal, and its setting, whose unit the words at a place are.
fn remeasured(old: &Line<'_>, new: &Line<'_>, n: usize) -> Option<(usize, Setting)> {
    let units = (unit(old.word(n))?, unit(new.word(n))?);
    let literal = |at: &usize| *at < old.tokens.len() && old.is_literal(*at) && new.is_literal(*at);
    let at = [n + 1, n - 1].into_iter().find(literal)?;
    let is_name = |&at: &usize| !old.is_literal(at) && !is_unit(old.word(at));
    let key = (0..n.min(at)).rev().find(is_name)?;
    let value = |line: &Line<'_>, unit| format!("{}{unit}", line.literal(at));
    let values = (value(old, units.0), value(new, units.1));
    Some((at, setting(old.word(key).to_owned(), Some(&values.0), Some(&values.1), true)))
}

/// The unit that a word of code is, as it stands behind a number: `ofMillis`, `from_secs`, `mb`.
fn unit(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let bare = ["from_", "from", "of"].iter().find_map(|start| lower.strip_prefix(start));
    Some(match bare.unwrap_or(&lower) {
        "ms" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "min",
        "h" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "kb" | "kib" | "kilobytes" => "kb",
        "mb" | "mib" | "megabytes" => "mb",
        "gb" | "gib" | "gigabytes" => "gb",
        _ => return None,
    })
}

/// The option that the old line has and the new one has not: `json({limit: '10mb'})` → `json()`.
fn dropped(old: &Line<'_>, new: &Line<'_>) -> Option<Vec<Setting>> {
    let (a, b) = (&old.tokens, &new.tokens);
    if a.len() <= b.len() || b.len() < 2 {
        return None;
    }
    let same = |(a, b): &(&Token, &Token)| a.hash == b.hash && a.text(old.text) == b.text(new.text);
    let start = a.iter().zip(b).take_while(same).count();
    let end = a.iter().rev().zip(b.iter().rev()).take(b.len() - start).take_while(same).count();
    if start == 0 || start + end != b.len() {
        return None;
    }
    bounds(old, start..a.len() - end).map(|setting| vec![setting])
}

/// A line alone that calls for a bound: `sys.setrecursionlimit(20000)`.
fn alone(line: &Line<'_>) -> Option<Setting> {
    let length = line.tokens.len();
    (2..=ALONE).contains(&length).then(|| bounds(line, length - 2..length))?
}

/// The setting of a name and the literal behind it, if it bounds something.
fn bounds(line: &Line<'_>, words: std::ops::Range<usize>) -> Option<Setting> {
    let (name, value) = (words.start, words.start + 1);
    // A unit may follow.
    let is_pair = matches!(words.len(), 2 | 3) && !line.is_literal(name) && line.is_literal(value);
    let key = line.word(name);
    (is_pair && key.len() >= 5 && families(key).iter().any(|&family| counts(family)))
        .then(|| setting(key.to_owned(), Some(&line.literal(value)), None, true))
}

/// Whether a word only says in what a number counts: `timedelta(minutes=3)`, `Duration::from_secs(5)`.
pub(super) fn is_unit(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "millis",
        "millisecond",
        "milliseconds",
        "secs",
        "second",
        "seconds",
        "mins",
        "minute",
        "minutes",
        "hour",
        "hours",
        "day",
        "days",
        "duration",
        "timedelta",
        "timespan",
        "megabytes",
        "kilobytes",
    ];
    let lower = word.to_ascii_lowercase();
    let bare = ["from_", "of_", "in_", "from", "of", "in", "total"].into_iter();
    let mut bare = bare.filter_map(|start| lower.strip_prefix(start)).chain([lower.as_str()]);
    bare.any(|word| UNITS.contains(&word))
}

fn is_literal(line: &str, token: &Token) -> bool {
    token.is_number() || SWITCHES.contains(&token.text(line))
}

/// Words for a value that is no number.
pub(super) const SWITCHES: [&str; 7] = ["True", "False", "true", "false", "None", "null", "nil"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hunk;
    use crate::rank::tokens::Tokens;

    fn check(removed: &str, added: &str, expected: &[(&str, &str, Option<&str>)]) {
        let hunk = Hunk {
            removed: removed.lines().collect(),
            added: added.lines().collect(),
            ..Hunk::default()
        };
        let mut tokens = Tokens::default();
        tokens.add(&hunk.removed);
        tokens.add(&hunk.added);
        let found = settings(HunkWords::new(&hunk, &tokens, 0));
        let text = |value: &Option<crate::facts::Value>| value.as_ref().map(|v| v.text.clone());
        let found: Vec<_> =
            found.iter().map(|s| (s.key.clone(), text(&s.old), text(&s.new))).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(key, old, new)| {
                ((*key).to_owned(), Some((*old).to_owned()), new.map(str::to_owned))
            })
            .collect();
        assert_eq!(found, expected, "{removed} → {added}");
    }

    #[test]
    fn options_that_differ_and_options_that_are_dropped() {
        check(
            "headersTimeout 120 _000 bodyTimeout 300 _000",
            "headersTimeout 900 bodyTimeout 300 _000",
            &[("headersTimeout", "120000", Some("900"))],
        );
        check(
            "lockDuration 180 _000",
            "lockDuration 180 _500",
            &[("lockDuration", "180000", Some("180500"))],
        );
        check("connect verify True", "connect verify False", &[("verify", "True", Some("False"))]);
        check("app use json limit 10 mb", "app use json", &[("limit", "10", None)]);
        check("sys setrecursionlimit 20000", "", &[("setrecursionlimit", "20000", None)]);
        check("items append 3", "", &[]);
        check(
            "builder setReadTimeout Duration ofSeconds 20 build",
            "builder setReadTimeout Duration ofMillis 20 build",
            &[("setReadTimeout", "20s", Some("20ms"))],
        );
        check("expiresIn 12 h", "expiresIn 30 s", &[("expiresIn", "12h", Some("30s"))]);
        check("wait timeout 3", "wait timeout seconds", &[]);
    }
}
