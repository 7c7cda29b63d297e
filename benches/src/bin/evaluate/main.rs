//! `evaluate`: the ranker and the rules in use on recorded cases.

mod build;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use benches::arena::{Answers, Arena, ask, report};
use benches::case::{self, Case};
use benches::rules::{self, Answer, Ours, Rule};
use clap::{Args, Parser, Subcommand};
use sentry_correlate::Window;
use sentry_correlate::rank::Weights;
use serde_json::json;

type Error = Box<dyn std::error::Error>;

/// Ranks the changes of recorded cases and says how often the culprit came first, beside the rules
/// that people use today.
#[derive(Parser)]
#[command(name = "evaluate", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    evaluation: Evaluation,
}

#[derive(Subcommand)]
enum Command {
    Build(build::Build),
}

#[derive(Args)]
struct Evaluation {
    /// Cases, plain or gzipped JSON Lines.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the shares as JSON.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the report as Markdown.
    #[arg(long)]
    markdown: bool,
    /// Write the ranker's whole answer to each case, one JSON object per line.
    #[arg(long, value_name = "OUT.jsonl")]
    predictions: Option<PathBuf>,
    /// Write the reliability diagram as a picture.
    #[arg(long, value_name = "OUT.svg")]
    diagram: Option<PathBuf>,
    /// Take every commit message away first.
    #[arg(long)]
    blank_messages: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Build(build)) => build::run(build),
        None => evaluate(&arguments.evaluation),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn evaluate(arguments: &Evaluation) -> Result<(), Error> {
    let ours: Box<dyn Rule> = Box::new(Ours::default());
    let rules: Vec<_> = [ours].into_iter().chain(rules::in_use()).collect();
    let mut arena = Arena::new(rules.iter().map(|rule| rule.name()));
    let mut predictions = arguments.predictions.as_deref().map(create).transpose()?;
    for file in &arguments.files {
        for case in case::read(file)? {
            let case = case?;
            let answer = judge(&mut arena, &rules, &case, arguments.blank_messages);
            if let Some(out) = &mut predictions {
                writeln!(out, "{}", prediction(case.id(), &answer))?;
            }
        }
    }
    if let Some(mut out) = predictions {
        out.flush()?;
    }
    if let Some(path) = &arguments.diagram {
        let svg = report::diagram_svg(&arena).ok_or("no case with a known culprit: no diagram")?;
        let mut out = create(path)?;
        out.write_all(svg.as_bytes())?;
        out.flush()?;
    }
    std::io::stdout().write_all(rendered(&arena, arguments).as_bytes())?;
    Ok(())
}

/// Asks every rule about one case and returns the first one's answer to it.
fn judge(arena: &mut Arena, rules: &[Box<dyn Rule>], case: &Case, blank: bool) -> Answer {
    let incident = case.incident();
    let blanked = |window: &Window| {
        let mut window = window.clone();
        window.changes.iter_mut().for_each(|change| change.message.clear());
        window
    };
    let with = if blank { &blanked(case.window()) } else { case.window() };
    match case.without_culprit() {
        None => rules[0].answer(incident, with),
        Some(without) => {
            let without = if blank { blanked(&without) } else { without };
            let mut answers: Vec<Answers> =
                rules.iter().map(|rule| ask(rule.as_ref(), incident, with, &without)).collect();
            arena.add(case, incident, &answers);
            answers.swap_remove(0).with
        }
    }
}

fn prediction(id: &str, answer: &Answer) -> serde_json::Value {
    let ranking: Vec<_> = answer
        .suspects()
        .iter()
        .map(|suspect| json!({ "sha": suspect.sha, "p": suspect.score }))
        .collect();
    json!({ "id": id, "none": answer.none(), "ranking": ranking })
}

fn rendered(arena: &Arena, arguments: &Evaluation) -> String {
    if arguments.json {
        return format!("{}\n", report::json(arena));
    }
    let blanked = if arguments.blank_messages { BLANKED } else { "" };
    let report = report::report(arena, &format!("{NOTE}{blanked}"), &Weights::fitted().figures);
    if arguments.markdown { report.to_markdown() } else { report.to_text() }
}

fn create(path: &Path) -> Result<BufWriter<File>, Error> {
    let file = File::create(path).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(BufWriter::new(file))
}

const NOTE: &str = "The shipped weights were fitted on cases like these: on cases that were among \
    them the ranker's figures flatter. What `fit` noted beside the weights was reached on projects \
    that the weights had not seen:";

const BLANKED: &str = " (Commit messages were blanked here.)";
