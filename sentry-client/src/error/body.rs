//! Every shape in which Sentry, and the proxies before it, explain an error.

use serde_json::Value;

use super::sent::sent;

/// What an error body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    /// Its words, cut, on one line. Outside text: it may hold anything.
    pub(crate) message: Option<String>,
    /// A machine-readable code such as `sso-required` or `invalid_grant`.
    pub(crate) code: Option<String>,
    /// Names of the fields that were refused, dotted where nested.
    pub(crate) fields: Vec<String>,
    /// The slug that a moved project has now.
    pub(crate) new_slug: Option<String>,
}

impl ErrorBody {
    const LONGEST_MESSAGE: usize = 300;
    const MOST_FIELDS: usize = 16;
    const LONGEST_FIELD: usize = 60;

    /// Reads a body whatever its content type says: a 429 is JSON under `text/html`, a 403 may be
    /// a page.
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut read = Self::default();
        match serde_json::from_slice::<Value>(body) {
            Ok(Value::String(text)) => read.say(&text),
            Ok(Value::Object(map)) => read.object(&map),
            Ok(Value::Array(items)) => {
                let words: Vec<_> = items.iter().filter_map(Value::as_str).collect();
                read.say(&words.join("; "));
            }
            Ok(_) => {}
            Err(_) => read.text(body),
        }
        read
    }

    /// Those of the refused fields that this client sends.
    pub(crate) fn sent_fields(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter_map(|field| sent(field))
    }

    fn object(&mut self, map: &serde_json::Map<String, Value>) {
        match map.get("detail") {
            Some(Value::String(text)) => return self.say(text),
            Some(Value::Object(detail)) => {
                self.code = detail.get("code").and_then(Value::as_str).and_then(code);
                self.new_slug = detail
                    .get("extra")
                    .and_then(|extra| extra.get("slug"))
                    .and_then(Value::as_str)
                    .map(str::to_owned);
                if let Some(text) = detail.get("message").and_then(Value::as_str) {
                    self.say(text);
                }
                return;
            }
            _ => {}
        }
        match map.get("error") {
            Some(Value::String(text)) => {
                self.code = code(text);
                let words = map.get("error_description").and_then(Value::as_str).unwrap_or(text);
                return self.say(words);
            }
            Some(Value::Object(error)) => {
                self.code = error.get("code").and_then(Value::as_str).and_then(code);
                if let Some(text) = error.get("message").and_then(Value::as_str) {
                    return self.say(text);
                }
            }
            _ => {}
        }
        if let Some(text) = map.get("message").and_then(Value::as_str) {
            return self.say(text);
        }
        let mut words = Vec::new();
        for (key, value) in map {
            self.field(key, value, &mut words, 0);
        }
        self.say(&words.join("; "));
    }

    fn field(&mut self, path: &str, value: &Value, words: &mut Vec<String>, depth: usize) {
        // A long name would be written again for each one within it.
        if self.fields.len() >= Self::MOST_FIELDS || path.len() > Self::LONGEST_FIELD || depth > 4 {
            return;
        }
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    self.field(&format!("{path}.{key}"), value, words, depth + 1);
                }
            }
            Value::Array(items) => {
                self.name_field(path);
                words.extend(
                    items.iter().filter_map(|it| Some(format!("{path}: {}", it.as_str()?))),
                );
            }
            Value::String(text) => {
                self.name_field(path);
                words.push(format!("{path}: {text}"));
            }
            _ => self.name_field(path),
        }
    }

    fn name_field(&mut self, path: &str) {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._[]-".contains(&b);
        if path.bytes().all(plain) && !self.fields.iter().any(|f| f == path) {
            self.fields.push(path.to_owned());
        }
    }

    /// Text that is no JSON. Pages are not for users.
    fn text(&mut self, body: &[u8]) {
        let head = &body[..body.len().min(4 * Self::LONGEST_MESSAGE)];
        let text = String::from_utf8_lossy(head);
        if !text.trim_start().starts_with('<') {
            self.say(&text);
        }
    }

    fn say(&mut self, text: &str) {
        let clean: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(Self::LONGEST_MESSAGE)
            .collect();
        let clean = clean.trim();
        self.message = (!clean.is_empty()).then(|| clean.to_owned());
    }
}

/// A code is a short word; anything else might be anything.
fn code(text: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b == b'-' || b == b'_' || b.is_ascii_digit();
    ((1..=40).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(body: &str) -> Option<String> {
        ErrorBody::read(body.as_bytes()).message
    }

    #[test]
    fn a_long_name_is_not_repeated_for_each_field_within() {
        let within: Vec<_> = (0..3_000).map(|n| format!("\"{n}\":\"x\"")).collect();
        let body = format!("{{\"{}\":{{{}}}}}", "a".repeat(30_000), within.join(","));
        assert_eq!(ErrorBody::read(body.as_bytes()), ErrorBody::default());
    }

    #[test]
    fn every_shape() {
        assert_eq!(message(r#"{"detail":"Not here"}"#).as_deref(), Some("Not here"));
        assert_eq!(message(r#""Too often""#).as_deref(), Some("Too often"));
        assert_eq!(message(r#"{"message":"Gone"}"#).as_deref(), Some("Gone"));
        assert_eq!(message("upstream timed out\n").as_deref(), Some("upstream timed out"));
        assert_eq!(message("<html><body>403</body></html>"), None);
        assert_eq!(message(""), None);
        let grant = ErrorBody::read(br#"{"error":"invalid_grant"}"#);
        assert_eq!(grant.code.as_deref(), Some("invalid_grant"));
        let sso = ErrorBody::read(
            br#"{"detail":{"code":"sso-required","message":"Sign in","extra":{"loginUrl":"/x"}}}"#,
        );
        assert_eq!(
            (sso.code.as_deref(), sso.message.as_deref()),
            (Some("sso-required"), Some("Sign in"))
        );
        let moved =
            ErrorBody::read(br#"{"detail":{"code":"resource-moved","extra":{"slug":"new"}}}"#);
        assert_eq!(moved.new_slug.as_deref(), Some("new"));
        let fields =
            ErrorBody::read(br#"{"statusDetails":{"inRelease":["No such release."]},"x":["y"]}"#);
        assert_eq!(fields.fields, ["statusDetails.inRelease", "x"]);
        assert_eq!(
            fields.message.as_deref(),
            Some("statusDetails.inRelease: No such release.; x: y")
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let read = ErrorBody::read(&bytes);
            let message = read.message.unwrap_or_default();
            prop_assert!(message.chars().count() <= ErrorBody::LONGEST_MESSAGE);
            prop_assert!(!message.chars().any(char::is_control));
        }

        #[test]
        fn any_json_is_read(key in "\\PC{0,80}", text in "\\PC{0,400}", depth in 0usize..12) {
            let mut value = Value::Array(vec![Value::String(text)]);
            for _ in 0..depth {
                value = serde_json::json!({ key.clone(): value });
            }
            let read = ErrorBody::read(value.to_string().as_bytes());
            prop_assert!(read.fields.iter().all(|field| field.len() <= 60));
        }
    }
}
