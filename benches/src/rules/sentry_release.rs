//! Sentry's older rule: authors of files of the trace among the release's commits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sentry_correlate::{Change, Frame, Incident, Window};

use super::{Answer, Rule, stack::StackFrame};

/// The rule for organisations without a connected repository.
///
/// Five points go to the authors of commits that touch a file of the trace, one less each time;
/// the commits of the two authors in front are the suspects. As coded the frames are walked from
/// the outermost and the authors sorted the wrong way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentryRelease {
    /// As the source has it: outermost frame first, fewest points first.
    AsCoded,
    /// As it was probably meant: innermost frame first, most points first.
    PutRight,
}

/// Frames looked at, from the crash outwards.
const FRAMES: usize = 25;
/// Points of the first commit met.
const POINTS: u32 = 5;
/// Authors named.
const OWNERS: usize = 2;
/// Path components that must agree.
const MIN_SCORE: usize = 2;

impl Rule for SentryRelease {
    fn name(&self) -> &'static str {
        match self {
            Self::AsCoded => "sentry-release",
            Self::PutRight => "sentry-release-put-right",
        }
    }

    fn answer(&self, incident: &Incident, window: &Window) -> Answer {
        let mut paths = frame_paths(incident);
        if *self == Self::PutRight {
            paths.reverse();
        }
        let matches = matches(&paths, window);
        let mut owners: Vec<_> = points(&paths, &matches).into_iter().collect();
        owners.sort_by_key(|(author, points)| match self {
            Self::AsCoded => (i64::from(*points), *author),
            Self::PutRight => (-i64::from(*points), *author),
        });
        owners.truncate(OWNERS);
        let rank: HashMap<_, _> = owners.iter().enumerate().map(|(i, (a, _))| (*a, i)).collect();
        let all = matches.values().flatten().filter(|(_, score)| *score >= MIN_SCORE);
        Answer::ranked(all.filter_map(|(change, score)| {
            let owner = rank.get(change.author.as_str())?;
            Some((change.sha.clone(), ((OWNERS - owner) * 1000 + score) as f64))
        }))
    }
}

/// Paths of the frames looked at, outermost first.
fn frame_paths(incident: &Incident) -> Vec<String> {
    let all = || incident.exceptions.iter().flat_map(|exception| &exception.frames);
    let mut frames: Vec<&Frame> = all().filter(|frame| frame.in_app).collect();
    if frames.is_empty() {
        frames = all().collect();
    }
    frames
        .iter()
        .skip(frames.len().saturating_sub(FRAMES))
        .filter_map(|frame| StackFrame::new(frame).name().map(str::to_lowercase))
        .collect()
}

type Matches<'a> = BTreeMap<&'a str, Vec<(&'a Change, usize)>>;

/// For each path the commits whose files agree with it in the most components, newest first.
fn matches<'a>(paths: &'a [String], window: &'a Window) -> Matches<'a> {
    let distinct: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    distinct
        .into_iter()
        .map(|path| {
            let mut best = 1;
            let mut found: BTreeMap<&str, (&Change, usize)> = BTreeMap::new();
            for change in &window.changes {
                for file in &change.files {
                    let score = agreeing(&file.path.to_lowercase(), path);
                    if score > best {
                        best = score;
                        found.clear();
                    }
                    let loose = score == 1 && file.path.contains('/');
                    if score == best && !loose {
                        found.insert(&change.sha, (change, score));
                    }
                }
            }
            let mut found: Vec<_> = found.into_values().collect();
            found.sort_by_key(|(change, _)| std::cmp::Reverse(change.committed_at));
            (path, found)
        })
        .collect()
}

/// Components that agree, counted from the end.
fn agreeing(a: &str, b: &str) -> usize {
    a.rsplit('/').zip(b.rsplit('/')).take_while(|(a, b)| a == b).count()
}

fn points<'a>(paths: &[String], matches: &Matches<'a>) -> BTreeMap<&'a str, u32> {
    let mut left = POINTS;
    let mut points = BTreeMap::new();
    for path in paths {
        for (change, _) in matches.get(path.as_str()).into_iter().flatten() {
            *points.entry(change.author.as_str()).or_insert(0) += left;
            left -= 1;
            if left == 0 {
                return points;
            }
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::super::authored::{change, file, incident, named, window};
    use super::*;

    #[test]
    fn points_go_by_frame_and_the_two_orders_disagree() {
        let incident = incident(&[("shop/outer.py", "f", 1), ("shop/inner.py", "g", 2)]);
        let window = window(
            &[
                change("outer", 1, &[file("lib/shop/outer.py")]),
                change("inner", 2, &[file("lib/shop/inner.py")]),
                change("other", 3, &[file("lib/shop/other.py")]),
            ],
            &[],
        );
        // As coded: outer 5 points, inner 4, fewest first.
        assert_eq!(named(&SentryRelease::AsCoded, &incident, &window), ["inner", "outer"]);
        // Put right: inner 5 points, outer 4, most first.
        assert_eq!(named(&SentryRelease::PutRight, &incident, &window), ["inner", "outer"]);
    }

    #[test]
    fn as_coded_the_author_with_most_points_comes_last() {
        let incident = incident(&[("shop/inner.py", "g", 2)]);
        let files = [file("lib/shop/inner.py")];
        let window = window(
            &[change("new", 1, &files), change("old", 2, &files), change("oldest", 3, &files)],
            &[],
        );
        // Points by age: 5, 4, 3; two authors are named.
        assert_eq!(named(&SentryRelease::PutRight, &incident, &window), ["new", "old"]);
        assert_eq!(named(&SentryRelease::AsCoded, &incident, &window), ["oldest", "old"]);
    }

    #[test]
    fn a_bare_file_name_that_agrees_is_not_enough() {
        let incident = incident(&[("inner.py", "g", 2)]);
        let window = window(&[change("a", 1, &[file("lib/inner.py")])], &[]);
        assert!(SentryRelease::PutRight.answer(&incident, &window).says_none());
        assert_eq!(agreeing("lib/shop/inner.py", "shop/inner.py"), 2);
    }
}
