//! The incident as the ranker asks about it: its words, its frames and where they live.

use super::frames::{function_name, package, stem_of_file};
use super::function_name::FunctionName;
use super::locate::locate;
use super::messenger::is_messenger;
use super::parts::{Part, is_telling};
use super::prepare::PreparedWindow;
use super::text::SearchText;
use super::words::{hash, weight, words};
use crate::facts::{ErrorClass, Value};
use crate::{Frame, FramePath, FrameRef, Incident};

/// Most frames that are followed through the window.
const FRAMES: usize = 60;
/// Most words asked for.
const TERMS: usize = 400;
/// Most texts of each other kind that are taken from an incident: anyone may write its event.
const NAMES: usize = 500;
/// Most bytes of messages that are read.
const TEXT: usize = 8_000;

/// Longest text in quotes of which the parts are asked for, in bytes.
const QUOTED: usize = 60;

/// How much the name of a frame's file says, beside that of its function.
const FILE_NAME: f64 = 0.6;

/// What the incident asks of the window.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) classes: Vec<ErrorClass>,
    /// How many of these the wording is sure of; the others it hints at.
    pub(crate) sure: usize,
    pub(crate) terms: Vec<Term>,
    /// Hashes of the terms and their indices, sorted.
    by_hash: Vec<(u64, usize)>,
    pub(crate) frames: Vec<Seen>,
    /// The text of types and messages, lower case.
    pub(crate) text: SearchText,
    /// The letters and digits of that text alone.
    pub(crate) squeezed: SearchText,
    /// The numbers of that text.
    pub(crate) numbers: Vec<Number>,
    /// Words of types and messages, lower case, plural `s` taken off.
    pub(crate) said: Vec<String>,
    /// Names and values that the messages put in quotes.
    pub(crate) quoted: Vec<String>,
    /// The same in lower case.
    lower_quoted: Vec<String>,
    /// The parts of those that are short.
    pub(crate) quoted_parts: Vec<String>,
    /// Parts of the words of messages and types, and of the names of the trace's functions and
    /// files: what [likeness](super::parts::Likeness) is asked of.
    pub(crate) parts: Vec<Part>,
    /// Parts of the names of files and functions of the trace, with the depth of the frame.
    pub(crate) trace_parts: Vec<(String, u32)>,
    /// Names of packages whose code runs in the trace, lower case, `-` and `_` alike.
    pub(crate) packages: Vec<String>,
    /// Whether any frame is the program's own.
    pub(crate) has_own: bool,
    /// Whether the innermost frame of the outermost exception is the program's own.
    pub(crate) ends_in_own: bool,
}

/// A number that messages give.
#[derive(Debug)]
pub(crate) struct Number {
    /// Its place among the words of the text.
    pub(crate) at: usize,
    pub(crate) number: f64,
    /// What it is with the word behind it for a unit.
    pub(crate) measured: Value,
}

/// A word of the incident.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) hash: u64,
    pub(crate) text: String,
    pub(crate) weight: f64,
    pub(crate) role: Role,
}

/// Where a word of the incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// In quotes in a message.
    Quoted,
    /// In a message or type.
    Message,
    /// The name of a frame's function.
    Function,
    /// In the source beside a frame.
    Source,
}

/// A frame that is followed.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) frame: FrameRef,
    /// Paths of the window that it may be, indices into [`PreparedWindow::paths`].
    pub(crate) paths: Vec<usize>,
    /// Program's own frames between it and the crash; 0 is the crash site.
    pub(crate) depth: u32,
    pub(crate) in_app: bool,
    /// It only carries the error out: `reraise`, `abort`, `g_log`.
    pub(crate) messenger: bool,
    pub(crate) line: Option<u32>,
    pub(crate) function: Option<u64>,
}

impl Seen {
    /// How much a frame counts: less with depth, less when it is foreign code.
    pub(crate) fn weight(&self) -> f64 {
        let own = match (self.in_app, self.messenger) {
            (true, false) => 1.0,
            (false, false) => 0.5,
            (_, true) => 0.25,
        };
        own / (1.0 + 0.25 * f64::from(self.depth))
    }
}

impl Query {
    /// Whether a part of a name stands in the trace's files and functions.
    pub(crate) fn traces(&self, part: &str) -> bool {
        self.trace_parts.iter().any(|(known, _)| known == part)
    }

