//! Reading diffs: the one reducer that every source uses.

pub mod reduce;
