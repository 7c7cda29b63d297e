//! Who is whose ancestor.

use std::collections::{HashMap, HashSet};

use gix::ObjectId;
use gix::revision::walk::Sorting;
use sentry_correlate::release::Ancestry;

/// How far a commit's clock may be off, in seconds, before its ancestors are missed: a week.
const SKEW: i64 = 7 * 24 * 3600;

/// Walks back from a commit, newest first, no further than it must.
pub(crate) struct History<'r> {
    repo: &'r gix::Repository,
    walks: HashMap<ObjectId, Walk<'r>>,
}

struct Walk<'r> {
    ahead: Option<gix::revision::Walk<'r>>,
    seen: HashSet<ObjectId>,
    /// Commit time of the last one seen.
    reached: i64,
}

impl<'r> History<'r> {
    pub(crate) fn new(repo: &'r gix::Repository) -> Self {
        Self { repo, walks: HashMap::new() }
    }

    fn holds(&mut self, ancestor: ObjectId, of: ObjectId) -> gix::Result<bool> {
        let time = self.repo.find_commit(ancestor)?.time()?.seconds;
        let repo = self.repo;
        let walk = match self.walks.entry(of) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let walk = repo.rev_walk([of]).sorting(Sorting::ByCommitTime(Default::default()));
                let ahead = Some(walk.all()?);
                new.insert(Walk { ahead, seen: HashSet::new(), reached: i64::MAX })
            }
        };
        while !walk.seen.contains(&ancestor) && walk.reached >= time.saturating_sub(SKEW) {
            let Some(next) = walk.ahead.as_mut().and_then(Iterator::next) else {
                walk.ahead = None;
                break;
            };
            // A shallow clone ends here; what lies beyond is no ancestor that could be compared.
            let Ok(info) = next else {
                walk.ahead = None;
                break;
            };
            walk.seen.insert(info.id);
            walk.reached = info.commit_time();
        }
        Ok(walk.seen.contains(&ancestor))
    }
}

impl Ancestry for History<'_> {
    fn is_ancestor(&mut self, ancestor: &str, of: &str) -> bool {
        let (Ok(ancestor), Ok(of)) = (ancestor.parse::<ObjectId>(), of.parse()) else {
            return false;
        };
        self.holds(ancestor, of).unwrap_or(false)
    }

    fn is_related(&mut self, a: &str, b: &str) -> bool {
        let (Ok(a), Ok(b)) = (a.parse::<ObjectId>(), b.parse::<ObjectId>()) else { return false };
        self.repo.merge_base(a, b).is_ok_and(|base| base.is_some())
    }
}
