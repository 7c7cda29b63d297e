//! Changes to issues.

use serde_json::{Map, Value};

use crate::{Invalid, StatusChange};

/// What to change in an issue. What is not named stays.
///
/// ```
/// use sentry_client::{Assignee, IssueUpdate, Resolution, StatusChange};
/// let update = IssueUpdate::new()
///     .status(StatusChange::Resolve(Resolution::NextRelease))
///     .assign(Assignee::Team("45".into()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueUpdate {
    status: Option<StatusChange>,
    assignee: Option<Assignee>,
    priority: Option<Priority>,
    public: Option<bool>,
    bookmarked: Option<bool>,
    seen: Option<bool>,
}

/// To whom an issue is given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Assignee {
    /// Nobody.
    Nobody,
    /// A user, by id.
    User(String),
    /// A team, by id.
    Team(String),
    /// A user, by e-mail address or user name.
    Named(String),
}

/// How urgent an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
}

impl Priority {
    /// Sentry's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl IssueUpdate {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the status.
    #[must_use]
    pub fn status(mut self, change: StatusChange) -> Self {
        self.status = Some(change);
        self
    }

    /// Gives it to somebody.
    #[must_use]
    pub fn assign(mut self, assignee: Assignee) -> Self {
        self.assignee = Some(assignee);
        self
    }

    /// Changes the priority.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Makes it public or not.
    #[must_use]
    pub fn public(mut self, public: bool) -> Self {
        self.public = Some(public);
        self
    }

    /// Bookmarks it for the token's user; pointless with a token that is nobody's.
    #[must_use]
    pub fn bookmarked(mut self, bookmarked: bool) -> Self {
        self.bookmarked = Some(bookmarked);
        self
    }

    /// Marks it as seen by the token's user; pointless with a token that is nobody's.
    #[must_use]
    pub fn seen(mut self, seen: bool) -> Self {
        self.seen = Some(seen);
        self
    }

    /// The change of status, if there is one.
    #[must_use]
    pub fn status_change(&self) -> Option<&StatusChange> {
        self.status.as_ref()
    }

    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The request body in Sentry's words.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when a condition's window is longer than Sentry takes, or nothing is changed.
    pub fn to_json(&self) -> Result<Value, Invalid> {
        if self.is_empty() {
            return Err(Invalid::new("update", "at least one change"));
        }
        let mut body = Map::new();
        if let Some(status) = &self.status {
            status.write(&mut body)?;
        }
        if let Some(assignee) = &self.assignee {
            let text = match assignee {
                Assignee::Nobody => String::new(),
                Assignee::User(id) => format!("user:{id}"),
                Assignee::Team(id) => format!("team:{id}"),
                Assignee::Named(name) => name.clone(),
            };
            body.insert("assignedTo".to_owned(), text.into());
        }
        if let Some(priority) = self.priority {
            body.insert("priority".to_owned(), priority.as_str().into());
        }
        for (key, value) in
            [("isPublic", self.public), ("isBookmarked", self.bookmarked), ("hasSeen", self.seen)]
        {
            body.extend(value.map(|value| (key.to_owned(), value.into())));
        }
        Ok(Value::Object(body))
    }
}

/// The issues of a bulk update, by numeric id. Never empty: to Sentry a bulk update without an id
/// means *every issue that matches*, so this type cannot say it.
///
/// ```
/// use sentry_client::IssueIds;
/// assert!(IssueIds::new([]).is_err());
/// assert_eq!(IssueIds::new([17, 4, 17])?.as_slice(), [4, 17]);
/// # Ok::<(), sentry_client::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueIds(Vec<u64>);

impl IssueIds {
    /// The most that Sentry changes at once.
    pub const MOST: usize = 1000;

    /// From 1 to 1000 issues; repeated ids count once.
    ///
    /// # Errors
    ///
    /// [`Invalid`] for none, or more than 1000.
    pub fn new(ids: impl IntoIterator<Item = u64>) -> Result<Self, Invalid> {
        let mut ids: Vec<u64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() > Self::MOST {
            return Err(Invalid::new("list of issues", "1 to 1000 ids"));
        }
        Ok(Self(ids))
    }

    /// The ids, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[u64] {
        &self.0
    }
}

/// What a bulk update did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum BulkOutcome {
    /// None of the ids matched an issue of this organization.
    NothingMatched,
    /// The changed fields in Sentry's words; it does not say how many issues they were.
    Changed(Map<String, Value>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies() {
        let update =
            IssueUpdate::new().assign(Assignee::Nobody).priority(Priority::High).public(false);
        assert_eq!(
            update.to_json().unwrap(),
            json!({ "assignedTo": "", "priority": "high", "isPublic": false })
        );
        assert!(IssueUpdate::new().to_json().is_err());
    }

    #[test]
    fn bulk_is_guarded() {
        assert!(IssueIds::new([]).is_err());
        assert!(IssueIds::new(0..1001).is_err());
        assert!(IssueIds::new(0..1000).is_ok());
    }
}
