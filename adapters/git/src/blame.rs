//! Which commit last touched a line.
//!
//! A line is followed back from a commit to the parent that has the same one, through renames,
//! until a commit is found that no parent can answer for.

use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::io;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix_imara_diff::sources::byte_lines;
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
/// not have is passed over. Stops early when `go_on` says so, which is asked within a file too; what
/// was not finished then has no answer.
///
/// A revision that the project ignores hands the lines it wrote on to those it wrote them in place
/// of, by likeness, as `git blame --ignore-rev` does; what is like nothing stays with it.
pub(crate) fn blame(
    repo: &gix::Repository,
    (start, ignored): (ObjectId, &Ignored),
    lines: &[Line],
    limits: Limits<'_>,
    found: &mut dyn FnMut(usize, ObjectId, i64),
) {
    let mut search =
        Search { repo, ignored, limits, open: BinaryHeap::new(), suspects: HashMap::new() };
    for (index, line) in lines.iter().enumerate() {
        if (limits.go_on)() {
            search.begin(start, index, line);
        }
    }
    while (limits.go_on)() {
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

/// How much blame may cost.
#[derive(Clone, Copy)]
pub(crate) struct Limits<'l> {
    /// Asked again and again; `false` ends the search.
    pub(crate) go_on: &'l dyn Fn() -> bool,
    /// Larger files are not compared.
    pub(crate) max_file_bytes: u64,
}

impl Limits<'_> {
    fn check(&self) -> gix::Result<()> {
        let late = || gix::Error::from_error(io::Error::from(io::ErrorKind::TimedOut));
        if (self.go_on)() { Ok(()) } else { Err(late()) }
    }
}

/// Lines that are read before the limits are looked at again.
const AT_ONCE: usize = 4_096;

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
    limits: Limits<'r>,
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
            self.limits.check()?;
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
        let (old, new) = (self.dense(old)?, self.dense(new)?);
        let mut input = InternedInput::default();
        self.intern(&old, |lines| input.update_before(lines))?;
        self.intern(&new, |lines| input.update_after(lines))?;
        let diff = compare_lines(&input);
        self.limits.check()?;
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

impl Search<'_> {
    /// A file without its white space.
    fn dense(&self, blob: ObjectId) -> gix::Result<Vec<u8>> {
        self.limits.check()?;
        if self.repo.find_header(blob)?.size() > self.limits.max_file_bytes {
            return Err(gix::Error::from_error(io::Error::from(io::ErrorKind::FileTooLarge)));
        }
        let mut data = std::mem::take(&mut self.repo.find_object(blob)?.data);
        data.retain(|b| !matches!(b, b' ' | b'\t' | b'\r'));
        Ok(data)
    }

    /// Hands over the lines of a file as long as there is time.
    fn intern<'d>(
        &self,
        data: &'d [u8],
        hand_over: impl FnOnce(&mut dyn Iterator<Item = &'d [u8]>),
    ) -> gix::Result<()> {
        let mut lines = byte_lines(data)
            .enumerate()
            .take_while(|(at, _)| at % AT_ONCE > 0 || (self.limits.go_on)())
            .map(|(_, line)| line);
        hand_over(&mut lines);
        self.limits.check()
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A repository whose one file changes throughout; the commit that changed it.
    fn rewritten(lines: usize) -> (tempfile::TempDir, gix::Repository, ObjectId) {
        let dir = tempfile::tempdir().unwrap();
        let repo = gix::init_bare(dir.path()).unwrap();
        let mut commit = None;
        for version in 0..2 {
            let text: String = (0..lines).map(|n| format!("{}\n", n % (7 + version))).collect();
            let entry = gix::objs::tree::Entry {
                mode: gix::objs::tree::EntryKind::Blob.into(),
                filename: "big".into(),
                oid: repo.write_blob(&text).unwrap().detach(),
            };
            let tree = gix::objs::Tree { entries: vec![entry] };
            let who = gix::actor::Signature::default();
            let object = gix::objs::Commit {
                tree: repo.write_object(&tree).unwrap().detach(),
                parents: commit.into_iter().collect(),
                author: who.clone(),
                committer: who,
                encoding: None,
                message: "m".into(),
                extra_headers: Vec::new(),
            };
            commit = Some(repo.write_object(&object).unwrap().detach());
        }
        (dir, repo, commit.unwrap())
    }

    /// How often the limits were asked, and how many answers came, when time is up after so many.
    fn asked(most: usize, max_file_bytes: u64) -> (usize, usize) {
        let (_dir, repo, commit) = rewritten(50_000);
        let (asked, mut answers) = (Cell::new(0), 0);
        let go_on = || {
            asked.set(asked.get() + 1);
            asked.get() <= most
        };
        let lines = [Line { path: "big".into(), number: 49_000 }];
        let limits = Limits { go_on: &go_on, max_file_bytes };
        blame(&repo, (commit, &Ignored::default()), &lines, limits, &mut |_, _, _| answers += 1);
        (asked.get(), answers)
    }

    #[test]
    fn the_limits_are_asked_within_one_file() {
        let (all, answers) = asked(usize::MAX, u64::MAX);
        assert_eq!(answers, 1);
        assert!(all > 20, "{all}");
        // Whenever time is up, the search ends soon, and a line half followed is nobody's.
        for most in [0, 1, 2, 5, 8, 15, 20] {
            let (asked, answers) = asked(most, u64::MAX);
            assert!(asked <= most + 3, "{asked} after {most}");
            assert_eq!(answers, 0, "after {most}");
        }
    }

    #[test]
    fn files_that_are_too_large_are_not_compared() {
        assert_eq!(asked(usize::MAX, 1_000).1, 0);
    }
}
