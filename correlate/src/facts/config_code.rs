//! Settings in files that are code by their syntax and configuration by their purpose:
//! `Dockerfile`, Terraform, `config/*.exs`, initializers, unit files.
//!
//! Their lines are reduced to words, so a setting is what differs between two lines that begin
//! alike: the word before the difference is its key.

use super::code::is_unit;
use super::dependency::installed;
use super::family::families;
use super::read::setting;
use super::{Family, Setting};
use crate::Hunk;
use crate::diff::reduce::keeps_lines;
use crate::rank::words::words;

/// Longest line that is read without a partner, in words.
const LONGEST: usize = 8;
/// Longest value, in words.
const VALUE: usize = 12;

/// Suffixes of templates that are filled in when the program is deployed.
const TEMPLATES: &[&str] = &[".erb", ".gotmpl", ".jinja", ".template", ".tpl"];

/// Whether a file of code is there to configure.
pub(crate) fn is_config_code(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (name, is_template) = match TEMPLATES.iter().find_map(|end| name.strip_suffix(end)) {
        Some(name) => (name, true),
        None => (name, false),
    };
    if is_template && (keeps_lines(name) || matches!(name, "env" | "conf")) {
        return true;
    }
    let (stem, suffix) = name.split_once('.').unwrap_or((name, ""));
    let suffix = suffix.rsplit('.').next().unwrap_or_default();
    if matches!(
        suffix,
        "tf" | "tfvars"
            | "hcl"
            | "bicep"
            | "cf"
            | "j2"
            | "tmpl"
            | "vcl"
            | "Dockerfile"
            | "dockerfile"
            | "exs"
            | "service"
            | "socket"
            | "timer"
            | "acl"
            | "rego"
            | "cron"
            | "htaccess"
    ) || matches!(
        stem,
        "Dockerfile"
            | "docker-entrypoint"
            | "entrypoint"
            | "Containerfile"
            | "Procfile"
            | "Caddyfile"
            | "Vagrantfile"
            | "crontab"
            | "sshd_config"
            | "ssh_config"
    ) {
        // Tests of Elixir are scripts too.
        return !stem.ends_with("_test");
    }
    let script = matches!(
        suffix,
        "py" | "rb"
            | "php"
            | "js"
            | "ts"
            | "mjs"
            | "cjs"
            | "gradle"
            | "kts"
            | "xml"
            | "config"
            | "sh"
            | "rules"
    );
    if !script {
        return false;
    }
    let inner = name.get(stem.len() + 1..name.len() - suffix.len()).unwrap_or_default();
    let place = directory.split('/').enumerate().any(|(depth, part)| {
        matches!(part, "config" | "conf" | "settings" | "initializers" | "environments" | "deploy")
            // Further down these are words of programs, too.
            || depth == 0 && matches!(part, "ops" | "infra" | "etc")
            || suffix == "xml" && matches!(part, "resources" | "META-INF" | "WEB-INF")
    });
    let dotnet = suffix == "config" && matches!(stem, "Web" | "web" | "App" | "app");
    let named = NAMES
        .iter()
        .any(|word| stem.starts_with(word) || inner.split('.').any(|part| part == *word));
    let kind = inner.split('.').any(|part| KINDS.contains(&part));
    place || named || kind || dotnet
}

/// Names of scripts that configure: `config.py`, `next.config.js`.
const NAMES: &[&str] =
    &["celeryconfig", "config", "gunicorn", "knexfile", "puma", "settings", "unicorn"];
/// What says so behind a name alone, as in `queue.options.ts`: `options.py` is a program's own.
const KINDS: &[&str] = &["constants", "defaults", "limits", "options"];
/// Words that begin statements, none of which sets anything.
#[rustfmt::skip]
const STATEMENTS: &[&str] = &[
    "class", "def", "elif", "else", "except", "for", "from", "if", "import", "namespace", "require", "return", "try",
    "while", "with",
];

