//! What sentry-client adds to a plain call over HTTP, and the memory of a long list.
//!
//! ```console
//! $ cargo bench -p benches --bench client
//! ```
//!
//! The server is a thread of this process that answers from memory, so both sides of each
//! comparison pay for it alike. Calls of both kinds alternate; medians are compared.

mod server;

use std::alloc::System;
use std::time::{Duration, Instant};

use sentry_client::{HttpClient, IssueQuery, IssueRef, SentryClient, SentryClientExt};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: usize = 10_000;
const ISSUES: u64 = 100_000;

fn main() {
    // `cargo test --all-targets` runs benches too, unoptimised: that would measure nothing.
    if !std::env::args().any(|argument| argument == "--bench") {
        return println!("not measured: this is for `cargo bench`");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be had");
    runtime.block_on(async {
        let url = server::start();
        let client = HttpClient::builder()
            .base_url(&url)
            .organization("acme")
            .token("sntryu_0123456789abcdef")
            .build()
            .expect("the client is complete");
        per_call(&url, &client).await;
        long_list(&client).await;
    });
}

/// Medians of a call by reqwest alone, of one that also reads the JSON, and of ours.
async fn per_call(url: &str, client: &HttpClient) {
    let plain = reqwest::Client::new();
    let address = format!("{url}/api/0/organizations/acme/issues/1/");
    let issue: IssueRef = "1".parse().expect("an id");
    let (mut bare, mut read, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for call in 0..CALLS + CALLS / 10 {
        let begun = Instant::now();
        let body = get(&plain, &address).await;
        let bare_time = begun.elapsed();
        assert!(body.len() > 500);

        let begun = Instant::now();
        let body = get(&plain, &address).await;
        let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        let read_time = begun.elapsed();
        assert_eq!(value["id"], "1");

        let begun = Instant::now();
        let found = client.issue(&issue).await.expect("the server answers");
        let our_time = begun.elapsed();
        assert_eq!(found.id, "1");

        // The first tenth warms up.
        if call >= CALLS / 10 {
            bare.push(bare_time);
            read.push(read_time);
            ours.push(our_time);
        }
    }
    let (bare, read, ours) = (median(bare), median(read), median(ours));
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    println!("| one call, median of {CALLS} | µs | over plain reqwest |");
    println!("| --- | --- | --- |");
    println!("| reqwest, body unread | {:.1} | |", micros(bare));
    for (name, time) in
        [("reqwest, body as serde_json::Value", read), ("sentry-client, typed issue", ours)]
    {
        println!("| {name} | {:.1} | {:+.1} |", micros(time), micros(time) - micros(bare));
    }
}

async fn get(client: &reqwest::Client, address: &str) -> Vec<u8> {
    let request = client.get(address).bearer_auth("sntryu_0123456789abcdef");
    let response = request.send().await.expect("the server answers");
    response.bytes().await.expect("a body").to_vec()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Live bytes of the whole process while a list is streamed.
async fn long_list(client: &HttpClient) {
    let live = || {
        let stats = ALLOCATOR.stats();
        stats.bytes_allocated - stats.bytes_deallocated
    };
    server::list_length(ISSUES);
    let mut pager = client.all_issues(IssueQuery::everything(), None);
    let (mut seen, mut peak_early, mut peak_late) = (0u64, 0, 0);
    let begun = Instant::now();
    while let Some(issue) = pager.next().await {
        issue.expect("the server answers");
        seen += 1;
        let peak = if seen <= ISSUES / 10 { &mut peak_early } else { &mut peak_late };
        *peak = live().max(*peak);
    }
    let time = begun.elapsed();
    assert_eq!(seen, ISSUES, "every issue once");
    let kib = |bytes: usize| bytes / 1024;
    println!();
    println!("| {ISSUES} issues as a stream | |");
    println!("| --- | --- |");
    println!(
        "| time | {:.2} s ({:.0} issues/s) |",
        time.as_secs_f64(),
        seen as f64 / time.as_secs_f64()
    );
    println!("| most live memory, first tenth | {} KiB |", kib(peak_early));
    println!("| most live memory, the rest | {} KiB |", kib(peak_late));
    assert!(peak_late < peak_early * 11 / 10 + 64 * 1024, "memory is flat");
}
