#![doc = include_str!("../README.md")]

mod change;
pub mod diff;
mod hypothesis;
mod incident;

pub use change::{Blame, Change, Deployment, DisplayLines, FileChange, FileStatus, Hunk, Window};
pub use hypothesis::{Contribution, Direction, Evidence, Hypothesis, Observation, Place, Ranking};
pub use incident::{Exception, Frame, FrameRef, Impact, Incident, Links, Onset, OnsetBasis};
