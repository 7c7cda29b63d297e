//! What can be computed of a window before any incident: reading its diffs once.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::index::WordIndex;
use super::reverts::{self, Subjects};
use super::words::{hash, words};
use crate::facts::{self, DefinitionAction, Fact, FactKind};
use crate::order::oldest_first;
use crate::{Change, FileChange, Window};

/// A window whose diffs have been read. Ranking many incidents of one release reads them once.
///
/// [`Window::blame`] and [`Window::paths`] name frames of one incident: leave them out of a window
/// that is prepared for several.
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
    /// Name and version-free words of changed settings' keys: how many changes hold each.
    pub(crate) key_words: HashMap<String, usize>,
    pub(crate) paths: Vec<PathTouches>,
    pub(crate) by_path: HashMap<String, usize>,
    pub(crate) by_name: HashMap<u64, Vec<usize>>,
    /// Hashes of section words by position, file and hunk.
    sections: Vec<Vec<Vec<Section>>>,
    /// Definitions that the lines of hunks hold: file, hunk and hash of the name, by position.
    pub(crate) defined: Vec<Vec<(usize, usize, u64)>>,
    pub(crate) kinds: Vec<CommitKind>,
    pub(crate) mentions: Vec<Mention>,
    /// By position: the change that takes it back, where that one still stands.
    pub(crate) reverted: Vec<Option<usize>>,
    /// Number of files touched, by position.
    pub(crate) sizes: Vec<usize>,
}

/// Hashes of the words of a hunk's section.
pub(crate) type Section = Box<[u64]>;

/// A path and who touches it, newest first.
#[derive(Debug, Clone)]
pub(crate) struct PathTouches {
    pub(crate) path: String,
    /// Position and index into the files of the change.
    pub(crate) touches: Vec<(usize, usize)>,
}

/// What a commit is by its shape and author alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CommitKind {
    pub(crate) docs_only: bool,
    pub(crate) tests_only: bool,
    pub(crate) form_only: bool,
    pub(crate) merge: bool,
    pub(crate) bot: bool,
}

