//! Allocations of sentry-hooks against its goals: `cargo bench -p benches --bench hooks-memory`.

#[path = "../sample.rs"]
mod sample;

use std::{alloc::System, hint::black_box, time::Duration};

use bytes::Bytes;
use sentry_hooks::{Delivery, Headers, MemoryCooldown, Verified, Verifier, sign};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};
use time::OffsetDateTime;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    // `cargo test --all-targets` runs benches too, unoptimised: that would measure nothing.
    if !std::env::args().any(|argument| argument == "--bench") {
        return println!("not measured: this is for `cargo bench`");
    }
    println!("| work | goal | measured |");
    println!("| --- | --- | --- |");
    verify();
    parse();
    cooldown();
}

fn counted(work: impl FnOnce()) -> Stats {
    let region = Region::new(ALLOCATOR);
    work();
    region.change()
}

fn count(stats: &Stats) -> usize {
    stats.allocations + stats.reallocations
}

fn verify() {
    let body = vec![b'x'; 28 * 1024];
    let signature = sign("secret", &body).expect("the secret is not empty");
    let verifier = Verifier::with_secrets(["other", "secret"]).expect("the secrets are not empty");
    let stats = counted(|| {
        let verdict = verifier.verify(black_box(&body), Some(signature.as_bytes()));
        assert_eq!(verdict, Ok(1));
    });
    println!("| verify, allocations | 0 | {} |", count(&stats));
}

fn parse() {
    for breadcrumbs in [0, 30, 600, 5000] {
        let body = sample::delivery(22, breadcrumbs);
        let headers = Headers::from_pairs([("Sentry-Hook-Resource", "event_alert")]);
        let delivery = Delivery::new(headers, Verified::from_store(Bytes::from(body)));
        let outer = counted(|| {
            let webhook = delivery.webhook().expect("it is valid");
            let event = webhook.event().expect("it has an event");
            black_box((webhook.issue_id(), event.release(), event.tag("handled")));
        });
        let all = counted(|| {
            let webhook = delivery.webhook().expect("it is valid");
            let event = webhook.event().expect("it has an event");
            black_box((event.exceptions(), event.top_in_app_frame()));
        });
        println!(
            "| parse an event with {breadcrumbs} breadcrumbs, allocations (with all 22 frames) | ≤ 20 | {} ({}) |",
            count(&outer),
            count(&all)
        );
    }
}

fn cooldown() {
    let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_772_600_767);
    let mut worst: f64 = 0.0;
    let store = MemoryCooldown::with_capacity_limit(4_000_000);
    let region = Region::new(ALLOCATOR);
    for n in 0..1_000_000_u32 {
        let key = n.to_string();
        store.claim_sync(&key, "owner", now, Duration::from_secs(30)).expect("there is room");
        drop(key);
        if n >= 100_000 && n % 10_000 == 0 {
            let change = region.change();
            let bytes = change.bytes_allocated as f64 - change.bytes_deallocated as f64
                + change.bytes_reallocated as f64;
            worst = worst.max(bytes / f64::from(n + 1));
        }
    }
    println!(
        "| cooldown, bytes an entry, at worst from 100,000 to 1,000,000 | ≤ 80 | {worst:.0} |"
    );
    let capped = MemoryCooldown::with_capacity_limit(100_000);
    let mut most = 0;
    for n in 0..400_000_u32 {
        let (key, later) = (n.to_string(), now + Duration::from_secs(600 + u64::from(n)));
        capped.claim_sync(&key, "owner", now, Duration::from_secs(30)).expect("there is room");
        capped.confirm_sync(&key, "owner", later).expect("there is an entry");
        if n % 1000 == 0 {
            most = most.max(capped.len());
        }
    }
    println!(
        "| cooldown with a cap of 100,000 after 400,000 claims: most entries | ≤ 100000 | {most} |"
    );
}
