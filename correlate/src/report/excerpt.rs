//! The lines of the stack frame and the lines of the diff that belong together.

use super::{mask, statement};
use crate::diff::reduce::keeps_lines;
use crate::{Change, Direction, Evidence, Frame, Hunk, Hypothesis, Incident, Lines, Place};

/// What a person compares: where it crashed and what the change did there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Lines around the frame that evidence ties the change to, else around the crash site; `None`
    /// for an incident without frames.
    pub frame: Option<FrameLines>,
    /// The hunk.
    pub hunk: HunkLines,
}

/// Source lines of a stack frame, as the event carried them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameLines {
    /// File as the event names it.
    pub file: String,
    /// Function, where the event names it.
    pub function: Option<String>,
    /// Line number of the frame, where known.
    pub line: Option<u32>,
    /// The lines in order; empty when the event carried no source.
    pub lines: Vec<SourceLine>,
}

/// One line of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Its number, where the frame has one.
    pub number: Option<u32>,
    /// Whether it is the frame's own line.
    pub marked: bool,
    /// The line.
    pub text: String,
}

/// A hunk of a change, shortened around the lines that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HunkLines {
    /// Path after the change.
    pub path: String,
    /// Whether the lines are words of the lines because the full text was not kept.
    pub reduced: bool,
    /// The lines in diff order.
    pub lines: Vec<DiffLine>,
    /// Lines left out for length.
    pub omitted: usize,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// Whether the change adds or removes it.
    pub side: Side,
    /// Its number in the file of that side.
    pub number: u32,
    /// Whether the stack frame stands on it.
    pub marked: bool,
    /// The line.
    pub text: String,
}

/// The side of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Only in the old file.
    Removed,
    /// Only in the new file.
    Added,
}

/// Lines of a hunk that are shown per side.
const SIDE_LINES: usize = 8;
/// Source lines shown before and after the frame's own.
const AROUND: usize = 3;

impl Excerpt {
    /// The excerpt for the place that the statement is about, else for the strongest evidence that
    /// names one.
    pub(super) fn choose(
        incident: &Incident,
        change: &Change,
        hypothesis: &Hypothesis,
    ) -> Option<Self> {
        let places = || {
            hypothesis
                .evidence
                .iter()
                .filter(|e| e.direction == Direction::For && hunk_at(change, e.place).is_some())
        };
        let weight = |e: &Evidence| {
            let amount: f64 = hypothesis
                .contributions
                .iter()
                .filter(|c| c.signal == e.signal)
                .map(|c| c.amount)
                .sum();
            (amount.max(0.0) + 0.01) * e.strength
        };
        let told = statement::subject_place(hypothesis)
            .filter(|(place, _)| hunk_at(change, Some(*place)).is_some());
        let strongest = places().reduce(|a, b| if weight(b) > weight(a) { b } else { a });
        let (place, frame) = told.or_else(|| strongest.and_then(|e| Some((e.place?, e.frame))))?;
        let (path, hunk) = hunk_at(change, Some(place))?;
        let at_place = |e: &&Evidence| e.place == Some(place);
        let frame = frame
            .or_else(|| places().filter(at_place).find_map(|e| e.frame))
            .and_then(|at| frame_at(incident, at))
            .or_else(|| crash_frame(incident));
        let mark = frame.filter(|f| names(f, path)).and_then(|f| f.line);
        Some(Self { frame: frame.map(FrameLines::new), hunk: HunkLines::new(path, hunk, mark) })
    }
}

impl FrameLines {
    fn new(frame: &Frame) -> Self {
        let own = frame.pre_context.len();
        let first = own.saturating_sub(AROUND);
        let mut lines = Vec::new();
        if frame.context_line.is_some() {
            let before = u32::try_from(own - first).unwrap_or(u32::MAX);
            let mut number = frame.line.and_then(|l| l.checked_sub(before));
            let shown = mask::lines(&source(frame), first..own + 1 + AROUND);
            for (at, text) in (first..).zip(shown) {
                lines.push(SourceLine { number, marked: at == own, text });
                number = number.and_then(|n| n.checked_add(1));
            }
        }
        Self {
            file: frame
                .filename
                .clone()
                .or_else(|| frame.abs_path.clone())
                .or_else(|| frame.module.clone())
                .unwrap_or_default(),
            function: frame.function.clone(),
            line: frame.line,
            lines,
        }
    }
}

impl HunkLines {
    fn new(path: &str, hunk: &Hunk, mark: Option<u32>) -> Self {
        let reduced = hunk.display.is_none() && !keeps_lines(path);
        let (removed, added) = match &hunk.display {
            Some(display) => (&display.removed, &display.added),
            None => (&hunk.removed, &hunk.added),
        };
        let mut lines = Vec::new();
        let shown = side(Side::Removed, removed, hunk.old_start, None, &mut lines)
            + side(Side::Added, added, hunk.new_start, mark, &mut lines);
        let all = (hunk.old_lines as usize + hunk.new_lines as usize).max(shown);
        Self { path: path.to_owned(), reduced, lines, omitted: all - shown }
    }
}

