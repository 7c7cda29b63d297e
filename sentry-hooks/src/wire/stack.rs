//! Exceptions and frames in either spelling.
//!
//! The two forms differ here in spelling alone, and service hooks and stored events of old servers
//! mix them; so each key is taken in both spellings.

use std::{borrow::Cow, collections::VecDeque};

use crate::{
    ParseError,
    json::{self, Scanner, boolean, text},
    model::{Exception, Frame, Id, Mechanism, Raw, context},
};

/// How many exceptions, and how many frames in all, are read of an event: the last ones, which are
/// the newest, so that the crash is among them. Sentry keeps far fewer; the limit is for bodies of
/// millions of `{}`, each of which would cost a hundred times its size.
const MAX_EXCEPTIONS: usize = 2_000;
const MAX_FRAMES: usize = 20_000;

/// Frames that may still be read, and whether some had to be left out.
struct Room {
    left: usize,
    short: bool,
}

impl Room {
    fn new() -> Self {
        Self { left: MAX_FRAMES, short: false }
    }
}

/// The exceptions under `values`, nulls skipped, in the order of the wire.
pub(crate) fn exceptions(raw: &str) -> Vec<Exception<'_>> {
    let mut out = Vec::new();
    let mut room = Room::new();
    values(raw, |scanner| {
        room.short |= out.len() == MAX_EXCEPTIONS;
        if room.short {
            return scanner.skip().map(drop);
        }
        out.push(exception(scanner, &mut room)?);
        Ok(())
    });
    if room.short { last_exceptions(raw) } else { out }
}

/// The same where there are too many: the last one is read first, so that the room is its own.
fn last_exceptions(raw: &str) -> Vec<Exception<'_>> {
    let mut last = VecDeque::new();
    values(raw, |scanner| {
        push(&mut last, scanner.skip()?, MAX_EXCEPTIONS);
        Ok(())
    });
    let mut room = Room::new();
    let read = |text| exception(&mut Scanner::new(text), &mut room).unwrap_or_default();
    let mut out: Vec<_> = last.into_iter().rev().map(read).collect();
    out.reverse();
    out
}

/// Adds an element to a list which keeps the last `limit` alone; whether all are still there.
fn push<T>(list: &mut VecDeque<T>, element: T, limit: usize) -> bool {
    list.push_back(element);
    list.len() <= limit || list.pop_front().is_none()
}

/// Calls `f` at each object of `{"values": […]}` (old bodies: `value`) or of a bare array.
///
/// The text has passed the scanner before, so reading it again does not fail.
fn values<'a>(raw: &'a str, f: impl FnMut(&mut Scanner<'a>) -> Result<(), ParseError>) {
    let mut scanner = Scanner::new(raw);
    let _ = read_values(&mut scanner, f);
}

fn read_values<'a>(
    scanner: &mut Scanner<'a>,
    mut f: impl FnMut(&mut Scanner<'a>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    match scanner.peek() {
        Some(b'[') => objects(scanner, &mut f),
        Some(b'{') => scanner
            .object(|s, key| match key {
                "values" | "value" if s.peek() == Some(b'[') => objects(s, &mut f),
                _ => s.skip().map(drop),
            })
            .map(drop),
        _ => Ok(()),
    }
}

/// Calls `f` at each object of an array and steps over its other elements.
fn objects<'a>(
    scanner: &mut Scanner<'a>,
    f: &mut impl FnMut(&mut Scanner<'a>) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    scanner.array(|s| if s.peek() == Some(b'{') { f(s) } else { s.skip().map(drop) }).map(drop)
}

fn exception<'a>(scanner: &mut Scanner<'a>, room: &mut Room) -> Result<Exception<'a>, ParseError> {
    let mut exception = Exception::default();
    scanner.object(|s, key| {
        if key == "stacktrace" && s.peek() == Some(b'{') {
            exception.has_stacktrace = true;
            exception.frames = stacktrace(s, room)?.unwrap_or_default();
            return Ok(());
        }
        let value = s.skip()?;
        match key {
            "type" => exception.ty = text(value),
            "value" => exception.value = text(value),
            "module" => exception.module = text(value),
            "mechanism" => exception.mechanism = mechanism(value),
            "thread_id" | "threadId" => exception.thread_id = Id::from_raw(value),
            _ => {}
        }
        Ok(())
    })?;
    Ok(exception)
}

fn mechanism(raw: &str) -> Option<Mechanism<'_>> {
    if !json::is_object(raw) {
        return None;
    }
    let mut mechanism = Mechanism::default();
    json::members(raw, |key, value| match key {
        "type" => mechanism.ty = text(value),
        "handled" => mechanism.handled = boolean(value),
        "synthetic" => mechanism.synthetic = boolean(value),
        "exception_id" | "exceptionId" => mechanism.exception_id = json::unsigned(value),
        "parent_id" | "parentId" => mechanism.parent_id = json::unsigned(value),
        "data" if !json::is_null(value) => mechanism.data = Some(Raw::new(value)),
        _ => {}
    });
    Some(mechanism)
}

/// The frames of a stack trace, oldest call first; `None` where it has no list of frames.
pub(crate) fn frames(raw: &str) -> Option<Vec<Frame<'_>>> {
    if !json::is_object(raw) {
        return None;
    }
    stacktrace(&mut Scanner::new(raw), &mut Room::new()).ok().flatten()
}

