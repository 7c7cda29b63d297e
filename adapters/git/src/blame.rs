//! Which commit last touched a line.
//!
//! A line is followed back from a commit to the parent that has the same one, through renames,
//! until a commit is found that no parent can answer for.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix_imara_diff::{Diff, InternedInput};

use crate::commit::{compare_lines, compare_trees, is_binary};
use crate::ignored::Ignored;

/// A line of a file, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) path: BString,
    pub(crate) number: u32,
}

/// Blames lines as they stand in the commit `start`. `found` gets the index of the line, the commit
/// that last touched it and that commit's time, as soon as it is known; a line that the file does
/// not have is passed over. Stops early when `go_on` says so.
///
/// A revision that the project ignores hands the lines it wrote on to those it wrote them in place
/// of, by likeness, as `git blame --ignore-rev` does; what is like nothing stays with it.
pub(crate) fn blame(
    repo: &gix::Repository,
    (start, ignored): (ObjectId, &Ignored),
    lines: &[Line],
    go_on: &dyn Fn() -> bool,
    found: &mut dyn FnMut(usize, ObjectId, i64),
) {
    let mut search = Search { repo, ignored, open: BinaryHeap::new(), suspects: HashMap::new() };
    for (index, line) in lines.iter().enumerate() {
        search.begin(start, index, line);
    }
    while go_on() {
        let Some((time, commit)) = search.open.pop() else { return };
        for (path, suspect) in search.suspects.remove(&commit).unwrap_or_default() {
            // An object that is missing ends the search for these lines, not for the others.
            let Ok(stay) = search.pass_on(commit, &path, suspect) else { continue };
            for (index, _) in stay {
                found(index, commit, time);
            }
        }
    }
}

/// Indices of the lines asked for, with their place in a file.
type Lines = Vec<(usize, u32)>;

/// A file of a commit: the trees on the way to it, the root first, and the blob at the end.
type Way = Vec<ObjectId>;

/// What a commit has to answer for in one file.
struct Suspect {
    way: Way,
    lines: Lines,
}

struct Search<'r> {
    repo: &'r gix::Repository,
    ignored: &'r Ignored,
    /// Commits by time, the newest first.
    open: BinaryHeap<(i64, ObjectId)>,
    suspects: HashMap<ObjectId, BTreeMap<BString, Suspect>>,
}

