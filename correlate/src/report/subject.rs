//! What broke, as the report's second line says it.

use super::mask;
use super::url::SafeUrl;
use crate::Incident;

/// What broke. All text here is the reporter's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Title as Sentry shows it, or the outermost exception, or the message; without secrets.
    pub title: String,
    /// Release as the event names it.
    pub release: Option<String>,
    /// Environment as the event names it.
    pub environment: Option<String>,
    /// Sentry's issue id, where the event has been grouped.
    pub issue_id: Option<String>,
    /// Sentry's event id.
    pub event_id: String,
    /// The incident's page, where Sentry gave a well-formed one.
    pub page: Option<Page>,
}

/// A page about the incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What the page shows: `Sentry issue` or `Sentry event`.
    pub label: &'static str,
    /// Its address.
    pub url: SafeUrl,
}

impl Subject {
    pub(super) fn new(incident: &Incident) -> Self {
        let page = |label, url: &Option<String>| {
            let url = url.as_deref().and_then(SafeUrl::parse)?;
            // An address of the API shows nothing to a person.
            (!url.as_str().contains("/api/0/")).then_some(Page { label, url })
        };
        Self {
            title: mask::message(&title(incident)),
            release: incident.release.clone(),
            environment: incident.environment.clone(),
            issue_id: incident.issue_id.clone(),
            event_id: incident.event_id.clone(),
            page: page("Sentry issue", &incident.links.issue)
                .or_else(|| page("Sentry event", &incident.links.event)),
        }
    }
}

fn title(incident: &Incident) -> String {
    if !incident.title.trim().is_empty() {
        return incident.title.clone();
    }
    let Some(outermost) = incident.exceptions.last() else { return incident.message.clone() };
    match (&outermost.ty, &outermost.value) {
        (Some(ty), Some(value)) => format!("{ty}: {value}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => incident.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exception;

    #[test]
    fn the_outermost_exception_stands_in_for_a_title() {
        let incident = Incident {
            exceptions: vec![
                Exception { ty: Some("OSError".into()), ..Exception::default() },
                Exception {
                    ty: Some("TimeoutError".into()),
                    value: Some("after 3 s".into()),
                    ..Exception::default()
                },
            ],
            ..Incident::default()
        };
        assert_eq!(Subject::new(&incident).title, "TimeoutError: after 3 s");
    }

    #[test]
    fn pages_are_for_people() {
        let page = |url: &str| {
            let mut incident = Incident::default();
            incident.links.issue = Some(url.to_owned());
            Subject::new(&incident).page.map(|page| page.url.to_string())
        };
        assert_eq!(page("https://sentry.io/api/0/issues/43/"), None);
        assert_eq!(
            page("https://acme.sentry.io/issues/43/").as_deref(),
            Some("https://acme.sentry.io/issues/43/")
        );
    }
}
