//! The source lines around a frame's line.

use std::borrow::Cow;

use crate::json;

/// The lines around a frame's line, as each wire form writes them.
#[derive(Debug, Clone, Default)]
pub(crate) enum Context<'a> {
    #[default]
    None,
    /// Webhook: two arrays of lines.
    Lines { pre: Cow<'a, str>, post: Cow<'a, str> },
    /// REST: one array of pairs of line number and text.
    Pairs(Cow<'a, str>),
}

impl Context<'_> {
    /// The lines before `line`.
    pub(super) fn before(&self, line: Option<u32>) -> Vec<Cow<'_, str>> {
        match self {
            Context::None => Vec::new(),
            Context::Lines { pre, .. } => json::strings(pre),
            Context::Pairs(raw) => lines_where(raw, line, |n, line| n < line),
        }
    }

    /// The lines after `line`.
    pub(super) fn after(&self, line: Option<u32>) -> Vec<Cow<'_, str>> {
        match self {
            Context::None => Vec::new(),
            Context::Lines { post, .. } => json::strings(post),
            Context::Pairs(raw) => lines_where(raw, line, |n, line| n > line),
        }
    }

    pub(super) fn into_owned(self) -> Context<'static> {
        match self {
            Context::None => Context::None,
            Context::Lines { pre, post } => Context::Lines {
                pre: Cow::Owned(pre.into_owned()),
                post: Cow::Owned(post.into_owned()),
            },
            Context::Pairs(pairs) => Context::Pairs(Cow::Owned(pairs.into_owned())),
        }
    }
}

/// The text of line `line` among REST pairs.
pub(crate) fn line(raw: &str, line: Option<u32>) -> Option<Cow<'_, str>> {
    let line = u64::from(line?);
    let mut found = None;
    pairs(raw, |number, text| {
        if number == line {
            found = text;
        }
    });
    found
}

fn lines_where(raw: &str, line: Option<u32>, wanted: fn(u64, u64) -> bool) -> Vec<Cow<'_, str>> {
    let mut lines = Vec::new();
    let Some(line) = line.map(u64::from) else { return lines };
    pairs(raw, |number, text| {
        if wanted(number, line) {
            lines.push(text.unwrap_or_default());
        }
    });
    lines
}

/// Calls `f` with number and text of each pair of a REST context.
fn pairs<'a>(raw: &'a str, mut f: impl FnMut(u64, Option<Cow<'a, str>>)) {
    json::elements(raw, |pair| {
        let mut number = None;
        let mut text = None;
        let mut index = 0;
        json::elements(pair, |member| {
            match index {
                0 => number = json::unsigned(member),
                1 => text = json::text(member),
                _ => {}
            }
            index += 1;
        });
        if let Some(number) = number {
            f(number, text);
        }
    });
}