/// The settings that differ between the two sides of a hunk.
pub(crate) fn settings(hunk: &Hunk) -> Vec<Setting> {
    let old: Vec<Vec<String>> = hunk.removed.iter().map(read).collect();
    let mut new: Vec<Option<Vec<String>>> =
        hunk.added.iter().map(|line| Some(read(line))).collect();
    let mut found = Vec::new();
    for before in &old {
        let partner = new
            .iter()
            .enumerate()
            .filter_map(|(at, after)| Some((at, shared(before, after.as_ref()?))))
            .filter(|(_, shared)| *shared > 0)
            // The first of the best: `max_by_key` would take the last.
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        match partner.and_then(|(at, _)| new[at].take()) {
            Some(after) => found.extend(difference(before, &after, &hunk.section)),
            None => found
                .extend(alone(before).map(|(key, value)| setting(key, Some(&value), None, false))),
        }
    }
    for after in new.iter().flatten() {
        found.extend(alone(after).map(|(key, value)| setting(key, None, Some(&value), false)));
    }
    found
}

/// The words of a line; `15_000`, which reducing cuts in two, is one again.
fn read(line: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // An image is a dependency, and so is what it installs.
    if line.starts_with("FROM ") || line.starts_with("RUN ") && !installed(line).is_empty() {
        return found;
    }
    if STATEMENTS.contains(&line.split(' ').next().unwrap_or_default()) {
        return found;
    }
    for word in words(line) {
        let digits = word.strip_prefix('_').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
        match (digits, found.last_mut()) {
            (Some(digits), Some(last)) if last.bytes().all(|b| b.is_ascii_digit()) => {
                last.push_str(digits);
            }
            _ => found.push(word.to_owned()),
        }
    }
    found
}

/// How many words two lines share at their beginning.
fn shared(a: &[String], b: &[String]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn difference(before: &[String], after: &[String], section: &str) -> Option<Setting> {
    let start = shared(before, after);
    let longest = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take(longest).take_while(|(a, b)| a == b);
    let end = end.count();
    let (old, new) = (&before[start..before.len() - end], &after[start..after.len() - end]);
    let key = keyed(&before[..start], section)?;
    let value = |words: &[String]| words[..words.len().min(VALUE)].join(" ");
    match (old, new) {
        ([], []) => None,
        ([], [key, rest @ ..]) if !rest.is_empty() => {
            Some(setting(key.clone(), None, Some(&value(rest)), false))
        }
        ([key, rest @ ..], []) if !rest.is_empty() => {
            Some(setting(key.clone(), Some(&value(rest)), None, false))
        }
        ([], new) => Some(setting(key, None, Some(&value(new)), false)),
        (old, []) => Some(setting(key, Some(&value(old)), None, false)),
        (old, new) => Some(setting(key, Some(&value(old)), Some(&value(new)), false)),
    }
}

/// The last word before a difference; one that says nothing has the block it stands in before it.
fn keyed(before: &[String], section: &str) -> Option<String> {
    let is_name = |word: &&String| !word.starts_with(|c: char| c.is_ascii_digit());
    let mut names = before.iter().rev().filter(is_name);
    let key = names.next()?;
    if is_unit(key) && before.last() == Some(key) {
        return Some(match names.find(|name| !is_unit(name)) {
            Some(name) => format!("{name}.{key}"),
            None => key.clone(),
        });
    }
    if !before.last().is_some_and(|word| is_name(&word)) {
        // `REDIS_URL redis localhost 6379 4`: a number alone is no name.
        let names: Vec<&str> = before.iter().filter(is_name).map(String::as_str).collect();
        return Some(names[names.len().saturating_sub(3)..].join("."));
    }
    let block = words(section).last().filter(|_| {
        matches!(
            key.as_str(),
            "value" | "name" | "default" | "count" | "size" | "type" | "days" | "enabled"
        )
    });
    Some(match block.or_else(|| container(before, key)) {
        Some(block) => format!("{block}.{key}"),
        None => key.clone(),
    })
}

/// The word of a line that says what a key in it is about, where the key itself does not:
/// `accept_content json`, `queues default 10 exports`.
fn container<'w>(before: &'w [String], key: &str) -> Option<&'w str> {
    let says = |word: &str| families(word) != [Family::Other];
    let names = before.iter().rev().map(String::as_str).filter(|word| word.len() > 3);
    if says(key) {
        return None;
    }
    let mut names = names.skip_while(|word| *word == key);
    let first = before.first().filter(|first| *first != key && first.contains('_'));
    names.find(|word| says(word)).or(first.map(String::as_str))
}

