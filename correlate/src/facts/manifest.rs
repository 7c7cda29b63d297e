//! What changed between the two sides of a manifest of dependencies.

use std::collections::HashMap;

use super::{FactKind, VersionStep, dependency};
use crate::{FileChange, Hunk, Lines};

/// Most packages read of one file.
const MOST: usize = 200;

/// The dependencies that a change to a manifest moves, with the index of their hunk.
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

/// Dependencies whose versions moved, came or went, with their hunk.
fn versions(file: &FileChange, found: &mut Vec<(FactKind, usize)>) {
    let path = file.path.as_str();
    let same = |a: &str, b: &str| a.trim().trim_end_matches(',') == b.trim().trim_end_matches(',');
    let mut old: HashMap<String, (String, usize)> = HashMap::new();
    let mut lines: HashMap<String, &str> = HashMap::new();
    for (index, hunk) in file.hunks.iter().enumerate() {
        for line in &hunk.removed {
            if let Some((name, version)) = dependency::read(path, line) {
                lines.insert(name.to_owned(), line);
                old.insert(name.to_owned(), (version.to_owned(), index));
            }
        }
    }
    let mut new = Vec::new();
    for (index, hunk) in file.hunks.iter().enumerate() {
        for line in &hunk.added {
            if let Some((name, version)) = dependency::read(path, line) {
                // A comma at its end, or another place, is no change.
                if lines.get(name).is_some_and(|before| same(before, line)) {
                    old.remove(name);
                } else {
                    new.push((name.to_owned(), version.to_owned(), index));
                }
            }
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