/// A commit whose message names another one of the window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    pub(crate) by: usize,
    pub(crate) of: usize,
    pub(crate) reverts: bool,
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
        &self.sections[position][file][hunk]
    }

    fn build(window: Cow<'w, Window>) -> Self {
        let order = oldest_first(&window.changes);
        let mut prepared = PreparedWindow {
            diff_words: WordIndex::default(),
            side_words: WordIndex::default(),
            message_words: WordIndex::default(),
            path_words: WordIndex::default(),
            facts: Vec::with_capacity(order.len()),
            key_words: HashMap::new(),
            paths: Vec::new(),
            by_path: HashMap::new(),
            by_name: HashMap::new(),
            sections: Vec::with_capacity(order.len()),
            defined: Vec::with_capacity(order.len()),
            kinds: Vec::with_capacity(order.len()),
            mentions: Vec::new(),
            reverted: Vec::new(),
            sizes: Vec::with_capacity(order.len()),
            order,
            window: Cow::Owned(Window::default()),
        };
        for (position, &index) in prepared.order.clone().iter().enumerate() {
            prepared.add(position, &window.changes[index]);
        }
        for path in &mut prepared.paths {
            path.touches.reverse();
        }
        prepared.mentions = mentions(&window.changes, &prepared.order);
        prepared.reverted = reverts::standing(&prepared.mentions, prepared.len());
        prepared.window = window;
        prepared
    }

    fn add(&mut self, position: usize, change: &Change) {
        let id = u32::try_from(position).unwrap_or(u32::MAX - 1);
        let mut sections = Vec::with_capacity(change.files.len());
        for (at, file) in change.files.iter().enumerate() {
            self.touch(position, at, &file.path);
            if let Some(previous) = &file.previous_path {
                self.touch(position, at, previous);
            }
            self.path_words.add(id, &file.path);
            let index = if is_docs(&file.path) || is_test(&file.path) {
                &mut self.side_words
            } else {
                &mut self.diff_words
            };
            let mut of_file: Vec<Section> = Vec::with_capacity(file.hunks.len());
            for hunk in &file.hunks {
                for line in hunk.removed.iter().chain(&hunk.added) {
                    index.add(id, line);
                }
                of_file.push(words(&hunk.section).map(hash).collect());
            }
            sections.push(of_file);
        }
        self.sections.push(sections);
        self.message_words.add(id, &change.message);
        self.kinds.push(kind(change));
        self.sizes.push(change.files.len());
        let facts = facts::read(change);
        self.defined.push(facts.iter().flat_map(defined).collect());
        let mut seen = Vec::new();
        for fact in &facts {
            for part in key_parts(&fact.kind) {
                if !seen.contains(&part) {
                    *self.key_words.entry(part.clone()).or_default() += 1;
                    seen.push(part);
                }
            }
        }
        self.facts.push(facts);
    }

    fn touch(&mut self, position: usize, file: usize, path: &str) {
        let id = match self.by_path.get(path) {
            Some(&id) => id,
            None => {
                let id = self.paths.len();
                self.paths.push(PathTouches { path: path.to_owned(), touches: Vec::new() });
                self.by_path.insert(path.to_owned(), id);
                let name = path.rsplit('/').next().unwrap_or(path);
                self.by_name.entry(hash(name)).or_default().push(id);
                id
            }
        };
        self.paths[id].touches.push((position, file));
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

/// The telling words of what a fact is about.
pub(crate) fn key_parts(fact: &FactKind) -> Vec<String> {
    let mut parts = match fact {
        FactKind::Setting(setting) if !setting.in_code => {
            let mut parts = super::words::parts(&setting.key);
            // The parts of an address tell as much as its key: `http://…/templates`.
            for value in [&setting.old, &setting.new].into_iter().flatten() {
                if value.text.contains('/') && value.text.len() <= 160 {
                    parts.extend(
                        super::words::parts(&value.text).into_iter().filter(|p| p.len() > 3),
                    );
                }
            }
            parts
        }
        FactKind::SettingRenamed { from, to, .. } => {
            let mut parts = super::words::parts(from);
            parts.extend(super::words::parts(to));
            parts
        }
        FactKind::Dependency { name, .. } => super::words::parts(name),
        _ => Vec::new(),
    };
    parts.sort();
    parts.dedup();
    parts
}

fn kind(change: &Change) -> CommitKind {
    let all =
        |test: fn(&FileChange) -> bool| !change.files.is_empty() && change.files.iter().all(test);
    CommitKind {
        docs_only: all(|file| is_docs(&file.path)),
        tests_only: all(|file| is_docs(&file.path) || is_test(&file.path))
            && change.files.iter().any(|file| is_test(&file.path)),
        form_only: all(is_form_only),
        merge: change.parents > 1,
        bot: is_bot(change),
    }
}

/// Whether a file only documents.
pub(crate) fn is_docs(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let stem = name.split('.').next().unwrap_or(name);
    [".md", ".rst", ".adoc", ".po", ".pot", ".1", ".5", ".8", ".man"]
        .iter()
        .any(|s| name.ends_with(s))
        || (name.ends_with(".txt") && !name.starts_with("requirements") && name != "cmakelists.txt")
        || (matches!(name.rsplit('.').next(), Some("txt" | "md" | "html" | "in") | None)
            || name == stem)
            && matches!(
                stem,
                "readme"
                    | "changes"
                    | "changelog"
                    | "news"
                    | "authors"
                    | "license"
                    | "licence"
                    | "copying"
                    | "contributing"
                    | "todo"
                    | "contributors"
                    | "codeowners"
                    | "notice"
                    | "maintainers"
                    | "thanks"
            )
        || matches!(name, ".gitignore" | ".mailmap" | ".gitattributes" | ".editorconfig")
        || lower
            .split('/')
            .any(|part| matches!(part, "docs" | "doc" | "man" | "changelog" | "changelogs"))
            && ![".py", ".rb", ".js", ".ts", ".c", ".go", ".rs", ".java"]
                .iter()
                .any(|s| name.ends_with(s))
}

/// Whether a file is only run by tests or by those who build.
pub(crate) fn is_test(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    lower.rsplit('/').skip(1).any(|part| {
        matches!(
            part,
            "test"
                | "tests"
                | "spec"
                | "specs"
                | "testing"
                | "__tests__"
                | "fixtures"
                | "testdata"
                | "examples"
                | "example"
                | "benchmarks"
                | ".github"
                | ".gitlab"
                | ".circleci"
                | "ci"
        )
    }) || name.starts_with("test_")
        || name.starts_with("test-")
        || name.starts_with("tests.")
        || [".test.js", ".spec.js", ".test.ts", ".spec.ts", ".test.tsx", ".spec.tsx"]
            .iter()
            .any(|s| name.ends_with(s))
        || [
            "_test.go",
            "_test.py",
            "_spec.rb",
            "_test.rb",
            "_test.rs",
            "_test.c",
        ]
        .iter()
        .any(|s| name.ends_with(s))
        // `CartTest.java`, and not `Latest.java`.
        || ["Test.java", "Tests.java", "Tests.cs", "Test.php"].iter().any(|s| path.ends_with(s))
        || matches!(
            name,
            "tox.ini"
                | ".travis.yml"
                | ".gitlab-ci.yml"
                | "appveyor.yml"
                | "jenkinsfile"
                | "noxfile.py"
                | "conftest.py"
                | "pytest.ini"
                | ".pre-commit-config.yaml"
                | ".coveragerc"
                | "jest.config.js"
                | ".eslintrc.json"
                | ".prettierrc"
                | ".flake8"
                | "ruff.toml"
                | "codecov.yml"
                | "mypy.ini"
                | ".editorconfig"
                | ".eslintrc"
                | ".rubocop.yml"
                | "renovate.json"
                | "dependabot.yml"
        )
}

/// Whether the lines differ in nothing but white space. Reduced lines have lost the signs that tell
/// `<` from `<=`, so only lines kept for display can show it.
fn is_form_only(file: &FileChange) -> bool {
    let inked = |lines: &[String]| -> String {
        lines.iter().flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()).collect()
    };
    !file.hunks.is_empty()
        && file.hunks.iter().all(|hunk| {
            hunk.display.as_ref().is_some_and(|lines| inked(&lines.removed) == inked(&lines.added))
        })
}

fn is_bot(change: &Change) -> bool {
    let author = change.author.to_ascii_lowercase();
    let email = change.author_email.as_deref().unwrap_or_default().to_ascii_lowercase();
    author.ends_with("[bot]")
        || email.contains("[bot]@")
        || ["dependabot", "renovate", "greenkeeper", "snyk-bot", "github-actions", "pre-commit-ci"]
            .iter()
            .any(|bot| author.starts_with(bot))
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
