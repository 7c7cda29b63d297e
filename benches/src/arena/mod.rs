//! The arena: the ranker beside the rules that people use today, on the same cases.

pub mod report;
mod table;

use std::collections::BTreeMap;

use sentry_correlate::{Incident, Window};

use crate::case::{Case, Trace};
use crate::metrics::{Outcome, Summary};
use crate::rules::{Answer, Rule, touches_trace};

pub use table::{Report, Section, Table};

/// What was judged so far.
#[derive(Debug, Clone, Default)]
pub struct Arena {
    rules: Vec<&'static str>,
    entries: Vec<Entry>,
}

/// One case with what each rule made of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The case's name.
    pub id: String,
    /// The groups it belongs to, one label per breakdown.
    pub groups: BTreeMap<Breakdown, String>,
    /// Per rule, in the arena's order.
    pub outcomes: Vec<Outcome>,
}

/// How cases are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breakdown {
    /// By project.
    Repository,
    /// By number of candidates.
    Window,
    /// By how the trace came about.
    Trace,
    /// By whether a culprit touches a file of the trace.
    Place,
    /// By kind of cause, where the cases tell one.
    Kind,
}

/// Both answers of a rule: to the case, and to the case without its culprits.
#[derive(Debug, Clone)]
pub struct Answers {
    /// With the culprit among the candidates.
    pub with: Answer,
    /// With the culprits taken out.
    pub without: Answer,
}

impl Arena {
    /// An arena for rules of these names. By convention the first is the ranker.
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = &'static str>) -> Self {
        Self { rules: rules.into_iter().collect(), entries: Vec::new() }
    }

    /// Judges one answer pair per rule. A case whose truth is unknown is passed over.
    ///
    /// # Panics
    ///
    /// When there are not as many answers as rules: a slip of the caller.
    pub fn add(&mut self, case: &Case, incident: &Incident, answers: &[Answers]) {
        assert_eq!(answers.len(), self.rules.len(), "one answer pair per rule");
        let Some(source) = case.source() else { return };
        let outcome = |a: &Answers| Outcome::of(&a.with, &a.without, &source.culprits);
        self.entries.push(Entry {
            id: case.id().to_owned(),
            groups: groups(case, incident),
            outcomes: answers.iter().map(outcome).collect(),
        });
    }

    /// Names of the rules, in the order of [`Entry::outcomes`].
    #[must_use]
    pub fn rules(&self) -> &[&'static str] {
        &self.rules
    }

    /// What was judged.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Sums up one rule over the entries of these indices (one may come twice: a resample).
    #[must_use]
    pub fn summary(&self, rule: usize, entries: impl IntoIterator<Item = usize>) -> Summary {
        Summary::of(entries.into_iter().map(|entry| &self.entries[entry].outcomes[rule]))
    }

    /// Sums up one rule over everything.
    #[must_use]
    pub fn total(&self, rule: usize) -> Summary {
        self.summary(rule, 0..self.entries.len())
    }

    /// The rule in use (any but the first) with the best Top-1; equal ones by MRR.
    #[must_use]
    pub fn best_in_use(&self) -> Option<usize> {
        (1..self.rules.len()).max_by(|a, b| {
            let key = |rule| (self.total(rule).top1, self.total(rule).mrr);
            let (a, b) = (key(*a), key(*b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
    }
}

/// Asks a rule both questions. Only incident and window are handed over: no rule sees the truth.
#[must_use]
pub fn ask(rule: &dyn Rule, incident: &Incident, with: &Window, without: &Window) -> Answers {
    Answers { with: rule.answer(incident, with), without: rule.answer(incident, without) }
}

fn groups(case: &Case, incident: &Incident) -> BTreeMap<Breakdown, String> {
    let Some(source) = case.source() else { return BTreeMap::new() };
    let window = match case.window().changes.len() {
        ..=25 => "up to 25",
        26..=100 => "26 to 100",
        101..=300 => "101 to 300",
        _ => "over 300",
    };
    let trace = match source.trace {
        Trace::Executed => "executed",
        Trace::Reported => "reported",
        Trace::Unknown => "unknown",
    };
    let culprits = case.window().changes.iter().filter(|c| source.culprits.contains(&c.sha));
    let on_stack = culprits.into_iter().any(|change| touches_trace(incident, change));
    let place = if on_stack { "in a file of the trace" } else { "elsewhere" };
    let mut groups = BTreeMap::from([
        (Breakdown::Repository, source.repo.clone()),
        (Breakdown::Window, window.to_owned()),
        (Breakdown::Trace, trace.to_owned()),
        (Breakdown::Place, place.to_owned()),
    ]);
    if let Some(kind) = &source.kind {
        groups.insert(Breakdown::Kind, kind.clone());
    }
    groups
}

#[cfg(test)]
mod tests;
