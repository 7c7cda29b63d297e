//! Most frames hit: whose files appear most often in the trace.

use sentry_correlate::{Incident, Window};

use super::stack::Stack;
use super::{Answer, Rule};

/// Counts the frames of the program that lie in a file the change touches.
#[derive(Debug, Clone, Copy)]
pub struct FileHit;

impl Rule for FileHit {
    fn name(&self) -> &'static str {
        "file-hit"
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let stack = Stack::of(incident);
        Answer::ranked(window.changes.iter().filter_map(|change| {
            let hit = |i: &usize| change.files.iter().any(|file| stack.frames[*i].is_in(file));
            let hits = (0..stack.frames.len()).filter(hit).count();
            (hits > 0).then(|| (change.sha.clone(), hits as f64))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, file, incident, named, window};
    use super::*;

    #[test]
    fn more_frames_hit_come_first_and_none_hit_is_not_named() {
        let incident = incident(&[("a.py", "f", 1), ("b.py", "g", 2), ("a.py", "h", 3)]);
        let window = window(
            &[
                change("b", 1, &[file("b.py")]),
                change("a", 2, &[file("a.py")]),
                change("ab", 3, &[file("a.py"), file("b.py")]),
                change("z", 4, &[file("z.py")]),
            ],
            &[],
        );
        assert_eq!(named(&FileHit, &incident, &window), ["ab", "a", "b"]);
        assert!(FileHit.answer(&incident, &Window::default()).says_none());
    }
}
