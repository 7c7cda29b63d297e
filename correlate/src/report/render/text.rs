//! For the terminal: plain or in colour, within a width.

use super::clean;
use super::escape::code_span;
use super::piece::{Role, pieces};
use super::sections;
use crate::report::excerpt::{Excerpt, Side};
use crate::report::span::Sentence;
use crate::report::{Answer, Report, SHOWN, Suspect};

/// How text is laid out. The words are the same in every style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colour: bool,
    width: usize,
}

impl Style {
    const NARROWEST: usize = 40;

    /// No colour, 100 columns.
    #[must_use]
    pub const fn plain() -> Self {
        Self { colour: false, width: 100 }
    }

    /// ANSI colours, 100 columns.
    #[must_use]
    pub const fn colour() -> Self {
        Self { colour: true, width: 100 }
    }

    /// At most that many columns (40 at least).
    #[must_use]
    pub const fn width(self, columns: usize) -> Self {
        let width = if columns < Self::NARROWEST { Self::NARROWEST } else { columns };
        Self { width, ..self }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::plain()
    }
}

/// Renders a report for a terminal. Ends with a line break.
#[must_use]
pub fn text(report: &Report, style: Style) -> String {
    let mut page = Page { style, out: String::new() };
    page.sentence(&report.headline, 0, Paint::Bold);
    if let Answer::NoSuspect { decider, .. } = &report.answer {
        page.sentence(decider, 2, Paint::None);
    }
    page.line("");
    page.line(&page.painted(&clean::line(&report.subject.title, style.width), Paint::Code));
    page.sentence(&sections::whereabouts(report), 2, Paint::None);
    page.sentence(&sections::impact(&report.impact), 2, Paint::None);
    if let Some(link) = &report.subject.page {
        page.line(&format!("  {}: {}", link.label, link.url));
    }
    suspects(&mut page, report);
    evidence(&mut page, report);
    timeline(&mut page, report);
    coverage(&mut page, report);
    page.out
}

fn suspects(page: &mut Page, report: &Report) {
    page.heading("Suspects");
    for suspect in report.suspects.iter().take(SHOWN) {
        page.share(suspect.p, &suspect.statement);
    }
    if let Some((count, p)) = sections::others(report, SHOWN) {
        page.share(p, &sections::other_changes(count));
    }
    page.share(report.none.p, &Sentence::new().word("none of these"));
    page.sentence(&report.meaning, 2, Paint::Dim);
}

fn evidence(page: &mut Page, report: &Report) {
    for (at, suspect) in report.suspects.iter().take(SHOWN).enumerate() {
        page.line("");
        page.sentence(&sections::named(suspect), 0, Paint::Bold);
        page.sentence(&sections::byline(suspect), 2, Paint::None);
        if suspect.is_unmeasured() {
            page.sentence(&Sentence::new().word(sections::UNMEASURED), 2, Paint::Dim);
        }
        let most = if at == 0 { sections::REASONS } else { sections::FEWER_REASONS };
        reasons(page, sections::reasons(&suspect.reasons, most));
        if let Some(without) = sections::counterfactual(suspect) {
            page.sentence(&without, 2, Paint::Dim);
        }
        if at == 0 {
            excerpt(page, suspect);
        }
    }
    let none = sections::reasons(&report.none.reasons, sections::REASONS);
    if !none.is_empty() {
        page.line("");
        page.sentence(&sections::none_heading(report), 0, Paint::Bold);
        reasons(page, none);
    }
}

fn reasons(page: &mut Page, reasons: Vec<(f64, Sentence)>) {
    for (amount, sentence) in reasons {
        let (sign, paint) = if amount < 0.0 { ("-", Paint::Removed) } else { ("+", Paint::Added) };
        let sign = page.painted(sign, paint);
        page.hanging(&format!("  {sign} "), 4, &sentence, false, Paint::None);
    }
}

fn excerpt(page: &mut Page, suspect: &Suspect) {
    let Some(excerpt) = &suspect.excerpt else { return };
    let (frame, hunk) = (frame_lines(excerpt), hunk_lines(excerpt));
    page.line("");
    let half = page.style.width.saturating_sub(7) / 2;
    let fits = |lines: &[(String, Paint)]| {
        lines.first().is_some_and(|(head, _)| clean::width(&clean::source_line(head, 999)) <= half)
    };
    let both = page.style.width >= 100 && frame.len() > 1 && fits(&frame) && fits(&hunk);
    if both {
        for at in 0..frame.len().max(hunk.len()) {
            let blank = (String::new(), Paint::None);
            let (left, left_paint) = frame.get(at).unwrap_or(&blank);
            let (right, right_paint) = hunk.get(at).unwrap_or(&blank);
            let left = clean::source_line(left, half);
            let pad = " ".repeat(half - clean::width(&left));
            let right = page.painted(&clean::source_line(right, half), *right_paint);
            let line = format!("  {}{pad} │ {right}", page.painted(&left, *left_paint));
            page.line(line.trim_end());
        }
        return;
    }
    for (line, paint) in frame.iter().chain(&hunk) {
        let line = clean::source_line(line, page.style.width - 2);
        page.line(&format!("  {}", page.painted(&line, *paint)));
    }
}

