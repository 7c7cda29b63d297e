//! One configuration line: a key and its value.

use super::value::unquote;

/// What a configuration line says.
#[derive(Debug, PartialEq)]
pub(crate) enum Line<'a> {
    /// `key = value` in one of its many spellings.
    Pair(&'a str, &'a str),
    /// `[section]`, `section:` or `"section": {`.
    Section(&'a str),
    /// A value without a key: an item of a list.
    Item(&'a str),
    /// A comment, a bracket, nothing.
    Nothing,
}

/// Reads one line of a configuration file.
pub(crate) fn read(line: &str) -> Line<'_> {
    let line = line.trim();
    if line.is_empty()
        || line.starts_with(['#', ';', '!', '}', ']', '<'])
        || line.starts_with("//")
        || !line.contains(char::is_alphanumeric)
    {
        return Line::Nothing;
    }
    if line.starts_with('{') {
        return Line::Item(line);
    }
    if let Some(section) = line.strip_prefix('[')
        && let Some(section) = section.trim_start_matches('[').split(']').next()
        && line.ends_with(']')
        && !section.contains([',', '"'])
    {
        return Line::Section(section);
    }
    let (item, line) = match line.strip_prefix("- ") {
        Some(rest) => (true, rest.trim()),
        None => (false, line),
    };
    let line = ["export ", "set ", "ENV "]
        .iter()
        .find_map(|word| line.strip_prefix(word))
        .unwrap_or(line)
        .trim();
    // Symbols are keys, too: `:concurrency: 10`.
    if let Some((key, value)) = split(line.strip_prefix(':').unwrap_or(line)) {
        let key = unquote(key);
        let value = strip_comment(value.trim());
        if value.trim_end_matches(['{', '[', '|', '>', '-', ' ']).is_empty() {
            return Line::Section(key);
        }
        return Line::Pair(key, unquote(value));
    }
    if item || line.starts_with(['"', '\'', '{']) || !line.contains(' ') {
        return Line::Item(unquote(line));
    }
    // `maxclients 8`, `client_max_body_size 16m;`, `include deploy/redis/small.conf`
    match line.split_once(' ') {
        Some((key, value)) if is_key(key) => {
            let value = strip_comment(value.trim());
            if value.ends_with('{') { Line::Section(key) } else { Line::Pair(key, unquote(value)) }
        }
        _ => Line::Item(line),
    }
}

/// Splits at the first `=` or `: ` that follows a key.
fn split(line: &str) -> Option<(&str, &str)> {
    let end = if let Some(quote) = line.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        line[1..].find(quote)? + 2
    } else {
        line.find(|c: char| !(c.is_alphanumeric() || "_.-/$@*".contains(c)))?
    };
    let (key, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let value = if let Some(rest) = rest.strip_prefix("=>") {
        rest
    } else if let Some(rest) = rest.strip_prefix(":=") {
        rest
    } else if rest.starts_with("==") {
        return None;
    } else if let Some(rest) = rest.strip_prefix('=') {
        rest
    } else if let Some(rest) = rest.strip_prefix(':') {
        if !rest.is_empty()
            && !rest.starts_with([' ', '"', '[', '{', '\''])
            && !key.starts_with('"')
        {
            return None;
        }
        rest
    } else {
        return None;
    };
    (!key.is_empty()).then_some((key, value))
}

/// A value without the comment that follows it.
fn strip_comment(value: &str) -> &str {
    if value.starts_with(['"', '\'']) {
        return value;
    }
    value.find(" #").map_or(value, |at| value[..at].trim_end())
}

fn is_key(word: &str) -> bool {
    word.len() <= 60
        && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '-')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_many_spellings() {
        for (line, key, value) in [
            ("pool_size: 20", "pool_size", "20"),
            ("\"timeout\": 4000,", "timeout", "4000"),
            (
                "archiver.stamp.format=%Y-%m-%dT%H:%M:%S",
                "archiver.stamp.format",
                "%Y-%m-%dT%H:%M:%S",
            ),
            ("url: http://127.0.0.1/x # home", "url", "http://127.0.0.1/x"),
            ("threads = 6", "threads", "6"),
            ("maxclients 8", "maxclients", "8"),
            ("client_max_body_size 16m;", "client_max_body_size", "16m"),
            ("export REDIS_DB=16", "REDIS_DB", "16"),
            ("- name: TZ", "name", "TZ"),
            ("edition = \"2021\"", "edition", "2021"),
            (":concurrency: 20", "concurrency", "20"),
        ] {
            assert_eq!(read(line), Line::Pair(key, value), "{line}");
        }
        assert_eq!(read("production:"), Line::Section("production"));
        assert_eq!(read("[worker]"), Line::Section("worker"));
        assert_eq!(read("\"mail\": {"), Line::Section("mail"));
        assert_eq!(read("# a: b"), Line::Nothing);
        assert_eq!(read("-"), Line::Nothing);
        assert_eq!(read("- celery"), Line::Item("celery"));
        assert_eq!(read("127.0.0.1:80"), Line::Item("127.0.0.1:80"));
    }

    proptest! {
        #[test]
        fn never_panics(line in "\\PC{0,80}") {
            let _ = read(&line);
        }
    }
}
