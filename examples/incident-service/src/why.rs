//! `why`: which change of a local repository broke it, for an event in a file.

use sentry_correlate::Incident;
use sentry_correlate::report::{Report, Style, render};
use sentry_correlate::source::Query;
use sentry_hooks::model::Event;

use crate::cli::{Color, Format, WhyArgs};
use crate::pipeline::{Analysis, Investigator};
use crate::{Failure, input, output};

/// Prints the ranked changes.
///
/// # Errors
/// When the file is no event, the directory no repository, or the window cannot be found. Where an
/// answer is still possible it is printed first.
pub fn run(args: &WhyArgs) -> Result<(), Failure> {
    let analysis = find(args)?;
    output::print(&rendered(&analysis.report, args.format, args.color))?;
    match analysis.failed() {
        Some(reason) => Err(Failure::machine(reason)),
        None => Ok(()),
    }
}

/// Finds the answer.
///
/// # Errors
/// As [`run`].
pub fn find(args: &WhyArgs) -> Result<Analysis, Failure> {
    let bytes = input::read(&args.event)?;
    let event = Event::from_json(&bytes).map_err(|error| {
        Failure::input(format!("{} is no event: {error}", args.event.display()))
    })?;
    let incident = Incident::from_event(&event);
    let repo = input::repository(&args.repo, &args.map, args.repo_url.as_deref())?;
    let query = query(&incident, args);
    repo.resolve(&query).map_err(|error| {
        Failure::input(error).with_hint("(options: --release NAME, --range OLD..NEW)")
    })?;
    for missing in missing(&incident) {
        eprintln!("note: {missing}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(Failure::machine)?;
    let investigator = Investigator::new(repo, args.patience());
    Ok(runtime.block_on(investigator.look_into(incident, &query)))
}

fn query(incident: &Incident, args: &WhyArgs) -> Query {
    let query = Query::of(incident);
    match (&args.range, &args.release) {
        (Some(range), _) => query.with_range(range.clone()),
        (None, Some(release)) => query.with_release(release.clone()),
        (None, None) => query,
    }
}

/// What the event lacks that an answer could use.
fn missing(incident: &Incident) -> Vec<&'static str> {
    let frames = || incident.exceptions.iter().flat_map(|raised| &raised.frames);
    let mut missing = Vec::new();
    if frames().next().is_none() {
        missing.push("the event has no stack frames; only its words can be compared with changes");
    } else if !frames().any(|frame| frame.in_app) {
        missing.push("no frame of the event is marked as the program's own code (in_app)");
    }
    if incident.onset.is_none() {
        missing.push("the event has no time; when the error began is unknown");
    }
    missing
}

/// A report in the asked form.
#[must_use]
pub fn rendered(report: &Report, format: Format, color: Color) -> String {
    match format {
        Format::Json => render::json(report),
        Format::Text if color.applies() => render::text(report, Style::colour()),
        Format::Text => render::text(report, Style::plain()),
    }
}
