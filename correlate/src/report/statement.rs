//! The sentence that names a change, and the one that names the answer.

use std::collections::BTreeSet;

use super::excerpt::frame_at;
use super::fact;
use super::span::Sentence;
use super::suspect::Suspect;
use super::{Answer, timeline};
use crate::facts::{DefinitionAction, Fact, FactKind};
use crate::{
    Change, Decisive, Direction, Evidence, FrameRef, Hypothesis, Incident, Observation, Place,
    Ranking, Silence, Verdict,
};

/// What the change did, in its most telling form: a fact; else the place that ties it to the
/// stack; else its own first line.
pub(super) fn statement(
    incident: &Incident,
    change: Option<&Change>,
    hypothesis: &Hypothesis,
) -> Sentence {
    let clause = match telling_fact(hypothesis) {
        Some(fact) => Some(fact::clause(fact, change)),
        None => tie(incident, hypothesis),
    };
    let commit = |s: Sentence| s.commit(&hypothesis.sha, change.and_then(|c| c.url.as_deref()));
    if let Some(clause) = clause {
        return commit(clause.word("in commit"));
    }
    let summary = change.map(|c| timeline::summary(&c.message)).filter(|s| !s.is_empty());
    match summary {
        Some(summary) => commit(Sentence::new().word("commit")).word(":").name(summary),
        None => commit(Sentence::new().word("commit")),
    }
}

/// The place that the sentence is about, and the frame it is tied to.
pub(super) fn subject_place(hypothesis: &Hypothesis) -> Option<(Place, Option<FrameRef>)> {
    if let Some(fact) = telling_fact(hypothesis) {
        let about = |e: &&Evidence| e.place == Some(fact.place) && e.frame.is_some();
        return Some((fact.place, hypothesis.evidence.iter().find(about).and_then(|e| e.frame)));
    }
    let closest = closest(hypothesis)?;
    Some((closest.place?, closest.frame))
}

/// The fact that the sentence is about, unless the stack says it better: that something was added
/// explains less than the line that crashed, and so does a fact that the ranking hardly counted.
fn telling_fact(hypothesis: &Hypothesis) -> Option<&Fact> {
    let fact = hypothesis.facts.first()?;
    if hypothesis.evidence.is_empty() {
        return Some(fact);
    }
    let on_stack = |e: &Evidence| e.direction == Direction::For && closeness(&e.observation) <= 6;
    let amount = |about: &dyn Fn(&Evidence) -> bool| -> f64 {
        let counted = hypothesis.evidence.iter().filter(|e| about(e)).map(|e| e.signal);
        let counted: BTreeSet<&str> = counted.collect();
        let of = hypothesis.contributions.iter().filter(|c| counted.contains(c.signal));
        of.map(|c| c.amount).sum()
    };
    let for_fact = amount(&|e| is_about(&e.observation, fact));
    let for_stack = amount(&|e| on_stack(e) && !is_about(&e.observation, fact));
    let added = matches!(&fact.kind, FactKind::Definition { action: DefinitionAction::Added, .. });
    let enough = for_fact >= 0.5 * for_stack && for_fact >= HARDLY;
    (enough && !(added && for_stack > 0.0)).then_some(fact)
}

/// Less than this in the score, and a fact is no explanation.
const HARDLY: f64 = 0.1;

/// The evidence that ties the change most closely to the stack.
fn closest(hypothesis: &Hypothesis) -> Option<&Evidence> {
    let evidence = hypothesis.evidence.iter();
    evidence.filter(|e| e.direction == Direction::For).min_by_key(|e| closeness(&e.observation))
}

fn is_about(observation: &Observation, fact: &Fact) -> bool {
    match observation {
        Observation::FactFits { fact: seen, .. }
        | Observation::Quoted { fact: seen, .. }
        | Observation::SettingOfTrace { fact: seen, .. }
        | Observation::BoldStep { fact: seen }
        | Observation::DependencyInTrace { fact: seen } => seen == fact,
        Observation::NameChanged { name: seen } => {
            matches!(&fact.kind, FactKind::Definition { name, .. } if name == seen)
        }
        _ => false,
    }
}

