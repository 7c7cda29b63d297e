//! Which frames a path of the repository belongs to.

use sentry_correlate::{FileChange, Frame, Hunk, Incident};

/// The frames that rules look at, innermost first: those of the program itself, or all where none
/// is marked as such.
pub(super) struct Stack<'a> {
    pub(super) frames: Vec<StackFrame<'a>>,
}

/// One frame with the paths it may have in a repository.
pub(super) struct StackFrame<'a> {
    pub(super) frame: &'a Frame,
    paths: Vec<String>,
}

impl<'a> Stack<'a> {
    pub(super) fn of(incident: &'a Incident) -> Self {
        let all =
            || incident.exceptions.iter().rev().flat_map(|exception| exception.frames.iter().rev());
        let mut frames: Vec<_> = all().filter(|frame| frame.in_app).collect();
        if frames.is_empty() {
            frames = all().collect();
        }
        Self { frames: frames.into_iter().map(StackFrame::new).collect() }
    }

    /// Indices of the frames in this file, innermost first.
    pub(super) fn hits<'s>(&'s self, file: &'s FileChange) -> impl Iterator<Item = usize> + 's {
        self.frames.iter().enumerate().filter(|(_, frame)| frame.is_in(file)).map(|(i, _)| i)
    }
}

impl<'a> StackFrame<'a> {
    pub(super) fn new(frame: &'a Frame) -> Self {
        Self { frame, paths: paths(frame) }
    }

    /// Whether the file, under its present or previous path, is the frame's.
    pub(super) fn is_in(&self, file: &FileChange) -> bool {
        self.paths.iter().any(|path| {
            same_file(path, &file.path)
                || file.previous_path.as_deref().is_some_and(|previous| same_file(path, previous))
        })
    }

    /// Whether the file lies in the frame's directory.
    pub(super) fn shares_directory_with(&self, file: &FileChange) -> bool {
        let directory = |path: &str| path.rsplit_once('/').map(|(head, _)| head.to_owned());
        let Some(of_file) = directory(&file.path) else { return false };
        self.paths
            .iter()
            .filter_map(|path| directory(path))
            .any(|of_frame| !of_frame.is_empty() && same_file(&of_frame, &of_file))
    }

    /// The path by which rules that compare names know the frame.
    pub(super) fn name(&self) -> Option<&str> {
        self.paths.first().map(String::as_str)
    }
}

/// Lines between a hunk, where it stands after its change, and a line.
///
/// Later changes of the window may have moved the hunk; rules in use do not follow it.
pub(super) fn distance(hunk: &Hunk, line: u32) -> u32 {
    let start = hunk.new_start;
    // A pure deletion lies between its line and the next.
    let end = if hunk.new_lines == 0 { start + 1 } else { start + hunk.new_lines - 1 };
    if line < start { start - line } else { line.saturating_sub(end) }
}

/// Two paths name one file if the shorter is the end of the longer, component by component.
fn same_file(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    !short.is_empty()
        && long.strip_suffix(short).is_some_and(|head| head.is_empty() || head.ends_with('/'))
}

/// A Java class's file, then the file name and the absolute path as reported.
fn paths(frame: &Frame) -> Vec<String> {
    [java_path(frame), clean(frame.filename.as_deref()), clean(frame.abs_path.as_deref())]
        .into_iter()
        .flatten()
        .collect()
}

fn clean(path: Option<&str>) -> Option<String> {
    let path = path?.replace('\\', "/");
    let path = path.trim_start_matches("./").trim_start_matches('/');
    (!path.is_empty() && !path.starts_with('<')).then(|| path.to_owned())
}

/// `hudson.model.Job` in `Job.java` is `hudson/model/Job.java`.
fn java_path(frame: &Frame) -> Option<String> {
    let name = frame.filename.as_deref()?;
    let (module, extension) = (frame.module.as_deref()?, name.rsplit_once('.')?.1);
    if !matches!(extension, "java" | "kt" | "scala" | "groovy") || name.contains('/') {
        return None;
    }
    let package = module.rsplit_once('.')?.0;
    Some(format!("{}/{name}", package.replace('.', "/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(filename: &str, module: &str) -> Frame {
        Frame { filename: Some(filename.into()), module: Some(module.into()), ..Frame::default() }
    }

    fn is_in(frame: &Frame, path: &str) -> bool {
        StackFrame::new(frame).is_in(&super::super::authored::file(path))
    }

    #[test]
    fn paths_match_by_whole_components_from_the_end() {
        let python = frame("shop/cart.py", "shop.cart");
        assert!(is_in(&python, "lib/shop/cart.py"));
        assert!(is_in(&python, "shop/cart.py"));
        assert!(!is_in(&python, "lib/workshop/cart.py"));
        assert!(!is_in(&python, "lib/shop/discart.py"));
        assert!(is_in(&frame("C:\\app\\shop\\cart.py", ""), "shop/cart.py"));
    }

    #[test]
    fn distance_counts_lines_to_the_nearer_end() {
        let hunk = |new_start, new_lines| Hunk { new_start, new_lines, ..Hunk::default() };
        let to = |hunk: &Hunk, lines: &[u32]| -> Vec<u32> {
            lines.iter().map(|line| distance(hunk, *line)).collect()
        };
        assert_eq!(to(&hunk(10, 3), &[7, 10, 12, 13, 20]), [3, 0, 0, 1, 8]);
        assert_eq!(to(&hunk(10, 0), &[9, 10, 11, 12]), [1, 0, 0, 1]);
    }

    #[test]
    fn a_java_frame_is_found_by_its_class() {
        let java = frame("Job.java", "hudson.model.Job");
        assert_eq!(StackFrame::new(&java).name(), Some("hudson/model/Job.java"));
        assert!(is_in(&java, "core/src/main/java/hudson/model/Job.java"));
    }

    #[test]
    fn invented_file_names_of_runtimes_match_nothing() {
        assert!(!is_in(&frame("<string>", ""), "<string>"));
    }

    #[test]
    fn frames_of_the_program_go_innermost_first_and_others_only_without_them() {
        let incident = super::super::authored::incident(&[("a.py", "f", 1), ("b.py", "g", 2)]);
        let names = |i: &Incident| {
            Stack::of(i).frames.iter().map(|f| f.name().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&incident), ["b.py", "a.py"]);
        let mut mixed = incident.clone();
        mixed.exceptions[0].frames[1].in_app = false;
        assert_eq!(names(&mixed), ["a.py"]);
        mixed.exceptions[0].frames[0].in_app = false;
        assert_eq!(names(&mixed), ["b.py", "a.py"]);
    }
}
