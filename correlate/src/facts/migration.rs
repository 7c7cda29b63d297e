//! The lines of a migration as statements: calls, `ALTER TABLE` and blocks that run over several.

use super::SchemaAction;
use super::schema::{Step, read, required_column};
use crate::Lines;

/// Most lines that a call or statement is followed over.
const FOLLOWED: usize = 6;

/// What the added lines of a migration do, in their order; statements and calls may run over several
/// lines.
pub(crate) fn of_lines(lines: &Lines) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut creating: Option<String> = None;
    let mut altering: Option<String> = None;
    let mut going_back = false;
    let lines: Vec<&str> = lines.iter().collect();
    for (at, &line) in lines.iter().enumerate() {
        if let Some(back) = direction(line) {
            going_back = back;
        }
        if going_back {
            continue;
        }
        let call = is_open(line).then(|| lines[at..(at + FOLLOWED).min(lines.len())].join(" "));
        let text = call.as_deref().unwrap_or(line);
        if let Some(table) = opened_table(text) {
            altering = Some(table);
            creating = None;
            continue;
        }
        if let (Some(table), Some((action, column))) = (&altering, in_block(line)) {
            steps.push(Step { action, table: Some(table.clone()), column: Some(column) });
        } else if let Some(step) = read(text) {
            if step.action == SchemaAction::TableCreated {
                creating.clone_from(&step.table);
                altering = None;
            }
            steps.push(step);
        } else if let (Some(table), Some(column)) = (&creating, required_column(line)) {
            let action = SchemaAction::ColumnAdded { required: true };
            steps.push(Step { action, table: Some(table.clone()), column: Some(column) });
        } else if let Some(table) = &altering
            && VERBS.iter().any(|verb| line.to_ascii_lowercase().split(' ').next() == Some(verb))
        {
            steps.extend(read(&format!("ALTER TABLE {table} {line}")));
        }
    }
    steps
}

/// A column in the block of its table: `table string machine nullable false change`.
fn in_block(line: &str) -> Option<(SchemaAction, String)> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["table" | "t", kind, column, rest @ ..] = &words[..] else { return None };
    let changes = rest.contains(&"change");
    let typed = matches!(
        kind.to_ascii_lowercase().as_str(),
        "string"
            | "text"
            | "integer"
            | "biginteger"
            | "bigint"
            | "boolean"
            | "decimal"
            | "float"
            | "date"
            | "datetime"
            | "timestamp"
            | "json"
            | "jsonb"
            | "uuid"
            | "enum"
            | "foreignid"
            | "double"
    );
    let nullable = rest.contains(&"nullable") && !rest.contains(&"false");
    let action = match (*kind, changes) {
        ("dropColumn" | "remove" | "drop_column", _) => SchemaAction::ColumnDropped,
        ("renameColumn" | "rename", _) => {
            SchemaAction::ColumnRenamed { to: (*rest.first()?).to_owned() }
        }
        ("unique", _) => SchemaAction::ConstraintAdded,
        ("change", _) => SchemaAction::ColumnAltered,
        (_, true) if rest.windows(2).any(|pair| pair == ["nullable", "false"]) => {
            SchemaAction::ConstraintAdded
        }
        (_, true) => SchemaAction::ColumnAltered,
        // Laravel's columns refuse null unless they say otherwise.
        _ if typed => SchemaAction::ColumnAdded {
            required: words[0] == "table" && !nullable && !rest.contains(&"default"),
        },
        _ => return None,
    };
    Some((action, (*column).to_owned()))
}

/// Whether a line begins the part of a migration that takes it back, or the part that makes it.
fn direction(line: &str) -> Option<bool> {
    let words: Vec<&str> = line.split(' ').collect();
    let defines = |word: &&str| {
        matches!(*word, "def" | "function" | "void" | "exports" | "async" | "const" | "fun" | "fn")
    };
    let names = || words.iter().skip(1).take(3).chain(words.first().filter(|_| words.len() == 1));
    if !words.iter().take(3).any(defines) {
        return None;
    }
    names().find_map(|word| match word.to_ascii_lowercase().as_str() {
        "down" | "downgrade" | "rollback" | "backwards" | "reverse" => Some(true),
        "up" | "upgrade" | "change" | "forwards" => Some(false),
        _ => None,
    })
}

