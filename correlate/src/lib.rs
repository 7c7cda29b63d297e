#![doc = include_str!("../README.md")]

mod change;
pub mod diff;
#[doc = include_str!("../docs/signals.md")]
pub mod explained {}
pub mod facts;
mod gather;
mod hypothesis;
mod incident;
mod lines;
mod order;
mod paths;
pub mod rank;
pub mod release;
pub mod report;
mod scan;
mod signals;
pub mod source;
mod stack_file;

pub use change::{Blame, Change, Deployment, DisplayLines, FileChange, FileStatus, Hunk, Window};
pub use gather::{Gathered, Sources, gather};
pub use hypothesis::{
    Contribution, Counterfactual, Decisive, Direction, EVIDENCE_FOR, Evidence, Hypothesis,
    Observation, Place, Provenance, Ranking, Silence, Verdict,
};
pub use incident::{Exception, Frame, FrameRef, Impact, Incident, Links, Onset, OnsetBasis};
pub use lines::{Lines, LinesIter};
pub use paths::{FramePath, Mapping, MappingRule, ParseSourceRootError, PathMap, SourceRoot};
pub use report::Report;
pub use source::{ChangeSource, DeploymentSource, EventSource, SourceError};
