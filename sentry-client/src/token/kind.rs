//! What a token's form tells about it.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use serde::Deserialize;

use crate::Secret;

/// Whose token it is, by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// `sntryu_`: a person's.
    Personal,
    /// `sntrya_`: a person's, through an OAuth application.
    OAuth,
    /// `sntryi_`: an integration's, for one organization.
    Integration,
    /// `sntrys_`: an organization's. It carries `org:ci` only, so it cannot read issues.
    Organization,
    /// Anything else, e.g. the 64 hex digits of former times.
    Other,
}

impl TokenKind {
    /// Reads the prefix.
    ///
    /// ```
    /// use sentry_client::{Secret, TokenKind};
    /// assert_eq!(TokenKind::of(&Secret::new("sntrys_e30_x")), TokenKind::Organization);
    /// ```
    #[must_use]
    pub fn of(token: &Secret) -> Self {
        match token.expose().split_once('_').map(|(prefix, _)| prefix) {
            Some("sntryu") => Self::Personal,
            Some("sntrya") => Self::OAuth,
            Some("sntryi") => Self::Integration,
            Some("sntrys") => Self::Organization,
            _ => Self::Other,
        }
    }
}

/// What an organization token says about itself. It is not signed: a hint from whoever holds the
/// token, good for choosing defaults, not for deciding whom to trust.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OrgTokenClaims {
    /// The organization's slug.
    pub org: String,
    /// Sentry's main address.
    #[serde(default)]
    pub url: Option<String>,
    /// The address of the organization's region.
    #[serde(default)]
    pub region_url: Option<String>,
}

impl OrgTokenClaims {
    /// Reads `sntrys_<base64 of JSON>_<secret>`, with or without padding. `None` for every other
    /// token.
    #[must_use]
    pub fn of(token: &Secret) -> Option<Self> {
        let text = token.expose().trim();
        let (claims, secret) = text.strip_prefix("sntrys_")?.split_once('_')?;
        if secret.is_empty() || secret.contains('_') || claims.len() > 4096 {
            return None;
        }
        serde_json::from_slice(&decode_base64(claims)?).ok()
    }
}

/// Standard base64 with or without padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&alphabet::STANDARD, lenient).decode(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prefixes() {
        for (token, kind) in [
            ("sntryu_abc", TokenKind::Personal),
            ("sntrya_abc", TokenKind::OAuth),
            ("sntryi_abc", TokenKind::Integration),
            ("0123456789abcdef", TokenKind::Other),
            ("", TokenKind::Other),
        ] {
            assert_eq!(TokenKind::of(&Secret::new(token)), kind, "{token}");
        }
    }

    #[test]
    fn claims_with_and_without_padding() {
        // {"org":"acme"}
        for claims in ["eyJvcmciOiJhY21lIn0=", "eyJvcmciOiJhY21lIn0"] {
            let claims = OrgTokenClaims::of(&format!("sntrys_{claims}_s3cret").into()).unwrap();
            assert_eq!(claims.org, "acme");
        }
        // {"iat":1,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"acme"}
        let claims = "eyJpYXQiOjEsInVybCI6Imh0dHBzOi8vc2VudHJ5LmlvIiwicmVnaW9uX3VybCI6Imh0dHBzOi8vdXMuc2VudHJ5LmlvIiwib3JnIjoiYWNtZSJ9";
        let claims = OrgTokenClaims::of(&format!("sntrys_{claims}_s3cret").into()).unwrap();
        assert_eq!(claims.region_url.as_deref(), Some("https://us.sentry.io"));
        for bad in
            ["sntrys_", "sntrys__", "sntrys_e30_", "sntrys_%_x", "sntrys_e30_x_y", "sntryu_x"]
        {
            assert_eq!(OrgTokenClaims::of(&bad.into()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_token_is_read(text in "\\PC{0,200}") {
            let _ = OrgTokenClaims::of(&Secret::new(format!("sntrys_{text}")));
            let _ = TokenKind::of(&Secret::new(text));
        }

        #[test]
        fn written_claims_are_read_back(org in "[a-z0-9-]{1,30}", secret in "[A-Za-z0-9+/]{1,43}") {
            let json = serde_json::json!({ "iat": 1.5, "org": org, "url": "u" }).to_string();
            let token = format!("sntrys_{}_{secret}", base64::engine::general_purpose::STANDARD.encode(json));
            prop_assert_eq!(OrgTokenClaims::of(&token.into()).unwrap().org, org);
        }
    }
}
