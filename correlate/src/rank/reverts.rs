//! What commits take back, and what remains of a chain of them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::prepare::Mention;

/// Positions by subject, the oldest first.
pub(super) struct Subjects<'a>(HashMap<&'a str, Vec<usize>>);

impl<'a> Subjects<'a> {
    pub(super) fn of(messages: impl Iterator<Item = &'a str>) -> Self {
        let mut subjects: HashMap<&str, Vec<usize>> = HashMap::new();
        for (position, message) in messages.enumerate() {
            subjects.entry(subject(message)).or_default().push(position);
        }
        Self(subjects)
    }

    /// The last change before `by` that has a subject: who lands a change again takes its words
    /// again.
    pub(super) fn last(&self, subject: &str, by: usize) -> Option<usize> {
        self.0.get(subject)?.iter().rev().copied().find(|&of| of < by)
    }
}

/// The subject of what a message takes back. `Revert "Revert "Add tax""` names the revert;
/// `Reapply "Add tax"` is what git writes for the same since version 2.43.
pub(super) fn quoted(message: &str) -> Option<Cow<'_, str>> {
    let subject = subject(message);
    let inner = |rest: &'static str| -> Option<&str> {
        let rest = subject.strip_prefix(rest)?;
        rest.rfind('"').map(|end| &rest[..end])
    };
    inner("Revert \"")
        .map(Cow::Borrowed)
        .or_else(|| Some(Cow::Owned(format!("Revert \"{}\"", inner("Reapply \"")?))))
}

fn subject(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// By position: the first change that takes it back and is not taken back itself. A revert of a
/// revert brings the first change back, and takes itself out of the reckoning when it is reverted
/// in turn.
pub(super) fn standing(mentions: &[Mention], changes: usize) -> Vec<Option<usize>> {
    let mut reverts: Vec<(usize, usize)> =
        mentions.iter().filter(|m| m.reverts).map(|m| (m.of, m.by)).collect();
    // Who takes back is later than what it takes back, so the newest are settled first.
    reverts.sort_unstable_by(|a, b| b.cmp(a));
    let mut by = vec![None; changes];
    for (of, revert) in reverts {
        if by[revert].is_none() {
            by[of] = Some(revert);
        }
    }
    by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remaining(reverts: &[(usize, usize)], changes: usize) -> Vec<Option<usize>> {
        let mentions: Vec<Mention> =
            reverts.iter().map(|&(by, of)| Mention { by, of, reverts: true }).collect();
        standing(&mentions, changes)
    }

    #[test]
    fn chains() {
        assert_eq!(remaining(&[(1, 0)], 2), [Some(1), None]);
        assert_eq!(remaining(&[(1, 0), (2, 1)], 3), [None, Some(2), None]);
        assert_eq!(remaining(&[(1, 0), (2, 1), (3, 2)], 4), [Some(1), None, Some(3), None]);
        // Taken back twice, once for good.
        assert_eq!(remaining(&[(1, 0), (2, 1), (3, 0)], 4), [Some(3), Some(2), None, None]);
    }

    #[test]
    fn subjects_of_what_is_taken_back() {
        for (message, subject) in [
            ("Revert \"Add tax\"\n\nIt rounds.", Some("Add tax")),
            ("Revert \"Add tax (#12)\" (#13)", Some("Add tax (#12)")),
            ("Revert \"Revert \"Add tax\"\"", Some("Revert \"Add tax\"")),
            ("Reapply \"Add tax\"", Some("Revert \"Add tax\"")),
            ("Revert the tax", None),
            ("Reapply paint", None),
        ] {
            assert_eq!(quoted(message).as_deref(), subject, "{message}");
        }
    }

    #[test]
    fn of_two_with_one_subject_the_last_is_meant() {
        let subjects = Subjects::of(["Add tax", "Revert \"Add tax\"", "Add tax", "x"].into_iter());
        assert_eq!(subjects.last("Add tax", 1), Some(0));
        assert_eq!(subjects.last("Add tax", 3), Some(2));
        assert_eq!(subjects.last("Add tax", 0), None);
    }
}
