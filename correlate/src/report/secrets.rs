//! The secrets that a report could give away: what is hidden in one place must not be read in
//! another.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use memchr::memmem;

use super::excerpt::source;
use super::mask;
use crate::diff::reduce::keeps_lines;
use crate::hypothesis::EVIDENCE_FOR;
use crate::{Change, Hunk, Incident, Ranking};

/// Least length of a secret that is looked for in texts, in bytes.
const LEAST: usize = 4;
/// The same for one of letters alone, which might be a word of the language.
const LEAST_WORD: usize = 6;
/// The same for a part of one: letters and digits in a row.
const LEAST_PART: usize = 5;

/// How much is looked through for parts of secrets, in bytes; what the best suspects hold comes first.
const MOST_HIDDEN: usize = 1 << 18;
/// How many values are asked whether they are words of the lines; more are taken for none.
const MOST_ASKED: usize = 512;

/// Values that stand where secrets do and are none.
const COMMON: &[&str] = &[
    "bearer",
    "basic",
    "string",
    "option",
    "required",
    "optional",
    "undefined",
    "default",
    "localhost",
    "postgres",
    "example",
    "changeme",
    "password",
    "secret",
    "hidden",
    "boolean",
    "number",
];

/// What is hidden in the lines and messages that a report is made of.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Values that are hidden in every text, by the bytes they begin with.
    values: HashMap<[u8; LEAST], Vec<String>>,
    /// All that is hidden, in small letters: words of the evidence may be parts of it.
    hidden: String,
    /// All that is not, and the same in small letters.
    shown: String,
    shown_lower: String,
}

impl Secrets {
    /// Those of the incident, and of the changes that a report says more of than their first lines.
    pub(super) fn of(
        incident: &Incident,
        ranking: &Ranking,
        changes: &HashMap<&str, &Change>,
    ) -> Self {
        let mut read = Read::default();
        read.incident(incident);
        let told = ranking.hypotheses.iter().take(EVIDENCE_FOR);
        for change in told.filter_map(|told| changes.get(told.sha.as_str())) {
            read.change(change);
        }
        read.finish()
    }

    /// The text with every known secret replaced by `***`, and what can only be part of one.
    pub(super) fn hide(&self, text: &str) -> String {
        if self.hidden.is_empty() {
            return text.to_owned();
        }
        mask::without(text, &mask::joined(self.places(text, true)))
    }

    /// The word, or `***` where it is a secret or part of one.
    pub(super) fn word<'w>(&self, word: &'w str) -> &'w str {
        if self.holds(word) { mask::HIDDEN } else { word }
    }

    /// The words but secrets and parts of such; `***` where nothing else is left.
    pub(super) fn without<'w>(&self, words: &'w [String]) -> Vec<&'w str> {
        let left: Vec<&str> =
            words.iter().map(String::as_str).filter(|word| !self.holds(word)).collect();
        if left.is_empty() && !words.is_empty() { vec![mask::HIDDEN] } else { left }
    }

    /// Whether a word is, holds, or is part of a secret, and is not to be read elsewhere anyway.
    fn holds(&self, word: &str) -> bool {
        if self.hidden.is_empty() || word.is_empty() {
            return false;
        }
        let part = self.hides(word);
        part && (mask::is_opaque(word) || !self.shows(word)) || !self.places(word, false).is_empty()
    }

    /// Where known secrets stand; `words`: one of letters alone counts as a word of its own only.
    fn places(&self, text: &str, words: bool) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for (at, begin) in bytes.windows(LEAST).enumerate() {
            let Some(values) = self.values.get(begin) else { continue };
            let whole = |value: &&String| {
                let end = at + value.len();
                let of_word = words && value.bytes().all(|b| b.is_ascii_alphabetic());
                bytes[at..].starts_with(value.as_bytes())
                    && !(of_word && (is_within(bytes, at) || is_within(bytes, end)))
            };
            found.extend(values.iter().find(whole).map(|value| at..at + value.len()));
        }
        let mut from = 0;
        for run in bytes.split(|b| !b.is_ascii_alphanumeric()) {
            let mixed = run.iter().any(u8::is_ascii_digit)
                && run.iter().any(u8::is_ascii_alphabetic)
                && run.len() >= LEAST_PART;
            if mixed {
                let word = &text[from..from + run.len()];
                if self.hides(word) && !self.shows(word) {
                    found.push(from..from + run.len());
                }
            }
            from += run.len() + 1;
        }
        found
    }

    /// Whether a word is part of something hidden.
    fn hides(&self, word: &str) -> bool {
        let lower = word.to_ascii_lowercase();
        memmem::find(self.hidden.as_bytes(), lower.as_bytes()).is_some()
    }

    /// Whether a word stands somewhere outside of secrets, as a word or a part of a name.
    fn shows(&self, word: &str) -> bool {
        let lower = word.to_ascii_lowercase();
        let bytes = self.shown.as_bytes();
        memmem::find_iter(self.shown_lower.as_bytes(), lower.as_bytes())
            .any(|at| !is_within(bytes, at) && !is_within(bytes, at + word.len()))
    }
}

