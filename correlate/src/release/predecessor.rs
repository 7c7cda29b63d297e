//! Which release came before another, by tags and ancestry.

use time::OffsetDateTime;

use super::names::is_plain;
use super::resolution::PredecessorRule;
use super::version::{Version, split_version};

/// A tag and the commit it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`.
    pub name: String,
    /// The commit, 40 hex digits.
    pub sha: String,
    /// When the tag was made; the commit's time for a lightweight tag.
    pub at: OffsetDateTime,
}

/// Answers questions about history.
pub trait Ancestry {
    /// Whether `ancestor` is reachable from `of` (a commit reaches itself).
    fn is_ancestor(&mut self, ancestor: &str, of: &str) -> bool;
    /// Whether two commits share any history.
    fn is_related(&mut self, a: &str, b: &str) -> bool;
}

/// Finds the release before `new`, as an index into `tags`, with the rule that found it.
///
/// `tag` is the tag that names `new`, where there is one. With it, candidates are the lower
/// versions of its family, and for a final release the final ones: release candidates only where
/// there is nothing else. The highest one that is an ancestor is the predecessor, unless a higher
/// one was tagged on a release branch that grew from between the two.
/// Without a tag, or with one that holds no version, the youngest tag among the ancestors counts,
/// those that look like releases first.
#[must_use]
pub fn predecessor(
    new: &str,
    tag: Option<usize>,
    tags: &[Tag],
    history: &mut dyn Ancestry,
) -> Option<(usize, PredecessorRule)> {
    let named = tag.and_then(|tag| tags.get(tag));
    let versioned = named.and_then(|tag| split_version(&tag.name).map(|split| (tag, split)));
    let Some((tag, (prefix, version))) = versioned else {
        return youngest_ancestor(new, tags, history);
    };
    let mut family: Vec<(Version, usize)> = tags
        .iter()
        .enumerate()
        .filter(|(_, other)| other.sha != new && other.at <= tag.at)
        .filter_map(|(index, other)| {
            let lower = Version::parse(other.name.strip_prefix(prefix)?)?;
            (lower < version).then_some((lower, index))
        })
        .collect();
    family.sort_by(|a, b| b.cmp(a));
    let (finals, pre): (Vec<_>, Vec<_>) =
        family.into_iter().partition(|(lower, _)| !lower.is_pre_release());
    if version.is_pre_release() {
        let mut both: Vec<_> = finals.into_iter().chain(pre).collect();
        both.sort_by(|a, b| b.cmp(a));
        return of_family(new, &both, tags, history);
    }
    of_family(new, &finals, tags, history).or_else(|| of_family(new, &pre, tags, history))
}

/// `family` holds lower versions, the highest first.
fn of_family(
    new: &str,
    family: &[(Version, usize)],
    tags: &[Tag],
    history: &mut dyn Ancestry,
) -> Option<(usize, PredecessorRule)> {
    let mut on_a_branch: Option<usize> = None;
    for &(_, index) in family {
        let sha = &tags[index].sha;
        if history.is_ancestor(sha, new) {
            return Some(match on_a_branch {
                // The branch must have grown after the ancestor, or it says nothing about `new`.
                Some(branch) if history.is_ancestor(sha, &tags[branch].sha) => {
                    (branch, PredecessorRule::VersionOrder)
                }
                _ => (index, PredecessorRule::Ancestry),
            });
        }
        if on_a_branch.is_none() && history.is_related(sha, new) {
            on_a_branch = Some(index);
        }
    }
    on_a_branch.map(|index| (index, PredecessorRule::VersionOrder))
}

