//! Chrome's Predator, by its linear score.

use std::collections::HashMap;

use sentry_correlate::{Change, Incident, Window};

use super::stack::{Stack, distance};
use super::{Answer, Rule};

/// Adds up six features with the weights of the Chromium source: nearness of touched lines to the
/// crash (2.0), depth of the topmost frame touched (1.0), touching a file of the trace (1.0), how
/// rarely that file changes (1.0), touching a directory of the trace (1.0), few files (0.5).
///
/// Reverts, what they revert, and robots are no candidates. What the tool shows ends where the next
/// change would have less than half the probability of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predator {
    /// Every change that has to do with the trace.
    Whole,
    /// What the tool shows.
    Shown,
}

/// Lines over which nearness fades.
const NEAR_LINES: f64 = 100.0;
/// Frames over which depth fades.
const TOP_FRAMES: f64 = 7.0;
/// Files from which a change counts as big, and at which nothing is left.
const MANY_FILES: (f64, f64) = (15.0, 45.0);

impl Rule for Predator {
    fn name(&self) -> &'static str {
        match self {
            Self::Whole => "predator",
            Self::Shown => "predator-shown",
        }
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let stack = Stack::of(incident);
        let out = reverted(window);
        let touches = touches_per_file(&stack, window);
        let ranked = Answer::ranked(
            window
                .changes
                .iter()
                .filter(|change| !out.contains(&change.sha.as_str()) && !is_robot(change))
                .filter_map(|change| Some((change.sha.clone(), score(&stack, &touches, change)?))),
        );
        match self {
            Self::Whole => ranked,
            Self::Shown => cut(&ranked),
        }
    }
}

/// `None` where the change has nothing to do with the trace.
fn score(stack: &Stack<'_>, touches: &HashMap<&str, usize>, change: &Change) -> Option<f64> {
    let hits: Vec<_> =
        change.files.iter().flat_map(|file| stack.hits(file).map(move |i| (i, file))).collect();
    let in_directory = change
        .files
        .iter()
        .any(|file| stack.frames.iter().any(|frame| frame.shares_directory_with(file)));
    if hits.is_empty() && !in_directory {
        return None;
    }
    let nearest = hits
        .iter()
        .filter_map(|(i, file)| Some((stack.frames[*i].frame.line?, file)))
        .flat_map(|(line, file)| file.hunks.iter().map(move |hunk| distance(hunk, line)))
        .min();
    let top = hits.iter().map(|(i, _)| *i).min();
    let rarest = hits.iter().filter_map(|(_, file)| touches.get(file.path.as_str())).min();
    let many = (change.files.len() as f64 - MANY_FILES.0) / (MANY_FILES.1 - MANY_FILES.0);
    Some(
        2.0 * nearest.map_or(0.0, |lines| fade(f64::from(lines), NEAR_LINES))
            + top.map_or(0.0, |index| fade(index as f64, TOP_FRAMES))
            + f64::from(u8::from(!hits.is_empty()))
            + rarest.map_or(0.0, |touches| 1.0 / *touches as f64)
            + f64::from(u8::from(in_directory))
            + 0.5 * (1.0 - many.clamp(0.0, 1.0)),
    )
}

/// One at zero, nothing from `end` on.
fn fade(value: f64, end: f64) -> f64 {
    (1.0 - value / end).max(0.0)
}

/// How many changes touch each file of the trace.
fn touches_per_file<'a>(stack: &Stack<'_>, window: &'a Window) -> HashMap<&'a str, usize> {
    let mut touches = HashMap::new();
    for file in window.changes.iter().flat_map(|change| &change.files) {
        if stack.hits(file).next().is_some() {
            *touches.entry(file.path.as_str()).or_insert(0) += 1;
        }
    }
    touches
}

