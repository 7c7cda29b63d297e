#![doc = include_str!("../README.md")]

mod change;
pub mod diff;
pub mod facts;
mod hypothesis;
mod incident;

pub use change::{Blame, Change, Deployment, DisplayLines, FileChange, FileStatus, Hunk, Window};
pub use hypothesis::{
    Contribution, Counterfactual, Decisive, Direction, EVIDENCE_FOR, Evidence, Hypothesis,
    Observation, Place, Provenance, Ranking, Silence, Verdict,
};
pub use incident::{Exception, Frame, FrameRef, Impact, Incident, Links, Onset, OnsetBasis};
