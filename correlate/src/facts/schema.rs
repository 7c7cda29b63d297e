//! Tables and columns: what a migration's lines do, in SQL and in the words of frameworks.
//!
//! Lines are read in reduced form, so punctuation does not matter.

use super::SchemaAction;

/// What one line does to a schema.
#[derive(Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) action: SchemaAction,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
}

/// Whether a file changes a database's schema.
pub(crate) fn is_migration(path: &str) -> bool {
    path.ends_with(".sql")
        || path.split('/').any(|part| {
            matches!(
                part.to_ascii_lowercase().as_str(),
                "migrations"
                    | "migration"
                    | "migrate"
                    | "alembic"
                    | "changelogs"
                    | "flyway"
                    | "liquibase"
                    | "ddl"
            )
        })
        || path.ends_with("schema.rb")
        || path.ends_with("schema.prisma")
}

/// What an added line of a migration does.
pub(crate) fn read(line: &str) -> Option<Step> {
    let words: Vec<&str> = crate::rank::words::words(line).collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let at = |phrase: &[&str]| {
        lower
            .windows(phrase.len())
            .position(|window| window.iter().zip(phrase).all(|(a, b)| a == b))
    };
    let word = |n: usize| words.get(n).map(|word| (*word).to_owned());
    let step = |action, table, column| Some(Step { action, table, column });
    let after_if = |n: usize| {
        // IF [NOT] EXISTS
        let mut n = n;
        while lower.get(n).is_some_and(|w| matches!(w.as_str(), "if" | "not" | "exists" | "only")) {
            n += 1;
        }
        n
    };
    let alter = at(&["alter", "table"]).map(|n| after_if(n + 2));
    if let Some(table) = alter {
        let rest = &lower[(table + 1).min(lower.len())..];
        let start = table + 1;
        let verb = rest.first().map(String::as_str);
        let second = rest.get(1).map(String::as_str);
        return match (verb, second) {
            (Some("rename"), Some("column")) => step(
                SchemaAction::ColumnRenamed { to: word(start + 4)? },
                word(table),
                word(start + 2),
            ),
            (Some("rename"), Some("to")) => {
                step(SchemaAction::TableRenamed { to: word(start + 2)? }, word(table), None)
            }
            (Some("rename"), _) => step(
                SchemaAction::ColumnRenamed { to: word(start + 3)? },
                word(table),
                word(start + 1),
            ),
            (Some("add"), Some("constraint" | "unique" | "foreign" | "check" | "primary")) => {
                step(SchemaAction::ConstraintAdded, word(table), None)
            }
            (Some("add"), Some("index" | "key" | "fulltext")) => None,
            (Some("add"), _) => {
                let column = after_if(start + 1 + usize::from(second == Some("column")));
                step(
                    SchemaAction::ColumnAdded { required: required(&lower) },
                    word(table),
                    word(column),
                )
            }
            (Some("remove"), _) => step(SchemaAction::ColumnDropped, word(table), word(start + 1)),
            (Some("drop"), Some("constraint" | "index" | "primary" | "foreign")) => {
                step(SchemaAction::ConstraintDropped, word(table), None)
            }
            (Some("drop"), _) => {
                let column = after_if(start + 1 + usize::from(second == Some("column")));
                step(SchemaAction::ColumnDropped, word(table), word(column))
            }
            (Some("alter" | "modify" | "change"), _) => {
                let column = start + 1 + usize::from(second == Some("column"));
                let refuses =
                    at(&["set", "not", "null"]).is_some() || at(&["null", "false"]).is_some();
                let action = if refuses {
                    SchemaAction::ConstraintAdded
                } else {
                    SchemaAction::ColumnAltered
                };
                step(action, word(table), word(column))
            }
            _ => step(SchemaAction::ColumnAltered, word(table), None),
        };
    }
    if let Some(n) = at(&["create", "table"]) {
        return step(SchemaAction::TableCreated, word(after_if(n + 2)), None);
    }
    if let Some(n) = at(&["drop", "view"]).or_else(|| at(&["materialized", "view"])) {
        let dropped = lower.first().is_some_and(|word| word == "drop");
        return dropped.then(|| Step {
            action: SchemaAction::TableDropped,
            table: word(after_if(n + 2)),
            column: None,
        });
    }
    if let Some(n) = at(&["drop", "table"]) {
        return step(SchemaAction::TableDropped, word(after_if(n + 2)), None);
    }
    if let Some(n) = at(&["create", "unique", "index"]) {
        let table = at(&["on"]).map_or(n + 3, |on| on + 1);
        return step(SchemaAction::ConstraintAdded, word(table), word(table + 1));
    }
    if at(&["drop", "index"]).is_some() {
        return step(SchemaAction::ConstraintDropped, None, None);
    }
    // The numbers that a column is given.
    if let Some(n) = at(&["alter", "sequence"]) {
        return step(SchemaAction::ColumnAltered, word(after_if(n + 2)), None);
    }
    read_framework(&words, &lower)
}

