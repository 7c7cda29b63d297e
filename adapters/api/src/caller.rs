//! Who may call the service.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// Reading.
    ReadOnly,
    /// Reading, and changing issues.
    ReadWrite,
}

/// A caller of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// The name it was configured with; goes to logs.
    pub name: String,
    /// What it may do.
    pub access: Access,
}

/// The callers and their tokens. Tokens are kept as digests, all of one length, and each is
/// compared whichever matches, so that time tells nothing.
#[derive(Clone, Default)]
pub struct Callers(Vec<([u8; 32], Caller)>);

/// What is wrong with a list of callers. Names no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallersError {
    /// An entry is not `name:ro:token` or `name:rw:token`.
    #[error("entry {0} is not name:ro:token or name:rw:token")]
    Form(usize),
    /// Two callers have the same name.
    #[error("the name {0} is there twice")]
    SameName(String),
    /// Two callers have the same token.
    #[error("{0} has the token of another caller")]
    SameToken(String),
    /// There are none.
    #[error("there is no caller")]
    Empty,
}

impl Callers {
    /// Reads `name:ro|rw:token` entries, separated by commas.
    ///
    /// ```
    /// use sentry_api_service::{Access, Callers};
    /// let callers = Callers::parse("agent:ro:first-token, triage:rw:second-token")?;
    /// let caller = callers.find("Bearer second-token").expect("a known token");
    /// assert_eq!((caller.name.as_str(), caller.access), ("triage", Access::ReadWrite));
    /// assert!(callers.find("Bearer another").is_none());
    /// # Ok::<(), sentry_api_service::CallersError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`CallersError`] for an entry of another form, a name or token that occurs twice, or no
    /// entry at all. Entries are counted from 1.
    pub fn parse(text: &str) -> Result<Self, CallersError> {
        let mut callers = Self::default();
        for (at, entry) in text.split(',').enumerate() {
            let entry = entry.trim();
            if entry.is_empty() {
                continue;
            }
            let form = || CallersError::Form(at + 1);
            let mut parts = entry.splitn(3, ':').map(str::trim);
            let (name, access, token) = (
                parts.next().filter(|it| !it.is_empty()).ok_or_else(form)?,
                parts.next().ok_or_else(form)?,
                parts.next().filter(|it| !it.is_empty()).ok_or_else(form)?,
            );
            let access = match access {
                "ro" => Access::ReadOnly,
                "rw" => Access::ReadWrite,
                _ => return Err(form()),
            };
            callers.add(name, access, token)?;
        }
        if callers.0.is_empty() { Err(CallersError::Empty) } else { Ok(callers) }
    }

    /// Whether anybody may change issues.
    pub(crate) fn may_write(&self) -> bool {
        self.0.iter().any(|(_, caller)| caller.access == Access::ReadWrite)
    }

    fn add(&mut self, name: &str, access: Access, token: &str) -> Result<(), CallersError> {
        let digest = digest(token);
        if self.0.iter().any(|(_, known)| known.name == name) {
            return Err(CallersError::SameName(name.to_owned()));
        }
        if self.0.iter().any(|(known, _)| *known == digest) {
            return Err(CallersError::SameToken(name.to_owned()));
        }
        self.0.push((digest, Caller { name: name.to_owned(), access }));
        Ok(())
    }

    /// The caller whose token an `Authorization` header holds.
    #[must_use]
    pub fn find(&self, authorization: &str) -> Option<&Caller> {
        let (scheme, token) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let digest = digest(token.trim());
        let (mut found, mut at) = (Choice::from(0), u32::MAX);
        for (index, (known, _)) in (0u32..).zip(&self.0) {
            let same = known.ct_eq(&digest);
            at = u32::conditional_select(&at, &index, same);
            found |= same;
        }
        let index = usize::try_from(at).ok().filter(|_| bool::from(found))?;
        self.0.get(index).map(|(_, caller)| caller)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(_, caller)| caller)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for bad in ["a", "a:ro", "a:ro:", ":ro:t", "a:rwx:t", "a:ro:t,b"] {
            assert!(matches!(Callers::parse(bad), Err(CallersError::Form(_))), "{bad}");
        }
        assert_eq!(Callers::parse(" , ").unwrap_err(), CallersError::Empty);
        assert_eq!(
            Callers::parse("a:ro:t,a:rw:u").unwrap_err(),
            CallersError::SameName("a".into())
        );
        assert_eq!(
            Callers::parse("a:ro:t,b:rw:t").unwrap_err(),
            CallersError::SameToken("b".into())
        );
    }

    #[test]
    fn finding() {
        let callers = Callers::parse("a:ro:t:with:colons,b:rw:u").unwrap();
        assert_eq!(callers.find("Bearer t:with:colons").unwrap().name, "a");
        assert_eq!(callers.find("bearer u").unwrap().access, Access::ReadWrite);
        for bad in ["", "Bearer", "Bearer ", "u", "Basic u", "Bearer uu", "Bearer U"] {
            assert!(callers.find(bad).is_none(), "{bad}");
        }
        assert!(!format!("{callers:?}").contains("colons"));
    }
}
