//! What a delivery is about, as a key: the same trouble gets the same fingerprint.

use std::{borrow::Cow, fmt};

use sha2::{Digest, Sha256};

use crate::{
    Payload, Webhook,
    model::{Event, Exception, Frame, Id, Raw},
};

/// Tells whether two deliveries are about the same trouble.
///
/// Text of the form `v2-` and 32 hex digits, safe as a key of any store. `v2` is the version of the
/// recipe below; a change of the recipe is a new version and a breaking change.
///
/// # Recipe, version 2
///
/// The first 128 bits of SHA-256 over these parts, each preceded by its length in bytes as eight
/// bytes, big-endian:
///
/// 1. `sentry-hooks fingerprint v2`;
/// 2. the installation's uuid, without dashes; 3. the host of Sentry's URLs, where `ORG.sentry.io`
///    and `us.sentry.io` count as `sentry.io`; 4. the organisation's slug; each in lower case, and
///    empty where the payload does not tell it. Issue ids repeat across regions and self-hosted
///    servers. An installation belongs to one organisation of one server, so beside a uuid 3 and 4
///    are empty: issues of before mid-2025 have no URLs, their events have;
/// 5. what it is about:
///    - `issue` and the issue's id;
///    - for metric alerts `metric_alert` and the rule's id;
///    - for an event that Sentry has not grouped, `event`, its project's id, and
///      - where the client's fingerprint is more than `{{ default }}`: each of its parts,
///        `{{ default }}` being the part `default` followed by the parts of the lines below, with
///        the variables `{{ error.type }}`, `{{ error.value }}`,
///        `{{ stack.function }}`, `{{ stack.module }}`, `{{ stack.abs_path }}`,
///        `{{ stack.package }}` (each also without its prefix), `{{ message }}`, `{{ level }}`,
///        `{{ logger }}`, `{{ transaction }}` and `{{ tags.NAME }}` standing for the event's values;
///      - else, for each exception in order, its type and its in-app frames (all its frames, where
///        none is in-app): module, else file name, and function, a frame equal to the one before
///        it left out. Each exception is preceded by a part `exception`, each frame by `frame`;
///      - else the frames outside exceptions likewise, else `message` and the message's template,
///        or the message, or the title.
///
/// Line numbers and columns do not take part. In names, `0x…` and runs of eight or more hex digits
/// with a digit among them (addresses, hashes of bundles) count as `*`.
///
/// Installations, comments, Seer's steps, mobile builds and external requests have no fingerprint:
/// they are nothing to alert about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; LENGTH]);

const PREFIX: &[u8; 3] = b"v2-";
const VERSION: &str = "sentry-hooks fingerprint v2";
const LENGTH: usize = PREFIX.len() + 32;

impl Fingerprint {
    /// The fingerprint of a delivery; `None` for what has none.
    ///
    /// ```
    /// use sentry_hooks::{Fingerprint, Headers, danger};
    ///
    /// let issue = br#"{"action":"created","installation":{"uuid":"a8e5"},"data":{"issue":{"id":"43",
    ///     "url":"https://sentry.io/api/0/organizations/acme/issues/43/"}}}"#;
    /// let event = br#"{"action":"triggered","installation":{"uuid":"a8e5"},"data":{"event":{
    ///     "url":"https://sentry.io/api/0/projects/acme/shop/events/1f/","issue_id":"43"}}}"#;
    /// let [issue, event] = [&issue[..], event].map(|body| {
    ///     let delivery = danger::unverified_delivery(Headers::default(), body.to_vec().into());
    ///     Fingerprint::of(&delivery.webhook().unwrap()).unwrap()
    /// });
    /// assert_eq!(issue, event);
    /// ```
    #[must_use]
    pub fn of(webhook: &Webhook<'_>) -> Option<Self> {
        let subject = subject(webhook)?;
        let mut recipe = Recipe::new(webhook);
        match subject {
            Subject::Rule(id) => {
                recipe.part("metric_alert");
                recipe.part(&id.to_string());
            }
            Subject::Issue(id) => {
                recipe.part("issue");
                recipe.part(&id.to_string());
            }
            Subject::Event(event) => recipe.ungrouped(event),
        }
        Some(recipe.finish())
    }

