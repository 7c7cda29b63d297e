//! What every renderer for people says the same way: phrases, amounts, coverage.

use time::OffsetDateTime;

use crate::Impact;
use crate::report::excerpt::{FrameLines, HunkLines, SourceLine};
use crate::report::span::{Number, Sentence, Span};
use crate::report::suspect::Reason;
use crate::report::{Happening, Report, Suspect};

/// Below this a reason is not worth a line of its own.
const NEGLIGIBLE: f64 = 0.05;

/// The reasons as sentences with their amounts: at most `most`, then the others together. Signals
/// that saw the same thing share a line.
pub(super) fn reasons(reasons: &[Reason], most: usize) -> Vec<(f64, Sentence)> {
    let mut merged: Vec<(f64, bool, Sentence)> = Vec::new();
    for reason in reasons {
        let said = seen(reason);
        match merged.iter_mut().find(|(_, measured, s)| *measured == reason.measured && *s == said)
        {
            Some((amount, ..)) => *amount += reason.amount,
            None => merged.push((reason.amount, reason.measured, said)),
        }
    }
    merged.sort_by(|(a, ..), (b, ..)| b.abs().total_cmp(&a.abs()));
    let telling = merged.iter().filter(|(a, ..)| a.abs() >= NEGLIGIBLE).count().min(most);
    let lesser = merged.split_off(telling);
    let mut out: Vec<_> = merged
        .into_iter()
        .map(|(amount, measured, said)| (amount, reason(amount, measured, said)))
        .collect();
    let together: f64 = lesser.iter().map(|(amount, ..)| amount).sum();
    let count = lesser.iter().filter(|(amount, ..)| *amount != 0.0).count();
    if together.abs() >= NEGLIGIBLE {
        let word = if count == 1 { "lesser reason" } else { "lesser reasons together" };
        out.push((together, reason(together, true, Sentence::new().count(count).word(word))));
    }
    out
}

/// Reasons that are shown of the first suspect and of "none of these".
pub(super) const REASONS: usize = 6;
/// Reasons that are shown of the other suspects.
pub(super) const FEWER_REASONS: usize = 2;

/// An amount in words: its weight, its direction, and the factor on the odds.
fn amount(amount: f64) -> Sentence {
    let against = amount < 0.0;
    let words = match (amount.abs(), against) {
        (a, false) if a < 0.2 => "slightly for (odds",
        (a, true) if a < 0.2 => "slightly against (odds",
        (a, false) if a < 0.7 => "somewhat for (odds",
        (a, true) if a < 0.7 => "somewhat against (odds",
        (a, false) if a < 1.5 => "clearly for (odds",
        (a, true) if a < 1.5 => "clearly against (odds",
        (a, false) if a < 3.0 => "strongly for (odds",
        (a, true) if a < 3.0 => "strongly against (odds",
        (_, false) => "very strongly for (odds",
        (_, true) => "very strongly against (odds",
    };
    let odds = amount.abs().exp();
    let odds = if against { Span::Divisor(odds) } else { Span::Factor(odds) };
    Sentence::new().word(words).span(odds).word(")")
}

/// A reason as one sentence: how much it moved the odds, and what was seen.
fn reason(amount: f64, measured: bool, said: Sentence) -> Sentence {
    let said = self::amount(amount).word(":").then(said);
    if measured { said } else { said.word("(").word(UNMEASURED).word(")") }
}

/// What a signal saw; its name where it saw nothing that can be quoted.
fn seen(reason: &Reason) -> Sentence {
    let mut said = Sentence::new();
    for (at, seen) in reason.seen.iter().enumerate() {
        said = if at == 0 { said } else { said.word(";") }.then(seen.sentence.clone());
    }
    if said.is_empty() { said.word(signal(reason.signal)) } else { said }
}

/// "without the stack hit: 31 %".
///
/// For a suspect of less than a percent there is nothing to take away.
pub(super) fn counterfactual(suspect: &Suspect) -> Option<Sentence> {
    if suspect.p < 0.01 {
        return None;
    }
    let mut out = Sentence::new();
    for (at, without) in suspect.counterfactuals.iter().take(2).enumerate() {
        out = if at == 0 { out.word("without") } else { out.word("; without") };
        out = out.word(signal(without.signal)).word(":").percent(without.p);
    }
    (!out.is_empty()).then_some(out)
}

