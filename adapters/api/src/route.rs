//! Which path is which.

/// A route with what its path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Description,
    Issues,
    Issue(String),
    IssueEvents(String),
    IssueAnalysis(String),
    Projects,
    Project(String, String),
    ProjectIssues(String, String),
    Event(String),
    EventStacktrace(String),
}

impl Route {
    /// Finds the route of a path, with or without a slash at its end. Names are decoded once;
    /// whether they are valid is the handlers' matter.
    pub(crate) fn find(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').collect();
        Some(match segments.as_slice() {
            ["openapi.json"] => Self::Description,
            ["issues"] => Self::Issues,
            ["issues", id] => Self::Issue(decode(id)?),
            ["issues", id, "events"] => Self::IssueEvents(decode(id)?),
            ["issues", id, "analysis"] => Self::IssueAnalysis(decode(id)?),
            ["projects"] => Self::Projects,
            ["projects", org, project] => Self::Project(decode(org)?, decode(project)?),
            ["projects", org, project, "issues"] => {
                Self::ProjectIssues(decode(org)?, decode(project)?)
            }
            ["events", id] => Self::Event(decode(id)?),
            ["events", id, "stacktrace"] => Self::EventStacktrace(decode(id)?),
            _ => return None,
        })
    }
}

/// A path segment with its percent signs decoded; `None` when it is empty or no text.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(Route::find("/issues"), Some(Route::Issues));
        assert_eq!(Route::find("/issues/SHOP-1/"), Some(Route::Issue("SHOP-1".into())));
        assert_eq!(Route::find("/issues/%2e%2e%2fx"), Some(Route::Issue("../x".into())));
        for none in [
            "",
            "/",
            "//",
            "/issue",
            "/issues//",
            "/issues/%",
            "/issues/%ff",
            "/issues/1/x",
            "/a/b/c/d",
        ] {
            assert_eq!(Route::find(none), None, "{none}");
        }
    }
}