/// Rails, Django, Alembic, Knex, Laravel, Ecto.
fn read_framework(words: &[&str], lower: &[String]) -> Option<Step> {
    let position = |names: &[&str]| lower.iter().position(|word| names.contains(&word.as_str()));
    let word = |n: usize| words.get(n).map(|word| (*word).to_owned());
    let named = |name: &str| lower.iter().position(|w| w == name).and_then(|n| word(n + 1));
    let (action, at) = if let Some(n) =
        position(&["renamecolumn", "rename_column", "renamefield", "rename_field"])
    {
        let to = named("new_name")
            .or_else(|| named("new_column_name"))
            .or_else(|| named("newname"))
            .or_else(|| named("newcolumnname"))
            .or_else(|| word(n + 3))
            .or_else(|| word(n + 2))
            .unwrap_or_default();
        (SchemaAction::ColumnRenamed { to }, n)
    } else if let Some(n) =
        position(&["removecolumn", "remove_column", "removefield", "drop_column", "dropcolumn"])
    {
        (SchemaAction::ColumnDropped, n)
    } else if let Some(n) = position(&["addcolumn", "add_column", "addfield", "add_reference"]) {
        let nullable = lower.windows(2).any(|pair| {
            matches!((pair[0].as_str(), pair[1].as_str()), ("null" | "nullable", "true"))
        });
        let refused = lower.windows(2).any(|pair| {
            matches!((pair[0].as_str(), pair[1].as_str()), ("null" | "nullable", "false"))
        });
        (SchemaAction::ColumnAdded { required: refused && !nullable }, n)
    } else if let Some(n) =
        position(&["renametable", "rename_table", "altermodeltable", "renamemodel"])
    {
        (SchemaAction::TableRenamed { to: word(n + 2).unwrap_or_default() }, n)
    } else if let Some(n) = position(&["droptable", "drop_table", "deletemodel"]) {
        (SchemaAction::TableDropped, n)
    } else if let Some(n) = position(&["createtable", "create_table", "createmodel"]) {
        (SchemaAction::TableCreated, n)
    } else if let Some(n) = position(&[
        "addconstraint",
        "addnotnullconstraint",
        "adduniqueconstraint",
        "addforeignkeyconstraint",
        "addforeignkey",
        "alteruniquetogether",
        "add_foreign_key",
        "create_unique_constraint",
        "create_foreign_key",
        "add_check_constraint",
        "change_column_null",
        "create_check_constraint",
        "uniqueconstraint",
    ]) {
        (SchemaAction::ConstraintAdded, n)
    } else if let Some(n) = position(&[
        "alterfield",
        "alter_column",
        "change_column",
        "altercolumn",
        "modify",
        "altertype",
    ]) {
        (SchemaAction::ColumnAltered, n)
    } else {
        return None;
    };
    let table = named("model_name")
        .or_else(|| named("table_name"))
        .or_else(|| named("tablename"))
        .or_else(|| named("table"));
    // `op.add_column("t", sa.Column("c", …))`
    let column = lower[at..]
        .iter()
        .position(|word| word == "column")
        .and_then(|n| word(at + n + 1))
        .or_else(|| named("old_name"))
        .or_else(|| named("oldcolumnname"))
        .or_else(|| named("columnname"))
        .or_else(|| named("name"));
    let after = words.len().saturating_sub(at + 1);
    let of_column = matches!(
        action,
        SchemaAction::ColumnDropped
            | SchemaAction::ColumnRenamed { .. }
            | SchemaAction::ColumnAltered
    );
    // `table dropColumn note`, `t renameColumn a b`: inside of the table's block, which is not named.
    let refused = lower
        .windows(2)
        .any(|pair| matches!((pair[0].as_str(), pair[1].as_str()), ("null" | "nullable", "false")));
    let action = match action {
        SchemaAction::ColumnAltered if refused => SchemaAction::ConstraintAdded,
        action => action,
    };
    let alone = if matches!(action, SchemaAction::ColumnRenamed { .. }) { 2 } else { 1 };
    let (table, column) = match (table, column) {
        (None, None) if of_column && after == alone => (None, word(at + 1)),
        (table, column) => (table.or_else(|| word(at + 1)), column.or_else(|| word(at + 2))),
    };
    Some(Step { action, table, column })
}

