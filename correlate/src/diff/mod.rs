//! Reading diffs: the text of patches, and the one reducer that every source uses.

pub mod patch;
pub mod reduce;
