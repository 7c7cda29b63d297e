//! Signals: what speaks for and against a change, one file each.
//!
//! A signal is a measure between 0 and 1 of one change in its [`Scene`], and an observation that
//! a person can check. A new signal is one more file and one more line in [`ALL`].

mod akin;
mod blamed;
mod bold;
mod bot;
mod breadth;
mod changes_together;
mod code_fits;
mod company;
mod dependency;
mod deployed;
mod directory;
mod docs_only;
pub(crate) mod environment;
mod fact_fits;
mod fits;
mod form_only;
mod function;
mod function_names;
mod ignored_revision;
mod introduced;
mod last_touched;
mod late;
mod leap;
mod major_version;
mod mass_edit;
pub(crate) mod mechanical;
mod merge;
mod message_words;
mod moved;
mod name_changed;
mod named;
mod packages;
mod parts_in_diff;
mod parts_in_message;
mod path_words;
mod quoted;
mod rare_file;
mod removed_setting;
mod reverted;
mod scene;
mod setting_named;
mod setting_of_trace;
mod side_words;
mod source_words;
mod switched;
mod tests_only;
pub(crate) mod touched_file;
mod touched_line;
mod words_in_diff;
mod words_in_hunk;

pub(crate) use scene::Scene;

use crate::{Direction, FrameRef, Observation, Place, Provenance};

/// One signal.
#[derive(Debug)]
pub(crate) struct Signal {
    /// Its name, in weights, contributions and evidence.
    pub(crate) name: &'static str,
    /// Which way it points; its weight has that sign.
    pub(crate) direction: Direction,
    /// Where what it sees comes from.
    pub(crate) provenance: Provenance,
    /// How strongly it speaks of the change at a position, 0 to 1.
    pub(crate) measure: fn(&Scene<'_>, usize) -> f64,
    /// What it saw; asked only where it measured more than nothing.
    pub(crate) observe: fn(&Scene<'_>, usize) -> Option<Sight>,
}

/// What a signal saw, and where.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(crate) observation: Observation,
    pub(crate) frame: Option<FrameRef>,
    pub(crate) place: Option<Place>,
}

impl Sight {
    fn of(observation: Observation) -> Self {
        Self { observation, frame: None, place: None }
    }

    fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    fn in_frame(mut self, frame: FrameRef) -> Self {
        self.frame = Some(frame);
        self
    }
}

/// All signals, in the order of contributions.
pub(crate) const ALL: &[Signal] = &[
    touched_file::SIGNAL,
    rare_file::SIGNAL,
    breadth::SIGNAL,
    touched_line::SIGNAL,
    function::SIGNAL,
    last_touched::SIGNAL,
    blamed::SIGNAL,
    introduced::SIGNAL,
    words_in_diff::SIGNAL,
    words_in_hunk::SIGNAL,
    side_words::SIGNAL,
    function_names::SIGNAL,
    source_words::SIGNAL,
    name_changed::SIGNAL,
    message_words::SIGNAL,
    path_words::SIGNAL,
    parts_in_diff::SIGNAL,
    parts_in_message::SIGNAL,
    directory::SIGNAL,
    changes_together::SIGNAL,
    fact_fits::SIGNAL,
    code_fits::SIGNAL,
    quoted::SIGNAL,
    setting_of_trace::SIGNAL,
    setting_named::SIGNAL,
    leap::SIGNAL,
    switched::SIGNAL,
    removed_setting::SIGNAL,
    major_version::SIGNAL,
    dependency::SIGNAL,
    late::SIGNAL,
    deployed::SIGNAL,
    named::SIGNAL,
    reverted::SIGNAL,
    docs_only::SIGNAL,
    tests_only::SIGNAL,
    form_only::SIGNAL,
    mechanical::SIGNAL,
    moved::SIGNAL,
    mass_edit::SIGNAL,
    environment::SIGNAL,
    merge::SIGNAL,
    bot::SIGNAL,
    ignored_revision::SIGNAL,
];