    /// The fingerprint of an event by itself, as if Sentry had not grouped it: no installation,
    /// host or issue takes part. For events that come from elsewhere than a delivery.
    #[must_use]
    pub fn of_event(event: &Event<'_>) -> Self {
        let mut recipe = Recipe::empty();
        recipe.ungrouped(event);
        recipe.finish()
    }

    /// The fingerprint as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl AsRef<str> for Fingerprint {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// What a delivery is about.
pub(crate) enum Subject<'w, 'a> {
    /// The rule of a metric alert.
    Rule(&'w Id),
    /// An issue.
    Issue(Id),
    /// An event outside any issue.
    Event(&'w Event<'a>),
}

/// What a delivery is about; `None` where it is no trouble or does not tell which.
pub(crate) fn subject<'w, 'a>(webhook: &'w Webhook<'a>) -> Option<Subject<'w, 'a>> {
    match webhook.payload() {
        Payload::MetricAlert(p) => p.rule()?.id.as_ref().map(Subject::Rule),
        Payload::Issue(_)
        | Payload::ActivityAlert(_)
        | Payload::Error(_)
        | Payload::EventAlert(_)
        | Payload::ServiceHook(_)
        | Payload::Legacy(_) => match webhook.issue_id() {
            Some(id) => Some(Subject::Issue(id)),
            None => webhook.event().map(Subject::Event),
        },
        _ => None,
    }
}

/// A hash in the making.
struct Recipe(Sha256);

impl Recipe {
    fn new(webhook: &Webhook<'_>) -> Self {
        let uuid = webhook.installation_uuid().unwrap_or_default().replace('-', "");
        let (host, organization) = match uuid.is_empty() {
            true => (webhook.host(), webhook.organization_slug()),
            false => (None, None),
        };
        Self::begin([
            &uuid.to_ascii_lowercase(),
            &self::host(host.unwrap_or_default()),
            &organization.unwrap_or_default().to_ascii_lowercase(),
        ])
    }

    fn empty() -> Self {
        Self::begin(["", "", ""])
    }

    fn begin(place: [&str; 3]) -> Self {
        let mut recipe = Self(Sha256::new());
        recipe.part(VERSION);
        for part in place {
            recipe.part(part);
        }
        recipe
    }

