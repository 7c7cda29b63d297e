//! What an event says about itself.

use std::borrow::Cow;

use time::OffsetDateTime;

use super::Event;
use crate::{
    json,
    model::{Id, Level, PartName, Raw, Tags, User, date, urls},
};

/// What it is and where it belongs.
impl<'a> Event<'a> {
    /// The event's id: 32 hex digits, as a rule. Empty where the payload has none.
    #[must_use]
    pub fn event_id(&self) -> &str {
        self.fields.event_id.as_deref().unwrap_or_default()
    }

    /// The issue it was grouped into, from its own field or from the event's URLs.
    #[must_use]
    pub fn issue_id(&self) -> Option<Id> {
        self.fields.issue_id.clone().or_else(|| self.issue_id_from_urls())
    }

    /// The issue's id as the event's URLs tell it, whatever its own field says.
    #[must_use]
    pub fn issue_id_from_urls(&self) -> Option<Id> {
        let fields = &self.fields;
        let url = fields.issue_url.as_deref().and_then(urls::last_segment);
        url.or_else(|| fields.web_url.as_deref().and_then(urls::issue)).map(Id::from)
    }

    /// The project's id.
    #[must_use]
    pub fn project_id(&self) -> Option<&Id> {
        self.fields.project_id.as_ref()
    }

    /// The project's slug, which only the API URL tells.
    #[must_use]
    pub fn project_slug(&self) -> Option<&str> {
        urls::organization_and_project(self.url()?).map(|(_, project)| project)
    }

    /// The organisation's slug, which only the URLs tell.
    #[must_use]
    pub fn organization_slug(&self) -> Option<&str> {
        let api = self.url().and_then(urls::organization_and_project).map(|(org, _)| org);
        api.or_else(|| self.issue_url().and_then(urls::organization))
            .or_else(|| self.web_url().and_then(urls::organization))
    }

    /// Host of the Sentry server that sent it, e.g. `sentry.io`.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.url().or(self.web_url()).or(self.issue_url()).and_then(urls::host)
    }

    /// API URL of the event.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.fields.url.as_deref()
    }

    /// Page of the event.
    #[must_use]
    pub fn web_url(&self) -> Option<&str> {
        self.fields.web_url.as_deref()
    }

    /// API URL of the issue.
    #[must_use]
    pub fn issue_url(&self) -> Option<&str> {
        self.fields.issue_url.as_deref()
    }

    /// The release, from its field or from the tag `release`.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        self.fields.release.as_deref().or_else(|| self.tag("release")).filter(|r| !r.is_empty())
    }

    /// The distribution of the release.
    #[must_use]
    pub fn dist(&self) -> Option<&str> {
        self.fields.dist.as_deref()
    }

    /// The environment, from its field or from the tag `environment`.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        let field = self.fields.environment.as_deref();
        field.or_else(|| self.tag("environment")).filter(|e| !e.is_empty())
    }
}

/// What happened.
impl<'a> Event<'a> {
    /// Severity, where its word is one we know.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level_word().and_then(Level::from_word)
    }

    /// Sentry's word for the severity, from its field or from the tag `level`.
    #[must_use]
    pub fn level_word(&self) -> Option<&str> {
        self.fields.level.as_deref().or_else(|| self.tag("level"))
    }

    /// Sentry's platform word: `python`, `javascript`, `node`, `go`, `native`, …
    #[must_use]
    pub fn platform(&self) -> Option<&str> {
        self.fields.platform.as_deref()
    }

    /// Sentry's word for the kind of event: `error`, `default`, `csp`, `generic`, …
    #[must_use]
    pub fn ty(&self) -> Option<&str> {
        self.fields.ty.as_deref()
    }

    /// Title as Sentry shows it. Reporter-controlled.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.fields.title.as_deref()
    }

    /// The event's message; usually empty for exceptions, whose text is in their value.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.fields.message.as_deref()
    }

    /// Where Sentry thinks it happened.
    #[must_use]
    pub fn culprit(&self) -> Option<&str> {
        self.fields.culprit.as_deref()
    }

    /// The file Sentry shows beside the title.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.fields.location.as_deref()
    }

    /// Name of the logger; often empty.
    #[must_use]
    pub fn logger(&self) -> Option<&str> {
        self.fields.logger.as_deref().or_else(|| self.tag("logger"))
    }

    /// Name of the transaction, from its field or from the tag `transaction`.
    #[must_use]
    pub fn transaction(&self) -> Option<&str> {
        self.fields.transaction.as_deref().or_else(|| self.tag("transaction"))
    }

    /// When it happened, from whichever field has it.
    #[must_use]
    pub fn timestamp(&self) -> Option<OffsetDateTime> {
        let datetime = self.datetime().and_then(date::parse);
        datetime.or_else(|| self.date_part(PartName::Timestamp))
    }

    /// When it happened, as the wire writes it (`datetime`, `dateCreated`).
    #[must_use]
    pub fn datetime(&self) -> Option<&str> {
        self.fields.datetime.as_deref()
    }

    /// When Sentry took it in.
    #[must_use]
    pub fn received(&self) -> Option<OffsetDateTime> {
        self.date_part(PartName::Received)
    }

    fn date_part(&self, name: PartName) -> Option<OffsetDateTime> {
        json::text(self.part(name)?).and_then(|text| date::parse(&text))
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &Tags<'a> {
        self.tags.get_or_init(|| {
            self.read(PartName::Tags, Tags::from_raw, |t| Tags::from_raw(t).into_owned())
                .unwrap_or_default()
        })
    }

    /// The value of the first tag of that name which has one.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags().get(key)
    }

    /// Who was affected, read when asked for; [`Event::user`] is the same as it came. Personal data.
    #[must_use]
    pub fn affected_user(&self) -> Option<User<'_>> {
        self.part(PartName::User).and_then(User::from_raw)
    }

    /// The client's grouping rule, mostly `["{{ default }}"]`; not a hash. Webhooks only.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<Cow<'_, str>> {
        self.part(PartName::Fingerprint).map(json::strings).unwrap_or_default()
    }

    /// The hashes by which Sentry grouped the event; may be empty.
    #[must_use]
    pub fn hashes(&self) -> Vec<Cow<'_, str>> {
        self.part(PartName::Hashes).map(json::strings).unwrap_or_default()
    }
}

macro_rules! raw_parts {
    ($($(#[$doc:meta])* $method:ident => $part:ident,)*) => {
        /// Parts kept as they came until asked for.
        impl Event<'_> {
            $($(#[$doc])*
            #[must_use]
            pub fn $method(&self) -> Option<Raw<'_>> {
                self.part(PartName::$part).map(Raw::new)
            })*
        }
    };
}

raw_parts! {
    /// What happened before: an object with `values`.
    breadcrumbs => Breadcrumbs,
    /// Contexts by name: `os`, `runtime`, `trace`, …
    contexts => Contexts,
    /// The threads: an object with `values`.
    threads => Threads,
    /// Free data of the program.
    extra => Extra,
    /// The HTTP request during which it happened. May hold personal data.
    request => Request,
    /// Who was affected. Personal data.
    user => User,
    /// What Sentry derived for the title.
    metadata => Metadata,
    /// The SDK that sent it.
    sdk => Sdk,
    /// Installed packages with their versions.
    modules => Modules,
    /// The message with its parameters.
    logentry => LogEntry,
    /// For issues that are not errors: what was found.
    occurrence => Occurrence,
    /// What went wrong while Sentry processed the event.
    errors => Errors,
}
