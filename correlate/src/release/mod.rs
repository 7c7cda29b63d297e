//! Which commits a release name means, and which release ran before it.
//!
//! A release name comes from whoever configured the SDK: `shop@1.4.0`, `v1.4.0`, `shop@e4f5a6b`,
//! `1.4.0+e4f5a6b`. The rules here read it; sources that have tags and history apply them.
//!
//! | question | rules, first hit wins |
//! | --- | --- |
//! | which commit is it? | a tag of that very name · the commit inside the name · a tag with package and version · a tag with the version |
//! | which ran before? | the deploy history of the environment · the next lower release of the same family |
//!
//! A *family* is the tags that differ in their version alone (`v1.3.0` and `v1.4.0`, but not
//! `docs-1.4.0`). A final release follows a final release: release candidates between them did not
//! run in production, and what they brought belongs to the window.

mod history;
mod names;
mod predecessor;
mod resolution;
mod version;

pub use history::by_history;
pub use names::{TagMatch, find_tag, nearest_names, shas_in};
pub use predecessor::{Ancestry, Tag, predecessor};
pub use resolution::{Endpoint, PredecessorRule, ReleaseRule, Resolution};
pub use version::{Version, split_version};