/// A line without a partner: its first word is the key.
fn alone(line: &[String]) -> Option<(String, String)> {
    let line = match line.split_first() {
        Some((word, rest))
            if matches!(word.as_str(), "ENV" | "ARG" | "Environment" | "export" | "set") =>
        {
            rest
        }
        _ => line,
    };
    let (key, rest) = line.split_first()?;
    (!rest.is_empty() && line.len() <= LONGEST).then(|| (key.clone(), rest.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Trend;

    fn changes(removed: &[&str], added: &[&str]) -> Vec<(String, Trend)> {
        let hunk = Hunk { removed: removed.into(), added: added.into(), ..Hunk::default() };
        settings(&hunk).into_iter().map(|setting| (setting.key, setting.trend)).collect()
    }

    #[test]
    fn the_word_before_the_difference_is_the_key() {
        assert_eq!(
            changes(
                &["receive_timeout 15 _000", "pool size 20 count 1"],
                &["pool size 25 count 1", "receive_timeout 150"],
            ),
            [("receive_timeout".to_owned(), Trend::Lowered), ("size".to_owned(), Trend::Raised)],
        );
        assert_eq!(
            changes(&["ENV TZ UTC"], &["ENV TZ UTC GLOBALIZATION_INVARIANT 1"]),
            [("GLOBALIZATION_INVARIANT".to_owned(), Trend::Added)],
        );
        assert_eq!(
            changes(&["ssl true"], &["ssl verify verify_peer cacertfile ca pem"]),
            [("ssl".to_owned(), Trend::Replaced)],
        );
        assert_eq!(
            changes(&["LOCATION redis localhost 6379 4"], &["LOCATION redis localhost 6379 16"]),
            [("LOCATION.redis.localhost".to_owned(), Trend::Raised)],
        );
        assert_eq!(
            changes(&[], &["ENV INVARIANT_CULTURE 1"]),
            [("INVARIANT_CULTURE".to_owned(), Trend::Added)],
        );
        assert_eq!(changes(&["FROM node 20"], &["FROM node 22"]), []);
        assert_eq!(changes(&["import os"], &["import sys", "from a import b"]), []);
        assert_eq!(changes(&["COPY assets assets"], &[]), [("COPY".to_owned(), Trend::Removed)]);
    }

    #[test]
    fn configuration_is_told_from_code() {
        for path in [
            "Dockerfile",
            "deploy/Dockerfile.worker",
            "deploy/redis/users.acl",
            "infra/rabbit.tf",
            "config/runtime.exs",
            "config/initializers/permissions.rb",
            "config/database.php",
            "gunicorn.conf.py",
            "shop/settings.py",
            "src/main/resources/application.xml",
            "next.config.js",
            "src/queues/queue.options.ts",
            "deploy/postfix/main.cf",
            "docker/web.Dockerfile",
            "src/Shop/Web.config",
        ] {
            assert!(is_config_code(path), "{path}");
        }
        for path in [
            "src/settings/plugins/keyfile.c",
            "lib/shop/cart.ex",
            "app/models/visit.rb",
            "test/cart_test.exs",
            "src/bus.js",
            "yt/options.py",
            "lib/constants.js",
            "src/App.tsx",
            "torch/ops/conv.py",
            "introspection/manager.xml",
            "lib/config.c",
        ] {
            assert!(!is_config_code(path), "{path}");
        }
    }
}
