//! Which setting explains which class of error: what it governs, which way it went, what broke.

use super::{ErrorClass, Family, Trend};

use ErrorClass as C;
use Family as F;
use Trend as T;

/// How well a setting of a family that went this way explains a class of error.
#[rustfmt::skip]
pub(super) fn family_fit(family: Family, trend: Trend, class: ErrorClass) -> f64 {
    let lowered = matches!(trend, T::Lowered | T::Disabled | T::Removed);
    let lower = |yes: f64, added: f64, other: f64| match trend {
        T::Lowered => yes,
        // Whoever had said so had a reason: what counts by default is mostly less.
        T::Removed => yes * 0.7,
        T::Disabled => yes * 0.5,
        T::Added => added,
        T::Replaced | T::Enabled => added * 0.8,
        T::Raised => other,
    };
    let any = |strength: f64| match trend {
        T::Replaced | T::Added | T::Enabled | T::Disabled | T::Removed => strength,
        T::Lowered | T::Raised if counts(family) => strength * 0.7,
        T::Lowered | T::Raised => strength,
    };
    match class {
        C::TooManyClients => match family {
            // Which way depends on whose pool it is.
            F::Pool => if matches!(trend, T::Lowered | T::Raised) { 0.9 } else { 0.5 },
            F::Workers => if trend == T::Raised { 1.0 } else { 0.1 },
            F::Limit => lower(0.7, 0.4, 0.3),
            F::Timeout => if trend == T::Raised { 0.3 } else { 0.15 },
            F::Retry => if trend == T::Raised { 0.3 } else { 0.1 },
            F::Kind | F::Address | F::Flag => any(0.3),
            F::Other => lower(0.3, 0.1, 0.1),
            _ => 0.0,
        },
        C::PoolExhausted => match family {
            F::Pool => lower(1.0, 0.7, 0.05),
            F::Workers => if trend == T::Raised { 0.9 } else { lower(0.35, 0.3, 0.9) },
            F::Limit => lower(0.5, 0.4, 0.05),
            F::Timeout => if trend == T::Raised { 0.2 } else { lower(0.3, 0.2, 0.2) },
            F::Cache => if trend == T::Disabled { 0.3 } else { 0.1 },
            F::Retry => if trend == T::Raised { 0.3 } else { 0.1 },
            F::Kind | F::Address | F::Flag => any(0.25),
            F::Other => lower(0.25, 0.1, 0.1),
            _ => 0.0,
        },
        C::Timeout => match family {
            F::Timeout => lower(1.0, 0.7, 0.2),
            F::Pool => lower(0.6, 0.3, 0.05),
            F::Workers => lower(0.4, 0.2, 0.3),
            F::Retry => lower(0.35, 0.2, 0.15),
            F::Address => any(0.35),
            // Who may not ask any more waits for an answer.
            F::Permission => if matches!(trend, T::Removed | T::Replaced) { 0.5 } else { any(0.25) },
            F::Kind => any(0.25),
            F::Memory => lower(0.25, 0.1, 0.1),
            F::Limit => if trend == T::Raised { 0.3 } else { lower(0.3, 0.2, 0.3) },
            F::Cache => lower(0.3, 0.15, 0.1),
            F::Flag => if trend == T::Enabled { 0.3 } else { 0.2 },
            F::Tls => any(0.15),
            F::Other => lower(0.25, 0.1, 0.15),
            _ => 0.0,
        },
        C::OutOfMemory => match family {
            F::Memory => lower(1.0, 0.7, 0.2),
            F::Limit => if trend == T::Raised { 0.5 } else { lower(0.5, 0.4, 0.5) },
            F::Workers => if trend == T::Raised { 0.6 } else { 0.1 },
            F::Cache => if trend == T::Raised { 0.7 } else { any(0.5) },
            F::Pool => if trend == T::Raised { 0.3 } else { 0.05 },
            F::Kind | F::Flag => any(0.2),
            _ => 0.0,
        },
        C::LimitExceeded => match family {
            F::Limit => lower(1.0, 0.7, 0.1),
            F::Pool => lower(0.6, 0.5, 0.2),
            F::Memory => lower(0.5, 0.4, 0.05),
            F::Workers => if trend == T::Raised { 0.5 } else { 0.1 },
            F::Timeout | F::Retry => lower(0.2, 0.1, 0.1),
            F::Cache => if trend == T::Raised { 0.4 } else { 0.2 },
            F::Kind | F::Flag | F::Address => any(0.2),
            F::Other => lower(0.35, 0.15, 0.15),
            _ => 0.0,
        },
        C::RateLimited => match family {
            F::Limit => lower(0.8, 0.6, 0.2),
            F::Workers => if trend == T::Raised { 0.7 } else { 0.1 },
            F::Timeout => lower(0.5, 0.3, 0.1),
            F::Retry => if trend == T::Raised { 0.5 } else { 0.2 },
            F::Cache => lower(0.5, 0.2, 0.1),
            F::Credential | F::Address => any(0.3),
            F::Flag | F::Kind => any(0.2),
            F::Pool => if trend == T::Raised { 0.4 } else { 0.1 },
            _ => 0.0,
        },
        C::MissingKey => match trend {
            T::Removed => 0.8,
            T::Enabled => 0.5,
            _ => match family {
                F::Cache => lower(0.6, 0.3, 0.1),
                F::Address | F::Credential => any(0.35),
                F::Flag | F::Kind => any(0.4),
                F::Limit => lower(0.3, 0.1, 0.1),
                F::Locale => any(0.2),
                _ => 0.1,
            },
        },
        C::NullValue => match trend {
            T::Removed => 0.6,
            T::Enabled => 0.6,
            T::Disabled => 0.4,
            _ => match family {
                F::Cache => lower(0.7, 0.3, 0.1),
                F::Flag | F::Kind => any(0.35),
                F::Address => any(0.3),
                F::Permission | F::Locale | F::Credential => any(0.25),
                F::Timeout => lower(0.3, 0.15, 0.1),
                _ => 0.1,
            },
        },
        C::MissingAttribute | C::BadArgument => match family {
            F::Kind => any(0.5),
            F::Flag => any(0.4),
            _ => if matches!(trend, T::Enabled | T::Removed) { 0.3 } else { 0.0 },
        },
        C::ImportFailed => match family {
            F::Kind => any(0.7),
            F::Address | F::Flag | F::Locale => any(0.3),
            _ => if trend == T::Replaced { 0.2 } else { 0.0 },
        },
        C::TypeMismatch => match trend {
            T::Replaced => match family { F::Kind => 0.4, F::Locale => 0.45, _ => 0.35 },
            T::Added if matches!(family, F::Kind | F::Locale | F::Flag) => 0.35,
            T::Removed | T::Enabled | T::Disabled => 0.25,
            _ => 0.1,
        },
        C::InvalidValue => match family {
            F::Flag => any(0.45),
            F::Kind => any(0.7),
            F::Locale => any(0.6),
            F::Limit => any(0.3),
            _ => if trend == T::Replaced { 0.45 } else { 0.2 },
        },
        C::Decoding => match family {
            F::Locale => any(0.9),
            F::Kind => any(0.7),
            F::Address => any(0.4),
            F::Credential | F::Flag => any(0.3),
            F::Tls | F::Cache => any(0.2),
            F::Memory | F::Limit => lower(0.3, 0.2, 0.05),
            _ => if trend == T::Replaced { 0.2 } else { 0.05 },
        },
        C::Locale => match family {
            F::Locale => any(1.0),
            F::Kind | F::Flag => any(0.3),
            _ => if trend == T::Replaced { 0.2 } else { 0.0 },
        },
        C::ConstraintViolated => match family {
            F::Flag | F::Kind => any(0.35),
            F::Locale => any(0.3),
            F::Address => any(0.15),
            F::Retry | F::Workers => if trend == T::Raised { 0.4 } else { 0.1 },
            F::Limit => if trend == T::Raised { 0.5 } else { 0.1 },
            F::Timeout | F::Cache => lower(0.35, 0.15, 0.05),
            _ => 0.0,
        },
        C::SchemaMismatch => match family {
            F::Address => any(0.45),
            F::Flag | F::Kind => any(0.3),
            _ => 0.0,
        },
        C::Locked => match family {
            F::Timeout => lower(1.0, 0.6, 0.2),
            F::Retry => lower(0.6, 0.3, 0.1),
            F::Workers => if trend == T::Raised { 0.7 } else { 0.1 },
            F::Pool => if trend == T::Raised { 0.4 } else { 0.1 },
            F::Kind | F::Flag => any(0.3),
            F::Limit => if trend == T::Raised { 0.35 } else { 0.1 },
            F::Cache => lower(0.3, 0.1, 0.05),
            _ => 0.0,
        },
        C::ConnectionFailed => match family {
            F::Address => any(1.0),
            F::Tls => any(0.5),
            F::Timeout => lower(0.5, 0.3, 0.1),
            F::Pool => lower(0.4, 0.3, 0.2),
            F::Retry => lower(0.5, 0.2, 0.05),
            F::Permission | F::Credential => any(0.3),
            F::Limit | F::Workers | F::Memory => lower(0.3, 0.2, 0.05),
            F::Kind | F::Flag => any(0.25),
            _ => 0.0,
        },
        C::NotFound => match family {
            F::Address => any(1.0),
            F::Flag | F::Kind => any(0.3),
            F::Permission | F::Credential | F::Locale => any(0.25),
            F::Cache => lower(0.5, 0.15, 0.1),
            F::Timeout => lower(0.35, 0.1, 0.1),
            _ => if lowered { 0.15 } else { 0.1 },
        },
        C::RemoteFailed => match family {
            F::Retry => lower(1.0, 0.5, 0.2),
            F::Address => any(0.5),
            F::Timeout => lower(0.5, 0.3, 0.1),
            F::Tls => any(0.3),
            F::Limit | F::Pool | F::Workers | F::Memory => lower(0.3, 0.2, 0.2),
            F::Credential | F::Permission | F::Flag | F::Kind => any(0.2),
            _ => 0.0,
        },
        C::Unauthenticated => match family {
            F::Credential => any(1.0),
            F::Permission => any(0.5),
            F::Address => any(0.4),
            F::Tls => any(0.3),
            F::Timeout | F::Cache => lower(0.6, 0.25, 0.2),
            F::Kind => any(0.45),
            F::Flag => any(0.3),
            F::Locale => any(0.15),
            // Keys and sessions that one process keeps are unknown to the others.
            F::Workers => if trend == T::Raised { 0.5 } else { 0.1 },
            _ => 0.0,
        },
        C::PermissionDenied => match family {
            F::Permission => any(1.0),
            F::Credential => any(0.7),
            F::Address => any(0.5),
            F::Flag => any(0.35),
            F::Kind | F::Tls => any(0.2),
            _ => 0.0,
        },
        C::TlsFailed => match family {
            // Who no longer checks trusts everybody; the other side may insist.
            F::Tls => if trend == T::Disabled { 0.5 } else if trend == T::Removed { 0.7 } else { any(1.0) },
            F::Address => any(0.5),
            F::Credential => any(0.2),
            F::Kind => any(0.4),
            F::Flag => any(0.3),
            _ => 0.0,
        },
        C::OutOfRange => match family {
            F::Cache | F::Limit | F::Workers => lower(0.4, 0.1, 0.1),
            F::Locale | F::Kind | F::Flag => any(0.2),
            _ => 0.0,
        },
        C::Assertion | C::Crash => 0.0,
    }
}

/// Families whose settings are quantities.
pub(crate) fn counts(family: Family) -> bool {
    matches!(family, F::Pool | F::Workers | F::Timeout | F::Memory | F::Limit | F::Retry)
}
