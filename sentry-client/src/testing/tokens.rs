//! Which tokens the fake takes, and how it rotates them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::build::Fault;
use super::state::Answer;

/// Tokens of the fake. Without any rule every token is taken.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    accepted: Option<BTreeSet<String>>,
    /// Codes and refresh tokens that are still good, with the access token that dies with them.
    grants: BTreeMap<String, Option<String>>,
    issued: u64,
}

impl Tokens {
    pub(super) fn accept_only(&mut self, token: &str) {
        self.accepted.get_or_insert_default().insert(token.to_owned());
    }

    pub(super) fn revoke(&mut self, token: &str) {
        self.accepted.get_or_insert_default().remove(token);
    }

    pub(super) fn add_grant(&mut self, grant: &str, access: Option<&str>) {
        self.grants.insert(grant.to_owned(), access.map(str::to_owned));
        if let Some(access) = access {
            self.accept_only(access);
        }
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued
    }

    pub(super) fn check(&self, bearer: Option<&str>) -> Answer<()> {
        let refuse = |why: &str| Err(Fault::status(401).body(json!({ "detail": why }).to_string()));
        match (bearer, &self.accepted) {
            (None, _) => refuse("Authentication credentials were not provided."),
            (Some(token), Some(accepted)) if !accepted.contains(token) => refuse("Invalid token"),
            _ => Ok(()),
        }
    }

    /// Trades a code or a refresh token, which dies, for a new pair: access and refresh token.
    fn trade(&mut self, grant: &str) -> Option<(String, String)> {
        let old = self.grants.remove(grant)?;
        if let Some(old) = old {
            self.revoke(&old);
        }
        self.issued += 1;
        let pair = (format!("sntryi_access{}", self.issued), format!("refresh{}", self.issued));
        self.add_grant(&pair.1, Some(&pair.0));
        Some(pair)
    }

    /// The integration platform's exchange and refresh.
    pub(super) fn installation(&mut self, body: &Value) -> Answer {
        let key = match body["grant_type"].as_str() {
            Some("authorization_code") => "code",
            Some("refresh_token") => "refresh_token",
            _ => return Err(Fault::status(403)),
        };
        let over = || Fault::status(401).body(r#"{"detail":"The grant is over"}"#);
        let (token, refresh) =
            self.trade(body[key].as_str().unwrap_or_default()).ok_or_else(over)?;
        Ok(json!({ "id": "38", "token": token, "refreshToken": refresh,
            "dateCreated": "2026-03-01T10:00:00.000Z", "expiresAt": "2999-03-01T18:00:00.000Z",
            "state": null, "application": null }))
    }

    /// OAuth's exchange and refresh.
    pub(super) fn oauth(&mut self, fields: &[(String, String)]) -> Answer {
        let field =
            |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, it)| it.as_str());
        let error = |code: &str| Fault::status(400).body(json!({ "error": code }).to_string());
        let grant = match field("grant_type") {
            Some("authorization_code") if field("code_verifier").is_some() => field("code"),
            Some("refresh_token") if field("scope").is_none() => field("refresh_token"),
            _ => return Err(error("invalid_request")),
        };
        let traded = self.trade(grant.unwrap_or_default());
        let (token, refresh) = traded.ok_or_else(|| error("invalid_grant"))?;
        Ok(json!({ "access_token": token, "refresh_token": refresh, "expires_in": 2_592_000,
            "expires_at": null, "token_type": "Bearer", "scope": "event:read org:read",
            "user": { "id": "7", "name": null, "email": null } }))
    }
}