/// A signal's name for people; one without an entry is shown by its own name.
fn signal(name: &'static str) -> &'static str {
    match name {
        "touched-file" => "the touched file",
        "rare-file" => "the rarity of the file",
        "breadth" => "the share of the trace's files",
        "touched-line" => "the stack hit",
        "function" => "the touched function",
        "introduced" => "the code it brought",
        "last-touched" => "the last touch of the line",
        "blamed" => "the repository's blame",
        "words-in-diff" => "the error's words in the diff",
        "function-names" => "the frames' names in the diff",
        "source-words" => "the source's words in the diff",
        "name-changed" => "the changed name",
        "message-words" => "the error's words in the message",
        "path-words" => "the error's words in the file names",
        "words-in-hunk" => "the error's words in one place of the diff",
        "side-words" => "the error's words in documents and tests",
        "parts-in-diff" => "the parts of names in the diff",
        "parts-in-message" => "the parts of names in the message",
        "directory" => "the touched directory",
        "changes-together" => "files that change together",
        "fact-fits" => "the fit between change and error",
        "code-fits" => "the fit between changed code and error",
        "quoted" => "what the error quotes",
        "setting-of-trace" => "the setting's tie to the trace",
        "setting-named" => "the setting that the error names",
        "leap" => "the size of the step",
        "switched" => "the other value",
        "removed-setting" => "the setting that is gone",
        "major-version" => "the other major version",
        "dependency" => "the dependency in the trace",
        "late" => "the place in the window",
        "deployed" => "the time of the deployment",
        "named" => "the other commit that names it",
        "reverted" => "the revert",
        "docs-only" => "that it is documentation",
        "tests-only" => "that it is tests",
        "form-only" => "that it is form",
        "mechanical" => "that it says to change form",
        "moved" => "that it moves what was there",
        "mass-edit" => "the number of files",
        "other-environment" => "the other environment",
        "merge" => "that it is a merge",
        "bot" => "that a bot made it",
        "ignored-revision" => "that blame passes over it",
        // Inputs of "none of these".
        "bias" => "without evidence a change is seldom the cause",
        "changes" => "what the changes have for them, on the whole",
        "candidates" => "the number of candidates",
        "off-stack" => "the kind of crash, whose cause may be off the stack",
        "blamed-elsewhere" => "lines of the trace that are older than the release",
        "foreign-trace" => "none of the program's own frames is in this repository (not measured)",
        "touching-files" => "of many changes to the trace's files some fit by chance",
        name => name,
    }
}

/// Said of a suspect whose main evidence has a prior weight.
pub(super) const UNMEASURED: &str = "not measured for this kind of change";

/// Heading of what moved "none of these".
pub(super) fn none_heading(report: &Report) -> Sentence {
    Sentence::new().word("why none of these has").percent(report.none.p)
}

/// Events, users, since when.
pub(super) fn impact(impact: &Impact) -> Sentence {
    let s = Sentence::new().word("impact:");
    let s = match impact.events {
        Some(1) => s.word("1 event"),
        Some(n) => s.span(whole(n)).word("events"),
        None => s.word("events unknown"),
    };
    let s = match impact.users {
        Some(1) => s.word(", 1 user"),
        Some(n) => s.word(",").span(whole(n)).word("users"),
        None => s.word(", users unknown"),
    };
    match impact.since {
        Some(at) => s.word(", since").time(at),
        None => s.word(", since when unknown"),
    }
}

#[allow(clippy::cast_precision_loss)] // counts above 2^53 are shown rounded
fn whole(n: u64) -> Span {
    Span::Number(Number { value: n as f64, unit: None })
}

/// Where it happened: release and environment.
pub(super) fn whereabouts(report: &Report) -> Sentence {
    let s = Sentence::new();
    let s = match &report.subject.release {
        Some(release) => s.word("in release").code(release),
        None => s.word("in an unknown release"),
    };
    match &report.subject.environment {
        Some(environment) => s.word(", environment").code(environment),
        None => s.word(", environment unknown"),
    }
}

/// "Commit e4f5a6b", the heading of a suspect's evidence.
pub(super) fn named(suspect: &Suspect) -> Sentence {
    let s = Sentence::new().word("commit");
    match &suspect.commit {
        Some(commit) => s.span(Span::Commit(commit.clone())),
        None => s.code(&suspect.sha),
    }
}

/// Who made a suspected change, when, and what the message says.
pub(super) fn byline(suspect: &Suspect) -> Sentence {
    let mut s = Sentence::new().word("by");
    s = if suspect.author.is_empty() {
        s.word("an unknown author")
    } else {
        s.name(&suspect.author)
    };
    if let Some(at) = suspect.committed_at {
        s = s.word(",").time(at);
    }
    if suspect.summary.is_empty() { s } else { s.word(":").name(&suspect.summary) }
}

/// The changes that are not listed.
pub(super) fn other_changes(count: usize) -> Sentence {
    let s = Sentence::new();
    if count == 1 {
        s.word("the one other change")
    } else {
        s.word("all").count(count).word("other changes together")
    }
}

/// The first line above a frame's source.
pub(super) fn frame_head(frame: &FrameLines) -> String {
    let line = frame.line.map(|l| format!(":{l}")).unwrap_or_default();
    let function = frame.function.as_ref().map(|f| format!(" in {f}")).unwrap_or_default();
    format!("stack: {}{line}{function}", frame.file)
}

/// A line of a frame's source with its number, marked where the frame stands.
pub(super) fn source_line(line: &SourceLine) -> String {
    let number = line.number.map(|n| n.to_string()).unwrap_or_default();
    let mark = if line.marked { '>' } else { ' ' };
    format!("{mark}{number:>5} {}", line.text)
}

/// The first line above a hunk.
pub(super) fn hunk_head(hunk: &HunkLines) -> String {
    let note = if hunk.reduced { " (words of the lines)" } else { "" };
    format!("diff: {}{note}", hunk.path)
}

/// What was asked, what came, what is missing.
pub(super) fn coverage(report: &Report) -> Vec<Sentence> {
    if report.coverage.is_empty() {
        return vec![Sentence::new().word("which sources were asked was not recorded")];
    }
    let mut out = Vec::new();
    for covered in &report.coverage {
        let s =
            Sentence::new().name(&covered.source).word("(").word(covered.status.word()).word("):");
        out.push(s.then(covered.sentence.clone()));
        if !covered.window.is_empty() {
            out.push(covered.window.clone());
        }
        out.extend(
            covered.missing.iter().map(|m| Sentence::new().word("not covered:").then(m.clone())),
        );
    }
    out
}

/// One line of the timeline without its moment.
pub(super) fn happening(what: &Happening) -> Sentence {
    let s = Sentence::new();
    match what {
        Happening::Suspect { commit, summary } => {
            let s = s.word("suspect");
            let s = match commit {
                Some(commit) => s.span(Span::Commit(commit.clone())),
                None => s,
            };
            s.word(":").name(summary)
        }
        Happening::OtherCommits { count: 1 } => s.word("1 other commit"),
        Happening::OtherCommits { count } => s.count(*count).word("other commits, from here on"),
        Happening::Deployed { name, commit, environment } => {
            let s = s.word("deployed").code(name);
            let s = match environment {
                Some(environment) => s.word("to").code(environment),
                None => s,
            };
            match commit {
                Some(commit) => s.word("at").span(Span::Commit(commit.clone())),
                None => s,
            }
        }
        Happening::FirstSeen => s.word("error first seen"),
        Happening::Event => s.word("the event at hand; the error may be older"),
    }
}

/// Share of the candidates that are not listed.
pub(super) fn others(report: &Report, listed: usize) -> Option<(usize, f64)> {
    let rest = report.suspects.get(listed..).unwrap_or_default();
    (!rest.is_empty()).then(|| (rest.len(), rest.iter().map(|s| s.p).sum()))
}

/// The moment's date and time in the timeline.
pub(super) fn moment(at: OffsetDateTime) -> String {
    super::piece::time(at)
}
