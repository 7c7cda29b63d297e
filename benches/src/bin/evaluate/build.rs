//! `evaluate build`: cases from facts and clones.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

use benches::build::{build, clone_of};
use benches::facts;
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use sentry_correlate_git::GitRepository;

use super::Error;

/// Blame counts as part of a case, so it gets the time that it needs.
const BLAME: Duration = Duration::from_secs(600);

/// Makes the cases of a file of facts from clones of their projects.
#[derive(Args)]
pub(super) struct Build {
    /// The facts; may be given several files.
    #[arg(long, value_name = "cases.toml", required = true, num_args = 1..)]
    cases: Vec<PathBuf>,
    /// Folder with a clone per project: DIR/owner/name, DIR/name or DIR/owner+name.
    #[arg(long, value_name = "DIR")]
    clones: PathBuf,
    /// Where the cases go, gzipped.
    #[arg(long, value_name = "cases.jsonl.gz")]
    out: PathBuf,
}

/// Cases that cannot be made are said and left out; making none is an error.
pub(super) fn run(arguments: &Build) -> Result<(), Error> {
    let mut facts = Vec::new();
    for file in &arguments.cases {
        facts.extend(facts::read(file)?);
    }
    let mut projects: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for fact in &facts {
        projects.entry(fact.repository.as_str()).or_default().push(fact);
    }
    let file = File::create(&arguments.out)
        .map_err(|why| format!("{}: {why}", arguments.out.display()))?;
    let mut out = GzEncoder::new(BufWriter::new(file), Compression::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut made = 0;
    for (url, facts) in projects {
        let repo = facts[0].repo();
        let Some(clone) = clone_of(repo, &arguments.clones) else {
            let target = arguments.clones.join(repo.rsplit('/').next().unwrap_or(repo));
            let (cases, target) = (facts.len(), target.display());
            eprintln!(
                "left out {cases} cases: no clone of {repo}; git clone --bare {url} {target}"
            );
            continue;
        };
        let source = GitRepository::open(&clone)?.with_blame_budget(BLAME);
        for fact in facts {
            match runtime.block_on(build(fact, &source)) {
                Ok(case) => {
                    writeln!(out, "{}", case.to_json())?;
                    made += 1;
                    eprintln!("{}: {} changes", fact.id, case.window().changes.len());
                }
                Err(why) => eprintln!("left out {why}"),
            }
        }
    }
    out.finish()?.flush()?;
    if made == 0 {
        return Err("no case could be made".into());
    }
    eprintln!("{made} cases written to {}", arguments.out.display());
    Ok(())
}