fn required(lower: &[String]) -> bool {
    let has = |word: &str| lower.iter().any(|w| w == word);
    has("not") && has("null") && !has("default")
}

/// Whether a line of a table's definition declares a column that must not be null; gives its name.
pub(crate) fn required_column(line: &str) -> Option<String> {
    let words: Vec<&str> = crate::rank::words::words(line).collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let constraint = matches!(
        lower.first()?.as_str(),
        "constraint" | "primary" | "foreign" | "unique" | "create"
    );
    (words.len() >= 3 && !constraint && required(&lower) && !lower.iter().any(|w| w == "primary"))
        .then(|| words[0].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(line: &str) -> (SchemaAction, String, String) {
        let step = read(line).expect(line);
        (step.action, step.table.unwrap_or_default(), step.column.unwrap_or_default())
    }

    #[test]
    fn sql() {
        assert_eq!(
            seen("ALTER TABLE products RENAME COLUMN unit_price TO unit_price_cents"),
            (
                SchemaAction::ColumnRenamed { to: "unit_price_cents".into() },
                "products".into(),
                "unit_price".into()
            )
        );
        assert_eq!(
            seen("ALTER TABLE IF EXISTS t ADD COLUMN c integer NOT NULL"),
            (SchemaAction::ColumnAdded { required: true }, "t".into(), "c".into())
        );
        assert_eq!(
            seen("ALTER TABLE t DROP COLUMN c"),
            (SchemaAction::ColumnDropped, "t".into(), "c".into())
        );
        assert_eq!(
            seen("DROP TABLE old"),
            (SchemaAction::TableDropped, "old".into(), String::new())
        );
        assert_eq!(required_column("branch varchar 40 NOT NULL"), Some("branch".into()));
        assert_eq!(read("SELECT 1"), None);
    }

    #[test]
    fn frameworks() {
        assert_eq!(
            seen("migrations RenameField model_name loan old_name due new_name due_on"),
            (SchemaAction::ColumnRenamed { to: "due_on".into() }, "loan".into(), "due".into())
        );
        assert_eq!(
            seen("remove_column users nickname"),
            (SchemaAction::ColumnDropped, "users".into(), "nickname".into())
        );
        assert_eq!(
            seen("add_column users plan string null false"),
            (SchemaAction::ColumnAdded { required: true }, "users".into(), "plan".into())
        );
    }
}
