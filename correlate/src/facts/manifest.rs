//! What changed between the two sides of a manifest or lock file of dependencies.

use std::borrow::Cow;
use std::collections::HashMap;

use super::lock::{self, Locked};
use super::{FactKind, VersionStep, dependency};
use crate::{FileChange, Hunk, Lines};

/// Most packages read of one file.
const MOST: usize = 200;

/// The dependencies that a change to a manifest or lock file moves, with the index of their hunk.
pub(crate) fn changes(file: &FileChange) -> Vec<(FactKind, usize)> {
    let mut found = Vec::new();
    versions(file, &mut found);
    if dependency::is_image_file(&file.path) {
        packages(file, &mut found);
    }
    found
}

/// A version as people write it: reducing cuts `6.8.1` into `6.8 1`. `None` where none is written.
fn tidy(version: String) -> Option<String> {
    let numbers = version.split(' ').all(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    match version.as_str() {
        "" => None,
        _ if numbers => Some(version.replace(' ', ".")),
        _ => Some(version),
    }
}

/// A dependency that one side of a file names.
struct Entry<'a> {
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    /// All that is said of it: its line, or the version that it is locked at.
    line: Cow<'a, str>,
    hunk: usize,
}

/// The dependencies that one side of a file names.
fn entries(file: &FileChange, side: fn(&Hunk) -> &Lines) -> Vec<Entry<'_>> {
    let path = file.path.as_str();
    let mut found = Vec::new();
    for (at, hunk) in file.hunks.iter().enumerate() {
        if dependency::is_manifest(path) {
            found.extend(side(hunk).iter().filter_map(|line| {
                let (name, version) = dependency::read(path, line)?;
                Some(Entry {
                    name: name.into(),
                    version: version.into(),
                    line: line.into(),
                    hunk: at,
                })
            }));
        } else {
            let locked = lock::read(path, &hunk.section, side(hunk)).into_iter();
            found.extend(locked.map(|Locked { name, version }| Entry {
                name: name.into(),
                line: version.clone().into(),
                version: version.into(),
                hunk: at,
            }));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// Dependencies whose versions moved, came or went, with their hunk.
fn versions(file: &FileChange, found: &mut Vec<(FactKind, usize)>) {
    let path = file.path.as_str();
    let same = |a: &str, b: &str| a.trim().trim_end_matches(',') == b.trim().trim_end_matches(',');
    let mut old: HashMap<String, (String, usize)> = HashMap::new();
    let mut lines: HashMap<String, Cow<'_, str>> = HashMap::new();
    for Entry { name, version, line, hunk } in entries(file, |hunk| &hunk.removed) {
        lines.insert(name.to_string(), line);
        old.insert(name.into_owned(), (version.into_owned(), hunk));
    }
    let mut new = Vec::new();
    for Entry { name, version, line, hunk } in entries(file, |hunk| &hunk.added) {
        // A comma at its end, or another place, is no change.
        if lines.get(name.as_ref()).is_some_and(|before| same(before, &line)) {
            old.remove(name.as_ref());
        } else {
            new.push((name.into_owned(), version.into_owned(), hunk));
        }
    }
    for (name, version, hunk) in new {
        let from = old.remove(&name).map(|(version, _)| version);
        // The line changed and the version did not: features, extras, sources.
        let step = if from.as_ref() == Some(&version) {
            VersionStep::Unknown
        } else {
            dependency::step_of(&name, from.as_deref(), Some(&version))
        };
        let (from, to) = match from.map(tidy) {
            // On one side the version stands elsewhere.
            Some(None) => (None, None),
            Some(from) => {
                let to = tidy(version);
                (from.filter(|_| to.is_some()), to)
            }
            None => (None, tidy(version)),
        };
        found.push((FactKind::Dependency { name, from, to, step }, hunk));
    }
    let mut gone: Vec<(String, (String, usize))> = old.into_iter().collect();
    gone.sort();
    if dependency::is_image_file(path) {
        exchange(found, &mut gone);
    }
    for (name, (version, hunk)) in gone {
        let step = dependency::step(Some(&version), None);
        found.push((FactKind::Dependency { name, from: tidy(version), to: None, step }, hunk));
    }
}

/// Another image to build on: the one that is gone and the one that is new are one fact.
fn exchange(found: &mut [(FactKind, usize)], gone: &mut Vec<(String, (String, usize))>) {
    let [(before, (tag, _))] = gone.as_slice() else { return };
    let mut added = found.iter_mut().filter_map(|(kind, _)| match kind {
        FactKind::Dependency { name, from, to, step } if *step == VersionStep::Added => {
            Some((name, from, to, step))
        }
        _ => None,
    });
    if let (Some((name, from, to, step)), None) = (added.next(), added.next()) {
        let image = |name: &str, tag: &str| format!("{name} {tag}").trim().to_owned();
        *from = Some(image(before, tag));
        *to = Some(image(name, to.as_deref().unwrap_or_default()));
        *step = VersionStep::Unknown;
        gone.clear();
    }
}

/// System packages that an image has no more, or newly has.
fn packages(file: &FileChange, found: &mut Vec<(FactKind, usize)>) {
    let names = |side: fn(&Hunk) -> &Lines| -> Vec<(String, usize)> {
        let hunks = file.hunks.iter().enumerate();
        hunks
            .flat_map(|(index, hunk)| side(hunk).iter().map(move |line| (line, index)))
            .flat_map(|(line, index)| {
                dependency::installed(line).into_iter().map(move |name| (name.to_owned(), index))
            })
            .take(MOST)
            .collect()
    };
    let (old, new) = (names(|hunk| &hunk.removed), names(|hunk| &hunk.added));
    for (side, other, step) in
        [(&old, &new, VersionStep::Removed), (&new, &old, VersionStep::Added)]
    {
        for (name, hunk) in side.iter().filter(|(name, _)| other.iter().all(|(n, _)| n != name)) {
            let name = name.clone();
            found.push((FactKind::Dependency { name, from: None, to: None, step }, *hunk));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::reduce::{RawHunk, Reducer};
    use crate::facts::Fact;
    use crate::{FileStatus, Place};

    fn dependencies(path: &str, section: &str, removed: &[&str], added: &[&str]) -> Vec<String> {
        let (removed, added) = (removed.to_vec(), added.to_vec());
        let raw = RawHunk { old_start: 7, new_start: 7, section, removed, added };
        let file = FileChange {
            path: path.into(),
            previous_path: None,
            status: FileStatus::Modified,
            additions: 0,
            deletions: 0,
            hunks: Reducer::new().file(path, [raw]),
        };
        let place = Place { file: 0, hunk: None };
        changes(&file).into_iter().map(|(kind, _)| Fact { kind, place }.to_string()).collect()
    }

    #[test]
    fn updates_that_only_a_lock_file_knows() {
        let before = [
            r#"      "version": "8.5.1","#,
            r#"      "resolved": "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-8.5.1.tgz","#,
        ];
        let after = [
            r#"      "version": "9.0.2","#,
            r#"      "resolved": "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-9.0.2.tgz","#,
        ];
        let found = dependencies("package-lock.json", "", &before, &after);
        assert_eq!(found, ["dependency jsonwebtoken 8.5.1 → 9.0.2"]);
        let section = r#"name = "bcrypt""#;
        let found = dependencies(
            "poetry.lock",
            section,
            &[r#"version = "4.3.0""#],
            &[r#"version = "5.0.0""#],
        );
        assert_eq!(found, ["dependency bcrypt 4.3.0 → 5.0.0"]);
        let moved = ["jsonwebtoken@^8.5.1:", r#"  version "8.5.1""#];
        assert!(dependencies("yarn.lock", "", &moved, &moved).is_empty());
    }
}
