//! Facts of a change as clauses: "database connection pool was reduced from 20 to 5".

use super::key;
use super::mask;
use super::quantity;
use super::span::Sentence;
use crate::diff::reduce::keeps_lines;
use crate::facts::{
    DefinitionAction, Fact, FactKind, Family, Guard, SchemaAction, Setting, Trend, Value,
    VersionStep,
};
use crate::{Change, Hunk};

/// The clause of a fact. `change` gives the path and section that the fact stands in.
pub(super) fn clause(fact: &Fact, change: Option<&Change>) -> Sentence {
    let s = Sentence::new();
    match &fact.kind {
        FactKind::Setting(setting) => self::setting(setting, &Surroundings::of(fact, change)),
        FactKind::SettingRenamed { from, to, .. } => {
            let (from, to) = (mask::secrets(from), mask::secrets(to));
            s.word("setting").code(&from).word("was renamed to").code(&to)
        }
        FactKind::Dependency { name, from, to, step } => {
            let version = |text: &Option<String>| text.as_deref().map(mask::secrets);
            let (from, to) = (version(from), version(to));
            dependency(s.word("dependency").code(name), from.as_deref(), to.as_deref(), *step)
        }
        FactKind::Schema { action, table, column } => {
            schema(action, table.as_deref(), column.as_deref())
        }
        FactKind::Definition { action, name } => {
            definition(s.word(definition_kind(fact, change, name)).code(name), action)
        }
        FactKind::GuardRemoved { guard, word } => {
            let s = s.word(guard_name(*guard)).word("(").code(word).word(") was removed");
            match Surroundings::of(fact, change).path {
                Some(path) => s.word("from").code(path),
                None => s,
            }
        }
    }
}

/// Where a fact stands, beside its own words.
#[derive(Default)]
struct Surroundings<'a> {
    path: Option<&'a str>,
    section: Option<&'a str>,
    hunk: Option<&'a Hunk>,
}

impl<'a> Surroundings<'a> {
    fn of(fact: &Fact, change: Option<&'a Change>) -> Self {
        let Some(file) = change.and_then(|c| c.files.get(fact.place.file)) else {
            return Self::default();
        };
        let hunk = fact.place.hunk.and_then(|at| file.hunks.get(at));
        Self { path: Some(&file.path), section: hunk.map(|h| h.section.as_str()), hunk }
    }

    /// Whether a value of the setting stands there as that of a secret, whatever its key is: an item
    /// behind `--api-token`, the value of an object that gives its name elsewhere.
    fn gives_secret(&self, setting: &Setting) -> bool {
        let Some(hunk) = self.hunk else { return false };
        [(&hunk.removed, &setting.old), (&hunk.added, &setting.new)].into_iter().any(
            |(lines, value)| {
                let lines: Vec<&str> = lines.iter().collect();
                value.as_ref().is_some_and(|value| mask::is_given(&lines, &value.text))
            },
        )
    }

    /// Whether a word of code stands there in secrets alone: words are read from strings, too.
    fn hides(&self, word: &str) -> bool {
        if self.path.is_none_or(keeps_lines) {
            return false;
        }
        let Some(display) = self.hunk.and_then(|hunk| hunk.display.as_ref()) else { return false };
        [&display.removed, &display.added]
            .into_iter()
            .any(|lines| mask::is_hidden(&lines.iter().collect::<Vec<_>>(), word))
    }
}

fn setting(setting: &Setting, around: &Surroundings<'_>) -> Sentence {
    if around.hides(&setting.key) {
        let subject = Sentence::new().word("a secret");
        let subject = around.path.iter().fold(subject, |s, path| s.word("in").code(*path));
        return subject.word("was changed");
    }
    // A line that was read as a key may hold more than its name: `TOKEN=x run --fast 1`.
    let name = mask::secrets(&setting.key);
    let subject = key::subject(&name, around.section, around.path);
    let subject = match around.path {
        Some(path) if key::is_bare(&name, &subject) => subject.word("in").code(path),
        _ => subject,
    };
    // `CACHE_TOKEN` is first of all a setting of the cache.
    let secret = setting.family == Family::Credential || mask::names_secret(&setting.key);
    if secret || around.gives_secret(setting) {
        return subject.word(match setting.trend {
            Trend::Added => "was added",
            Trend::Removed => "was removed",
            _ => "was changed",
        });
    }
    if let (Trend::Removed, Some(old)) = (setting.trend, &setting.old) {
        return subject.word("(it was").span(quantity::one(old)).word(") was removed");
    }
    let verb = match (setting.trend, setting.family) {
        (Trend::Enabled, _) => return subject.word("was switched on"),
        (Trend::Disabled, _) => return subject.word("was switched off"),
        (Trend::Added, _) => "was added",
        (Trend::Removed, _) => "was removed",
        (Trend::Lowered, Family::Timeout) => "was lowered",
        (Trend::Lowered, _) => "was reduced",
        (Trend::Raised, _) => "was raised",
        (Trend::Replaced, _) => "was changed",
    };
    from_to(subject.word(verb), setting.old.as_ref(), setting.new.as_ref())
}

