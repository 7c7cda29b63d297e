//! What is kept of a delivery beside its body.

use std::io;

use sentry_hooks::{Channel, Delivery, Headers};
use serde::{Deserialize, Serialize};

/// The first line of a file; the rest is the body.
#[derive(Serialize, Deserialize)]
struct Envelope {
    channel: KeptChannel,
    headers: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptChannel {
    Webhook,
    ExternalRequest,
    ServiceHook,
    Unsigned,
}

/// The first line of a delivery's file, without its end.
pub(crate) fn write(delivery: &Delivery) -> io::Result<Vec<u8>> {
    let headers = delivery.headers().pairs();
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let envelope = Envelope { channel: delivery.channel().into(), headers };
    Ok(serde_json::to_vec(&envelope)?)
}

/// Reads that line.
pub(crate) fn read(line: &[u8]) -> Option<Headers> {
    let envelope: Envelope = serde_json::from_slice(line).ok()?;
    Some(Headers::from_pairs(envelope.headers).with_channel(envelope.channel.into()))
}

impl From<Channel> for KeptChannel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Webhook => Self::Webhook,
            Channel::ExternalRequest => Self::ExternalRequest,
            Channel::ServiceHook => Self::ServiceHook,
            _ => Self::Unsigned,
        }
    }
}

impl From<KeptChannel> for Channel {
    fn from(kept: KeptChannel) -> Self {
        match kept {
            KeptChannel::Webhook => Self::Webhook,
            KeptChannel::ExternalRequest => Self::ExternalRequest,
            KeptChannel::ServiceHook => Self::ServiceHook,
            KeptChannel::Unsigned => Self::Unsigned,
        }
    }
}
