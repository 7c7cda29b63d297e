//! What can be computed of a window before any incident: reading its diffs once.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::bearing;
use super::index::{Exchange, Side, WordIndex};
use super::kind::{CommitKind, FileKind};
use super::note::Note;
use super::reverts::{self, Subjects};
use super::tokens::{HunkWords, Tokens, lines_of};
use super::words::{NUMBER, each_word, hash, parts};
use crate::facts::component::Components;
use crate::facts::hints::Hints;
use crate::facts::{self, DefinitionAction, Fact, FactKind};
use crate::order::oldest_first;
use crate::signals::environment;
use crate::{Change, Place, Window};

/// A window whose diffs have been read. Ranking many incidents of one release reads them once.
///
/// [`Window::blame`] and [`Window::paths`] name frames of one incident: leave them out of a window
/// that is prepared for several, and give those of each incident to
/// [`Ranker::rank_shared`](super::Ranker::rank_shared).
///
/// ```
/// use sentry_correlate::rank::{PreparedWindow, Ranker};
/// use sentry_correlate::{Incident, Window};
///
/// let window = Window::default();
/// let prepared = PreparedWindow::new(&window);
/// let ranking = Ranker::default().rank_prepared(&Incident::default(), &prepared);
/// assert_eq!(ranking.none, 1.0);
/// ```
#[derive(Debug, Clone)]
pub struct PreparedWindow<'w> {
    pub(crate) window: Cow<'w, Window>,
    /// Indices into the window's changes, oldest first, whatever their order there. What the ranker
    /// calls a change's position is its place in here.
    pub(crate) order: Vec<usize>,
    /// Words of changed lines in code and configuration.
    pub(crate) diff_words: WordIndex,
    /// Words of changed lines in documents and tests.
    pub(crate) side_words: WordIndex,
    pub(crate) message_words: WordIndex,
    pub(crate) path_words: WordIndex,
    /// Facts by position.
    pub(crate) facts: Vec<Vec<Fact>>,
    /// What is known of each fact before any incident, by position.
    pub(crate) notes: Vec<Vec<Note>>,
    /// Name and version-free words of changed settings' keys: how many changes hold each.
    pub(crate) key_words: HashMap<String, usize>,
    pub(crate) paths: Vec<PathTouches>,
    pub(crate) by_path: HashMap<String, usize>,
    pub(crate) directories: Vec<String>,
    by_directory: HashMap<String, usize>,
    /// By position: its files' paths, indices into those.
    pub(crate) files: Vec<Vec<usize>>,
    pub(crate) by_name: HashMap<u64, Vec<usize>>,
    sections: Sections,
    /// Room for what the lines of a change may hold.
    hints: Vec<Hints>,
    /// Definitions that the lines of hunks hold: file, hunk and hash of the name, by position.
    pub(crate) defined: Vec<Vec<(usize, usize, u64)>>,
    pub(crate) kinds: Vec<CommitKind>,
    pub(crate) mentions: Vec<Mention>,
    /// By position: the change that takes it back, where that one still stands.
    pub(crate) reverted: Vec<Option<usize>>,
    /// Number of files touched, by position.
    pub(crate) sizes: Vec<usize>,
    /// By position: what its lines of code and configuration take and put.
    pub(crate) exchanges: Vec<Exchange>,
}

/// Hashes of the words of the hunks' sections, all in one row.
#[derive(Debug, Clone, Default)]
struct Sections {
    words: Vec<u64>,
    /// By hunk: where its words end.
    ends: Vec<usize>,
    /// By file: its first hunk.
    hunks: Vec<usize>,
    /// By position: the first file of the change.
    files: Vec<usize>,
}

impl Sections {
    fn of(&self, position: usize, file: usize, hunk: usize) -> &[u64] {
        let hunk = self.hunks[self.files[position] + file] + hunk;
        let start = hunk.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.words[start..self.ends[hunk]]
    }

    fn add(&mut self, section: &str) {
        each_word(section, |of_word, start, end| {
            self.words.push(match of_word {
                NUMBER => hash(&section[start..end]),
                of_word => of_word,
            });
        });
        self.ends.push(self.words.len());
    }
}

