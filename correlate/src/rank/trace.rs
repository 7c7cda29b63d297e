//! Following the lines of a trace back through the candidates' own hunks.
//!
//! This is *window blame*: which change of the window last touched this line, and how near did
//! each of them come to it. It needs no repository and is the same for every source.

use super::prepare::PreparedWindow;
use super::query::{Query, Seen};
use crate::{FileStatus, Hunk};

/// One change in one file of one frame.
#[derive(Debug, Clone)]
pub(crate) struct Touch {
    /// Index into [`Query::frames`].
    pub(crate) seen: usize,
    /// Index into the files of the change.
    pub(crate) file: usize,
    /// The hunk nearest to the frame's line.
    pub(crate) hunk: Option<usize>,
    /// Lines between the frame's line, carried to the version of the change, and that hunk.
    pub(crate) distance: Option<u32>,
    /// Of all candidates it was the last to touch the line.
    pub(crate) last: bool,
    /// A hunk in the frame's function.
    pub(crate) function: Option<usize>,
}

/// The touches by position of the change, and for each frame how many changes touch its file and
/// its function.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) touches: Vec<Vec<Touch>>,
    pub(crate) in_file: Vec<usize>,
    pub(crate) in_function: Vec<usize>,
}

impl Trace {
    pub(crate) fn follow(prepared: &PreparedWindow<'_>, query: &Query) -> Self {
        let mut trace = Trace {
            touches: vec![Vec::new(); prepared.len()],
            in_file: vec![0; query.frames.len()],
            in_function: vec![0; query.frames.len()],
        };
        for (index, seen) in query.frames.iter().enumerate() {
            for &path in &seen.paths {
                trace.follow_path(prepared, index, seen, path);
            }
        }
        trace
    }

    fn follow_path(
        &mut self,
        prepared: &PreparedWindow<'_>,
        index: usize,
        seen: &Seen,
        path: usize,
    ) {
        let mut path = path;
        let mut line = seen.line.map(i64::from);
        let mut found = false;
        let mut newest = prepared.len();
        'path: loop {
            for &(position, file) in &prepared.paths[path].touches {
                // After following a rename, only what is older than it counts.
                if position >= newest {
                    continue;
                }
                let change = &prepared.change(position).files[file];
                if change.path != prepared.paths[path].path {
                    // The path's name before a rename: its later life is another file's.
                    continue;
                }
                let nearest = line.and_then(|line| nearest(&change.hunks, line));
                let hit = nearest.is_some_and(|(_, distance)| distance == 0);
                let function =
                    seen.function.and_then(|name| self.function(prepared, position, file, name));
                self.in_file[index] += 1;
                self.in_function[index] += usize::from(function.is_some());
                self.touches[position].push(Touch {
                    seen: index,
                    file,
                    hunk: nearest.map(|(hunk, _)| hunk),
                    distance: nearest.map(|(_, distance)| distance),
                    last: hit && !found,
                    function,
                });
                found |= hit;
                line = line.map(|line| before(&change.hunks, line));
                if change.status == FileStatus::Added {
                    return;
                }
                if let Some(previous) = &change.previous_path
                    && let Some(&id) = prepared.by_path.get(previous)
                    && id != path
                {
                    path = id;
                    newest = position;
                    continue 'path;
                }
            }
            return;
        }
    }

    /// The hunk of a file that stands in a function or defines it.
    fn function(
        &self,
        prepared: &PreparedWindow<'_>,
        position: usize,
        file: usize,
        name: u64,
    ) -> Option<usize> {
        let hunks = &prepared.change(position).files[file].hunks;
        let of_section =
            (0..hunks.len()).find(|&hunk| prepared.section(position, file, hunk).contains(&name));
        of_section.or_else(|| {
            prepared.defined[position]
                .iter()
                .find_map(|&(at, hunk, defined)| (at == file && defined == name).then_some(hunk))
        })
    }
}

/// The hunk nearest to a line of the new version, and how many lines lie between.
fn nearest(hunks: &[Hunk], line: i64) -> Option<(usize, u32)> {
    let distance = |hunk: &Hunk| -> u32 {
        let start = i64::from(hunk.new_start);
        let away = if hunk.new_lines == 0 {
            // A deletion lies between two lines; both are next to it.
            if line <= start { start - line + 1 } else { line - start }
        } else {
            let end = start + i64::from(hunk.new_lines) - 1;
            (start - line).max(line - end).max(0)
        };
        u32::try_from(away).unwrap_or(u32::MAX)
    };
    // Hunks are in file order, so the nearest is one of two neighbours.
    let after = hunks.partition_point(|hunk| i64::from(hunk.new_start) <= line);
    let candidates = [after.checked_sub(1), (after < hunks.len()).then_some(after)];
    candidates
        .into_iter()
        .flatten()
        .map(|index| (index, distance(&hunks[index])))
        .min_by_key(|&(_, distance)| distance)
}

/// Where a line of the new version stood in the old one.
fn before(hunks: &[Hunk], line: i64) -> i64 {
    let mut shift = 0;
    for hunk in hunks {
        let start = i64::from(hunk.new_start);
        let (new, old) = (i64::from(hunk.new_lines), i64::from(hunk.old_lines));
        let first = if new == 0 { start + 1 } else { start };
        if line < first {
            break;
        }
        if line < first + new {
            // A line that the hunk brought: the line it replaced, or the place it was put.
            let offset = (line - first).min((old - 1).max(0));
            return (i64::from(hunk.old_start) + offset).max(1);
        }
        shift += old - new;
    }
    (line + shift).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(old: (u32, u32), new: (u32, u32)) -> Hunk {
        Hunk {
            old_start: old.0,
            old_lines: old.1,
            new_start: new.0,
            new_lines: new.1,
            ..Hunk::default()
        }
    }

    #[test]
    fn lines_are_carried_back() {
        // Two lines put in after line 4, one line removed after line 20 of the new file.
        let hunks = [hunk((4, 0), (5, 2)), hunk((19, 1), (20, 0))];
        assert_eq!(before(&hunks, 3), 3);
        assert_eq!(before(&hunks, 5), 4);
        assert_eq!(before(&hunks, 10), 8);
        assert_eq!(before(&hunks, 20), 18);
        assert_eq!(before(&hunks, 21), 20);
    }

    #[test]
    fn distances() {
        let hunks = [hunk((4, 0), (5, 2)), hunk((19, 1), (20, 0))];
        assert_eq!(nearest(&hunks, 5), Some((0, 0)));
        assert_eq!(nearest(&hunks, 9), Some((0, 3)));
        assert_eq!(nearest(&hunks, 20), Some((1, 1)));
        assert_eq!(nearest(&[], 1), None);
    }
}
