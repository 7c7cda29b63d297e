//! Where the parts of an event stand in its text.

/// Parts which stay text until asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartName {
    Tags,
    Exception,
    Stacktrace,
    Threads,
    Breadcrumbs,
    Request,
    User,
    Contexts,
    Extra,
    Fingerprint,
    Hashes,
    Metadata,
    Sdk,
    Modules,
    LogEntry,
    Occurrence,
    Errors,
    Timestamp,
    Received,
}

const COUNT: usize = PartName::Received as usize + 1;

/// A piece of an event's text: its range in bytes. Ranges survive the text's becoming owned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The parts that are there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Parts([Part; COUNT]);

impl Parts {
    pub(crate) fn set(&mut self, name: PartName, part: Part) {
        self.0[name as usize] = part;
    }

    /// The part's text, if it is there and not null.
    pub(crate) fn text<'s>(&self, name: PartName, source: &'s str) -> Option<&'s str> {
        let Part { start, end } = self.0[name as usize];
        source.get(start..end).filter(|text| !text.is_empty() && !crate::json::is_null(text))
    }
}