/// A path and who touches it, newest first.
#[derive(Debug, Clone)]
pub(crate) struct PathTouches {
    pub(crate) path: String,
    pub(crate) kind: FileKind,
    /// Its directory, an index into [`PreparedWindow::directories`].
    pub(crate) directory: Option<usize>,
    /// Whether it is configuration.
    pub(crate) configures: bool,
    /// The environment that it is for.
    pub(crate) environment: Option<&'static str>,
    /// Whether it is for what watches the program.
    pub(crate) watches: bool,
    /// The components that it names.
    pub(crate) components: Components,
    /// Position and index into the files of the change.
    pub(crate) touches: Vec<(usize, usize)>,
}

/// A commit whose message names another one of the window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    pub(crate) by: usize,
    pub(crate) of: usize,
    pub(crate) reverts: bool,
}

impl PathTouches {
    fn new(path: &str, directory: Option<usize>) -> Self {
        let configures = environment::configures(path);
        let words = parts(path);
        Self {
            path: path.to_owned(),
            kind: FileKind::of(path),
            directory,
            configures,
            environment: environment::named(&words).filter(|_| configures),
            watches: bearing::watches(&words),
            components: Components::of_parts(&words),
            touches: Vec::new(),
        }
    }
}

impl<'w> PreparedWindow<'w> {
    /// Reads the diffs of a window.
    #[must_use]
    pub fn new(window: &'w Window) -> Self {
        Self::build(Cow::Borrowed(window))
    }

    /// Reads the diffs of a window and keeps the window: for caches.
    #[must_use]
    pub fn owned(window: Window) -> PreparedWindow<'static> {
        PreparedWindow::build(Cow::Owned(window))
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Number of candidates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no candidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(crate) fn change(&self, position: usize) -> &Change {
        &self.window.changes[self.order[position]]
    }

    pub(crate) fn section(&self, position: usize, file: usize, hunk: usize) -> &[u64] {
        self.sections.of(position, file, hunk)
    }

    fn build(window: Cow<'w, Window>) -> Self {
        let order = oldest_first(&window.changes);
        let mut prepared = PreparedWindow {
            diff_words: WordIndex::with_parts(),
            side_words: WordIndex::default(),
            message_words: WordIndex::with_parts(),
            path_words: WordIndex::default(),
            facts: Vec::with_capacity(order.len()),
            notes: Vec::with_capacity(order.len()),
            key_words: HashMap::new(),
            paths: Vec::new(),
            by_path: HashMap::new(),
            by_name: HashMap::new(),
            directories: Vec::new(),
            by_directory: HashMap::new(),
            files: Vec::with_capacity(order.len()),
            sections: Sections::default(),
            hints: Vec::new(),
            defined: Vec::with_capacity(order.len()),
            kinds: Vec::with_capacity(order.len()),
            mentions: Vec::new(),
            reverted: Vec::new(),
            sizes: Vec::with_capacity(order.len()),
            exchanges: Vec::with_capacity(order.len()),
            order,
            window: Cow::Owned(Window::default()),
        };
        let mut tokens = Tokens::default();
        for (position, &index) in prepared.order.clone().iter().enumerate() {
            let change = &window.changes[index];
            tokens.read(change);
            prepared.add(position, change, &mut tokens);
        }
        for path in &mut prepared.paths {
            path.touches.reverse();
        }
        prepared.mentions = mentions(&window.changes, &prepared.order);
        prepared.reverted = reverts::standing(&prepared.mentions, prepared.len());
        prepared.window = window;
        prepared
    }

    fn add(&mut self, position: usize, change: &Change, tokens: &mut Tokens) {
        let id = u32::try_from(position).unwrap_or(u32::MAX - 1);
        let mut line = 0;
        let mut paths = Vec::with_capacity(change.files.len());
        self.sections.files.push(self.sections.hunks.len());
        self.hints.clear();
        for (at, file) in change.files.iter().enumerate() {
            let path = self.touch(position, at, &file.path);
            if let Some(previous) = &file.previous_path {
                self.touch(position, at, previous);
            }
            self.path_words.add(id, &file.path);
            let kind = self.paths[path].kind;
            paths.push(path);
            let index = if kind.is_side() { &mut self.side_words } else { &mut self.diff_words };
            self.sections.hunks.push(self.sections.ends.len());
            for hunk in &file.hunks {
                let words = HunkWords::new(hunk, tokens, line);
                line += lines_of(hunk);
                index.add_lines(id, Side::Removed, words.removed(), &mut self.hints);
                index.add_lines(id, Side::Added, words.added(), &mut self.hints);
                self.sections.add(&hunk.section);
            }
        }
        self.message_words.add(id, &change.message);
        let kinds: Vec<FileKind> = paths.iter().map(|&path| self.paths[path].kind).collect();
        self.kinds.push(CommitKind::of(change, &kinds));
        self.sizes.push(change.files.len());
        self.exchanges.push(self.diff_words.take_exchange());
        tokens.swap_hints(&mut self.hints);
        let facts = facts::read_tokens(change, tokens);
        self.defined.push(facts.iter().flat_map(defined).collect());
        let notes = self.notes_of(change, &paths, &facts);
        let mut seen = HashSet::new();
        for word in notes.iter().flat_map(|note| &note.words) {
            if seen.insert(word) {
                *self.key_words.entry(word.clone()).or_default() += 1;
            }
        }
        self.notes.push(notes);
        self.files.push(paths);
        self.facts.push(facts);
    }

