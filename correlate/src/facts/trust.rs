//! Settings of secured connections: which of them make the other side's certificate untrusted, or the
//! handshake fail.

use super::{Setting, Trend, Value};

/// Words of keys for what one trusts: bundles, stores, authorities.
#[rustfmt::skip]
const ANCHORS: &[&str] = &[
    "authority", "bundle", "ca", "cabundle", "cacert", "cacerts", "cafile", "capath", "cert", "certificate", "issuer",
    "keystore", "pem", "rootcert", "sslrootcert", "truststore",
];
/// Words of keys for whether one checks.
#[rustfmt::skip]
const CHECKS: &[&str] = &[
    "check", "insecure", "peer", "reject", "skip", "sslmode", "trust", "unauthorized", "validate", "validation",
    "verification", "verify",
];
/// Words of keys which turn that around: `insecureSkipVerify: true` checks nothing.
const UNCHECKED: &[&str] = &["allow", "disable", "ignore", "insecure", "no", "skip"];
/// Values that check less than others.
const LAX: &[&str] =
    &["none", "false", "off", "disable", "allow", "prefer", "permissive", "optional", "0", "no"];

/// How well a setting that governs trust, by the words of its key, explains a failed handshake;
/// `None` where it is about something else.
pub(super) fn fit(setting: &Setting, parts: &[String]) -> Option<f64> {
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
    let gone = setting.trend == Trend::Removed;
    if has(CHECKS) {
        let turned = has(UNCHECKED);
        let lax = |value: &Value| {
            LAX.contains(&value.text.to_ascii_lowercase().as_str()) != (turned && is_switch(value))
        };
        return Some(match (&setting.old, &setting.new) {
            // Who checks no more trusts everybody; the other side may insist.
            (_, Some(new)) if lax(new) => 0.35,
            // What nobody checked before is looked at now.
            (Some(old), _) if lax(old) => 1.0,
            _ => 0.8,
        });
    }
    has(ANCHORS).then_some(if gone { 1.0 } else { 0.95 })
}

fn is_switch(value: &Value) -> bool {
    matches!(
        value.text.as_str(),
        "true" | "false" | "True" | "False" | "yes" | "no" | "on" | "off" | "0" | "1"
    )
}

#[cfg(test)]
mod tests {
    use super::super::read::setting;
    use crate::rank::words::parts;

    fn fit(key: &str, old: Option<&str>, new: Option<&str>) -> Option<f64> {
        super::fit(&setting(key.to_owned(), old, new, false), &parts(key))
    }

    #[test]
    fn who_checks_more_or_trusts_fewer_fails() {
        assert_eq!(fit("rejectUnauthorized", Some("false"), Some("true")), Some(1.0));
        assert_eq!(fit("tls.verify", Some("true"), Some("false")), Some(0.35));
        assert_eq!(fit("insecureSkipVerify", Some("true"), Some("false")), Some(1.0));
        assert_eq!(fit("insecureSkipVerify", Some("false"), Some("true")), Some(0.35));
        assert_eq!(fit("sslmode", Some("require"), Some("verify-full")), Some(0.8));
        assert_eq!(fit("REQUESTS_CA_BUNDLE", Some("/etc/ca.pem"), None), Some(1.0));
        assert_eq!(fit("ssl_protocols", Some("TLSv1.2 TLSv1.3"), Some("TLSv1.3")), None);
    }
}
