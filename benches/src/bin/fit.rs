//! Fits the ranker's weights on labelled cases and writes them with the figures they reached.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use benches::case::read_all;
use benches::fit::{self, data};
use clap::Parser;

/// Fits the ranker's weights on labelled cases, cross-validated by project.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to write the weights.
    #[arg(long, default_value = "correlate/weights/fitted.json")]
    out: PathBuf,
    /// Files of cases that are not fitted on, but answered by the weights of the others, which are
    /// then not written.
    #[arg(long, num_args = 1..)]
    apart: Vec<PathBuf>,
    /// Files of labelled cases that are fitted on as well, of services that those had read who
    /// taught the ranker its words: percentages are not calibrated on them. Cases may also say so
    /// themselves (`source.read`).
    #[arg(long, num_args = 1..)]
    read: Vec<PathBuf>,
    /// Files of labelled cases, JSON Lines, plain or gzipped.
    #[arg(required = true)]
    cases: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fit: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let (cases, read) = (read_all(&arguments.cases)?, read_all(&arguments.read)?);
    let measure = |blank| {
        let mut samples = data::measure(&read, blank);
        samples.iter_mut().for_each(|sample| sample.read = true);
        samples.extend(data::measure(&cases, blank));
        samples
    };
    let samples = measure(false);
    if samples.is_empty() {
        return Err("no labelled case among them".into());
    }
    let blank = measure(true);
    let fitted = fit::fit(&samples, &blank);
    for (split, figures) in &fitted.weights.figures {
        print(split, figures);
    }
    if !arguments.apart.is_empty() {
        let apart = data::measure(&read_all(&arguments.apart)?, false);
        print("apart, never fitted on", &fitted.figures_of(&apart));
    }
    for signal in &fitted.idle {
        println!("no case exercises {signal}");
    }
    if !arguments.apart.is_empty() {
        return Ok(());
    }
    let mut text = serde_json::to_string_pretty(&fitted.weights)?;
    text.push('\n');
    std::fs::write(&arguments.out, text)?;
    println!("wrote {}", arguments.out.display());
    Ok(())
}

fn print(split: &str, figures: &BTreeMap<String, f64>) {
    println!("{split}");
    for (name, value) in figures {
        println!("  {name:<20} {value}");
    }
}
