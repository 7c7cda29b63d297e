//! What services agree on: the fields of messages in `.proto`, Avro, Thrift and GraphQL.
//!
//! Lines are read in reduced form; a field is known by its name and, where it has one, its number.

use super::read::setting;
use super::schema::Step;
use super::{SchemaAction, Setting};
use crate::Hunk;

/// Whether a file describes messages.
pub(crate) fn is_contract(path: &str) -> bool {
    const SUFFIXES: &[&str] =
        &[".proto", ".avsc", ".avdl", ".thrift", ".graphql", ".graphqls", ".fbs", ".capnp"];
    SUFFIXES.iter().any(|suffix| path.ends_with(suffix))
}

/// A field of a message.
struct Field<'l> {
    name: &'l str,
    number: Option<&'l str>,
    /// All other words of its line.
    shape: Vec<&'l str>,
}

impl Field<'_> {
    /// Whether whoever writes may leave it out.
    fn is_optional(&self) -> bool {
        self.shape.iter().any(|word| matches!(*word, "null" | "optional" | "default"))
    }
}

/// What a hunk does to the fields of a message.
pub(crate) fn steps(hunk: &Hunk) -> Vec<Step> {
    let mut old: Vec<Field<'_>> = hunk.removed.iter().filter_map(field).collect();
    let table = hunk.section.split(' ').nth(1).map(str::to_owned);
    let mut steps = Vec::new();
    let mut fresh = Vec::new();
    let mut push = |action, column: &str| {
        steps.push(Step { action, table: table.clone(), column: Some(column.to_owned()) });
    };
    for new in hunk.added.iter().filter_map(field) {
        match old.iter().position(|old| old.name == new.name) {
            Some(at) => {
                let old = old.remove(at);
                if old.is_optional() && !new.is_optional() {
                    push(SchemaAction::ConstraintAdded, new.name);
                } else if old.number != new.number || old.shape != new.shape {
                    push(SchemaAction::ColumnAltered, new.name);
                }
            }
            None => fresh.push(new),
        }
    }
    for new in fresh {
        let same = |old: &Field<'_>| new.number.is_some() && old.number == new.number;
        match old.iter().position(same) {
            Some(at) => {
                let to = new.name.to_owned();
                push(SchemaAction::ColumnRenamed { to }, old.remove(at).name);
            }
            None => {
                let required = new.shape.contains(&"required");
                push(SchemaAction::ColumnAdded { required }, new.name);
            }
        }
    }
    old.iter().for_each(|old| push(SchemaAction::ColumnDropped, old.name));
    steps
}

/// The name under which a file's messages are known, where it has another one now.
pub(crate) fn namespace(hunk: &Hunk) -> Option<Setting> {
    let of = |line| {
        let (word, name) = str::split_once(line, ' ')?;
        matches!(word, "package" | "namespace").then_some((word, name))
    };
    let (word, old) = hunk.removed.iter().find_map(of)?;
    let (_, new) = hunk.added.iter().find_map(of)?;
    (old != new).then(|| setting(word.to_owned(), Some(old), Some(new), false))
}

/// `int64 cents 2`, `1 required i64 cents`, `name fare type long`, `amount Int`.
fn field(line: &str) -> Option<Field<'_>> {
    let words: Vec<&str> = line.split(' ').collect();
    let is_number = |word: &&str| word.bytes().all(|b| b.is_ascii_digit());
    let (first, last) = (words.first()?, words.last()?);
    if ["option", "import", "package", "syntax", "message", "enum", "service", "rpc"]
        .contains(first)
        || words.len() < 2
    {
        return None;
    }
    let at = if let Some(at) = words.iter().position(|word| *word == "name") {
        at + 1
    } else if is_number(last) {
        words.len() - 2
    } else if is_number(first) {
        words.len() - 1
    } else {
        0
    };
    let name = words.get(at).filter(|name| !is_number(name))?;
    let number = [first, last].into_iter().find(|word| is_number(word)).copied();
    let rest = words.iter().filter(|word| word != &name && Some(**word) != number);
    Some(Field { name, number, shape: rest.copied().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(removed: &[&str], added: &[&str]) -> Vec<(SchemaAction, String)> {
        let owned = |lines: &[&str]| lines.iter().copied().collect();
        let hunk = Hunk { removed: owned(removed), added: owned(added), ..Hunk::default() };
        let steps = steps(&hunk).into_iter();
        steps.map(|step| (step.action, step.column.unwrap_or_default())).collect()
    }

    #[test]
    fn fields_of_messages() {
        use SchemaAction as S;
        let cents = || "cents".to_owned();
        assert_eq!(seen(&["int64 cents 2"], &["string cents 2"]), [(S::ColumnAltered, cents())]);
        assert_eq!(
            seen(&["int64 cents 2"], &["int64 amount 2"]),
            [(S::ColumnRenamed { to: "amount".into() }, cents())]
        );
        assert_eq!(
            seen(&["name cents type null long default null"], &["name cents type long"]),
            [(S::ConstraintAdded, cents())]
        );
        assert_eq!(
            seen(&[], &["1 required i64 cents"]),
            [(S::ColumnAdded { required: true }, cents())]
        );
        assert_eq!(seen(&["cents Int"], &[]), [(S::ColumnDropped, cents())]);
        assert_eq!(seen(&["package fares v1"], &["package fares v2"]), []);
    }
}