/// Whether a place lies within a word or a part of a name: `Pool|Size` are two.
fn is_within(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|at| bytes.get(at)) else { return false };
    let Some(after) = bytes.get(at) else { return false };
    let hump = before.is_ascii_lowercase() && after.is_ascii_uppercase();
    before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric() && !hump
}

/// A secret as it was found.
struct Found<'a> {
    text: &'a str,
    /// Whether it stands in quotes or in configuration, so is no piece of code.
    literal: bool,
}

/// What was read so far.
#[derive(Default)]
struct Read<'a> {
    lines: Vec<(&'a str, Vec<Range<usize>>)>,
    found: Vec<Found<'a>>,
}

impl<'a> Read<'a> {
    fn incident(&mut self, incident: &'a Incident) {
        self.message(&incident.title);
        self.message(&incident.message);
        for exception in &incident.exceptions {
            exception.value.iter().for_each(|value| self.message(value));
            for frame in &exception.frames {
                let kept = frame.filename.as_deref().is_some_and(keeps_lines);
                self.lines(&source(frame), kept);
            }
        }
    }

    fn change(&mut self, change: &'a Change) {
        self.message(&change.message);
        for file in &change.files {
            let kept = keeps_lines(&file.path) || is_plain(&file.path);
            file.hunks.iter().for_each(|hunk| self.hunk(hunk, kept));
        }
    }

    fn hunk(&mut self, hunk: &'a Hunk, kept: bool) {
        let sides = match &hunk.display {
            Some(display) => [&display.removed, &display.added],
            None => [&hunk.removed, &hunk.added],
        };
        for side in sides {
            self.lines(&side.iter().collect::<Vec<_>>(), kept);
        }
    }