fn youngest_ancestor(
    new: &str,
    tags: &[Tag],
    history: &mut dyn Ancestry,
) -> Option<(usize, PredecessorRule)> {
    let mut order: Vec<usize> = (0..tags.len()).filter(|&at| tags[at].sha != new).collect();
    let looks = |at: usize| {
        split_version(&tags[at].name).map_or(2, |(prefix, version)| {
            2 - i32::from(is_plain(prefix)) - i32::from(!version.is_pre_release())
        })
    };
    order.sort_by_key(|&at| (looks(at), std::cmp::Reverse(tags[at].at), tags[at].name.clone()));
    let found = order.into_iter().find(|&at| history.is_ancestor(&tags[at].sha, new))?;
    Some((found, PredecessorRule::Ancestry))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use time::macros::datetime;

    use super::*;

    /// A history written as `child: parents`, each commit a letter.
    struct Written(BTreeMap<&'static str, Vec<&'static str>>);

    impl Written {
        fn reach<'a>(&'a self, from: &'a str) -> BTreeSet<&'a str> {
            let mut seen = BTreeSet::new();
            let mut open = vec![from];
            while let Some(at) = open.pop() {
                if seen.insert(at) {
                    open.extend(self.0.get(at).into_iter().flatten());
                }
            }
            seen
        }
    }

    impl Ancestry for Written {
        fn is_ancestor(&mut self, ancestor: &str, of: &str) -> bool {
            self.reach(of).contains(ancestor)
        }
        fn is_related(&mut self, a: &str, b: &str) -> bool {
            !self.reach(a).is_disjoint(&self.reach(b))
        }
    }

    /// Main line a–f; branch from b: b1, b2; e is merged from nothing.
    fn history() -> Written {
        Written(BTreeMap::from([
            ("b", vec!["a"]),
            ("c", vec!["b"]),
            ("d", vec!["c"]),
            ("e", vec!["d"]),
            ("b1", vec!["b"]),
            ("b2", vec!["b1"]),
        ]))
    }

    fn tags(pairs: &[(&str, &str)]) -> Vec<Tag> {
        let start = datetime!(2026-01-01 00:00 UTC);
        pairs
            .iter()
            .enumerate()
            .map(|(day, (name, sha))| Tag {
                name: (*name).to_owned(),
                sha: (*sha).to_owned(),
                at: start + time::Duration::days(day as i64),
            })
            .collect()
    }

    fn before<'t>(tags: &'t [Tag], name: &str) -> Option<(&'t str, PredecessorRule)> {
        let at = tags.iter().position(|tag| tag.name == name);
        let sha = at.map_or(name, |at| &tags[at].sha);
        let (found, rule) = predecessor(sha, at, tags, &mut history())?;
        Some((&tags[found].name, rule))
    }

    #[test]
    fn a_final_release_follows_a_final_release() {
        let tags = tags(&[("v1.0", "a"), ("v1.1rc1", "b"), ("v1.1rc2", "c"), ("v1.1", "d")]);
        assert_eq!(before(&tags, "v1.1"), Some(("v1.0", PredecessorRule::Ancestry)));
        assert_eq!(before(&tags, "v1.1rc2"), Some(("v1.1rc1", PredecessorRule::Ancestry)));
        assert_eq!(before(&tags, "v1.0"), None);
        assert_eq!(before(&tags[1..], "v1.1"), Some(("v1.1rc2", PredecessorRule::Ancestry)));
    }

    #[test]
    fn backports_stay_on_their_branch() {
        let tags = tags(&[
            ("v1.0", "b"),
            ("v1.0.1", "b1"),
            ("v1.1", "d"),
            ("v1.0.2", "b2"),
            ("v1.2", "e"),
        ]);
        assert_eq!(before(&tags, "v1.0.2"), Some(("v1.0.1", PredecessorRule::Ancestry)));
        // 1.0.1 ran before 1.1, though it is not among its ancestors.
        assert_eq!(before(&tags, "v1.1"), Some(("v1.0.1", PredecessorRule::VersionOrder)));
        assert_eq!(before(&tags, "v1.2"), Some(("v1.1", PredecessorRule::Ancestry)));
    }

    #[test]
    fn other_families_do_not_count() {
        let tags = tags(&[("v1.0", "a"), ("docs-1.1", "b"), ("v1.2", "c")]);
        assert_eq!(before(&tags, "v1.2"), Some(("v1.0", PredecessorRule::Ancestry)));
    }

    #[test]
    fn a_commit_without_tag_follows_the_youngest_release() {
        let tags = tags(&[("v1.0", "a"), ("v1.1", "b"), ("v1.1.1", "b1"), ("screenshots", "c")]);
        assert_eq!(before(&tags, "e"), Some(("v1.1", PredecessorRule::Ancestry)));
        assert_eq!(before(&tags, "a"), None);
    }
}
