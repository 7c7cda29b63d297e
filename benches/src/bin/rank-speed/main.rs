//! How much processor time ranking takes, reading patches included: of invented windows of 10, 600
//! and 10,000 commits, or of a window of a real repository, beside git.

mod cpu;
mod git;
mod invented;
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use sentry_correlate::diff::patch;
use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::{Change, Window};

type Error = Box<dyn std::error::Error>;

/// How much processor time ranking takes. Without a command: invented windows against 30 frames.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    window: Option<Asked>,
}

#[derive(Subcommand)]
enum Asked {
    /// A repository and an event of one's own, beside `git blame` and `git log -S`.
    Window(window::Own),
    /// A case of a file of facts, likewise.
    Case(window::Known),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().window {
        Some(Asked::Window(own)) => own.run(),
        Some(Asked::Case(known)) => known.run(),
        None => {
            invented_windows();
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

fn invented_windows() {
    println!("commits  patch bytes     patches       words  ns/byte     ranking");
    for commits in [10, 600, 10_000] {
        let patches = invented::patches(commits);
        let bytes: usize = patches.iter().map(String::len).sum();
        let incident = invented::incident();
        let ranker = Ranker::default();
        let runs = if commits > 1_000 { 5 } else { 30 };
        let (reading, window) = cpu::least(runs, || read(&patches));
        let (preparing, prepared) = cpu::least(runs, || PreparedWindow::new(&window));
        let (ranking, answer) = cpu::least(runs, || ranker.rank_prepared(&incident, &prepared));
        assert_eq!(answer.hypotheses.len(), commits);
        let each = (reading + preparing).as_nanos() as f64 / bytes as f64;
        println!(
            "{commits:>7}  {bytes:>11}  {reading:>10.2?}  {preparing:>10.2?}  {each:>7.2}  {ranking:>10.2?}"
        );
    }
}

fn read(patches: &[String]) -> Window {
    let changes = patches
        .iter()
        .enumerate()
        .map(|(number, patch)| Change { files: patch::files(patch), ..invented::commit(number) });
    Window { changes: changes.collect(), ..Window::default() }
}