    fn lines(&mut self, lines: &[&'a str], kept: bool) {
        for (line, places) in lines.iter().zip(mask::places(lines)) {
            self.found(line, &places, kept);
            self.lines.push((line, places));
        }
    }

    /// What a message says besides may be part of a secret of the lines, so it does not count as shown.
    fn message(&mut self, text: &'a str) {
        self.found(text, &mask::in_message(text), true);
    }

    fn found(&mut self, line: &'a str, places: &[Range<usize>], kept: bool) {
        let (mut read, mut open) = (0, (false, false, false));
        for place in places {
            let (before, text) = (&line[..place.start], &line[place.clone()]);
            // Whether it stands in a string: quotes before it that none of their kind closed.
            before[read..].bytes().for_each(|byte| match byte {
                b'"' => open.0 = !open.0,
                b'\'' => open.1 = !open.1,
                b'`' => open.2 = !open.2,
                _ => {}
            });
            read = place.start;
            let quoted = open.0 || open.1 || open.2;
            // Code is never hidden by the line.
            let whole = text.len() == line.len();
            let user = before.ends_with("://");
            let text = match text.split_once(':') {
                // The name of a user is none.
                Some((_, password)) if user => password,
                _ => text,
            };
            self.found.push(Found { text, literal: quoted || kept || whole || user });
        }
    }

    fn finish(self) -> Secrets {
        let mut secrets = Secrets::default();
        if self.found.is_empty() {
            return secrets;
        }
        for (line, places) in &self.lines {
            let line = if places.is_empty() { (*line).into() } else { mask::without(line, places) };
            secrets.shown.push_str(&line);
            secrets.shown.push('\n');
        }
        secrets.shown_lower = secrets.shown.to_ascii_lowercase();
        let mut values = BTreeSet::new();
        let mut seen = HashSet::new();
        for found in self.found.iter().filter(|found| seen.insert(found.text)) {
            if secrets.hidden.len() + found.text.len() < MOST_HIDDEN {
                secrets.hidden.push_str(&found.text.to_ascii_lowercase());
                secrets.hidden.push('\n');
            }
        }
        self.found.iter().for_each(|found| found.values(&mut values));
        let mut asked = 0;
        for (value, literal) in values {
            if let Some(begin) = value.as_bytes().first_chunk::<LEAST>()
                && (mask::is_opaque(value) || secrets.tells(value, literal, &mut asked))
            {
                secrets.values.entry(*begin).or_default().push(value.to_owned());
            }
        }
        // The longest counts.
        secrets
            .values
            .values_mut()
            .for_each(|same| same.sort_by_key(|value| usize::MAX - value.len()));
        secrets
    }
}

impl<'a> Found<'a> {
    /// The values that it is or holds: `x;Pool=5` is `x`, too.
    fn values(&self, out: &mut BTreeSet<(&'a str, bool)>) {
        let marks = |c: char| c.is_whitespace() || "\"'`,;()[]{}<>&|".contains(c);
        let whole = self.text.trim_matches(marks);
        // What it holds in its turn: `Host=db;Password=x`, `redis://:x@cache`.
        let inner = mask::in_message(self.text).into_iter().map(|place| &self.text[place]);
        for text in inner.chain([whole]) {
            out.insert((text, self.literal));
            // `user:password`, as commands and drivers take it.
            out.extend(text.split_once(':').map(|(_, behind)| (behind, self.literal)));
        }
        let pieces = whole.split(marks).filter(|piece| !piece.is_empty());
        let scheme = |piece: &&str| COMMON[..2].iter().any(|it| piece.eq_ignore_ascii_case(it));
        let mut pieces = pieces.skip_while(scheme);
        out.extend(pieces.next().map(|first| (first, self.literal)));
        // What was hidden with its type and its quotes: `string = "x"`.
        let quoted = self.text.split(['"', '\'', '`']).skip(1).step_by(2);
        let words = |text: &'a str| text.split_whitespace().next_back().unwrap_or_default();
        out.extend(quoted.flat_map(|text| [(text, true), (words(text), true)]));
        // Of the rest, a comment perhaps, only what cannot be anything else.
        out.extend(pieces.map(|piece| (piece, false)));
    }
}

impl Secrets {
    /// Whether a hidden value is to be hidden in every text: not a number, a word of the language or
    /// a piece of code.
    fn tells(&self, value: &str, literal: bool, asked: &mut usize) -> bool {
        if value.len() < LEAST || value.bytes().all(|b| b == b'*') {
            return false;
        }
        let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
        let others = value.bytes().any(|b| !b.is_ascii_alphabetic());
        let long = letters && others || value.len() >= LEAST_WORD;
        let common = COMMON.iter().any(|it| value.eq_ignore_ascii_case(it));
        if !literal || !long || common || mask::names_secret(value) {
            return false;
        }
        *asked += 1;
        *asked > MOST_ASKED || !self.shows(value)
    }
}

/// Files of settings whose lines are reduced like code.
fn is_plain(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    const ENDINGS: &[&str] = &["rc", "Dockerfile", "Makefile", ".xml", ".sh", ".bash", ".plist"];
    name.contains("env")
        || name.starts_with("Dockerfile")
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}
