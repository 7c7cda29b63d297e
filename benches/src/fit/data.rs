//! Labelled cases as numbers.

use sentry_correlate::rank::{Measurements, PreparedWindow, Ranker};
use sentry_correlate::{Incident, Window};

use crate::case::Case;

/// One labelled case as the fitter sees it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The project or service: what folds are made of.
    pub group: String,
    /// Whether the case is of the configuration kind.
    pub configuration: bool,
    /// Whether those who taught the ranker its words had read cases of this service.
    pub read: bool,
    /// The question as it was.
    pub whole: Question,
    /// The same with its culprits taken out.
    pub without: Question,
}

/// The candidates of one question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Measures by candidate and signal.
    pub rows: Vec<Vec<f64>>,
    /// Which candidates are right; empty where "none of these" is.
    pub right: Vec<usize>,
    /// The gate's inputs.
    pub gate: Vec<f64>,
    /// The inputs of "none of these".
    pub none: Vec<f64>,
}

/// Measures the labelled ones among the cases; `blank` takes the commit messages away first.
#[must_use]
pub fn measure(cases: &[Case], blank: bool) -> Vec<Sample> {
    cases
        .iter()
        .filter_map(|case| {
            let source = case.source()?;
            let without = case.without_culprit()?;
            // A culprit outside its window would teach that it was none of them.
            let known = |sha: &String| case.window().changes.iter().any(|of| of.sha == *sha);
            if !source.culprits.iter().any(known) {
                return None;
            }
            Some(Sample {
                group: source.repo.clone(),
                configuration: source.kind.as_deref().is_some_and(|kind| kind != "code"),
                read: source.read,
                whole: question(case.incident(), case.window(), &source.culprits, blank),
                without: question(case.incident(), &without, &[], blank),
            })
        })
        .collect()
}

fn question(incident: &Incident, window: &Window, culprits: &[String], blank: bool) -> Question {
    let measured = if blank {
        let mut window = window.clone();
        window.changes.iter_mut().for_each(|change| change.message.clear());
        Ranker::measure(incident, &PreparedWindow::new(&window))
    } else {
        Ranker::measure(incident, &PreparedWindow::new(window))
    };
    let right =
        (0..window.changes.len()).filter(|&n| culprits.contains(&window.changes[n].sha)).collect();
    let Measurements { rows, gate, none } = measured;
    Question { rows, right, gate, none }
}
