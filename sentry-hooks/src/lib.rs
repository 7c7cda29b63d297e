#![cfg_attr(feature = "webhook", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "webhook"), doc = "The shared model of Sentry's events and issues.")]

mod error;
mod json;
pub mod model;
mod wire;

#[cfg(feature = "webhook")]
mod cooldown;
#[cfg(feature = "webhook")]
pub mod danger;
#[cfg(feature = "webhook")]
mod delivery;
#[cfg(feature = "webhook")]
pub mod diagnose;
#[cfg(feature = "webhook")]
mod fingerprint;
#[cfg(feature = "webhook")]
mod headers;
#[cfg(feature = "webhook")]
mod intake;
#[cfg(feature = "webhook")]
mod policy;
#[cfg(feature = "webhook")]
mod receive;
#[cfg(feature = "webhook")]
mod receiver;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhook")]
mod verify;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use error::ParseError;
pub use json::MAX_DEPTH;

#[cfg(feature = "webhook")]
pub use {
    cooldown::{Claim, CooldownStore, MemoryCooldown, StoreError},
    delivery::Delivery,
    fingerprint::Fingerprint,
    headers::{Channel, Headers},
    intake::Intake,
    policy::{Decision, Policy, cooldown_key},
    receive::{DEFAULT_BODY_LIMIT, ReceiveError, Reply},
    receiver::Receiver,
    verify::{Provenance, SecretError, SignatureError, Verified, Verifier, sign},
    webhook::{Action, LegacyWebhook, Payload, Resource, TypedPayload, Webhook},
};