    fn notes_of(&self, change: &Change, paths: &[usize], facts: &[Fact]) -> Vec<Note> {
        let section = |place: Place| {
            let hunk = place.hunk.and_then(|at| change.files[place.file].hunks.get(at));
            Components::of(hunk.map_or("", |hunk| &hunk.section))
        };
        let note = |fact: &Fact| {
            let path = &self.paths[paths[fact.place.file]];
            Note::new(fact, path, || section(fact.place))
        };
        facts.iter().map(note).collect()
    }

    fn directory(&mut self, folder: &str) -> usize {
        if let Some(&id) = self.by_directory.get(folder) {
            return id;
        }
        let id = self.directories.len();
        self.directories.push(folder.to_owned());
        self.by_directory.insert(folder.to_owned(), id);
        id
    }

    fn touch(&mut self, position: usize, file: usize, path: &str) -> usize {
        let id = match self.by_path.get(path) {
            Some(&id) => id,
            None => {
                let id = self.paths.len();
                let directory = path.rsplit_once('/').map(|(folder, _)| self.directory(folder));
                self.paths.push(PathTouches::new(path, directory));
                self.by_path.insert(path.to_owned(), id);
                let name = path.rsplit('/').next().unwrap_or(path);
                self.by_name.entry(hash(name)).or_default().push(id);
                id
            }
        };
        self.paths[id].touches.push((position, file));
        id
    }
}

/// The names that a definition fact brings or takes.
fn defined(fact: &Fact) -> Vec<(usize, usize, u64)> {
    let FactKind::Definition { action, name } = &fact.kind else { return Vec::new() };
    let hunk = fact.place.hunk.unwrap_or(0);
    let mut found = vec![(fact.place.file, hunk, hash(name))];
    if let DefinitionAction::Renamed { to } = action {
        found.push((fact.place.file, hunk, hash(to)));
    }
    found
}

/// Who names whom: full or short object names (at least seven digits) in messages.
fn mentions(changes: &[Change], order: &[usize]) -> Vec<Mention> {
    let mut by_prefix: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, &index) in order.iter().enumerate() {
        if let Some(prefix) = changes[index].sha.get(..7) {
            by_prefix.entry(prefix).or_default().push(position);
        }
    }
    let messages = order.iter().map(|&index| changes[index].message.as_str());
    let subjects = Subjects::of(messages);
    let mut found = Vec::new();
    let mut known = HashSet::new();
    for (by, &index) in order.iter().enumerate() {
        let message = &changes[index].message;
        let reverted = message.split_once("This reverts commit").map(|(_, rest)| rest);
        let quoted = reverts::quoted(message).and_then(|subject| subjects.last(&subject, by));
        let reverts = message.starts_with("Revert ") || reverted.is_some() || quoted.is_some();
        // Of several commits that a revert names, it takes back the one behind these words.
        let named = reverted
            .map_or(message.as_str(), |rest| rest.split(['.', '\n']).next().unwrap_or_default())
            .split(|c: char| !c.is_ascii_hexdigit())
            .filter(|word| (7..=40).contains(&word.len()))
            .filter_map(|word| {
                by_prefix
                    .get(word.get(..7)?)?
                    .iter()
                    .copied()
                    .find(|&of| of != by && changes[order[of]].sha.starts_with(word))
            });
        // A full name says it better than a subject, which several may have.
        let mut named = named.peekable();
        let quoted = quoted.filter(|_| named.peek().is_none());
        for of in named.chain(quoted) {
            if of < by && known.insert((by, of)) {
                found.push(Mention { by, of, reverts });
            }
        }
    }
    found
}
