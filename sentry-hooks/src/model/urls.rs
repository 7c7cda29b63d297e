//! What Sentry's URLs tell: the organisation's and the project's slug are nowhere else.

/// The segments of a URL's path.
fn segments(url: &str) -> impl Iterator<Item = &str> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').skip(1).filter(|s| !s.is_empty())
}

/// The last segment of a URL's path that is not empty.
pub(crate) fn last_segment(url: &str) -> Option<&str> {
    segments(url).last()
}

/// The segment after the one named `name`.
fn after<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let mut segments = segments(url);
    segments.by_ref().find(|s| *s == name)?;
    segments.next()
}

/// The issue's id in a URL such as `…/issues/123/events/…`.
pub(super) fn issue(url: &str) -> Option<&str> {
    after(url, "issues")
}

/// Organisation and project in an API URL `…/projects/ORG/PROJECT/…`.
pub(super) fn organization_and_project(url: &str) -> Option<(&str, &str)> {
    let mut segments = segments(url);
    segments.by_ref().find(|s| *s == "projects")?;
    Some((segments.next()?, segments.next()?))
}

/// The organisation in a URL `…/organizations/ORG/…`, or a customer domain `ORG.sentry.io`.
pub(crate) fn organization(url: &str) -> Option<&str> {
    after(url, "organizations").or_else(|| {
        let host = host(url)?;
        let (organization, rest) = host.split_once('.')?;
        (rest == "sentry.io" && !is_region(organization)).then_some(organization)
    })
}

/// Host names below `sentry.io` which serve many organisations.
pub(crate) fn is_region(name: &str) -> bool {
    matches!(name, "us" | "de" | "eu" | "www" | "app")
}

/// Host and port of a URL.
pub(crate) fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_slugs_and_ids() {
        let api = "https://sentry.io/api/0/projects/acme/shop/events/1f/";
        assert_eq!(organization_and_project(api), Some(("acme", "shop")));
        assert_eq!(host(api), Some("sentry.io"));
        let new = "https://sentry.io/api/0/organizations/acme/issues/43/";
        assert_eq!((organization(new), issue(new)), (Some("acme"), Some("43")));
        assert_eq!(last_segment("https://sentry.io/api/0/issues/43/"), Some("43"));
        let own = "https://acme.sentry.io/issues/43/?referrer=x";
        assert_eq!((organization(own), issue(own)), (Some("acme"), Some("43")));
        assert_eq!(organization("https://de.sentry.io/issues/1/"), None);
        assert_eq!(organization_and_project("projects"), None);
        assert_eq!(host("no url"), None);
    }
}
