//! The complete service: receives Sentry's webhooks and answers which change broke it.
//!
//! The program is a thin shell over this library, so that its tests reach every part.

pub mod shop;
