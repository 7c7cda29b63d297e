//! Exceptions and frames in either spelling.
//!
//! The two forms differ here in spelling alone, and service hooks and stored events of old servers
//! mix them; so each key is taken in both spellings.

use std::borrow::Cow;

use crate::{
    json::{self, boolean, text},
    model::{Exception, Frame, Id, Mechanism, Raw, context},
};

/// The exceptions under `values`, nulls skipped, in the order of the wire.
pub(crate) fn exceptions(raw: &str) -> Vec<Exception<'_>> {
    let mut out = Vec::new();
    values(raw, |value| {
        if json::is_object(value) {
            out.push(exception(value));
        }
    });
    out
}

/// Calls `f` with each value of `{"values": […]}` (old bodies: `value`) or of a bare array.
fn values<'a>(raw: &'a str, mut f: impl FnMut(&'a str)) {
    json::elements(raw, &mut f);
    json::members(raw, |key, list| {
        if matches!(key, "values" | "value") {
            json::elements(list, &mut f);
        }
    });
}

fn exception(raw: &str) -> Exception<'_> {
    let mut exception = Exception::default();
    json::members(raw, |key, value| match key {
        "type" => exception.ty = text(value),
        "value" => exception.value = text(value),
        "module" => exception.module = text(value),
        "mechanism" => exception.mechanism = mechanism(value),
        "thread_id" | "threadId" => exception.thread_id = Id::from_raw(value),
        "stacktrace" => {
            exception.has_stacktrace = json::is_object(value);
            exception.frames = frames(value).unwrap_or_default();
        }
        _ => {}
    });
    exception
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
    let mut out = None;
    json::members(raw, |key, value| {
        if key == "frames" {
            let frames = out.insert(Vec::new());
            json::elements(value, |value| {
                if json::is_object(value) {
                    frames.push(frame(value));
                }
            });
        }
    });
    out
}

/// The frames of the crashed thread, else of the current one; empty where there is none.
pub(crate) fn crashed_thread(raw: &str) -> Vec<Frame<'_>> {
    let mut crashed = None;
    let mut current = None;
    values(raw, |thread| {
        let mut stacktrace = None;
        let (mut is_crashed, mut is_current) = (false, false);
        json::members(thread, |key, value| match key {
            "crashed" => is_crashed = boolean(value) == Some(true),
            "current" => is_current = boolean(value) == Some(true),
            "stacktrace" => stacktrace = Some(value),
            _ => {}
        });
        if is_crashed {
            crashed = crashed.or(stacktrace);
        } else if is_current {
            current = current.or(stacktrace);
        }
    });
    crashed.or(current).and_then(frames).unwrap_or_default()
}

fn frame(raw: &str) -> Frame<'_> {
    let mut frame = Frame::default();
    let (mut pre, mut post, mut pairs) = (None, None, None);
    json::members(raw, |key, value| match key {
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
        "vars" if !json::is_null(value) => frame.vars = Some(Raw::new(value)),
        _ => {}
    });
    if let Some(pairs) = pairs {
        frame.context_line = frame.context_line.or_else(|| context::line(pairs, frame.line));
        frame.context = context::Context::Pairs(Cow::Borrowed(pairs));
    } else if pre.or(post).is_some() {
        frame.context = context::Context::Lines {
            pre: Cow::Borrowed(pre.unwrap_or_default()),
            post: Cow::Borrowed(post.unwrap_or_default()),
        };
    }
    frame
}

fn small(raw: &str) -> Option<u32> {
    json::unsigned(raw)?.try_into().ok()
}
