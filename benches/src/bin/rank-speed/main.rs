//! How long ranking takes: 10, 600 and 10,000 commits against 30 frames, reading their patches apart.

mod cpu;
mod invented;

use sentry_correlate::diff::patch;
use sentry_correlate::rank::{PreparedWindow, Ranker};
use sentry_correlate::{Change, Window};

fn main() {
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
