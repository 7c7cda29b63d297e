//! For a GitHub issue. Outside text stands in code spans and fences alone, which it cannot leave.

use super::clean;
use super::escape::{code_span, fenced};
use super::piece::{Role, percent, pieces};
use super::sections;
use crate::report::excerpt::{Excerpt, Side};
use crate::report::span::Sentence;
use crate::report::{Answer, Report, SHOWN, Suspect};

/// Longest piece of outside text in a sentence, in columns.
const PIECE: usize = 200;
/// Longest line in a fence, in columns.
const LINE: usize = 160;
/// Longest title of an issue, in characters.
const TITLE: usize = 120;
/// Most lines of the timeline.
const MOMENTS: usize = 60;

/// Renders a report as the body of a GitHub issue.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut out = format!("**{}**\n\n", linked(&report.headline));
    if let Answer::NoSuspect { decider, .. } = &report.answer {
        out += &format!("{}.\n\n", linked(decider));
    }
    out += &fenced("text", &[clean::line(&report.subject.title, LINE)]);
    out.push('\n');
    out += &item(&linked(&sections::whereabouts(report)));
    out += &item(&linked(&sections::impact(&report.impact)));
    if let Some(page) = &report.subject.page {
        out += &item(&format!("[{}](<{}>)", page.label, page.url));
    }
    suspects(&mut out, report);
    for (at, suspect) in report.suspects.iter().take(SHOWN).enumerate() {
        evidence(&mut out, suspect, at == 0);
    }
    let none = sections::reasons(&report.none.reasons, sections::REASONS);
    if !none.is_empty() {
        out += &format!("\n### {}\n\n", linked(&sections::none_heading(report)));
        reasons(&mut out, &none);
    }
    timeline(&mut out, report);
    out += "\n### Covered\n\n";
    for line in sections::coverage(report) {
        out += &item(&linked(&line));
    }
    out
}

/// A title for the issue: one line without anything that a title can turn into markup.
///
/// Characters that begin a mention, a reference or markup are left out, so the title is for the
/// eye; the body keeps the exact text.
#[must_use]
pub fn title(report: &Report) -> String {
    let mut raw = String::new();
    for piece in pieces(&report.headline, true) {
        if piece.spaced {
            raw.push(' ');
        }
        raw.push_str(&piece.text);
    }
    let harmless = |c: char| {
        !matches!(c, '@' | '#' | '`' | '<' | '>' | '[' | ']' | '\\' | '$' | '*' | '~' | '|' | '&')
    };
    // The percentage below one is written with a sign that is left out here.
    let raw = raw.replace("<1 %", "under 1 %").replace(">99 %", "over 99 %");
    let kept: String = raw.chars().filter(|c| harmless(*c)).collect();
    clean::line(&kept, TITLE)
}

/// Whether commits and pages are links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Yes,
    No,
}

/// A sentence as one line of Markdown.
pub(super) fn sentence(sentence: &Sentence, links: Links) -> String {
    let mut out = String::new();
    for piece in pieces(sentence, true) {
        let outside = matches!(piece.role, Role::Code | Role::Name);
        // Two code spans that touch would read as one.
        if piece.spaced || (outside && out.ends_with('`')) {
            out.push(' ');
        }
        let text = if outside {
            code_span(&clean::line(&piece.text, PIECE))
        } else if links == Links::Yes {
            // `<1 %` would begin a tag where HTML is allowed.
            piece.text.replace('<', "&lt;").replace('>', "&gt;")
        } else {
            piece.text.into_owned()
        };
        match piece.url.filter(|_| links == Links::Yes) {
            Some(url) => out += &format!("[{text}](<{url}>)"),
            None => out += &text,
        }
    }
    out
}

fn linked(s: &Sentence) -> String {
    sentence(s, Links::Yes)
}

fn item(line: &str) -> String {
    format!("- {line}\n")
}

fn suspects(out: &mut String, report: &Report) {
    *out += "\n### Suspects\n\n";
    for suspect in report.suspects.iter().take(SHOWN) {
        *out += &item(&format!("**{}** {}", share(suspect.p), linked(&suspect.statement)));
    }
    if let Some((count, p)) = sections::others(report, SHOWN) {
        *out += &item(&format!("**{}** {}", share(p), linked(&sections::other_changes(count))));
    }
    *out += &item(&format!("**{}** none of these", share(report.none.p)));
    *out += &format!("\n{}\n", linked(&report.meaning));
}

fn share(p: f64) -> String {
    percent(p).replace('<', "&lt;").replace('>', "&gt;")
}

fn evidence(out: &mut String, suspect: &Suspect, first: bool) {
    *out += &format!("\n### {}\n\n", linked(&sections::named(suspect)));
    *out += &format!("{}\n\n", linked(&sections::byline(suspect)));
    if suspect.is_unmeasured() {
        *out += &format!("{}.\n\n", linked(&Sentence::new().word(sections::UNMEASURED)));
    }
    let most = if first { sections::REASONS } else { sections::FEWER_REASONS };
    reasons(out, &sections::reasons(&suspect.reasons, most));
    if let Some(without) = sections::counterfactual(suspect) {
        *out += &format!("\n{}\n", linked(&without));
    }
    if let Some(excerpt) = suspect.excerpt.as_ref().filter(|_| first) {
        out.push('\n');
        *out += &lines(excerpt);
    }
}

fn reasons(out: &mut String, reasons: &[(f64, Sentence)]) {
    for (_, sentence) in reasons {
        *out += &item(&linked(sentence));
    }
}

fn lines(excerpt: &Excerpt) -> String {
    let mut out = String::new();
    if let Some(frame) = excerpt.frame.as_ref().filter(|frame| !frame.lines.is_empty()) {
        let mut lines = vec![clean::source_line(&sections::frame_head(frame), LINE)];
        lines.extend(
            frame.lines.iter().map(|l| clean::source_line(&sections::source_line(l), LINE)),
        );
        out += &fenced("text", &lines);
        out.push('\n');
    }
    let hunk = &excerpt.hunk;
    let mut lines = vec![clean::source_line(&sections::hunk_head(hunk), LINE)];
    for line in &hunk.lines {
        let sign = if line.side == Side::Added { '+' } else { '-' };
        let text = clean::source_line(&line.text, LINE);
        let mark = if line.marked { "  ◄ the frame's line" } else { "" };
        lines.push(format!("{sign}{text}{mark}"));
    }
    if hunk.omitted > 0 {
        lines.push(format!("… {} more lines", hunk.omitted));
    }
    out + &fenced("diff", &lines)
}

fn timeline(out: &mut String, report: &Report) {
    if report.timeline.is_empty() {
        return;
    }
    *out += "\n### Timeline\n\n";
    let skipped = report.timeline.len().saturating_sub(MOMENTS);
    if skipped > 0 {
        *out += &item(&format!("{skipped} earlier lines left out"));
    }
    for entry in report.timeline.iter().skip(skipped) {
        let what = linked(&sections::happening(&entry.what));
        *out += &item(&format!("{} {what}", sections::moment(entry.at)));
    }
}