fn from_to(s: Sentence, old: Option<&Value>, new: Option<&Value>) -> Sentence {
    match (old, new) {
        (Some(old), Some(new)) => {
            let (old, new) = quantity::pair(old, new);
            s.word("from").span(old).word("to").span(new)
        }
        (None, Some(new)) => s.word("with the value").span(quantity::one(new)),
        (_, None) => s,
    }
}

fn dependency(s: Sentence, from: Option<&str>, to: Option<&str>, step: VersionStep) -> Sentence {
    match (from, to) {
        (Some(from), Some(to)) => {
            let verb = if step == VersionStep::Unknown { None } else { direction(from, to) };
            s.word(verb.unwrap_or("was changed")).word("from").code(from).word("to").code(to)
        }
        (None, Some(to)) => s.word("was added at version").code(to),
        (Some(from), None) => s.word("(at version").code(from).word(") was removed"),
        (None, None) => s.word(match step {
            VersionStep::Removed => "was removed",
            VersionStep::Added => "was added",
            _ => "was changed",
        }),
    }
}

/// Which way a version moved, where its numbers can be compared.
fn direction(from: &str, to: &str) -> Option<&'static str> {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        let start = version.find(|c: char| c.is_ascii_digit())?;
        let end = version[start..]
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .map_or(version.len(), |at| start + at);
        version[start..end].split('.').map(|part| part.parse().ok()).collect()
    };
    match numbers(from)?.cmp(&numbers(to)?) {
        std::cmp::Ordering::Less => Some("was upgraded"),
        std::cmp::Ordering::Greater => Some("was downgraded"),
        std::cmp::Ordering::Equal => None,
    }
}

fn schema(action: &SchemaAction, table: Option<&str>, column: Option<&str>) -> Sentence {
    let s = Sentence::new();
    let subject = match (column, table) {
        (Some(column), Some(table)) => s.word("column").code(column).word("of table").code(table),
        (Some(column), None) => s.word("column").code(column),
        (None, Some(table)) => s.word("table").code(table),
        (None, None) => s.word("the database's schema"),
    };
    let on_subject = |what| match (column, table) {
        (None, None) => Sentence::new().word(what),
        _ => Sentence::new().word(what).word("on").then(subject.clone()),
    };
    match action {
        SchemaAction::TableCreated => subject.word("was created"),
        SchemaAction::TableDropped | SchemaAction::ColumnDropped => subject.word("was dropped"),
        SchemaAction::TableRenamed { to } | SchemaAction::ColumnRenamed { to } => {
            subject.word("was renamed to").code(to)
        }
        SchemaAction::ColumnAdded { required: true } => {
            subject.word("was added, required and without default")
        }
        SchemaAction::ColumnAdded { required: false } => subject.word("was added"),
        SchemaAction::ColumnAltered => subject.word("was altered"),
        SchemaAction::ConstraintAdded => on_subject("a constraint").word("was added"),
        SchemaAction::ConstraintDropped => on_subject("a constraint or index").word("was dropped"),
    }
}

fn definition(s: Sentence, action: &DefinitionAction) -> Sentence {
    match action {
        DefinitionAction::Added => s.word("was added"),
        DefinitionAction::Removed => s.word("was removed"),
        DefinitionAction::Renamed { to } => s.word("was renamed to").code(to),
        DefinitionAction::SignatureChanged => s.word("got other parameters"),
    }
}

