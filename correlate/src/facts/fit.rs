//! Which facts speak for which class of error: the table.
//!
//! Strengths are between 0 and 1 and state domain knowledge, not fitted figures: 1 is "the textbook
//! cause", 0.5 "a usual one", 0.2 "it happens". The ranker's weight for the whole table is fitted.

use super::{
    ErrorClass, FactKind, Family, SchemaAction, Setting, Trend, Unit, VersionStep, family,
};
use crate::rank::words::parts;

use ErrorClass as C;
use Family as F;
use Trend as T;

/// How well a fact explains a class of error.
pub(crate) fn fit(fact: &FactKind, class: ErrorClass) -> f64 {
    match fact {
        FactKind::Setting(setting) => setting_fit(setting, class),
        FactKind::SettingRenamed { from, .. } => match class {
            C::MissingKey => 1.0,
            C::NullValue | C::MissingAttribute => 0.7,
            C::InvalidValue | C::TypeMismatch => 0.2,
            C::Unauthenticated => 0.7,
            class => {
                // To whoever reads the old name the setting is gone.
                family::families(from)
                    .into_iter()
                    .map(|family| 0.7 * family_fit(family, T::Removed, class))
                    .fold(0.0, f64::max)
            }
        },
        FactKind::Dependency { step, .. } => dependency_fit(*step, class),
        FactKind::Schema { action, .. } => schema_fit(action, class),
        FactKind::Definition { .. } => 0.0,
        FactKind::GuardRemoved { guard, .. } => match (guard, class) {
            (super::Guard::Retry, C::RemoteFailed | C::ConnectionFailed | C::Timeout) => 0.5,
            (super::Guard::Timeout, C::Timeout) => 0.4,
            (super::Guard::Lock, C::Locked | C::ConstraintViolated) => 0.4,
            _ => 0.0,
        },
    }
}

fn setting_fit(setting: &Setting, class: ErrorClass) -> f64 {
    let best = family::families(&setting.key)
        .into_iter()
        .enumerate()
        // What a key is about first counts in full, what it is about besides a little less.
        .map(|(n, family)| {
            family_fit(family, setting.trend, class) * if n == 0 { 1.0 } else { 0.8 }
        })
        .fold(0.9 * family_fit(setting.family, setting.trend, class), f64::max);
    let malformed = match (&setting.old, &setting.new, class) {
        // `30` → `30s`: what was a number is none any more, or the other way round.
        (Some(old), Some(new), C::TypeMismatch | C::Decoding | C::InvalidValue)
            if is_number(&old.text) != is_number(&new.text) =>
        {
            0.9
        }
        // `15s` → `15`: the reader's own unit counts now, and it may be a thousandth.
        (Some(old), Some(new), C::Timeout | C::LimitExceeded | C::OutOfMemory)
            if (old.unit == Unit::None) != (new.unit == Unit::None) =>
        {
            1.0_f64.min(1.3 * best)
        }
        _ => 0.0,
    };
    let scale = if setting.in_code { 0.8 } else { 1.0 };
    // What is written into a log hardly ever breaks what is logged.
    let scale = if is_about_logs(&setting.key) { 0.3 * scale } else { scale };
    best.max(malformed) * step(setting) * scale
}

fn is_about_logs(key: &str) -> bool {
    parts(key).iter().any(|part| matches!(part.as_str(), "log" | "logging" | "logger" | "loglevel"))
}

