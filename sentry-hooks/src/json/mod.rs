//! Reading JSON without building a tree.
//!
//! A delivery is read once, from the first byte to the last: [`Scanner`] checks the grammar, stops
//! at the keys we model and steps over the rest, remembering where each part stands. Everything
//! which is not asked for stays text. That is what keeps parsing near the speed of the hash, keeps
//! unknown parts without loss, and makes the crate indifferent to the features of `serde_json`
//! that other crates may switch on.

mod read;
#[cfg(feature = "webhook")]
mod rewrite;
mod scan;
mod special;
mod text;

pub(crate) use read::{
    Kind, boolean, elements, is_null, is_object, kind, members, strings, text, unsigned,
};
#[cfg(feature = "webhook")]
pub(crate) use read::{float, integer, members_raw};
#[cfg(feature = "webhook")]
pub(crate) use rewrite::{Escapes, Keys, Numbers, Spacing, Style, rewrite};
pub use scan::MAX_DEPTH;
pub(crate) use scan::Scanner;
