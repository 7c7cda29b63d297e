//! Which change of a schema explains which class of error.

use super::{ErrorClass, SchemaAction};

use ErrorClass as C;

/// How well what happened to a table, a column or the field of a message explains a class of error.
pub(super) fn fit(action: &SchemaAction, class: ErrorClass) -> f64 {
    use SchemaAction as S;
    match (class, action) {
        (C::SchemaMismatch, S::ColumnDropped | S::ColumnRenamed { .. }) => 1.0,
        (C::SchemaMismatch, S::TableDropped | S::TableRenamed { .. }) => 1.0,
        (C::SchemaMismatch, S::ColumnAltered | S::ConstraintAdded) => 0.4,
        (C::SchemaMismatch, _) => 0.3,
        (C::ConstraintViolated, S::ColumnAdded { required: true } | S::ConstraintAdded) => 1.0,
        (C::ConstraintViolated, S::ColumnAltered) => 0.9,
        (C::ConstraintViolated, S::TableCreated | S::ConstraintDropped) => 0.4,
        (C::ConstraintViolated, _) => 0.3,
        (C::TypeMismatch, S::ColumnAltered) => 0.9,
        (C::Decoding, S::ColumnAltered) => 0.7,
        (C::InvalidValue, S::ColumnAltered | S::ConstraintAdded) => 0.5,
        (C::Decoding, S::ColumnDropped | S::ColumnRenamed { .. } | S::ConstraintAdded) => 0.5,
        (C::Locked | C::Timeout, S::ConstraintDropped | S::ColumnAltered) => 0.5,
        (C::InvalidValue, S::ConstraintDropped) => 0.4,
        (
            C::NullValue | C::MissingAttribute | C::MissingKey,
            S::ColumnDropped | S::ColumnRenamed { .. },
        ) => 0.4,
        (C::PermissionDenied, S::TableCreated | S::TableRenamed { .. }) => 0.4,
        (C::OutOfRange | C::LimitExceeded, S::ColumnAltered) => 0.4,
        (C::NullValue | C::MissingKey, S::ColumnAltered) => 0.2,
        (C::NullValue, S::ColumnAdded { .. }) => 0.2,
        _ => 0.0,
    }
}
