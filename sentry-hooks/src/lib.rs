#![doc = include_str!("../README.md")]

mod error;
mod json;
pub mod model;
mod wire;

#[cfg(feature = "webhook")]
pub mod danger;
#[cfg(feature = "webhook")]
mod delivery;
#[cfg(feature = "webhook")]
mod headers;
#[cfg(feature = "webhook")]
mod intake;
#[cfg(feature = "webhook")]
mod receive;
#[cfg(feature = "webhook")]
mod verify;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use error::ParseError;
pub use json::MAX_DEPTH;

#[cfg(feature = "webhook")]
pub use {
    delivery::Delivery,
    headers::{Channel, Headers},
    intake::Intake,
    receive::{DEFAULT_BODY_LIMIT, ReceiveError, Reply},
    verify::{Provenance, SecretError, SignatureError, Verified, Verifier, sign},
    webhook::{Action, LegacyWebhook, Payload, Resource, TypedPayload, Webhook},
};