/// Words that begin a clause of `ALTER TABLE`, or a line in the block of a framework.
const VERBS: &[&str] = &["add", "drop", "rename", "alter", "modify", "change", "remove"];

/// Whether a line ends in a framework's verb, so that its arguments stand on the lines that follow.
fn is_open(line: &str) -> bool {
    let words: Vec<String> = line.split(' ').map(str::to_ascii_lowercase).collect();
    let verb = words.iter().position(|word| {
        let cut = word.replace('_', "");
        ["column", "field", "table", "model", "constraint", "foreignkey", "columnnull"].iter().any(
            |thing| {
                cut.strip_suffix(thing).is_some_and(|verb| {
                    matches!(
                        verb,
                        "rename" | "remove" | "drop" | "add" | "alter" | "change" | "delete"
                    ) || verb.starts_with("create")
                        || verb.starts_with("add")
                })
            },
        )
    });
    verb.is_some_and(|at| words.len() <= at + 2)
}

/// The table of an `ALTER TABLE` whose clauses stand on the lines that follow.
fn opened_table(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    // `Schema::table('orders', function …`, `change_table :orders do |t|`
    if let ["Schema", "table", table, "function", ..] | ["change_table", table, "do", ..] =
        words[..]
    {
        return Some(table.to_owned());
    }
    let at = words.windows(2).position(|pair| {
        pair[0].eq_ignore_ascii_case("alter") && pair[1].eq_ignore_ascii_case("table")
    })?;
    let skipped = |word: &&&str| {
        !["if", "exists", "only"].iter().any(|known| word.eq_ignore_ascii_case(known))
    };
    let mut rest = words[at + 2..].iter().filter(skipped);
    let table = rest.next()?;
    // `alter table orders do` opens a block.
    rest.all(|word| word.eq_ignore_ascii_case("do")).then(|| (*table).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_calls_over_several_lines() {
        let steps = |lines: &[&str]| -> Vec<(SchemaAction, String, String)> {
            let named = |step: Step| {
                (step.action, step.table.unwrap_or_default(), step.column.unwrap_or_default())
            };
            of_lines(&lines.into()).into_iter().map(named).collect()
        };
        let renamed = |to: &str| SchemaAction::ColumnRenamed { to: to.to_owned() };
        assert_eq!(
            steps(&[
                "migrations RenameField",
                "model_name loan",
                "old_name due",
                "new_name due_on"
            ]),
            [(renamed("due_on"), "loan".to_owned(), "due".to_owned())]
        );
        assert_eq!(
            steps(&["ALTER TABLE orders", "ADD COLUMN plan text NOT NULL", "DROP COLUMN note"]),
            [
                (SchemaAction::ColumnAdded { required: true }, "orders".into(), "plan".into()),
                (SchemaAction::ColumnDropped, "orders".into(), "note".into()),
            ]
        );
        assert_eq!(
            steps(&["alter table orders do", "remove note"]),
            [(SchemaAction::ColumnDropped, "orders".into(), "note".into())]
        );
        assert_eq!(
            steps(&["migrationBuilder DropColumn", "name Sku", "table Items"]),
            [(SchemaAction::ColumnDropped, "Items".into(), "Sku".into())]
        );
        assert_eq!(
            steps(&[
                "Schema table orders function Blueprint table",
                "table string machine nullable false change",
                "table dropColumn note",
            ]),
            [
                (SchemaAction::ConstraintAdded, "orders".into(), "machine".into()),
                (SchemaAction::ColumnDropped, "orders".into(), "note".into()),
            ]
        );
        assert_eq!(
            steps(&["def upgrade", "op drop_column t a", "def downgrade", "op add_column t a"]),
            [(SchemaAction::ColumnDropped, "t".into(), "a".into())]
        );
        assert_eq!(
            steps(&["t renameColumn due due_on"]),
            [(renamed("due_on"), String::new(), "due".into())]
        );
        assert_eq!(
            steps(&["ALTER TABLE orders ALTER COLUMN plan SET NOT NULL"]),
            [(SchemaAction::ConstraintAdded, "orders".into(), "plan".into())]
        );
    }
}
