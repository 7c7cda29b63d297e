//! Values of several words, of which one is what changed: `10.2.0.11:9000 check maxconn 200`,
//! `redis-server --maxmemory 512mb`, `zone=api:10m rate=50r/s`.

use super::Value;

/// Most words of a value that is looked into, and most places in which two may differ.
const WORDS: usize = 24;
const PLACES: usize = 3;

/// A setting inside of a value: its name, its value before and after.
type Inner<'v> = (&'v str, Option<&'v str>, Option<&'v str>);

/// The settings inside of two values of one key that differ; empty where the values are one whole.
pub(crate) fn settings<'v>(old: &'v str, new: &'v str) -> Vec<Inner<'v>> {
    let (old, new) = (words(old), words(new));
    if old.len().max(new.len()) > WORDS || old.len().min(new.len()) < 2 {
        return Vec::new();
    }
    if old.len() == new.len() {
        let places = (0..old.len()).filter(|&n| old[n] != new[n]);
        let found: Vec<_> = places.clone().map(|n| at(&old, &new, n)).collect();
        return match found.into_iter().collect::<Option<Vec<_>>>() {
            Some(found) if found.len() <= PLACES => found,
            _ => Vec::new(),
        };
    }
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let lone = |words: &[&'v str]| match *words {
        [word] => assigned(word),
        [name, value] if is_name(name) && is_quantity(value) => Some((bare(name), value)),
        _ => None,
    };
    let (before, after) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    match (before.is_empty(), after.is_empty()) {
        (true, false) => lone(after).map(|(name, value)| (name, None, Some(value))),
        (false, true) => lone(before).map(|(name, value)| (name, Some(value), None)),
        _ => None,
    }
    .into_iter()
    .collect()
}

/// The setting of a word that differs.
fn at<'v>(old: &[&'v str], new: &[&'v str], n: usize) -> Option<Inner<'v>> {
    if let (Some((name, before)), Some((other, after))) = (assigned(old[n]), assigned(new[n])) {
        return (name == other).then_some((name, Some(before), Some(after)));
    }
    let name = old[..n].last().filter(|name| is_name(name) && new[n - 1] == **name)?;
    let both = is_quantity(old[n]) && is_quantity(new[n]);
    both.then_some((bare(name), Some(old[n]), Some(new[n])))
}

fn words(text: &str) -> Vec<&str> {
    let word = |word: &'_ str| !word.is_empty() && word.bytes().any(|b| b.is_ascii_alphanumeric());
    text.split_whitespace()
        .map(|word| word.trim_matches([';', ',', '{', '}', '(', ')', '"', '\'']))
        .filter(|text| word(text))
        .collect()
}

/// `rate=50r/s`, `--workers=4`
fn assigned(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    (is_name(name) && !value.is_empty()).then_some((bare(name), value))
}

fn bare(name: &str) -> &str {
    name.trim_start_matches('-')
}

fn is_name(word: &str) -> bool {
    let bare = bare(word);
    bare.len() >= 3
        && bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

fn is_quantity(word: &str) -> bool {
    Value::read("", word).number.is_some() || matches!(word, "on" | "off" | "yes" | "no")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_of_several() {
        for (old, new, expected) in [
            (
                "print1 10.2.0.11:9000 check maxconn 200",
                "print1 10.2.0.11:9000 check maxconn 2",
                vec![("maxconn", Some("200"), Some("2"))],
            ),
            (
                "orders { server orders:3000; keepalive 32; }",
                "orders { server orders:3000; keepalive 48; }",
                vec![("keepalive", Some("32"), Some("48"))],
            ),
            (
                "$binary_remote_addr zone=api:10m rate=50r/s",
                "$binary_remote_addr zone=api:10m rate=1r/s",
                vec![("rate", Some("50r/s"), Some("1r/s"))],
            ),
            (
                "redis-server --maxmemory 512mb --save 60",
                "redis-server --save 60",
                vec![("maxmemory", Some("512mb"), None)],
            ),
            ("TLSv1.2 TLSv1.3", "TLSv1.1 TLSv1.3", vec![]),
            ("15 * * * *", "22 * * * *", vec![]),
            ("4 16k", "8 16k", vec![]),
        ] {
            assert_eq!(settings(old, new), expected, "{old}");
        }
    }
}
