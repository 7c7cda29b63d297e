//! Speed of sentry-hooks against its goals and its peers: ratios of work done side by side.
//!
//! `cargo bench -p benches --bench hooks --features peers` prints a Markdown table. Absolute times
//! depend on the machine; the ratios are medians over many rounds in which every contestant runs
//! once, so that whatever disturbs the machine disturbs all alike.

mod cooldown;
mod measure;
mod parse;
#[path = "../sample.rs"]
mod sample;
mod verify;

fn main() {
    // `cargo test --all-targets` runs benches too, unoptimised: that would measure nothing.
    if !std::env::args().any(|argument| argument == "--bench") {
        return println!("not measured: this is for `cargo bench`");
    }
    println!("| work | goal | measured |");
    println!("| --- | --- | --- |");
    verify::run();
    parse::run();
    cooldown::run();
}
