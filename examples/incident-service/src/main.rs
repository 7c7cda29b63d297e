//! Receives Sentry's webhooks and answers which change broke it; `--help` says the rest.

use std::process::ExitCode;

use clap::Parser;
use incident_service::cli::{Cli, Command};
use incident_service::{demo, inspect, serve, why};

fn main() -> ExitCode {
    let done = match &Cli::parse().command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Why(args) => why::run(args),
        Command::Inspect(args) => inspect::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}
