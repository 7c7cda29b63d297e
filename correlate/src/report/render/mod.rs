//! The only way out of a [`Report`](super::Report): renderers that escape for their medium.
//!
//! Whoever knows a public DSN can write into an event, and whoever may push can write into a
//! commit. Each renderer therefore treats every text that is not this crate's own as hostile:
//!
//! | renderer | what cannot come out of it |
//! | --- | --- |
//! | [`text`] | escape sequences, control characters, characters that reorder or hide text, endless lines |
//! | [`markdown`], [`title`] | mentions, references, links, images, HTML or any other markup from outside text |
//! | [`json`] | unescaped control, reordering or hidden characters; the text itself is kept whole |
//!
//! Secrets are gone from a report before it is rendered, as far as they are known for such.

pub(crate) mod clean;
mod escape;
mod hidden;
mod json;
mod markdown;
mod piece;
mod sections;
mod text;

pub use hidden::is_hidden;
pub use json::{Document, VERSION, document, json};
pub use markdown::{markdown, title};
pub use text::{Style, text};

use super::span::Sentence;

/// A sentence as one line of plain text, the form that stands in the JSON's `statement`.
///
/// Text from outside stands in Markdown code spans, so the line is also safe as Markdown.
///
/// ```
/// use sentry_correlate::report::{Sentence, render};
///
/// let sentence = Sentence::new().word("setting").code("a`b").word("was added");
/// assert_eq!(render::plain(&sentence), "Setting ``a`b`` was added");
/// ```
#[must_use]
pub fn plain(sentence: &Sentence) -> String {
    markdown::sentence(sentence, markdown::Links::No)
}