/// The word for a definition, from the keyword before its name in the diff.
fn definition_kind(fact: &Fact, change: Option<&Change>, name: &str) -> &'static str {
    let hunks = change
        .and_then(|c| c.files.get(fact.place.file))
        .map(|file| match fact.place.hunk {
            Some(at) => file.hunks.get(at..=at).unwrap_or_default(),
            None => &file.hunks,
        })
        .unwrap_or_default();
    let lines = hunks.iter().flat_map(|hunk| hunk.removed.iter().chain(&hunk.added));
    for line in lines {
        let mut words = line.split_whitespace();
        let mut before = "";
        while let Some(word) = words.next().filter(|word| *word != name) {
            before = word;
        }
        let found = line.split_whitespace().any(|word| word == name);
        match before {
            "def" | "fn" | "func" | "function" | "sub" | "fun" if found => return "function",
            "class" if found => return "class",
            "struct" | "interface" | "trait" | "enum" | "type" | "module" if found => return "type",
            "const" | "final" | "define" if found => return "constant",
            _ => {}
        }
    }
    "definition"
}

fn guard_name(guard: Guard) -> &'static str {
    match guard {
        Guard::Retry => "a retry",
        Guard::Timeout => "a time limit",
        Guard::Catch => "an exception handler",
        Guard::Lock => "a lock or transaction",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::plain;
    use crate::{FileChange, FileStatus, Place};

    const PLACE: Place = Place { file: 0, hunk: Some(0) };

    fn say(kind: FactKind) -> String {
        plain(&clause(&Fact { kind, place: PLACE }, None))
    }

    fn change(path: &str, removed: &str) -> Change {
        let at = time::OffsetDateTime::UNIX_EPOCH;
        Change {
            sha: "a".repeat(40),
            author: "Ana".into(),
            author_email: None,
            authored_at: at,
            committed_at: at,
            message: "m".into(),
            parents: 1,
            files: vec![FileChange {
                path: path.into(),
                previous_path: None,
                status: FileStatus::Modified,
                additions: 0,
                deletions: 1,
                hunks: vec![Hunk { removed: [removed].into(), ..Hunk::default() }],
            }],
            url: None,
            position: None,
            ignored_by: None,
        }
    }

    #[test]
    fn versions_move_both_ways() {
        let bump = |from: Option<&str>, to: Option<&str>| {
            say(FactKind::Dependency {
                name: "redis".into(),
                from: from.map(Into::into),
                to: to.map(Into::into),
                step: VersionStep::Major,
            })
        };
        assert_eq!(
            bump(Some("4.6.0"), Some("5.0")),
            "Dependency `redis` was upgraded from `4.6.0` to `5.0`"
        );
        assert_eq!(
            bump(Some(">=10.1"), Some(">=9.9")),
            "Dependency `redis` was downgraded from `>=10.1` to `>=9.9`"
        );
        assert_eq!(
            bump(Some("main"), Some("next")),
            "Dependency `redis` was changed from `main` to `next`"
        );
        assert_eq!(bump(None, Some("5.0")), "Dependency `redis` was added at version `5.0`");
    }

    #[test]
    fn values_of_secrets_are_not_said_whatever_they_are_for() {
        for key in
            ["CACHE_TOKEN", "POOL_PASSWORD", "queue.secret", "RetryApiKey", "TLS_PRIVATE_KEY"]
        {
            for new in ["", "=canary-2"] {
                let patch = format!(
                    "diff --git a/.env b/.env\n@@ -1 +1 @@\n-{key}=canary-1\n+{}{new}\n",
                    if new.is_empty() { "" } else { key },
                );
                let mut change = change(".env", "");
                change.files = crate::diff::patch::files(&patch);
                let facts = crate::facts::read(&change);
                assert!(!facts.is_empty(), "{key}");
                for fact in facts {
                    let said = plain(&clause(&fact, Some(&change)));
                    assert!(!said.contains("canary"), "{said}");
                }
            }
        }
    }

    #[test]
    fn values_that_other_words_of_their_lines_make_secrets_are_not_said() {
        for (path, line) in [
            ("deploy/a.yml", "command: serve --db-password * --port 80"),
            ("deploy/a.yml", "command: [\"serve\", \"--db-password\", \"*\"]"),
            ("deploy/a.yml", "args: [\"--db-password\", \"*\", \"--port\", \"80\"]"),
            ("deploy/a.yml", "args:\n  - --db-password\n  - *"),
            ("deploy/a.yml", "run: DB_PASSWORD=* serve --port 80"),
            ("deploy/a.yml", "url: redis:6379,password=*,ssl=true"),
            ("deploy/a.yml", "- {key: DB_PASSWORD, value: *}"),
            ("deploy/a.yml", "- key: DB_PASSWORD\n  value: * # for now"),
            ("deploy/a.yml", "- name: db-password\n  value: \"*\""),
            ("deploy/a.yml", "- value: *\n  name: DB_PASSWORD"),
            ("task.json", "{\"Name\": \"DB_PASSWORD\", \"Value\": \"*\"},"),
            ("redis.conf", "requirepass *"),
            ("deploy/run.sh", "exec serve --db-password *"),
            ("app/run.py", "    connect(\"db\", password=\"* word\")"),
        ] {
            let side = |sign: &str, value: &str| -> String {
                let line = line.replace('*', value);
                line.lines().map(|line| format!("{sign}{line}\n")).collect()
            };
            let count = line.lines().count();
            let head = format!("diff --git a/{path} b/{path}\n@@ -1,{count} +1,{count} @@\n");
            let patch = head + &side("-", "canary-1") + &side("+", "canary-2");
            let change = Change { files: crate::diff::patch::files(&patch), ..change(path, "") };
            let facts = crate::facts::read(&change);
            assert!(!facts.is_empty(), "{line}");
            for fact in facts {
                let said = plain(&clause(&fact, Some(&change)));
                assert!(!said.contains("canary"), "{said}");
            }
        }
    }

    #[test]
    fn values_beside_secrets_are_said() {
        let patch = "diff --git a/a.yml b/a.yml\n@@ -1 +1 @@\n\
            -dsn_parts: Host=pg;Password=canary;Maximum Pool Size=20\n\
            +dsn_parts: Host=pg;Password=canary;Maximum Pool Size=5\n";
        let change = Change { files: crate::diff::patch::files(patch), ..change("a.yml", "") };
        let facts = crate::facts::read(&change);
        let said: Vec<_> = facts.iter().map(|fact| plain(&clause(fact, Some(&change)))).collect();
        assert_eq!(said, ["`dsn_parts.Maximum_Pool_Size` was reduced from 20 to 5"]);
    }

    #[test]
    fn schemas_say_what_they_know() {
        let schema = |action, table: Option<&str>, column: Option<&str>| {
            say(FactKind::Schema {
                action,
                table: table.map(Into::into),
                column: column.map(Into::into),
            })
        };
        assert_eq!(
            schema(
                SchemaAction::ColumnRenamed { to: "price".into() },
                Some("items"),
                Some("unit_price")
            ),
            "Column `unit_price` of table `items` was renamed to `price`"
        );
        assert_eq!(
            schema(SchemaAction::ConstraintAdded, Some("items"), None),
            "A constraint on table `items` was added"
        );
        assert_eq!(
            schema(SchemaAction::ConstraintDropped, None, None),
            "A constraint or index was dropped"
        );
    }

    #[test]
    fn definitions_take_their_kind_from_the_diff() {
        let fact = Fact {
            kind: FactKind::Definition { action: DefinitionAction::Removed, name: "total".into() },
            place: PLACE,
        };
        for (line, expected) in [
            ("def total self cart", "Function `total` was removed"),
            ("pub fn total cart", "Function `total` was removed"),
            ("class total", "Class `total` was removed"),
            ("total cart", "Definition `total` was removed"),
        ] {
            assert_eq!(plain(&clause(&fact, Some(&change("a.py", line)))), expected);
        }
    }

    #[test]
    fn guards_name_their_file() {
        let fact = Fact {
            kind: FactKind::GuardRemoved { guard: Guard::Retry, word: "backoff".into() },
            place: PLACE,
        };
        assert_eq!(
            plain(&clause(&fact, Some(&change("shop/pay.py", "x")))),
            "A retry (`backoff`) was removed from `shop/pay.py`"
        );
    }

    #[test]
    fn a_credential_is_never_quoted() {
        let value = |text: &str| {
            Some(Value { text: text.into(), number: None, unit: crate::facts::Unit::None })
        };
        let clause = say(FactKind::Setting(Setting {
            key: "smtp.password".into(),
            family: Family::Credential,
            old: value("hunter2"),
            new: value("correct horse"),
            trend: Trend::Replaced,
            in_code: false,
        }));
        assert_eq!(clause, "`smtp.password` was changed");
    }
}
