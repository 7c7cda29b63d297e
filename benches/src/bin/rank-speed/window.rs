//! A window of a real repository: what reading its patches and ranking take, beside what git takes
//! to blame the lines of the trace and to search the window for a name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use benches::build::clone_of;
use benches::case::Case;
use benches::facts;
use clap::Args;
use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::source::{Query, Range};
use sentry_correlate::{Change, Frame, Incident, PathMap, Window};
use sentry_correlate_git::GitRepository;
use sentry_hooks::model::Event;

use super::{Error, cpu, git};

/// How often our own part is run; the least counts.
const RUNS: usize = 10;

/// A repository and an event of one's own.
#[derive(Args)]
pub(super) struct Own {
    /// A clone.
    #[arg(long, value_name = "DIR")]
    repository: PathBuf,
    /// What ran before and what failed.
    #[arg(long, value_name = "OLD..NEW")]
    range: Range,
    /// The event, as Sentry's webhooks or its REST API write it.
    #[arg(long, value_name = "event.json")]
    event: PathBuf,
}

/// A case of a file of facts.
#[derive(Args)]
pub(super) struct Known {
    /// The case's name.
    id: String,
    /// Folder with a clone of its project: DIR/owner/name, DIR/name or DIR/owner+name.
    #[arg(long, value_name = "DIR")]
    clones: PathBuf,
    /// The facts.
    #[arg(long, value_name = "cases.toml", default_value = "benches/cases.toml")]
    cases: PathBuf,
}

impl Own {
    pub(super) fn run(&self) -> Result<(), Error> {
        let bytes =
            std::fs::read(&self.event).map_err(|why| format!("{}: {why}", self.event.display()))?;
        let event = Event::from_json(&bytes)
            .map_err(|why| format!("{} is no event: {why}", self.event.display()))?;
        compare(&self.repository, &self.range, &Incident::from_event(&event))
    }
}

impl Known {
    pub(super) fn run(&self) -> Result<(), Error> {
        let facts = facts::read(&self.cases)?;
        let fact = facts
            .iter()
            .find(|fact| fact.id == self.id)
            .ok_or_else(|| format!("{}: no case is called `{}`", self.cases.display(), self.id))?;
        let repository = clone_of(fact.repo(), &self.clones).ok_or_else(|| {
            let (folder, url) = (self.clones.display(), &fact.repository);
            format!("{folder}: no clone of {}; git clone --bare {url} there", fact.repo())
        })?;
        let case = Case::new(self.id.clone(), None, fact.event().into(), Window::default())
            .map_err(|why| format!("{}: {why}", self.id))?;
        let range = Range { old: fact.previous.clone(), new: fact.release.clone() };
        compare(&repository, &range, case.incident())
    }
}

fn compare(repository: &Path, range: &Range, incident: &Incident) -> Result<(), Error> {
    if !repository.is_dir() {
        return Err(format!("{}: no such directory", repository.display()).into());
    }
    let (log, making) = git::patches(repository, &range.to_string())?;
    let (reading, changes) = cpu::least(RUNS, || git::read(&log));
    let window = Window { changes, ..Window::default() };
    let (preparing, prepared) = cpu::least(RUNS, || PreparedWindow::new(&window));
    let ranker = Ranker::default();
    let (ranking, _) = cpu::least(RUNS, || ranker.rank_prepared(incident, &prepared));
    let ours = reading + preparing + ranking;
    let frames: usize = incident.exceptions.iter().map(|exception| exception.frames.len()).sum();
    let (commits, megabytes) = (window.changes.len(), log.len() as f64 / 1e6);
    println!("{range}: {commits} commits, {megabytes:.1} MB of patches, {frames} frames\n");
    row("git log -p -U0, which makes the patches", making, "");
    row("reading the patches", reading, "");
    row("finding their words and facts", preparing, "");
    row("ranking", ranking, "");
    row("the three together", ours, "");
    let ratio = |theirs: Duration| format!("1/{:.0}", theirs.as_secs_f64() / ours.as_secs_f64());
    let (lines, blaming) = blame(repository, range, incident)?;
    match lines {
        0 => println!("git blame: no line of the program's own is in the repository"),
        lines => row(&format!("git blame -L, {lines} lines"), blaming, &ratio(blaming)),
    }
    match innermost_name(incident) {
        None => println!("git log -S: no frame of the program's own has a name"),
        Some(name) => {
            let window = range.to_string();
            let arguments = ["log", "--format=%H", "-S", name, window.as_str(), "--"];
            let searching = git::run(repository, arguments)?.1;
            row(&format!("git log -S {name}"), searching, &ratio(searching));
        }
    }
    adapter(repository, range, &window)
}

fn row(what: &str, time: Duration, ratio: &str) {
    let milliseconds = time.as_secs_f64() * 1e3;
    println!("{what:<44} {milliseconds:>9.1} ms  {ratio}");
}

/// Blames the lines of the program's own frames, one after the other: how many, and how long.
fn blame(
    repository: &Path,
    range: &Range,
    incident: &Incident,
) -> Result<(usize, Duration), Error> {
    let (files, _) =
        git::run(repository, ["ls-tree", "-r", "-z", "--name-only", range.new.as_str()])?;
    let files = String::from_utf8_lossy(&files);
    let map = PathMap::new(files.split('\0').filter(|path| !path.is_empty()));
    let mut lines: Vec<(String, u32)> = Vec::new();
    for frame in Query::of(incident).frames.iter().filter(|frame| frame.in_app) {
        if let (Some(path), Some(line)) = (map.frame(frame).path(), frame.line) {
            lines.push((path.to_owned(), line));
        }
    }
    lines.sort();
    lines.dedup();
    let mut all = Duration::ZERO;
    for (path, line) in &lines {
        let place = format!("{line},{line}");
        let arguments = ["blame", "-L", &place, range.new.as_str(), "--", path];
        all += git::run(repository, arguments)?.1;
    }
    Ok((lines.len(), all))
}

/// The name of the program's function that is nearest to the crash.
fn innermost_name(incident: &Incident) -> Option<&str> {
    let frames =
        incident.exceptions.iter().rev().flat_map(|exception| exception.frames.iter().rev());
    let named = |frame: &Frame| frame.in_app && frame.function.is_some();
    let function =
        frames.filter(|frame| named(frame)).find_map(|frame| frame.function.as_deref())?;
    let word = |c: char| c.is_alphanumeric() || c == '_';
    function.split(|c| !word(c)).rfind(|name| !name.is_empty())
}

/// What the adapter that needs no git program takes for the same changes, and again.
fn adapter(repository: &Path, range: &Range, window: &Window) -> Result<(), Error> {
    let source = GitRepository::open(repository)?.with_max_commits(usize::MAX);
    let (first, changes) = cpu::of_process(|| source.changes_between(range));
    let changes = changes?;
    row("the git adapter, from the repository", first, "");
    let (again, _) = cpu::of_process(|| source.changes_between(range));
    row("the git adapter, for the next incident", again, "");
    // Which definition encloses a hunk, git tells by attributes that a clone may lack.
    let bare = |change: &Change| {
        let mut files = change.files.clone();
        files.iter_mut().flat_map(|file| &mut file.hunks).for_each(|hunk| hunk.section.clear());
        files
    };
    let read: HashMap<_, _> =
        window.changes.iter().map(|change| (&change.sha, bare(change))).collect();
    let alike = changes.iter().filter(|change| read.get(&change.sha) == Some(&bare(change)));
    println!("\nThe adapter reads {} of {} commits alike.", alike.count(), changes.len());
    Ok(())
}