    pub(crate) fn new(
        incident: &Incident,
        prepared: &PreparedWindow<'_>,
        known: &[FramePath],
    ) -> Self {
        let order = frame_order(incident);
        let has_own = order.iter().any(|&frame| get(incident, frame).in_app);
        let (classes, sure) = ErrorClass::with_certainty(incident);
        let mut query = Self {
            classes,
            sure,
            terms: Vec::new(),
            by_hash: Vec::new(),
            frames: Vec::new(),
            text: SearchText::default(),
            squeezed: SearchText::default(),
            numbers: Vec::new(),
            said: Vec::new(),
            quoted: Vec::new(),
            lower_quoted: Vec::new(),
            quoted_parts: Vec::new(),
            parts: Vec::new(),
            trace_parts: Vec::new(),
            packages: Vec::new(),
            has_own,
            ends_in_own: incident
                .exceptions
                .iter()
                .rev()
                .find_map(|exception| exception.frames.last())
                .is_some_and(|frame| frame.in_app),
        };
        query.read_messages(incident);
        query.squeezed = SearchText::new(squeezed(query.text.as_str()));
        query.numbers = numbers(query.text.as_str());
        query.lower_quoted = query.quoted.iter().map(|text| text.to_lowercase()).collect();
        let short = query.quoted.iter().filter(|text| text.len() <= QUOTED);
        query.quoted_parts = short.flat_map(|text| super::words::parts(text)).collect();
        query.read_frames(incident, (prepared, known), &order);
        query.terms.truncate(TERMS);
        let terms = query.terms.iter().enumerate();
        query.by_hash = terms.map(|(at, term)| (term.hash, at)).collect();
        query.by_hash.sort_unstable();
        query
    }

    fn read_messages(&mut self, incident: &Incident) {
        let mut texts: Vec<&str> = Vec::new();
        for exception in incident.exceptions.iter().rev() {
            texts.extend(exception.value.as_deref());
            texts.extend(exception.ty.as_deref());
        }
        if incident.exceptions.is_empty() {
            texts.push(&incident.title);
        }
        texts.push(&incident.message);
        let mut all = String::new();
        for text in texts {
            let text = clip(text, 2_000.min(TEXT.saturating_sub(all.len())));
            all.extend(text.chars().flat_map(char::to_lowercase));
            all.push('\n');
            for quoted in quoted(text) {
                for word in words(quoted) {
                    self.term(word, Role::Quoted);
                }
                if self.quoted.len() < NAMES && !self.quoted.iter().any(|known| known == quoted) {
                    self.quoted.push(quoted.to_owned());
                }
            }
            for word in words(text) {
                self.term(word, Role::Message);
                self.ask_parts(word, 1.0);
                for part in super::words::parts(word) {
                    if self.said.len() < NAMES && !self.said.contains(&part) {
                        self.said.push(part);
                    }
                }
            }
        }
        self.text = SearchText::new(all);
    }