    fn part(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn ungrouped(&mut self, event: &Event<'_>) {
        self.part("event");
        self.part(&event.project_id().map(ToString::to_string).unwrap_or_default());
        let rule = event.fingerprint();
        let is_default = |part: &str| variable(part) == Some("default");
        if rule.is_empty() || rule.iter().all(|part| is_default(part)) {
            self.stack(event);
            return;
        }
        for part in rule {
            if is_default(&part) {
                self.part("default");
                self.stack(event);
            } else {
                self.part(&expand(&part, event));
            }
        }
    }

    /// Types and frames, blind to where exactly in the file.
    fn stack(&mut self, event: &Event<'_>) {
        let exceptions = event.exceptions();
        for exception in exceptions {
            self.part("exception");
            self.part(exception.ty.as_deref().unwrap_or_default());
            self.frames(&exception.frames);
        }
        if exceptions.is_empty() {
            let frames = event.loose_frames();
            if frames.is_empty() {
                self.part("message");
                self.part(&template(event));
            } else {
                self.frames(frames);
            }
        }
    }

    fn frames(&mut self, frames: &[Frame<'_>]) {
        let any_in_app = frames.iter().any(Frame::is_in_app);
        let mut last = None;
        for frame in frames.iter().filter(|f| f.is_in_app() || !any_in_app) {
            let place = frame.module.as_deref().or(frame.filename.as_deref()).unwrap_or_default();
            let function = frame.function.as_deref().unwrap_or_default();
            let this = (blind(place), blind(function));
            if last.as_ref() != Some(&this) {
                self.part("frame");
                self.part(&this.0);
                self.part(&this.1);
                last = Some(this);
            }
        }
    }

    fn finish(self) -> Fingerprint {
        let mut text = [0; LENGTH];
        text[..PREFIX.len()].copy_from_slice(PREFIX);
        let digest = self.0.finalize();
        for (pair, byte) in text[PREFIX.len()..].chunks_exact_mut(2).zip(digest) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 0xf)];
        }
        Fingerprint(text)
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Customer domains of sentry.io and its first region are the same server.
fn host(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    match host.strip_suffix(".sentry.io") {
        Some(name) if name == "us" || !crate::model::is_region(name) => "sentry.io".to_owned(),
        _ => host,
    }
}

/// The message before its parameters were put in, else the message, else the title.
fn template(event: &Event<'_>) -> String {
    let logentry = event.logentry();
    let template = logentry.as_ref().and_then(|l| l.member("message"));
    let template = template.as_ref().and_then(Raw::as_text).filter(|m| !m.is_empty());
    let message = || event.message().filter(|m| !m.is_empty()).or(event.title());
    template.map_or_else(|| blind(message().unwrap_or_default()).into_owned(), Cow::into_owned)
}

/// The name in `{{ name }}`.
fn variable(part: &str) -> Option<&str> {
    let name = part.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    (!name.contains("{{")).then_some(name)
}

/// Puts the event's values in the place of variables; unknown ones stay as they are.
fn expand(part: &str, event: &Event<'_>) -> String {
    let mut out = String::new();
    let mut rest = part;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let end = start + length + 2;
        out.push_str(&rest[..start]);
        match value(rest[start + 2..end - 2].trim(), event) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn value<'e>(name: &str, event: &'e Event<'_>) -> Option<Cow<'e, str>> {
    let exception = || event.exceptions().last();
    let frame = || event.top_in_app_frame().or_else(|| event.crash_frame());
    let of_exception = |get: fn(&'e Exception<'_>) -> Option<&'e str>| exception().and_then(get);
    let of_frame = |get: fn(&'e Frame<'_>) -> Option<&'e str>| frame().and_then(get);
    let text = match name {
        "error.type" | "type" => of_exception(|e| e.ty.as_deref()),
        "error.value" | "value" => of_exception(|e| e.value.as_deref()),
        "stack.function" | "function" => of_frame(|f| f.function.as_deref()),
        "stack.module" | "module" => of_frame(|f| f.module.as_deref()),
        "stack.abs_path" | "abs_path" => of_frame(|f| f.abs_path.as_deref()),
        "stack.package" | "package" => of_frame(|f| f.package.as_deref()),
        "message" => event.message().filter(|m| !m.is_empty()).or(event.title()),
        "level" => event.level_word(),
        "logger" => event.logger(),
        "transaction" => event.transaction(),
        _ => event.tag(name.strip_prefix("tags.")?),
    };
    Some(Cow::Borrowed(text.unwrap_or_default()))
}

/// Addresses and hashes of bundles count as `*`.
fn blind(name: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    let bytes = name.as_bytes();
    while at < bytes.len() {
        let prefixed = bytes[at..].starts_with(b"0x");
        let start = if prefixed { at + 2 } else { at };
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let run = &bytes[start..start + length];
        let address = prefixed && length > 0;
        if address || (length >= 8 && run.iter().any(u8::is_ascii_digit)) {
            out.push_str(&name[done..at]);
            out.push('*');
            done = start + length;
        }
        at = (start + length).max(at + 1);
    }
    if done == 0 {
        return Cow::Borrowed(name);
    }
    out.push_str(&name[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Fingerprint {
        Fingerprint::of_event(&Event::from_webhook_json(text.as_bytes()).unwrap())
    }

    fn stack(line: u32, function: &str, extra: &str) -> String {
        format!(
            r#"{{"event_id":"1","project":7,"level":"error","exception":{{"values":[{{"type":"E","value":"v{line}",
            "stacktrace":{{"frames":[{{"filename":"lib.py","lineno":{line},"in_app":false}},
            {{"filename":"app.py","function":"{function}","lineno":{line},"in_app":true}}]}}}}]}}{extra}}}"#
        )
    }

    #[test]
    fn is_blind_to_lines_and_addresses_and_nothing_else() {
        let base = event(&stack(1, "f", ""));
        assert_eq!(base, event(&stack(2, "f", "")));
        assert_ne!(base, event(&stack(1, "g", "")));
        assert_eq!(event(&stack(1, "f_0x7ffe12", "")), event(&stack(1, "f_0x1", "")));
        assert!(base.as_str().starts_with("v2-") && base.as_str().len() == 35);
    }

    #[test]
    fn is_stable() {
        // Computed with another tool from the recipe; they change with its version alone.
        assert_eq!(event(&stack(1, "f", "")).as_str(), STACK);
        assert_eq!(event(r#"{"message":"hello"}"#).as_str(), MESSAGE);
    }

    #[test]
    fn is_stable_for_deliveries_and_rules_of_the_client() {
        let rule = stack(1, "f", r#","fingerprint":["{{ default }}","x"]"#);
        assert_eq!(event(&rule).as_str(), RULE);
        let of = |installation: &str| {
            let body = format!(
                r#"{{"action":"created",{installation}"data":{{"issue":{{"id":"43",
                "url":"https://us.sentry.io/api/0/organizations/Acme/issues/43/"}}}}}}"#
            );
            let headers = crate::Headers::default();
            let delivery = crate::danger::unverified_delivery(headers, body.into());
            Fingerprint::of(&delivery.webhook().unwrap()).unwrap()
        };
        assert_eq!(of(r#""installation":{"uuid":"A8E5-37"},"#).as_str(), INSTALLED);
        assert_eq!(of("").as_str(), ELSEWHERE);
    }

    const RULE: &str = "v2-73186a5b947334e31c9c1864da34060a";
    const INSTALLED: &str = "v2-de52e0543e301cbe698bda28c28502af";
    const ELSEWHERE: &str = "v2-453f1002838e0be66ed96c8e4c8a3627";
    const STACK: &str = "v2-50ce94cb1aecc64d4fc790ea0de8efa1";
    const MESSAGE: &str = "v2-cedbfd6b05970d0ea252c69fc218dd43";

    #[test]
    fn custom_fingerprints_are_expanded() {
        let default = event(&stack(1, "f", ""));
        let with = |rule: &str| event(&stack(1, "f", &format!(r#","fingerprint":{rule}"#)));
        assert_eq!(with(r#"["{{ default }}"]"#), default);
        assert_eq!(with(r#"["{{default}}"]"#), default);
        assert_ne!(with(r#"["{{ default }}","tenant-1"]"#), default);
        assert_ne!(
            with(r#"["{{ default }}","tenant-1"]"#),
            with(r#"["{{ default }}","tenant-2"]"#)
        );
        assert_eq!(with(r#"["{{ error.type }}-x"]"#), with(r#"["E-x"]"#));
        assert_eq!(with(r#"["{{ stack.function }}"]"#), with(r#"["f"]"#));
        assert_eq!(with(r#"["{{ level }}/{{ tags.none }}"]"#), with(r#"["error/"]"#));
        assert_ne!(with(r#"["{{ unknown }}"]"#), with(r#"[""]"#));
    }

    #[test]
    fn recursion_depth_does_not_count() {
        let frames = |n: usize| {
            let frame = r#"{"module":"m","function":"walk","in_app":true}"#;
            let frames = vec![frame; n].join(",");
            event(&format!(
                r#"{{"exception":{{"values":[{{"stacktrace":{{"frames":[{frames}]}}}}]}}}}"#
            ))
        };
        assert_eq!(frames(3), frames(90));
    }

    #[test]
    fn blinds_addresses_and_hashes_alone() {
        for (name, expected) in [
            ("main.3f2a9c1d.js", "main.*.js"),
            ("0xdeadbeef", "*"),
            ("sub_0x12 + 0x3", "sub_* + *"),
            ("decade", "decade"),
            ("deadbeefs", "deadbeefs"),
            ("step2", "step2"),
            ("é0x", "é0x"),
            ("", ""),
        ] {
            assert_eq!(blind(name), expected, "{name}");
        }
    }
}