/// How much of a step the value took: a limit that was quartered explains in full what one that was
/// trimmed hardly does.
fn step(setting: &Setting) -> f64 {
    let numbers = (&setting.old, &setting.new, setting.trend);
    let (Some(old), Some(new), T::Lowered | T::Raised) = numbers else { return 1.0 };
    let (Some(old), Some(new)) = (old.number, new.number) else { return 1.0 };
    let (small, large) = (old.abs().min(new.abs()), old.abs().max(new.abs()));
    if small == 0.0 { 1.0 } else { (0.35 + 0.325 * (large / small).log2()).min(1.0) }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// The table for settings: what it governs, which way it went, what broke.
#[rustfmt::skip]
fn family_fit(family: Family, trend: Trend, class: ErrorClass) -> f64 {
    let lowered = matches!(trend, T::Lowered | T::Disabled | T::Removed);
    let lower = |yes: f64, added: f64, other: f64| match trend {
        T::Lowered => yes,
        T::Removed | T::Disabled => yes * 0.5,
        T::Added => added,
        T::Replaced | T::Enabled => added * 0.8,
        T::Raised => other,
    };
    let any = |strength: f64| match trend {
        T::Replaced | T::Added | T::Enabled | T::Disabled | T::Removed => strength,
        T::Lowered | T::Raised => strength * 0.7,
    };
    match class {
        C::PoolExhausted => match family {
            F::Pool => lower(1.0, 0.7, 0.05),
            F::Workers => if trend == T::Raised { 0.9 } else { lower(0.35, 0.3, 0.9) },
            F::Limit => lower(0.5, 0.4, 0.05),
            F::Timeout => if trend == T::Raised { 0.2 } else { lower(0.3, 0.2, 0.2) },
            F::Cache => if trend == T::Disabled { 0.3 } else { 0.1 },
            F::Other => lower(0.25, 0.1, 0.1),
            _ => 0.0,
        },
        C::Timeout => match family {
            F::Timeout => lower(1.0, 0.7, 0.2),
            F::Pool => lower(0.6, 0.3, 0.05),
            F::Workers => lower(0.4, 0.2, 0.3),
            F::Retry => lower(0.35, 0.2, 0.15),
            F::Address => any(0.25),
            F::Limit => lower(0.3, 0.2, 0.2),
            F::Cache => lower(0.2, 0.15, 0.1),
            F::Flag => if trend == T::Enabled { 0.2 } else { 0.1 },
            F::Other => lower(0.25, 0.1, 0.15),
            _ => 0.0,
        },
        C::OutOfMemory => match family {
            F::Memory => lower(1.0, 0.7, 0.2),
            F::Limit => if trend == T::Raised { 0.5 } else { lower(0.5, 0.4, 0.5) },
            F::Workers => if trend == T::Raised { 0.6 } else { 0.1 },
            F::Cache => if trend == T::Raised { 0.7 } else { 0.1 },
            F::Pool => if trend == T::Raised { 0.3 } else { 0.05 },
            _ => 0.0,
        },
        C::LimitExceeded => match family {
            F::Limit => lower(1.0, 0.7, 0.1),
            F::Pool => lower(0.6, 0.5, 0.2),
            F::Memory => lower(0.5, 0.4, 0.05),
            F::Workers => if trend == T::Raised { 0.5 } else { 0.1 },
            F::Timeout | F::Retry => lower(0.2, 0.1, 0.1),
            F::Cache => lower(0.2, 0.1, 0.15),
            F::Other => lower(0.35, 0.15, 0.15),
            _ => 0.0,
        },
        C::RateLimited => match family {
            F::Limit => lower(0.8, 0.6, 0.2),
            F::Workers => if trend == T::Raised { 0.7 } else { 0.1 },
            F::Timeout => lower(0.5, 0.3, 0.1),
            F::Retry => if trend == T::Raised { 0.5 } else { 0.2 },
            F::Cache => lower(0.5, 0.2, 0.1),
            F::Credential => any(0.3),
            _ => 0.0,
        },
        C::MissingKey => match trend {
            T::Removed => 0.8,
            T::Enabled => 0.5,
            _ => match family {
                F::Cache => lower(0.6, 0.3, 0.1),
                F::Address => any(0.3),
                F::Flag | F::Kind => any(0.4),
                _ => 0.1,
            },
        },
        C::NullValue => match trend {
            T::Removed => 0.6,
            T::Enabled => 0.6,
            T::Disabled => 0.4,
            _ => match family {
                F::Cache => lower(0.7, 0.3, 0.1),
                F::Flag | F::Kind => any(0.3),
                F::Address => any(0.3),
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
            T::Replaced => match family { F::Kind => 0.5, _ => 0.35 },
            T::Removed | T::Enabled | T::Disabled => 0.25,
            _ => 0.1,
        },
        C::InvalidValue => match family {
            F::Kind => any(0.8),
            F::Locale => any(0.6),
            F::Limit => any(0.3),
            _ => if trend == T::Replaced { 0.45 } else { 0.2 },
        },
        C::Decoding => match family {
            F::Locale => any(0.9),
            F::Kind => any(0.7),
            F::Address | F::Credential => any(0.3),
            F::Memory | F::Limit => lower(0.3, 0.2, 0.05),
            _ => if trend == T::Replaced { 0.2 } else { 0.05 },
        },
        C::Locale => match family {
            F::Locale => any(1.0),
            _ => if trend == T::Replaced { 0.2 } else { 0.0 },
        },
        C::ConstraintViolated => match family {
            F::Flag => any(0.2),
            F::Locale => any(0.15),
            F::Retry => if trend == T::Raised { 0.3 } else { 0.1 },
            _ => 0.0,
        },
        C::SchemaMismatch => match family {
            F::Address => any(0.3),
            F::Flag => any(0.2),
            _ => 0.0,
        },
        C::Locked => match family {
            F::Timeout => lower(1.0, 0.6, 0.2),
            F::Retry => lower(0.6, 0.3, 0.1),
            F::Workers => if trend == T::Raised { 0.7 } else { 0.1 },
            F::Pool => if trend == T::Raised { 0.4 } else { 0.1 },
            F::Kind | F::Flag => any(0.3),
            _ => 0.0,
        },
        C::ConnectionFailed => match family {
            F::Address => any(1.0),
            F::Tls => any(0.5),
            F::Timeout => lower(0.5, 0.3, 0.1),
            F::Pool => lower(0.4, 0.3, 0.2),
            F::Retry => lower(0.5, 0.2, 0.05),
            F::Permission | F::Credential => any(0.3),
            F::Limit => lower(0.3, 0.2, 0.05),
            _ => 0.0,
        },
        C::NotFound => match family {
            F::Address => any(1.0),
            F::Flag | F::Kind => any(0.3),
            F::Cache => lower(0.3, 0.1, 0.1),
            _ => if lowered { 0.15 } else { 0.1 },
        },
        C::RemoteFailed => match family {
            F::Retry => lower(1.0, 0.5, 0.2),
            F::Address => any(0.5),
            F::Timeout => lower(0.5, 0.3, 0.1),
            F::Tls => any(0.3),
            F::Limit | F::Pool | F::Workers => lower(0.3, 0.2, 0.2),
            F::Credential => any(0.2),
            _ => 0.0,
        },
        C::Unauthenticated => match family {
            F::Credential => any(1.0),
            F::Permission => any(0.5),
            F::Address => any(0.4),
            F::Tls => any(0.3),
            F::Timeout | F::Cache => lower(0.4, 0.2, 0.2),
            _ => 0.0,
        },
        C::PermissionDenied => match family {
            F::Permission => any(1.0),
            F::Credential => any(0.7),
            F::Address => any(0.5),
            F::Flag => any(0.2),
            _ => 0.0,
        },
        C::TlsFailed => match family {
            F::Tls => any(1.0),
            F::Address => any(0.5),
            F::Credential => any(0.2),
            _ => 0.0,
        },
        C::OutOfRange => match family {
            F::Cache | F::Limit => lower(0.3, 0.1, 0.1),
            _ => 0.0,
        },
        C::Assertion | C::Crash => 0.0,
    }
}

fn dependency_fit(step: VersionStep, class: ErrorClass) -> f64 {
    let size = match step {
        VersionStep::Major => 1.0,
        VersionStep::Removed => 0.8,
        VersionStep::Unknown => 0.5,
        VersionStep::Minor => 0.45,
        VersionStep::Patch => 0.2,
        VersionStep::Added => 0.15,
    };
    let api = match class {
        C::ImportFailed | C::BadArgument => 1.0,
        C::MissingAttribute => 0.9,
        C::TypeMismatch | C::InvalidValue | C::NullValue => 0.4,
        C::Decoding | C::TlsFailed | C::Locale => 0.35,
        C::MissingKey | C::SchemaMismatch | C::Unauthenticated => 0.2,
        C::Assertion | C::Crash | C::OutOfRange => 0.2,
        C::PoolExhausted | C::Timeout | C::ConnectionFailed | C::RemoteFailed | C::Locked => 0.1,
        _ => 0.05,
    };
    size * api
}

fn schema_fit(action: &SchemaAction, class: ErrorClass) -> f64 {
    use SchemaAction as S;
    match (class, action) {
        (C::SchemaMismatch, S::ColumnDropped | S::ColumnRenamed { .. }) => 1.0,
        (C::SchemaMismatch, S::TableDropped | S::TableRenamed { .. }) => 1.0,
        (C::SchemaMismatch, _) => 0.3,
        (C::ConstraintViolated, S::ColumnAdded { required: true } | S::ConstraintAdded) => 1.0,
        (C::ConstraintViolated, S::ColumnAltered) => 0.7,
        (C::ConstraintViolated, S::TableCreated | S::ConstraintDropped) => 0.4,
        (C::ConstraintViolated, _) => 0.3,
        (C::TypeMismatch | C::Decoding | C::InvalidValue, S::ColumnAltered) => 0.5,
        (C::Locked | C::Timeout, S::ConstraintDropped | S::ColumnAltered) => 0.4,
        (
            C::NullValue | C::MissingAttribute | C::MissingKey,
            S::ColumnDropped | S::ColumnRenamed { .. },
        ) => 0.5,
        (C::PermissionDenied, S::TableCreated) => 0.4,
        (C::NullValue, S::ColumnAdded { .. }) => 0.2,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Value;

    fn setting(key: &str, old: &str, new: &str) -> FactKind {
        let (old, new) = (Value::read(key, old), Value::read(key, new));
        FactKind::Setting(Setting {
            key: key.to_owned(),
            family: family::families(key)[0],
            trend: crate::facts::value::trend(Some(&old), Some(&new)),
            old: Some(old),
            new: Some(new),
            in_code: false,
        })
    }

    #[test]
    fn direction_matters() {
        let lowered = fit(&setting("pool_size", "20", "5"), C::PoolExhausted);
        let raised = fit(&setting("pool_size", "5", "20"), C::PoolExhausted);
        assert!(lowered > 0.9 && raised < 0.1);
        assert!(fit(&setting("worker.threads", "6", "32"), C::PoolExhausted) > 0.8);
        assert!(fit(&setting("worker.threads", "32", "6"), C::PoolExhausted) < 0.5);
        assert!(fit(&setting("request_timeout", "30s", "3s"), C::Timeout) > 0.9);
    }

    #[test]
    fn size_matters() {
        let trimmed = fit(&setting("connect_timeout", "3", "2"), C::Timeout);
        let cut = fit(&setting("receive_timeout", "15000", "150"), C::Timeout);
        assert!(trimmed < 0.6 && cut > 0.9);
        assert!(fit(&setting("max_size", "24", "0"), C::LimitExceeded) > 0.9);
    }

    #[test]
    fn form_matters() {
        assert!(fit(&setting("visibility", "30", "30s"), C::TypeMismatch) > 0.8);
        assert!(fit(&setting("visibility", "30", "60"), C::TypeMismatch) < 0.2);
    }
}
