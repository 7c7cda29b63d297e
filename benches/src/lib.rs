#![doc = include_str!("../README.md")]

pub mod arena;
pub mod case;
pub mod metrics;
pub mod random;
pub mod rules;