/// The place in the stack that the change touched, from the closest observation it has.
fn tie(incident: &Incident, hypothesis: &Hypothesis) -> Option<Sentence> {
    let for_it = |e: &&Evidence| e.direction == Direction::For;
    let closest = closest(hypothesis)?;
    let last = hypothesis.evidence.iter().filter(for_it).any(|e| {
        e.frame == closest.frame
            && matches!(e.observation, Observation::LastTouched { .. } | Observation::Blamed { .. })
    });
    let function = closest
        .frame
        .and_then(|at| frame_at(incident, at))
        .and_then(|frame| frame.function.as_deref());
    let s = Sentence::new();
    let in_frame = |s: Sentence| match function {
        Some(function) => s.word("(frame").code(function).word(")"),
        None => s,
    };
    let changed = if last { "was last changed" } else { "was changed" };
    Some(match &closest.observation {
        Observation::LineTouched { path, line, distance: 0 } => {
            in_frame(s.word("line").line(*line).word("of").code(path)).word(changed)
        }
        Observation::LastTouched { path, line }
        | Observation::Blamed { path: Some(path), line: Some(line) } => {
            in_frame(s.word("line").line(*line).word("of").code(path)).word("was last changed")
        }
        Observation::NameChanged { name } => {
            s.code(name).word(", which the error or a frame names, was changed")
        }
        Observation::LineTouched { path, line, distance } => in_frame(
            s.code(path)
                .word("was changed")
                .count(*distance)
                .word(if *distance == 1 { "line away from line" } else { "lines away from line" })
                .line(*line),
        ),
        Observation::FunctionTouched { path, function } => {
            s.code(function).word("in").code(path).word("was changed")
        }
        Observation::FileTouched { path, .. } | Observation::ChangesTogether { path, .. } => {
            s.code(path).word("was changed")
        }
        Observation::DirectoryTouched { directory } => {
            s.word("files in").code(directory).word("were changed")
        }
        _ => return None,
    })
}

/// Order of preference for the sentence.
fn closeness(observation: &Observation) -> u32 {
    match observation {
        Observation::LineTouched { distance: 0, .. } => 0,
        Observation::LastTouched { .. } => 1,
        Observation::Blamed { path: Some(_), line: Some(_) } => 2,
        Observation::LineTouched { distance: 1..=5, .. } => 3,
        Observation::NameChanged { .. } => 4,
        Observation::FunctionTouched { .. } => 5,
        Observation::LineTouched { distance: 6..=50, .. } => 6,
        Observation::FileTouched { .. } => 7,
        Observation::ChangesTogether { .. } => 8,
        Observation::DirectoryTouched { .. } => 9,
        _ => u32::MAX,
    }
}

/// Whether a suspect is named, and if not why, in words.
pub(super) fn answer(ranking: &Ranking) -> Answer {
    match &ranking.verdict {
        Verdict::Suspect if !ranking.hypotheses.is_empty() => Answer::Suspect,
        Verdict::Suspect => Answer::NoSuspect {
            reason: silence(Silence::NoCandidates, ranking),
            decider: decider(&Decisive::Candidates),
        },
        Verdict::NoSuspect { reason, decisive } => {
            Answer::NoSuspect { reason: silence(*reason, ranking), decider: decider(decisive) }
        }
    }
}

fn silence(reason: Silence, ranking: &Ranking) -> Sentence {
    let s = Sentence::new();
    let first = ranking.hypotheses.first().map_or(0.0, |h| h.p);
    match reason {
        Silence::NoCandidates => s.word("there is no change to suspect"),
        Silence::NoneLikelier => s
            .word("“none of these changes” (")
            .percent(ranking.none)
            .word(") is at least as likely as the first of them (")
            .percent(first)
            .word(")"),
        Silence::BelowThreshold => s
            .word("the first of the changes has only")
            .percent(first)
            .word(", too little to name it"),
    }
}

fn decider(decisive: &Decisive) -> Sentence {
    let s = Sentence::new();
    match decisive {
        Decisive::StackTrace => {
            s.word("an event with a stack trace of the program's own code would decide it")
        }
        Decisive::Candidates => s.word(
            "the list of the release's commits would decide it: pass a range, or fetch the history",
        ),
        Decisive::Revert { sha } => {
            s.word("running the release without commit").commit(sha, None).word("would decide it")
        }
        Decisive::PreviousRelease => {
            s.word("whether the error also occurs at the release before would decide it")
        }
    }
}

/// The first line of every report.
pub(super) fn headline(answer: &Answer, first: Option<&Suspect>) -> Sentence {
    match (answer, first) {
        (Answer::Suspect, Some(first)) => {
            first.statement.clone().word("(").percent(first.p).word(")")
        }
        (Answer::NoSuspect { reason, .. }, _) => {
            Sentence::new().word("no suspect:").then(reason.clone())
        }
        (Answer::Suspect, None) => Sentence::new().word("no suspect"),
    }
}

/// What the percentages mean, said where they are printed.
pub(super) fn meaning(ranking: &Ranking) -> Sentence {
    let s = Sentence::new().word("the percentages share 100 % among");
    let s = match ranking.hypotheses.len() {
        0 => return s.word("“none of these” alone."),
        1 => s.word("the one candidate and “none of these”"),
        count => s.word("all").count(count).word("candidates and “none of these”"),
    };
    if !ranking.calibrated {
        return s.word(". Not yet calibrated: they order the candidates, and no more.");
    }
    s.word(". Calibrated on labelled failures: of suspects given about")
        .percent(0.8)
        .word(", about eight in ten were the cause there.")
}
