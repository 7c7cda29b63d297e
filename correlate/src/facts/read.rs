//! From the reduced lines of a change to facts.

use super::hints::Hints;
use super::line::Line;
use super::value::trend;
use super::variable::{is_variable, reads_variable};
use super::{
    DefinitionAction, Fact, FactKind, Family, Setting, Value, among, code, config_code, contract,
    definition, dependency, family, flow, guard, line, lock, manifest, migration, rights, schema,
};
use crate::diff::reduce::keeps_lines;
use crate::rank::tokens::{HunkWords, LineWords, Tokens, lines_of};
use crate::rank::words::parts;
use crate::{Change, FileChange, FileStatus, Hunk, Lines, Place};

/// Most facts read of one file; what lies beyond is a mass edit.
const MOST: usize = 200;
/// Longest hunk in which lines of code are compared pairwise, in lines of one side.
const PAIRED: usize = 12;

/// The facts of a change, in the order of its files and hunks.
///
/// ```
/// use sentry_correlate::facts::{self, FactKind};
/// # use sentry_correlate::{Change, FileChange, FileStatus, Hunk};
/// # use time::OffsetDateTime;
/// # let hunk = Hunk {
/// #     removed: ["pool_size: 20"].into(),
/// #     added: ["pool_size: 5"].into(),
/// #     ..Hunk::default()
/// # };
/// # let change = Change {
/// #     sha: String::new(), author: String::new(), author_email: None,
/// #     authored_at: OffsetDateTime::UNIX_EPOCH, committed_at: OffsetDateTime::UNIX_EPOCH,
/// #     message: String::new(), parents: 1, url: None, position: None, ignored_by: None,
/// #     files: vec![FileChange {
/// #         path: "config/database.yaml".into(), previous_path: None, status: FileStatus::Modified,
/// #         additions: 1, deletions: 1, hunks: vec![hunk],
/// #     }],
/// # };
/// // `change` replaces the line `pool_size: 20` of a YAML file by `pool_size: 5`.
/// let facts = facts::read(&change);
/// assert_eq!(facts[0].to_string(), "pool_size: 20 → 5");
/// assert!(matches!(&facts[0].kind, FactKind::Setting(setting) if setting.key == "pool_size"));
/// ```
#[must_use]
pub fn read(change: &Change) -> Vec<Fact> {
    read_tokens(change, &Tokens::of(change))
}

/// The facts of a change whose words have been found.
pub(crate) fn read_tokens(change: &Change, tokens: &Tokens) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut line = 0;
    for (index, file) in change.files.iter().enumerate() {
        let mut reader = Reader { file, index, tokens, line, facts: Vec::new() };
        line += file.hunks.iter().map(lines_of).sum::<usize>();
        reader.read();
        reader.facts.truncate(MOST);
        facts.append(&mut reader.facts);
    }
    facts
}

struct Reader<'a> {
    file: &'a FileChange,
    index: usize,
    tokens: &'a Tokens,
    /// The file's first line among the tokens.
    line: usize,
    facts: Vec<Fact>,
}

/// A `key: value` of one side of a file's diff.
struct Pair {
    key: String,
    value: String,
    hunk: usize,
}

