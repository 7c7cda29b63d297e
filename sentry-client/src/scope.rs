//! What a token may do.

/// What reading issues, events, projects and releases needs.
pub const READ: [&str; 5] = ["org:read", "project:read", "event:read", "member:read", "team:read"];

/// What changing issues needs besides.
pub const WRITE: [&str; 1] = ["event:write"];

/// Whether the scopes of a token include one: `admin` includes `write`, and `write` includes
/// `read`.
///
/// ```
/// let token = ["event:admin".to_owned()];
/// assert!(sentry_client::scope::granted(&token, "event:read"));
/// assert!(!sentry_client::scope::granted(&token, "org:read"));
/// ```
#[must_use]
pub fn granted(scopes: &[String], wanted: &str) -> bool {
    let rank = |right: &str| match right {
        "read" => Some(0),
        "write" => Some(1),
        "admin" => Some(2),
        _ => None,
    };
    let Some((thing, right)) = wanted.split_once(':') else { return false };
    scopes.iter().any(|scope| {
        scope == wanted
            || scope.split_once(':').is_some_and(|(of, has)| {
                of == thing && rank(has).zip(rank(right)).is_some_and(|(has, asks)| has >= asks)
            })
    })
}
