//! Who last touched a line, answered before: incidents of one release share frames.

use std::collections::{HashMap, VecDeque};

use gix::ObjectId;

use crate::blame::Line;

/// Most answers that are kept.
const MOST: usize = 20_000;

/// Answers by what was asked; the one that entered first leaves first. What a commit says of its
/// lines never changes, so nothing in here grows stale.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: HashMap<Asked, Answer>,
    entered: VecDeque<Asked>,
}

/// A line of a commit, and which revisions blame passes over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) start: ObjectId,
    /// [`Ignored::digest`](crate::ignored::Ignored::digest).
    pub(crate) ignored: u64,
    pub(crate) line: Line,
}

/// The commit that last touched it, and that commit's time.
pub(crate) type Answer = (ObjectId, i64);

impl Answers {
    pub(crate) fn get(&self, asked: &Asked) -> Option<Answer> {
        self.known.get(asked).copied()
    }

    pub(crate) fn insert(&mut self, asked: Asked, answer: Answer) {
        if self.known.insert(asked.clone(), answer).is_some() {
            return;
        }
        self.entered.push_back(asked);
        if self.entered.len() > MOST
            && let Some(oldest) = self.entered.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_leave_first() {
        let start = ObjectId::null(gix::hash::Kind::Sha1);
        let asked = |number: usize| Asked {
            start,
            ignored: 0,
            line: Line { path: "shop/run.py".into(), number: u32::try_from(number).unwrap() },
        };
        let mut answers = Answers::default();
        for number in 0..MOST + 2 {
            answers.insert(asked(number), (start, 7));
        }
        // What is known already takes no other place.
        answers.insert(asked(2), (start, 7));
        assert_eq!(answers.known.len(), MOST);
        assert!(answers.get(&asked(1)).is_none() && answers.get(&asked(2)).is_some());
    }
}
