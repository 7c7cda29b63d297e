//! What SQL says of rights, users and collations.

use super::Setting;
use super::read::setting;
use crate::Hunk;

/// Who may do what, who one is, and how text is compared: what a hunk of SQL changes. What stood
/// there before is what the first removed statement of the same kind said.
pub(super) fn of_hunk(hunk: &Hunk) -> Vec<Setting> {
    let mut old: Vec<(&str, &str)> = hunk.removed.iter().filter_map(|line| granted(line)).collect();
    let mut found = Vec::new();
    for line in &hunk.added {
        if let Some(rest) = rest_of(line, "revoke") {
            found.push(setting("grant".to_owned(), Some(rest), None, false));
        } else if let Some((key, value)) = granted(line) {
            let before = old.iter().position(|(other, _)| *other == key).map(|at| old.remove(at).1);
            if before != Some(value) {
                found.push(setting(key.to_owned(), before, Some(value), false));
            }
        } else if let Some(collation) = collation(line) {
            found.push(setting("collation".to_owned(), None, Some(collation), false));
        }
    }
    let gone =
        old.into_iter().map(|(key, value)| setting(key.to_owned(), Some(value), None, false));
    found.extend(gone);
    found
}

/// `GRANT SELECT ON orders TO app`, `CREATE USER app …`.
fn granted(line: &str) -> Option<(&'static str, &str)> {
    if let Some(rest) = rest_of(line, "grant") {
        return Some(("grant", rest));
    }
    let rest = rest_of(line, "create").or_else(|| rest_of(line, "alter"))?;
    let who = rest_of(rest, "user").or_else(|| rest_of(rest, "role"))?;
    // Not how one proves it.
    let lower = who.to_ascii_lowercase();
    let end =
        ["identified", "password", "with", "encrypted"].iter().filter_map(|w| lower.find(w)).min();
    Some(("user", who[..end.unwrap_or(who.len())].trim()))
}

/// What follows a verb at the beginning of a line.
fn rest_of<'l>(line: &'l str, verb: &str) -> Option<&'l str> {
    let (first, rest) = line.trim().split_once(' ')?;
    first.eq_ignore_ascii_case(verb).then_some(rest)
}

/// The collation or character set that a table or column is given.
fn collation(line: &str) -> Option<&str> {
    let mut words = line.split(' ').skip_while(|word| {
        let names = ["collate", "collation", "charset"];
        !names.iter().any(|name| word.eq_ignore_ascii_case(name))
    });
    words.next()?;
    words.next().filter(|word| word.len() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(removed: &[&str], added: &[&str]) -> Vec<String> {
        let owned = |lines: &[&str]| lines.iter().copied().collect();
        let hunk = Hunk { removed: owned(removed), added: owned(added), ..Hunk::default() };
        let text = |value: &Option<crate::facts::Value>| {
            value.as_ref().map_or(String::new(), |value| value.text.clone())
        };
        let settings = of_hunk(&hunk).into_iter();
        settings.map(|s| format!("{}: {} → {}", s.key, text(&s.old), text(&s.new))).collect()
    }

    #[test]
    fn rights_are_compared_with_what_they_were() {
        assert_eq!(seen(&[], &["GRANT SELECT ON t TO a"]), ["grant:  → SELECT ON t TO a"]);
        assert_eq!(
            seen(&["GRANT SELECT INSERT ON t TO a"], &["GRANT SELECT ON t TO a"]),
            ["grant: SELECT INSERT ON t TO a → SELECT ON t TO a"]
        );
        assert_eq!(seen(&[], &["REVOKE INSERT ON t FROM a"]), ["grant: INSERT ON t FROM a → "]);
        assert_eq!(
            seen(
                &["CREATE USER a 10.4 IDENTIFIED BY pw"],
                &["CREATE USER a 10.3 IDENTIFIED BY pw"]
            ),
            ["user: a 10.4 → a 10.3"]
        );
        assert_eq!(
            seen(&[], &["table collation utf8mb4_0900_ai_ci"]),
            ["collation:  → utf8mb4_0900_ai_ci"]
        );
    }
}
