//! From spans to raw pieces of text with a role; the renderers escape them.

use std::borrow::Cow;

use time::OffsetDateTime;

use crate::report::span::{Number, Sentence, Span};
use crate::report::url::SafeUrl;

/// What a piece is, which decides how it is escaped and coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Trusted prose and numbers.
    Word,
    /// Trusted, and worth the eye: a percentage, a factor, a commit.
    Figure,
    /// From outside, verbatim.
    Code,
    /// From outside, prose.
    Name,
}

/// A piece of text, raw.
#[derive(Debug, Clone)]
pub(crate) struct Piece<'a> {
    pub(crate) role: Role,
    pub(crate) text: Cow<'a, str>,
    pub(crate) url: Option<&'a SafeUrl>,
    /// Whether a blank separates it from the piece before.
    pub(crate) spaced: bool,
}

/// The pieces of a sentence; `capital` raises the first letter where the first piece is prose.
pub(crate) fn pieces(sentence: &Sentence, capital: bool) -> Vec<Piece<'_>> {
    let mut out: Vec<Piece<'_>> = Vec::with_capacity(sentence.spans().len());
    for span in sentence.spans() {
        let mut piece = piece(span);
        piece.spaced = match out.last() {
            None => {
                if capital && piece.role == Role::Word {
                    piece.text = capitalised(&piece.text).into();
                }
                false
            }
            Some(before) => !(opens(before) || closes(&piece)),
        };
        out.push(piece);
    }
    out
}

fn opens(piece: &Piece<'_>) -> bool {
    piece.role == Role::Word && piece.text.ends_with('(')
}

fn closes(piece: &Piece<'_>) -> bool {
    piece.role == Role::Word && piece.text.starts_with([',', '.', ';', ':', ')'])
}

fn piece(span: &Span) -> Piece<'_> {
    let (role, text, url): (_, Cow<'_, str>, _) = match span {
        Span::Word(word) => (Role::Word, Cow::Borrowed(*word), None),
        Span::Code(text) => (Role::Code, text.as_str().into(), None),
        Span::Name(text) => (Role::Name, text.as_str().into(), None),
        Span::Number(n) => (Role::Word, number(*n).into(), None),
        Span::Line(line) => (Role::Word, line.to_string().into(), None),
        Span::Percent(p) => (Role::Figure, percent(*p).into(), None),
        Span::Factor(f) => (Role::Figure, factor('×', *f).into(), None),
        Span::Divisor(f) => (Role::Figure, factor('÷', *f).into(), None),
        Span::Commit(commit) => (Role::Figure, commit.short().into(), commit.url()),
        Span::Time(at) => (Role::Word, time(*at).into(), None),
        Span::Link { text, url } => (Role::Word, Cow::Borrowed(*text), Some(url)),
    };
    Piece { role, text, url, spaced: true }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// `93 %`; never 0 or 100, which no evidence justifies.
pub(crate) fn percent(p: f64) -> String {
    match p * 100.0 {
        x if x < 0.5 => "<1 %".to_owned(),
        x if x >= 99.5 => ">99 %".to_owned(),
        x => format!("{x:.0} %"),
    }
}

fn factor(sign: char, f: f64) -> String {
    match f {
        f if f >= 1000.0 => format!("{sign}1000 or more"),
        f if f >= 10.0 => format!("{sign}{f:.0}"),
        f => format!("{sign}{f:.1}"),
    }
}

/// `2026-03-02 10:15 UTC`.
pub(crate) fn time(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, time) = (at.date(), at.time());
    format!("{date} {:02}:{:02} UTC", time.hour(), time.minute())
}

/// `1,204`, `2.5 s`: integers in groups of three, fractions as short as they are.
pub(crate) fn number(Number { value, unit }: Number) -> String {
    let plain = format!("{value}");
    let (integer, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let (sign, digits) = integer.strip_prefix('-').map_or(("", integer), |d| ("-", d));
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(unit) = unit {
        out.push(' ');
        out.push_str(unit);
    }
    out
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn plain(sentence: &Sentence) -> String {
        let mut out = String::new();
        for piece in pieces(sentence, true) {
            if piece.spaced {
                out.push(' ');
            }
            out.push_str(&piece.text);
        }
        out
    }

    #[test]
    fn blanks_and_capitals_fall_into_place() {
        let sentence = Sentence::new()
            .word("line")
            .count(7_u32)
            .word("of")
            .code("a.py")
            .word("(")
            .percent(0.934)
            .word("), see")
            .code("b.py");
        assert_eq!(plain(&sentence), "Line 7 of a.py (93 %), see b.py");
    }

    #[test]
    fn figures_read_well() {
        let n = |value, unit| number(Number { value, unit });
        assert_eq!(n(20.0, None), "20");
        assert_eq!(n(1204.0, None), "1204");
        assert_eq!(n(-31_204.0, None), "-31,204");
        assert_eq!(n(2.5, Some("s")), "2.5 s");
        assert_eq!(
            [0.0, 0.004, 0.006, 0.5, 0.994, 1.0].map(percent),
            ["<1 %", "<1 %", "1 %", "50 %", "99 %", ">99 %"]
        );
        assert_eq!(time(datetime!(2026-03-02 12:05:59 +2)), "2026-03-02 10:05 UTC");
    }
}
