//! Reading diffs: the text of patches, and the one reducer that every source uses.

mod hunks;
pub mod patch;
pub mod reduce;
mod text;