    fn read_frames(
        &mut self,
        incident: &Incident,
        (prepared, files): (&PreparedWindow<'_>, &[FramePath]),
        order: &[FrameRef],
    ) {
        let mut depth = 0;
        for &reference in order {
            let frame = get(incident, reference);
            if self.packages.len() < NAMES
                && let Some(package) = package(frame)
                && !self.packages.contains(&package)
            {
                self.packages.push(package);
            }
            let counts = frame.in_app || !self.has_own;
            if let (false, Some(package)) = (frame.in_app, self.packages.last().cloned()) {
                self.trace_part(package, 2);
            }
            let name = function_name(frame);
            if counts {
                self.trace_words(frame, &name, depth);
            }
            let function = name.bare();
            let messenger = function.is_some_and(|name| is_messenger(name, frame.in_app));
            let known = self.frames.iter().any(|seen| {
                let other = get(incident, seen.frame);
                other.filename == frame.filename
                    && other.line == frame.line
                    && other.function == frame.function
            });
            if !known && self.frames.len() < FRAMES {
                let seen = Seen {
                    frame: reference,
                    paths: locate(prepared, files, reference, frame),
                    depth,
                    in_app: counts,
                    messenger,
                    line: frame.line,
                    function: function.map(hash),
                };
                if counts {
                    self.ask_parts(clip(name.path(), 200), seen.weight());
                    let file = stem_of_file(frame).unwrap_or_default();
                    self.ask_parts(clip(file, 200), FILE_NAME * seen.weight());
                }
                self.frames.push(seen);
                depth += u32::from(counts && !messenger);
            }
        }
    }

    fn trace_words(&mut self, frame: &Frame, function: &FunctionName, depth: u32) {
        if let Some(name) = function.bare() {
            self.term(name, Role::Function);
        }
        for name in [stem_of_file(frame).unwrap_or_default(), function.path()] {
            for part in super::words::parts(clip(name, 200)) {
                self.trace_part(part, depth);
            }
        }
        if depth == 0 {
            for line in
                frame.context_line.iter().chain(&frame.pre_context).chain(&frame.post_context)
            {
                for word in words(clip(line, 400)) {
                    self.term(word, Role::Source);
                }
            }
        }
    }

    fn trace_part(&mut self, part: String, depth: u32) {
        if part.len() > 2 && self.trace_parts.len() < NAMES && !self.traces(&part) {
            self.trace_parts.push((part, depth));
        }
    }

    fn term(&mut self, word: &str, role: Role) {
        let weight = weight(word);
        if weight > 0.0 && self.terms.len() < TERMS {
            let hash = hash(word);
            if !self.terms.iter().any(|term| term.hash == hash) {
                self.terms.push(Term { hash, text: word.to_owned(), weight, role });
            }
        }
    }

    /// Whether the incident is of a class for sure.
    pub(crate) fn is_surely(&self, class: ErrorClass) -> bool {
        self.classes[..self.sure].contains(&class)
    }

    /// Asks for the parts of a name, the most that is asked for each.
    fn ask_parts(&mut self, name: &str, weight: f64) {
        for part in super::words::part_slices(name) {
            let text = super::words::stem(&part.to_lowercase()).to_owned();
            if !is_telling(&text) {
                continue;
            }
            let hash = hash(&text);
            if let Some(known) = self.parts.iter_mut().find(|known| known.hash == hash) {
                known.weight = known.weight.max(weight);
            } else if self.parts.len() < TERMS {
                self.parts.push(Part { hash, text, weight });
            }
        }
    }

    /// The term with a hash.
    pub(crate) fn term_of(&self, hash: u64) -> Option<&Term> {
        let at = self.by_hash.binary_search_by_key(&hash, |&(known, _)| known).ok()?;
        Some(&self.terms[self.by_hash[at].1])
    }

    /// Whether a message puts a text, given in lower case, in quotes.
    pub(crate) fn quotes(&self, text: &str) -> bool {
        self.lower_quoted.iter().any(|quoted| quoted == text)
    }

    /// Whether the incident is of a class.
    pub(crate) fn is(&self, class: ErrorClass) -> bool {
        self.classes.contains(&class)
    }
}

/// The numbers of a text, each with the word behind it for a unit.
fn numbers(text: &str) -> Vec<Number> {
    let found: Vec<&str> = words(text).collect();
    let mut numbers = Vec::new();
    for (at, word) in found.iter().enumerate() {
        // `inf` and `nan` are words of a message, not its numbers.
        if let Some(number) = word.parse().ok().filter(|number: &f64| number.is_finite()) {
            let unit = found.get(at + 1).copied().unwrap_or_default();
            let measured = Value::read("", &format!("{word}{unit}"));
            numbers.push(Number { at, number, measured });
        }
    }
    numbers
}

/// The letters and digits of a text alone.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Cuts at a character boundary.
pub(crate) fn clip(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

pub(crate) fn get(incident: &Incident, at: FrameRef) -> &Frame {
    &incident.exceptions[at.exception].frames[at.frame]
}

/// All frames, those nearest to the crash first: the outermost exception from its crash site
/// outwards, then each inner one.
fn frame_order(incident: &Incident) -> Vec<FrameRef> {
    let mut order = Vec::new();
    for (exception, of) in incident.exceptions.iter().enumerate().rev() {
        for frame in (0..of.frames.len()).rev() {
            order.push(FrameRef { exception, frame });
        }
    }
    order
}

/// What a message puts in quotes or backticks.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['\'', '"', '`', '‘', '“']) {
        let quote = rest[start..].chars().next().unwrap_or('"');
        let close = match quote {
            '‘' => '’',
            '“' => '”',
            quote => quote,
        };
        let inner = &rest[start + quote.len_utf8()..];
        // An apostrophe inside a word opens nothing.
        let opens = !rest[..start].ends_with(char::is_alphanumeric);
        match inner.find(close).filter(|_| opens) {
            Some(end) => {
                if (1..=120).contains(&end) {
                    found.push(&inner[..end]);
                }
                rest = &inner[end + close.len_utf8()..];
            }
            None => rest = inner,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_numbers() {
        let found: Vec<f64> =
            numbers("inf or nan of infinity, 5 of 2.5").iter().map(|n| n.number).collect();
        assert_eq!(found, [5.0, 2.5]);
    }

    #[test]
    fn quotes() {
        assert_eq!(quoted("'a' has no \"b\" isn't `c`"), ["a", "b", "c"]);
        assert_eq!(quoted("open 'never"), Vec::<&str>::new());
    }
}