/// Changes that revert another, and those they revert.
fn reverted(window: &Window) -> Vec<&str> {
    let mut out = Vec::new();
    for change in &window.changes {
        let Some(rest) = change.message.split("This reverts commit ").nth(1) else { continue };
        let named: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        out.push(change.sha.as_str());
        if named.len() >= 7 {
            let is_named = |c: &&Change| c.sha.starts_with(&named);
            out.extend(window.changes.iter().filter(is_named).map(|c| c.sha.as_str()));
        }
    }
    out
}

fn is_robot(change: &Change) -> bool {
    let name = change.author.to_lowercase();
    name.ends_with("[bot]") || name.ends_with("-bot") || name.ends_with("autoroll")
}

/// The probability is the exponential of the score: half of it is ln 2 less.
fn cut(ranked: &Answer) -> Answer {
    let suspects = ranked.suspects();
    let end = suspects
        .windows(2)
        .position(|pair| pair[1].score < pair[0].score - std::f64::consts::LN_2)
        .map_or(suspects.len(), |last| last + 1);
    Answer::ranked(suspects[..end].iter().map(|s| (s.sha.clone(), s.score)))
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, file, incident, named, touched, window};
    use super::*;

    #[test]
    fn the_score_is_the_weighted_sum() {
        let incident = incident(&[("shop/b.py", "f", 10), ("shop/a.py", "g", 100)]);
        let near = change("near", 1, &[touched("shop/a.py", &[150])]);
        let deep = change("deep", 1, &[touched("shop/b.py", &[10])]);
        let dir = change("dir", 1, &[file("shop/z.py")]);
        let other = change("other", 1, &[file("docs/z.py")]);
        let window = window(&[near, deep, dir, other], &[]);
        let stack = Stack::of(&incident);
        let touches = touches_per_file(&stack, &window);
        let scores: Vec<_> = window.changes.iter().map(|c| score(&stack, &touches, c)).collect();
        // 50 of 100 lines away, topmost frame, file, touched once, directory, small.
        assert_eq!(scores[0], Some(2.0 * 0.5 + 1.0 + 1.0 + 1.0 + 1.0 + 0.5));
        let second_frame = 1.0 - 1.0 / 7.0;
        assert!((scores[1].unwrap() - (2.0 + second_frame + 3.0 + 0.5)).abs() < 1e-12);
        assert_eq!(scores[2], Some(1.5));
        assert_eq!(scores[3], None);
    }

    #[test]
    fn the_list_ends_at_half_the_probability() {
        let answer = cut(&Answer::ranked(
            [("a", 3.0), ("b", 2.5), ("c", 1.7), ("d", 1.6)].map(|(sha, s)| (sha.into(), s)),
        ));
        assert_eq!(super::super::authored::order(&answer), ["a", "b"]);
    }

    #[test]
    fn reverts_their_objects_and_robots_are_left_out() {
        let incident = incident(&[("a.py", "f", 1)]);
        let at = |sha, days| change(sha, days, &[touched("a.py", &[1])]);
        let mut revert = at("ffffffff", 1);
        revert.message = "Revert \"x\"\n\nThis reverts commit abcdef12.".into();
        let mut bot = at("bbbbbbbb", 1);
        bot.author = "renovate[bot]".into();
        let window = window(&[at("abcdef1234", 2), revert, bot, at("cccccccc", 3)], &[]);
        assert_eq!(named(&Predator::Whole, &incident, &window), ["cccccccc"]);
    }

    #[test]
    fn many_files_weigh_less() {
        let incident = incident(&[("a.py", "f", 1)]);
        let mut files: Vec<_> = (0..44).map(|i| file(&format!("x{i}.py"))).collect();
        files.push(touched("a.py", &[1]));
        let window = window(&[change("big", 1, &files), change("small", 1, &files[44..])], &[]);
        let answer = Predator::Whole.answer(&incident, &window);
        assert_eq!(answer.suspects()[0].score - answer.suspects()[1].score, 0.5);
    }
}
