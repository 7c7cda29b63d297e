//! Names of environment variables, and the keys whose values they are.

use crate::rank::words::parts;

/// Whether a key says that its value names a variable or a secret.
pub(super) fn reads_variable(key: &str) -> bool {
    parts(key).iter().any(|part| {
        matches!(
            part.as_str(),
            "env" | "getenv" | "environ" | "environment" | "variable" | "var" | "secret" | "key"
        )
    })
}

/// Whether a value is the name of an environment variable.
pub(super) fn is_variable(text: &str) -> bool {
    text.len() >= 4
        && text.contains('_')
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && text.starts_with(|c: char| c.is_ascii_uppercase())
}