/// A stack trace's frames, the last ones for which there is room; the scanner stands before an object.
fn stacktrace<'a>(
    scanner: &mut Scanner<'a>,
    room: &mut Room,
) -> Result<Option<Vec<Frame<'a>>>, ParseError> {
    let mut out = None;
    scanner.object(|s, key| {
        if key != "frames" {
            return s.skip().map(drop);
        }
        let frames = out.insert(VecDeque::new());
        if s.peek() == Some(b'[') {
            objects(s, &mut |s| {
                room.short |= !push(frames, frame(s)?, room.left);
                Ok(())
            })
        } else {
            s.skip().map(drop)
        }
    })?;
    room.left -= out.as_ref().map_or(0, VecDeque::len);
    Ok(out.map(Vec::from))
}

/// The frames of the crashed thread, else of the current one; empty where there is none.
pub(crate) fn crashed_thread(raw: &str) -> Vec<Frame<'_>> {
    let mut crashed = None;
    let mut current = None;
    values(raw, |scanner| {
        let mut stacktrace = None;
        let (mut is_crashed, mut is_current) = (false, false);
        scanner.object(|s, key| {
            let value = s.skip()?;
            match key {
                "crashed" => is_crashed = boolean(value) == Some(true),
                "current" => is_current = boolean(value) == Some(true),
                "stacktrace" => stacktrace = Some(value),
                _ => {}
            }
            Ok(())
        })?;
        if is_crashed {
            crashed = crashed.or(stacktrace);
        } else if is_current {
            current = current.or(stacktrace);
        }
        Ok(())
    });
    crashed.or(current).and_then(frames).unwrap_or_default()
}

fn frame<'a>(scanner: &mut Scanner<'a>) -> Result<Frame<'a>, ParseError> {
    let mut frame = Frame::default();
    let (mut pre, mut post, mut pairs) = (None, None, None);
    scanner.object(|s, key| {
        let value = s.skip()?;
        // Most members of most frames are null.
        if json::is_null(value) {
            return Ok(());
        }
        match key {
            "filename" => frame.filename = text(value),
            "abs_path" | "absPath" => frame.abs_path = text(value),
            "function" => frame.function = text(value),
            "module" => frame.module = text(value),
            "package" => frame.package = text(value),
            "platform" => frame.platform = text(value),
            "lineno" | "lineNo" => frame.line = small(value),
            "colno" | "colNo" => frame.column = small(value),
            "in_app" | "inApp" => frame.in_app = boolean(value),
            "context_line" => frame.context_line = text(value),
            "pre_context" => pre = Some(value),
            "post_context" => post = Some(value),
            "context" => pairs = Some(value),
            "instruction_addr" | "instructionAddr" => frame.instruction_addr = text(value),
            "vars" => frame.vars = Some(Raw::new(value)),
            _ => {}
        }
        Ok(())
    })?;
    if let Some(pairs) = pairs {
        frame.context_line = frame.context_line.or_else(|| context::line(pairs, frame.line));
        frame.context = context::Context::Pairs(Cow::Borrowed(pairs));
    } else if pre.or(post).is_some() {
        frame.context = context::Context::Lines {
            pre: Cow::Borrowed(pre.unwrap_or_default()),
            post: Cow::Borrowed(post.unwrap_or_default()),
        };
    }
    Ok(frame)
}

fn small(raw: &str) -> Option<u32> {
    json::unsigned(raw)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millions_of_nothing_stay_small() {
        let frames = format!(r#"{{"stacktrace":{{"frames":[{}]}}}}"#, vec!["{}"; 15_000].join(","));
        let raw = format!(r#"{{"values":[{frames},{frames},{}]}}"#, vec!["{}"; 5_000].join(","));
        let exceptions = exceptions(&raw);
        assert_eq!(exceptions.len(), MAX_EXCEPTIONS);
        // The last 2,000 exceptions are bare.
        assert_eq!(exceptions.iter().map(|e| e.frames.len()).sum::<usize>(), 0);
        let raw = format!(r#"{{"values":[{frames},{frames},{{}}]}}"#);
        let lengths = |raw| super::exceptions(raw).iter().map(|e| e.frames.len()).collect();
        let lengths: Vec<_> = lengths(&raw);
        assert_eq!(lengths, [MAX_FRAMES - 15_000, 15_000, 0]);
    }

    #[test]
    fn the_crash_is_among_what_is_kept_of_too_much() {
        let frame = |n: usize| format!(r#"{{"lineno":{n}}}"#);
        let stack = |count: usize| {
            let frames: Vec<_> = (0..count).map(frame).collect();
            format!(r#"{{"stacktrace":{{"frames":[{}]}}}}"#, frames.join(","))
        };
        let deep = stack(MAX_FRAMES + 5);
        let raw = format!(r#"[{},{deep}]"#, stack(7));
        let kept = exceptions(&raw);
        let lines = |e: &Exception<'_>| (e.frames[0].line.unwrap(), e.frames.len());
        assert!(kept[0].frames.is_empty() && kept[0].has_stacktrace);
        assert_eq!(lines(&kept[1]), (5, MAX_FRAMES));
        assert_eq!(kept[1].frames.last().unwrap().line, Some(MAX_FRAMES as u32 + 4));
        let alone: &str = &deep[r#"{"stacktrace":"#.len()..deep.len() - 1];
        assert_eq!(frames(alone).unwrap().last().unwrap().line, Some(MAX_FRAMES as u32 + 4));

        let many: Vec<_> =
            (0..MAX_EXCEPTIONS + 3).map(|n| format!(r#"{{"type":"E{n}"}}"#)).collect();
        let raw = format!("[{}]", many.join(","));
        let kept = exceptions(&raw);
        assert_eq!((kept.len(), kept[0].ty.as_deref()), (MAX_EXCEPTIONS, Some("E3")));
        assert_eq!(kept.last().unwrap().ty.as_deref(), Some("E2002"));
    }
}
