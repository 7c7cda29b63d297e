//! Facts in one line, for logs and tests; reports build their own sentences.

use std::fmt;

use super::{DefinitionAction, Fact, FactKind, Guard, SchemaAction, VersionStep};

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FactKind::Setting(setting) => {
                write!(f, "{}: ", setting.key)?;
                match (&setting.old, &setting.new) {
                    (Some(old), Some(new)) => write!(f, "{} → {}", old.text, new.text),
                    (Some(old), None) => write!(f, "{} → gone", old.text),
                    (None, Some(new)) => write!(f, "new, {}", new.text),
                    (None, None) => f.write_str("changed"),
                }
            }
            FactKind::SettingRenamed { from, to, .. } => {
                write!(f, "setting {from} renamed to {to}")
            }
            FactKind::Dependency { name, from, to, step } => match (from, to) {
                (None, None) if *step == VersionStep::Added => write!(f, "dependency {name} added"),
                (Some(from), Some(to)) => write!(f, "dependency {name} {from} → {to}"),
                (None, Some(to)) => write!(f, "dependency {name} added at {to}"),
                _ => write!(f, "dependency {name} removed"),
            },
            FactKind::Schema { action, table, column } => {
                let name = [table.as_deref(), column.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(".");
                match action {
                    SchemaAction::TableCreated => write!(f, "table {name} created"),
                    SchemaAction::TableDropped => write!(f, "table {name} dropped"),
                    SchemaAction::TableRenamed { to } => write!(f, "table {name} renamed to {to}"),
                    SchemaAction::ColumnAdded { required: true } => {
                        write!(f, "column {name} added, not null")
                    }
                    SchemaAction::ColumnAdded { required: false } => {
                        write!(f, "column {name} added")
                    }
                    SchemaAction::ColumnDropped => write!(f, "column {name} dropped"),
                    SchemaAction::ColumnRenamed { to } => {
                        write!(f, "column {name} renamed to {to}")
                    }
                    SchemaAction::ColumnAltered => write!(f, "column {name} altered"),
                    SchemaAction::ConstraintAdded => write!(f, "constraint on {name} added"),
                    SchemaAction::ConstraintDropped => write!(f, "constraint on {name} dropped"),
                }
            }
            FactKind::Definition { action, name } => match action {
                DefinitionAction::Added => write!(f, "{name} added"),
                DefinitionAction::Removed => write!(f, "{name} removed"),
                DefinitionAction::Renamed { to } => write!(f, "{name} renamed to {to}"),
                DefinitionAction::SignatureChanged => write!(f, "signature of {name} changed"),
            },
            FactKind::GuardRemoved { guard, word } => {
                let guard = match guard {
                    Guard::Retry => "retry",
                    Guard::Timeout => "timeout",
                    Guard::Catch => "exception handler",
                    Guard::Lock => "lock",
                };
                write!(f, "{guard} removed ({word})")
            }
        }
    }
}