fn flattened(key: &str, value: &str, hunk: usize) -> impl Iterator<Item = Pair> {
    flow::flatten(key, value).into_iter().map(move |(key, value)| Pair { key, value, hunk })
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        let path = self.file.path.as_str();
        if schema::is_migration(path) && self.file.status != FileStatus::Deleted {
            self.schema();
        }
        if contract::is_contract(path) {
            for index in 0..self.file.hunks.len() {
                let hunk = &self.file.hunks[index];
                self.push_steps(contract::steps(hunk), index);
                if let Some(setting) = contract::namespace(hunk) {
                    self.push(FactKind::Setting(setting), index);
                }
            }
        }
        if dependency::is_manifest(path) || lock::is_lock(path) {
            for (kind, hunk) in manifest::changes(self.file) {
                self.push(kind, hunk);
            }
        }
        if lock::is_lock(path) {
            return;
        }
        if keeps_lines(path) {
            self.settings();
        } else {
            self.code();
        }
    }

    fn push(&mut self, mut kind: FactKind, hunk: usize) {
        if let FactKind::Setting(setting) = &mut kind {
            if let (Some(old), Some(new)) = (&setting.old, &setting.new)
                && reads_variable(&setting.key)
                && is_variable(&old.text)
                && is_variable(&new.text)
            {
                // What is read has another name now.
                let (from, to) = (old.text.clone(), new.text.clone());
                kind = FactKind::SettingRenamed { from, to, value: String::new() };
            } else if let Some(image) = image(setting) {
                kind = image;
            } else if setting.family == Family::Other && !setting.in_code {
                setting.family = family::families(&self.file.path)[0];
            }
        }
        let place = Place { file: self.index, hunk: Some(hunk) };
        self.facts.push(Fact { kind, place });
    }

    fn settings(&mut self) {
        let mut removed = self.pairs(|hunk| &hunk.removed);
        let mut added = self.pairs(|hunk| &hunk.added);
        // What both sides hold only moved.
        let mut matched = Vec::new();
        for new in std::mem::take(&mut added) {
            match removed.iter().position(|old| old.key == new.key && old.value == new.value) {
                Some(at) => drop(removed.remove(at)),
                None => added.push(new),
            }
        }
        for new in std::mem::take(&mut added) {
            let same_key = |old: &Pair| old.key == new.key && old.hunk == new.hunk;
            let at = removed
                .iter()
                .position(same_key)
                .or_else(|| removed.iter().position(|old| old.key == new.key));
            match at {
                Some(at) => matched.push((Some(removed.remove(at)), Some(new))),
                None => added.push(new),
            }
        }
        for new in std::mem::take(&mut added) {
            let renamed =
                |old: &Pair| old.hunk == new.hunk && old.value == new.value && !new.key.is_empty();
            match removed.iter().position(renamed) {
                Some(at) => {
                    let old = removed.remove(at);
                    self.push(
                        FactKind::SettingRenamed { from: old.key, to: new.key, value: new.value },
                        new.hunk,
                    );
                }
                None => matched.push((None, Some(new))),
            }
        }
        matched.extend(removed.into_iter().map(|old| (Some(old), None)));
        let manifest = dependency::is_manifest(&self.file.path)
            || self.file.path.ends_with("Chart.yaml")
            || self.file.path.ends_with("setup.cfg");
        for (old, new) in matched {
            let hunk = new.as_ref().or(old.as_ref()).map_or(0, |pair| pair.hunk);
            let key =
                new.as_ref().or(old.as_ref()).map(|pair| pair.key.clone()).unwrap_or_default();
            // The version of what is released says nothing of what runs.
            if manifest && parts(&key).last().is_some_and(|part| part == "version") {
                continue;
            }
            let old = old.as_ref().map(|pair| pair.value.as_str());
            let new = new.as_ref().map(|pair| pair.value.as_str());
            let inner = old.zip(new).map(|(old, new)| among::settings(old, new));
            match inner.filter(|inner| !inner.is_empty()) {
                Some(inner) => {
                    for (name, old, new) in inner {
                        let key = format!("{key}.{name}");
                        self.push(FactKind::Setting(setting(key, old, new, false)), hunk);
                    }
                }
                None => self.push(FactKind::Setting(setting(key, old, new, false)), hunk),
            }
        }
    }

    fn pairs(&self, side: impl Fn(&Hunk) -> &Lines) -> Vec<Pair> {
        let manifest = dependency::is_manifest(&self.file.path);
        let mut pairs = Vec::new();
        // What stands in it besides is said again elsewhere.
        if self.file.path.ends_with("go.mod") {
            return pairs;
        }
        for (index, hunk) in self.file.hunks.iter().enumerate() {
            let mut section = section_of(hunk);
            let mut variable = String::new();
            for text in side(hunk) {
                if manifest && dependency::read(&self.file.path, text).is_some() {
                    continue;
                }
                match line::read(text) {
                    Line::Section(name) => name.clone_into(&mut section),
                    // `- name: POOL_SIZE` and `value: 5` on the next line are one setting.
                    Line::Pair("name", name) if is_variable(name) => name.clone_into(&mut variable),
                    Line::Pair("value", value) if !variable.is_empty() => {
                        pairs.extend(flattened(&std::mem::take(&mut variable), value, index));
                    }
                    Line::Pair(key, value) => {
                        let key = if section.is_empty() || key.contains(section.as_str()) {
                            key.to_owned()
                        } else {
                            format!("{section}.{key}")
                        };
                        pairs.extend(flattened(&key, value, index));
                    }
                    Line::Item(value) => pairs.extend(flattened(&section, value, index)),
                    Line::Nothing => {}
                }
                if pairs.len() >= MOST {
                    return pairs;
                }
            }
        }
        pairs
    }

    fn schema(&mut self) {
        for index in 0..self.file.hunks.len() {
            let hunk = &self.file.hunks[index];
            let steps = migration::of_lines(&hunk.added);
            let settings = rights::of_hunk(hunk);
            self.push_steps(steps, index);
            for setting in settings {
                self.push(FactKind::Setting(setting), index);
            }
        }
    }

    fn push_steps(&mut self, steps: Vec<schema::Step>, hunk: usize) {
        for schema::Step { action, table, column } in steps {
            self.push(FactKind::Schema { action, table, column }, hunk);
        }
    }

    fn code(&mut self) {
        self.definitions();
        let file = self.file;
        let configures = config_code::is_config_code(&file.path);
        let manifest =
            dependency::is_manifest(&file.path) && !dependency::is_image_file(&file.path);
        let mut line = self.line;
        for (index, hunk) in file.hunks.iter().enumerate() {
            let words = HunkWords::new(hunk, self.tokens, line);
            line += lines_of(hunk);
            // What else a manifest in code says is how to build.
            if !manifest && hunk.removed.len() <= PAIRED && hunk.added.len() <= PAIRED {
                let settings =
                    if configures { config_code::settings(hunk) } else { code::settings(words) };
                for setting in settings {
                    self.push(FactKind::Setting(setting), index);
                }
            }
            if let Some((guard, word)) = guard::removed(words) {
                self.push(FactKind::GuardRemoved { guard, word }, index);
            }
        }
    }

    /// The lines of one side that define something.
    fn defining<I>(&self, side: fn(HunkWords<'a>) -> I) -> Vec<Defining>
    where
        I: Iterator<Item = LineWords<'a>>,
    {
        let mut found = Vec::new();
        let mut first = self.line;
        for (index, hunk) in self.file.hunks.iter().enumerate() {
            let words = HunkWords::new(hunk, self.tokens, first);
            first += lines_of(hunk);
            if !words.may_hold(Hints::DEFINITION) {
                continue;
            }
            for line in side(words).filter(|line| line.hints.holds(Hints::DEFINITION)) {
                if let Some(name) = definition::name(line.text) {
                    found.push((name.to_owned(), line.text.to_owned(), index));
                    if found.len() == MOST {
                        return found;
                    }
                }
            }
        }
        found
    }

    fn definitions(&mut self) {
        let mut old = self.defining(HunkWords::removed);
        let new = self.defining(HunkWords::added);
        let mut found = Vec::new();
        let mut fresh = Vec::new();
        for (name, line, hunk) in new {
            match old.iter().position(|(other, _, _)| *other == name) {
                Some(at) => {
                    let (_, before, _) = old.remove(at);
                    if before != line {
                        found.push((DefinitionAction::SignatureChanged, name, hunk));
                    }
                }
                None => fresh.push((name, line, hunk)),
            }
        }
        for (name, line, hunk) in fresh {
            let tail = |line: &str, name: &str| line.replacen(name, "", 1);
            let renamed = old.iter().position(|(other, before, at)| {
                *at == hunk && tail(before, other) == tail(&line, &name)
            });
            match renamed {
                Some(at) => {
                    let (before, _, _) = old.remove(at);
                    found.push((DefinitionAction::Renamed { to: name }, before, hunk));
                }
                None => found.push((DefinitionAction::Added, name, hunk)),
            }
        }
        found
            .extend(old.into_iter().map(|(name, _, hunk)| (DefinitionAction::Removed, name, hunk)));
        for (action, name, hunk) in found {
            self.push(FactKind::Definition { action, name }, hunk);
        }
    }
}

/// A line that defines something: the name, the line, and its hunk.
type Defining = (String, String, usize);

/// The block that a hunk stands in: a word alone, or the name of a Terraform block.
fn section_of(hunk: &Hunk) -> String {
    match hunk.section.split_once(' ') {
        None if hunk.section.len() <= 40 => hunk.section.clone(),
        Some(("resource" | "module" | "data" | "variable" | "output" | "provider", rest)) => {
            rest.rsplit(' ').next().unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

/// An image that an orchestrator runs is a dependency with a version.
fn image(setting: &Setting) -> Option<FactKind> {
    let is_image = parts(&setting.key).last().is_some_and(|part| part == "image");
    let (old, new) = (setting.old.as_ref()?, setting.new.as_ref()?);
    let (before, after) = (dependency::tagged(&old.text)?, dependency::tagged(&new.text)?);
    (is_image && before.0 == after.0).then(|| FactKind::Dependency {
        name: before.0.to_owned(),
        from: Some(before.1.to_owned()),
        to: Some(after.1.to_owned()),
        step: dependency::step_of(before.0, Some(before.1), Some(after.1)),
    })
}

pub(super) fn setting(key: String, old: Option<&str>, new: Option<&str>, in_code: bool) -> Setting {
    let old = old.map(|text| Value::read(&key, text));
    let new = new.map(|text| Value::read(&key, text));
    Setting {
        family: family::families(&key)[0],
        trend: trend(old.as_ref(), new.as_ref()),
        old,
        new,
        in_code,
        key,
    }
}
