//! The complete service: receives Sentry's webhooks and answers which change broke it.
//!
//! The program is a thin shell over this library, so that its tests reach every part.

pub mod analyst;
pub mod cli;
pub mod demo;
mod failure;
pub mod input;
pub mod inspect;
pub mod loopback;
pub mod output;
pub mod pipeline;
pub mod printable;
pub mod published;
pub mod receiver;
pub mod refusals;
pub mod serve;
pub mod server;
pub mod shop;
pub mod why;

pub use failure::Failure;

/// The front page of the repository, compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct FrontPage;