/// Pushes at most [`SIDE_LINES`] lines, with the marked one among them; returns how many.
fn side(
    side: Side,
    texts: &Lines,
    start: u32,
    mark: Option<u32>,
    out: &mut Vec<DiffLine>,
) -> usize {
    let marked = mark.and_then(|m| m.checked_sub(start)).map(|at| at as usize);
    let first = match marked {
        Some(at) if at < texts.len() => {
            at.saturating_sub(SIDE_LINES / 2).min(texts.len().saturating_sub(SIDE_LINES))
        }
        _ => 0,
    };
    let texts: Vec<&str> = texts.iter().collect();
    let shown = mask::lines(&texts, first..first.saturating_add(SIDE_LINES));
    let before = out.len();
    out.extend((first..).zip(shown).map(|(at, text)| DiffLine {
        side,
        number: start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)),
        marked: marked == Some(at),
        text,
    }));
    out.len() - before
}

/// All lines around a frame that the event carried.
pub(super) fn source(frame: &Frame) -> Vec<&str> {
    let lines = frame.pre_context.iter().chain(&frame.context_line).chain(&frame.post_context);
    lines.map(String::as_str).collect()
}

fn hunk_at(change: &Change, place: Option<Place>) -> Option<(&str, &Hunk)> {
    let place = place?;
    let file = change.files.get(place.file)?;
    let hunk = file.hunks.get(place.hunk?)?;
    let shown = !(hunk.removed.is_empty() && hunk.added.is_empty() && hunk.display.is_none());
    shown.then_some((file.path.as_str(), hunk))
}

pub(super) fn frame_at(incident: &Incident, at: crate::FrameRef) -> Option<&Frame> {
    incident.exceptions.get(at.exception)?.frames.get(at.frame)
}

/// The program's own frame that is nearest to the crash, where the event carried its source; else
/// without source; else the crash site itself. Generated code, which has no file (`<string>`), may
/// be marked as the program's own and is passed over.
fn crash_frame(incident: &Incident) -> Option<&Frame> {
    let frames = &incident.exceptions.last()?.frames;
    let generated = |frame: &Frame| frame.filename.as_ref().is_some_and(|f| f.starts_with('<'));
    let own = || frames.iter().rev().filter(|frame| frame.in_app && !generated(frame));
    own().find(|frame| frame.context_line.is_some()).or_else(|| own().next()).or(frames.last())
}

/// Whether a frame's file is that path, or ends in its last part.
fn names(frame: &Frame, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    [&frame.filename, &frame.abs_path].into_iter().flatten().any(|file| {
        let file = file.replace('\\', "/");
        file.rsplit('/').next() == Some(last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DisplayLines;

    #[test]
    fn generated_code_is_not_the_crash_site() {
        let frame = |file: &str| Frame {
            filename: Some(file.into()),
            context_line: Some("call()".into()),
            in_app: true,
            ..Frame::default()
        };
        let frames = vec![frame("shop/checkout.py"), frame("<generated wrapper>")];
        let exceptions = vec![crate::Exception { frames, ..crate::Exception::default() }];
        let incident = Incident { exceptions, ..Incident::default() };
        let found = crash_frame(&incident).and_then(|frame| frame.filename.as_deref());
        assert_eq!(found, Some("shop/checkout.py"));
    }

    fn hunk(lines: u32) -> Hunk {
        let texts: Vec<String> = (0..lines).map(|n| format!("line {n}")).collect();
        Hunk {
            new_start: 100,
            new_lines: lines,
            display: Some(DisplayLines { removed: Lines::default(), added: texts.into() }),
            ..Hunk::default()
        }
    }

    #[test]
    fn a_long_hunk_is_shown_around_the_frames_line() {
        let shown = HunkLines::new("a.py", &hunk(60), Some(140));
        assert_eq!(shown.lines.len(), SIDE_LINES);
        let marked: Vec<_> = shown.lines.iter().filter(|l| l.marked).collect();
        assert_eq!((marked.len(), marked[0].number), (1, 140));
        assert_eq!(marked[0].text, "line 40");
        assert_eq!(shown.omitted, 60 - SIDE_LINES);
    }

    #[test]
    fn a_frame_outside_marks_nothing() {
        let shown = HunkLines::new("a.py", &hunk(3), Some(7));
        assert!(shown.lines.iter().all(|l| !l.marked));
        assert_eq!(shown.omitted, 0);
    }

    #[test]
    fn frame_lines_count_from_the_frames_own() {
        let frame = Frame {
            filename: Some("shop/db.py".into()),
            line: Some(12),
            context_line: Some("conn = pool.get()".into()),
            pre_context: (0..5).map(|n| format!("before {n}")).collect(),
            post_context: vec!["after".into()],
            ..Frame::default()
        };
        let lines = FrameLines::new(&frame).lines;
        assert_eq!(lines.first().and_then(|l| l.number), Some(9));
        let own = lines.iter().find(|l| l.marked).map(|l| (l.number, l.text.as_str()));
        assert_eq!(own, Some((Some(12), "conn = pool.get()")));
        assert_eq!(lines.last().and_then(|l| l.number), Some(13));
    }
}