impl Search<'_> {
    fn begin(&mut self, commit: ObjectId, index: usize, line: &Line) {
        let Ok(Some(way)) = self.way(commit, &line.path, &[]) else { return };
        let Some(Ok(object)) = way.last().map(|&blob| self.repo.find_object(blob)) else { return };
        if !is_binary(&object.data) && object.data.lines().count() > line.number as usize {
            self.add(commit, line.path.clone(), way, vec![(index, line.number)]);
        }
    }

    fn add(&mut self, commit: ObjectId, path: BString, way: Way, mut lines: Lines) {
        if !self.suspects.contains_key(&commit) {
            let time = self.repo.find_commit(commit).and_then(|commit| commit.time());
            self.open.push((time.map_or(i64::MIN, |time| time.seconds), commit));
        }
        let suspect = self.suspects.entry(commit).or_default().entry(path);
        suspect.or_insert(Suspect { way, lines: Vec::new() }).lines.append(&mut lines);
    }

    /// Hands lines to the parents that have them; what is left was touched here.
    fn pass_on(
        &mut self,
        commit: ObjectId,
        path: &BString,
        suspect: Suspect,
    ) -> gix::Result<Lines> {
        let Suspect { way, lines } = suspect;
        let parents: Vec<ObjectId> =
            self.repo.find_commit(commit)?.parent_ids().map(gix::Id::detach).collect();
        let blob = way.last().copied();
        let mut sources = Vec::with_capacity(parents.len());
        for parent in parents {
            // The clone may end here.
            let Ok(source) = self.source(parent, commit, path, &way) else { continue };
            match source {
                Some((path, way)) if way.last().copied() == blob => {
                    self.add(parent, path, way, lines);
                    return Ok(Vec::new());
                }
                Some((path, way)) => sources.push((parent, path, way)),
                None => {}
            }
        }
        let mut left = lines;
        let passes: &[Pass] = match self.ignored.by(&commit) {
            Some(_) => &[same, replaced],
            None => &[same],
        };
        for pass in passes {
            for (parent, path, way) in &sources {
                let (Some(&old), Some(new)) = (way.last(), blob) else { continue };
                let (passed, touched) = self.split(old, new, left, *pass)?;
                if !passed.is_empty() {
                    self.add(*parent, path.clone(), way.clone(), passed);
                }
                left = touched;
            }
        }
        Ok(left)
    }

    /// The file in the parent: under its path, or under the one it was renamed from.
    fn source(
        &self,
        parent: ObjectId,
        commit: ObjectId,
        path: &BString,
        way: &[ObjectId],
    ) -> gix::Result<Option<(BString, Way)>> {
        if let Some(way) = self.way(parent, path, way)? {
            return Ok(Some((path.clone(), way)));
        }
        let old = self.repo.find_commit(parent)?.tree_id()?.detach();
        let new = self.repo.find_commit(commit)?.tree_id()?.detach();
        let previous = compare_trees(self.repo, Some(old), new)?
            .into_iter()
            .find(|delta| delta.path == *path)
            .and_then(|delta| delta.previous);
        let Some(previous) = previous else { return Ok(None) };
        Ok(self.way(parent, &previous, &[])?.map(|way| (previous, way)))
    }

    /// The way to a file in a commit. `known` is the way in a neighbouring commit: where both enter
    /// the same tree, the rest is the same.
    fn way(
        &self,
        commit: ObjectId,
        path: &BString,
        known: &[ObjectId],
    ) -> gix::Result<Option<Way>> {
        let mut way = vec![self.repo.find_commit(commit)?.tree_id()?.detach()];
        let mut parts = path.split(|&b| b == b'/').peekable();
        while let Some(part) = parts.next() {
            let here = way[way.len() - 1];
            if known.get(way.len() - 1) == Some(&here) {
                way.extend_from_slice(&known[way.len()..]);
                return Ok(Some(way));
            }
            let tree = self.repo.find_tree(here)?;
            let is_file = parts.peek().is_none();
            let entry = tree.find_entry(part).filter(|entry| {
                if is_file { entry.mode().is_blob() } else { entry.mode().is_tree() }
            });
            let Some(entry) = entry else { return Ok(None) };
            way.push(entry.object_id());
        }
        Ok(Some(way))
    }

    /// Lines that come from the old file, with their place there, and those that do not. White space
    /// does not count: who re-indents a line has not written it.
    fn split(
        &self,
        old: ObjectId,
        new: ObjectId,
        lines: Lines,
        place: Pass,
    ) -> gix::Result<(Lines, Lines)> {
        let dense = |blob| -> gix::Result<Vec<u8>> {
            let mut data = std::mem::take(&mut self.repo.find_object(blob)?.data);
            data.retain(|b| !matches!(b, b' ' | b'\t' | b'\r'));
            Ok(data)
        };
        let (old, new) = (dense(old)?, dense(new)?);
        let input = InternedInput::new(old.as_slice(), new.as_slice());
        let diff = compare_lines(&input);
        let (mut passed, mut touched) = (Vec::new(), Vec::new());
        for (index, number) in lines {
            match place(&input, &diff, number) {
                Some(before) => passed.push((index, before)),
                None => touched.push((index, number)),
            }
        }
        Ok((passed, touched))
    }
}

/// Where a line of the new file stood in the old one.
type Pass = fn(&InternedInput<&[u8]>, &Diff, u32) -> Option<u32>;

/// The place of a line that both files have. Behind a hunk a line has moved by what that hunk
/// brought.
fn same(_: &InternedInput<&[u8]>, diff: &Diff, number: u32) -> Option<u32> {
    let mut moved = 0i64;
    for hunk in diff.hunks().take_while(|hunk| hunk.after.start <= number) {
        if hunk.after.contains(&number) {
            return None;
        }
        moved = i64::from(hunk.before.end) - i64::from(hunk.after.end);
    }
    u32::try_from(i64::from(number) + moved).ok()
}

/// The place of the line that a touched one was most likely written for: of the removed ones, the
/// one with most pairs of bytes in common, and of several the one that stands most like it.
fn replaced(input: &InternedInput<&[u8]>, diff: &Diff, number: u32) -> Option<u32> {
    let hunk = diff.hunks().find(|hunk| hunk.after.contains(&number))?;
    let line = input.interner[input.after[number as usize]];
    let expected = f64::from(number - hunk.after.start)
        / f64::from(hunk.after.end - hunk.after.start)
        * f64::from(hunk.before.end - hunk.before.start);
    let away = |place: u32| (f64::from(place - hunk.before.start) - expected).abs();
    hunk.before
        .clone()
        .map(|place| (place, common(line, input.interner[input.before[place as usize]])))
        .filter(|(_, common)| *common > 0)
        .max_by(|a, b| a.1.cmp(&b.1).then_with(|| away(b.0).total_cmp(&away(a.0))))
        .map(|(place, _)| place)
}

/// How many pairs of neighbouring bytes two lines share.
fn common(one: &[u8], other: &[u8]) -> usize {
    let mut pairs: HashMap<&[u8], usize> = HashMap::new();
    for pair in one.windows(2) {
        *pairs.entry(pair).or_default() += 1;
    }
    other
        .windows(2)
        .filter(|pair| match pairs.get_mut(pair) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
        .count()
}
