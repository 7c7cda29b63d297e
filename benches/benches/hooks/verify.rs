//! Verifying signatures: against the hash itself, the least possible work, and other verifiers.

use std::hint::black_box;

use sentry_hooks::{Verifier, sign};
use sha2::{Digest, Sha256};

use crate::measure::{Contestant, Outcome, race};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

pub(crate) fn run() {
    for (size, goal) in [(512, 1.25), (2048, 1.10)] {
        let outcome = against_least(size);
        println!(
            "| verify {size} B, time against the least number of compressions | ≤ {goal:.2} | {:.2} ({:.2?}) |",
            outcome.ratio, outcome.time
        );
    }
    for size in [8 * 1024, 28 * 1024, 240 * 1024] {
        let outcome = against_hash(size);
        println!(
            "| verify {} KiB, share of the hash's throughput | ≥ 0.98 | {:.3} ({:.2?}) |",
            size / 1024,
            1.0 / outcome.ratio,
            outcome.time
        );
    }
    #[cfg(feature = "peers")]
    peers::run();
}

fn body(size: usize) -> Vec<u8> {
    (0..size).map(|i| b' ' + (i * 31 % 90) as u8).collect()
}

fn ours<'a>(verifier: &'a Verifier, body: &'a [u8], signature: &'a str) -> Contestant<'a> {
    Contestant::new("sentry-hooks", move || {
        let verdict = verifier.verify(black_box(body), Some(black_box(signature.as_bytes())));
        assert_eq!(black_box(verdict), Ok(0));
    })
}

/// No HMAC can do with fewer than the body's own blocks and one for the outer hash.
fn against_least(size: usize) -> Outcome {
    let (verifier, body) = (verifier(), body(size));
    let signature = signature(&body);
    let blocks = vec![[0x5a_u8; 64]; (size + 9).div_ceil(64) + 1];
    let least = Contestant::new("compressions", || {
        let mut state = [0x6a09_e667_u32; 8];
        sha2::block_api::compress256(&mut state, black_box(&blocks));
        black_box(state);
    });
    second(race(vec![least, ours(&verifier, &body, &signature)]))
}

fn against_hash(size: usize) -> Outcome {
    let (verifier, body) = (verifier(), body(size));
    let signature = signature(&body);
    let hash = Contestant::new("SHA-256", || {
        black_box(Sha256::digest(black_box(&body)));
    });
    second(race(vec![hash, ours(&verifier, &body, &signature)]))
}

fn second(outcomes: Vec<Outcome>) -> Outcome {
    outcomes.into_iter().nth(1).expect("two contestants ran")
}

fn verifier() -> Verifier {
    Verifier::new(SECRET).expect("the secret is not empty")
}

fn signature(body: &[u8]) -> String {
    sign(SECRET, body).expect("the secret is not empty")
}

#[cfg(feature = "peers")]
mod peers {
    use std::{collections::HashMap, hint::black_box};

    use super::{SECRET, body, ours, signature, verifier};
    use crate::measure::{Contestant, race};

    pub(crate) fn run() {
        for size in [512, 2048, 8 * 1024, 28 * 1024, 240 * 1024] {
            against(size);
        }
    }

    /// Each peer gets the signature in its own form, and is keyed once where it can be.
    fn against(size: usize) {
        let (verifier, body) = (verifier(), body(size));
        let signature = signature(&body);
        let tag: Vec<u8> = (0..64)
            .step_by(2)
            .map(|i| u8::from_str_radix(&signature[i..i + 2], 16).expect("hex digits"))
            .collect();

        let ring_key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
        let ring = Contestant::new("ring", || {
            ring::hmac::verify(&ring_key, black_box(&body), black_box(&tag)).expect("it verifies");
        });
        let aws_key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        let aws = Contestant::new("aws-lc-rs", || {
            aws_lc_rs::hmac::verify(&aws_key, black_box(&body), black_box(&tag))
                .expect("it verifies");
        });

        let headers = vec![("X-Hub-Signature-256".to_owned(), format!("sha256={signature}"))];
        let secret = webhook_verify::Secret::new(SECRET);
        let webhook_verify = Contestant::new("webhook-verify", || {
            webhook_verify::verify(
                webhook_verify::Provider::GitHub,
                &headers,
                black_box(&body),
                &secret,
                Default::default(),
            )
            .expect("it verifies");
        });

        let encoded = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("the clock is past 1970")
            .as_secs();
        let standard = standardwebhooks::Webhook::new(encoded).expect("the secret is base64");
        let signed =
            standard.sign("msg_1", i64::try_from(now).expect("a time"), &body).expect("it signs");
        let map: http::HeaderMap = [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", now.to_string()),
            ("webhook-signature", signed.clone()),
        ]
        .into_iter()
        .map(|(name, value)| {
            (http::HeaderName::from_static(name), value.parse().expect("a header value"))
        })
        .collect();
        let standardwebhooks = Contestant::new("standardwebhooks", || {
            standard.verify(black_box(&body), &map).expect("it verifies");
        });
        let svix_verifier = svix::webhooks::Webhook::new(encoded).expect("the secret is base64");
        let svix = Contestant::new("svix", || {
            svix_verifier.verify_ignoring_timestamp(black_box(&body), &map).expect("it verifies");
        });

        let outcomes = race(vec![
            ours(&verifier, &body, &signature),
            ring,
            aws,
            webhook_verify,
            svix,
            standardwebhooks,
        ]);
        let times: HashMap<_, _> = outcomes.iter().map(|o| (o.name, o.ratio)).collect();
        let fastest = outcomes[1..].iter().min_by(|a, b| a.ratio.total_cmp(&b.ratio));
        let fastest = fastest.expect("there are peers");
        println!(
            "| verify {size} B, time against the fastest of five peers | ≤ 1.05 | {:.2} ({}) |",
            1.0 / fastest.ratio,
            fastest.name
        );
        println!(
            "| verify {size} B, times faster than svix / standardwebhooks | ≥ 5 | {:.1} / {:.1} |",
            times["svix"], times["standardwebhooks"]
        );
    }
}