fn frame_lines(excerpt: &Excerpt) -> Vec<(String, Paint)> {
    let Some(frame) = &excerpt.frame else { return Vec::new() };
    let mut out = vec![(sections::frame_head(frame), Paint::Dim)];
    for line in &frame.lines {
        let paint = if line.marked { Paint::Bold } else { Paint::None };
        out.push((sections::source_line(line), paint));
    }
    out
}

fn hunk_lines(excerpt: &Excerpt) -> Vec<(String, Paint)> {
    let hunk = &excerpt.hunk;
    let mut out = vec![(sections::hunk_head(hunk), Paint::Dim)];
    for line in &hunk.lines {
        let (sign, paint) = match line.side {
            Side::Removed => ('-', Paint::Removed),
            Side::Added => ('+', Paint::Added),
        };
        let mark = if line.marked { '>' } else { ' ' };
        out.push((format!("{mark}{:>5} {sign} {}", line.number, line.text), paint));
    }
    if hunk.omitted > 0 {
        out.push((format!("       … {} more lines", hunk.omitted), Paint::Dim));
    }
    out
}

fn timeline(page: &mut Page, report: &Report) {
    if report.timeline.is_empty() {
        return;
    }
    page.heading("Timeline");
    for entry in &report.timeline {
        let at = format!("  {}  ", sections::moment(entry.at));
        page.hanging(&at, clean::width(&at), &sections::happening(&entry.what), false, Paint::None);
    }
}

fn coverage(page: &mut Page, report: &Report) {
    page.heading("Covered");
    for line in sections::coverage(report) {
        page.hanging("  ", 4, &line, true, Paint::None);
    }
}

/// Colours by what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paint {
    None,
    Bold,
    Dim,
    Code,
    Added,
    Removed,
}

/// The page under construction. All text that reaches it from outside has been cleaned.
struct Page {
    style: Style,
    out: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn heading(&mut self, title: &'static str) {
        self.line("");
        self.line(&self.painted(title, Paint::Bold));
    }

    fn share(&mut self, p: f64, sentence: &Sentence) {
        let percent = format!("{:>6}", super::piece::percent(p));
        let percent = self.painted(&percent, Paint::Bold);
        self.hanging(&format!("  {percent}  "), 10, sentence, true, Paint::None);
    }

    fn sentence(&mut self, sentence: &Sentence, indent: usize, paint: Paint) {
        self.hanging(&" ".repeat(indent), indent, sentence, true, paint);
    }

    /// Writes a sentence after `lead`, wrapped at the width with `indent` columns before each
    /// further line.
    fn hanging(
        &mut self,
        lead: &str,
        indent: usize,
        sentence: &Sentence,
        capital: bool,
        paint: Paint,
    ) {
        let mut line = lead.to_owned();
        let mut column = indent;
        let mut fresh = true;
        for (word, spaced, own) in words(sentence, capital, self.style.width.saturating_sub(indent))
        {
            let width = clean::width(&word);
            if !fresh && spaced && column + 1 + width > self.style.width {
                self.line(&line);
                line = " ".repeat(indent);
                column = indent;
                fresh = true;
            }
            if spaced && !fresh {
                line.push(' ');
                column += 1;
            }
            line.push_str(&self.painted(&word, if own == Paint::None { paint } else { own }));
            column += width;
            fresh = false;
        }
        self.line(&line);
    }

    fn painted(&self, text: &str, paint: Paint) -> String {
        let code = match paint {
            _ if !self.style.colour || text.is_empty() => return text.to_owned(),
            Paint::None => return text.to_owned(),
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Code => "36",
            Paint::Added => "32",
            Paint::Removed => "31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// The words of a sentence that a line break may separate, cleaned, with their colour.
fn words(sentence: &Sentence, capital: bool, max: usize) -> Vec<(String, bool, Paint)> {
    let mut out = Vec::new();
    for piece in pieces(sentence, capital) {
        match piece.role {
            Role::Word => {
                for (at, word) in piece.text.split_whitespace().enumerate() {
                    out.push((word.to_owned(), at > 0 || piece.spaced, Paint::None));
                }
            }
            Role::Figure => out.push((piece.text.into_owned(), piece.spaced, Paint::Bold)),
            Role::Code => {
                let text = clean::line(&piece.text, max.saturating_sub(8).min(120));
                let mut span = code_span(&text);
                // Text full of backticks gets a fence that is longer still.
                let over = clean::width(&span).saturating_sub(max);
                if over > 0 {
                    let room = clean::width(&text).saturating_sub(over);
                    span = code_span(&clean::line(&text, room));
                }
                out.push((span, piece.spaced, Paint::Code));
            }
            Role::Name => {
                let text = clean::line(&piece.text, 120);
                for (at, word) in text.split_whitespace().enumerate() {
                    let word = clean::line(word, max);
                    out.push((word, at > 0 || piece.spaced, Paint::None));
                }
            }
        }
    }
    out
}
