//! `inspect`: what a delivery is, as one JSON object.
//!
//! Everything is read by `sentry-hooks`. A key that is absent on the wire is left out, null stays
//! null.

mod event;
mod facts;
mod issue;
mod payload;

use bytes::Bytes;
use sentry_hooks::diagnose::{Diagnosis, diagnose};
use sentry_hooks::{Headers, ParseError, Verifier, Webhook, danger};

use crate::Failure;
use crate::cli::InspectArgs;
use crate::{input, output, printable};
pub use facts::Facts;

/// What was found out, and whether the body could be read at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspected {
    /// The facts.
    pub facts: Facts,
    /// Why the body could not be read, if it could not.
    pub error: Option<ParseError>,
}

/// Prints the facts of the delivery in a file.
///
/// # Errors
/// When the file cannot be read, a secret is empty, or the body is no delivery; the facts that were
/// found are printed all the same.
pub fn run(args: &InspectArgs) -> Result<(), Failure> {
    let body = input::read(&args.file)?;
    let verifier = match args.secret.as_slice() {
        [] => None,
        secrets => Some(Verifier::with_secrets(secrets).map_err(Failure::input)?),
    };
    let headers = Headers::from_pairs(args.headers.iter().map(|(name, value)| (name, value)));
    let inspected = inspect(headers, body, verifier.as_ref());
    let text = serde_json::to_string_pretty(&inspected.facts).map_err(Failure::machine)?;
    output::print(&format!("{}\n", printable::json(&text)))?;
    match inspected.error {
        None => Ok(()),
        Some(error) => Err(Failure::input(error)),
    }
}

/// Finds out what a delivery is. Without a verifier its signature stays unchecked.
#[must_use]
pub fn inspect(headers: Headers, body: Bytes, verifier: Option<&Verifier>) -> Inspected {
    let mut facts = Facts::default();
    let delivery = danger::unverified_delivery(headers, body);
    let signature = delivery.headers().signature();
    let signed = Signed(verifier.map(|verifier| diagnose(verifier, delivery.body(), signature)));
    let error = match delivery.webhook() {
        Ok(webhook) => {
            named(&mut facts, &webhook);
            signed.state(&mut facts);
            envelope(&mut facts, &webhook);
            payload::payload(&mut facts, webhook.payload());
            None
        }
        Err(error) => {
            signed.state(&mut facts);
            match error {
                // Of an external request it is what it should be, and no error comes here.
                ParseError::Empty => facts.put("empty_body", true),
                ParseError::Contradiction { .. } | ParseError::NotAnObject => {
                    facts.put("error", error.to_string());
                }
                _ => facts.put("json_error", true),
            }
            Some(error)
        }
    };
    Inspected { facts, error }
}

fn named(facts: &mut Facts, webhook: &Webhook<'_>) {
    let resource = webhook.resource().as_str();
    if !resource.is_empty() {
        facts.put("resource", resource);
    }
    if !webhook.action().is_empty() {
        facts.put("action", webhook.action());
    }
}

fn envelope(facts: &mut Facts, webhook: &Webhook<'_>) {
    facts.member("actor", &webhook.raw(), "actor");
    if let Some(uuid) = webhook.installation_uuid() {
        facts.put("installation_uuid", uuid);
    }
}

/// What is known of the signature; `None` where there is nothing to check it with.
struct Signed(Option<Diagnosis>);

impl Signed {
    fn state(&self, facts: &mut Facts) {
        match self.0 {
            None => facts.put("signature", "unchecked"),
            Some(Diagnosis::Valid { .. }) => facts.put("signature", "valid"),
            Some(diagnosis) => {
                facts.put("signature", "invalid");
                facts.put("signature_reason", diagnosis.word());
                if let Diagnosis::ReSerialised { writer } = diagnosis {
                    facts.put("signature_writer", writer);
                }
            }
        }
    }
}
