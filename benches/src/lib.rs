#![doc = include_str!("../README.md")]

pub mod arena;
pub mod build;
pub mod case;
pub mod facts;
pub mod fit;
pub mod metrics;
pub mod random;
pub mod rules;
