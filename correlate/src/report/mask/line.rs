//! Where the secrets of one line stand.

use std::iter;
use std::ops::Range;

use super::around::is_head;
use super::names::{at_end, gives_name, gives_value, names_secret};
use super::{literals, looks, shapes};

/// What the lines around say of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// Another line of its object gives the name of a secret, of which this one may give the value.
    pub(super) named: bool,
    /// The item before is an option (`- --api-token`), of which this item is the value.
    pub(super) awaited: bool,
    /// The line before ends in the name of a secret, of which the first string is the value.
    pub(super) begins: bool,
    /// The line before gives a login, as in .netrc.
    pub(super) login: bool,
    /// It is the value of a secret, or a line of it.
    pub(super) whole: bool,
    /// It stands in the block of a private key.
    pub(super) in_key: bool,
}

/// Parts of a line that are to be hidden, in their order and apart from each other.
pub(super) fn secrets(line: &str, around: Around) -> Vec<Range<usize>> {
    let may_name = looks::may_name(line);
    if around.in_key || may_name && line.contains("PRIVATE KEY-----") {
        return iter::once(0..line.len()).collect();
    }
    let mut found = user_information(line);
    if may_name || around != Around::default() {
        Scan::of(line, around).values(&mut found);
        literals::values(line, around.begins, &mut found);
    }
    shapes::secrets(line, &mut found);
    if around.awaited {
        found.extend(item(line));
    }
    if around.whole {
        found.extend(content(line));
    }
    joined(found)
}

/// The ranges in their order, each apart from the next.
pub(in crate::report) fn joined(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|next, last| {
        let overlap = next.start < last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
    found
}

/// Whether the line gives a name under `name:` or the like, and if so, whether a secret's.
pub(super) fn named(line: &str) -> Option<bool> {
    Objects::of(line).any
}

/// Whether the line is an option alone that the next item is the value of.
pub(super) fn awaits(line: &str) -> bool {
    let Some(option) = content(line).map(|range| &line[range]) else { return false };
    option.starts_with("--") && option.bytes().all(is_of_name) && names_secret(option)
}

/// The objects of a line, `{…}, {…}`, and whether each gives the name of a secret.
struct Objects {
    /// Where each ends, and what it says.
    each: Vec<(usize, Option<bool>)>,
    /// Whether any does.
    any: Option<bool>,
}

impl Objects {
    fn of(line: &str) -> Self {
        let mut each: Vec<(usize, Option<bool>)> = Vec::new();
        let (mut closed, mut named) = (false, None);
        for (at, c) in line.char_indices() {
            match c {
                '{' | '<' if closed => {
                    each.push((at, named.take()));
                    closed = false;
                }
                '}' | '>' => closed = true,
                ':' | '=' => {
                    closed = false;
                    if pair(line, at).is_some_and(gives_name) {
                        let secret = names_secret(word_behind(line, at));
                        named = Some(named.unwrap_or_default() || secret);
                    }
                }
                c if c.is_whitespace() || c == ',' => {}
                _ => closed = false,
            }
        }
        each.push((line.len(), named));
        let any = each.iter().filter_map(|(_, named)| *named).reduce(|a, b| a || b);
        Self { each, any }
    }

    /// Whether the object around a place gives the name of a secret. Where that object gives no name,
    /// any name of the line counts.
    fn named(&self, at: usize) -> Option<bool> {
        let object = self.each.partition_point(|(end, _)| *end <= at);
        self.each.get(object).and_then(|(_, named)| *named).or(self.any)
    }
}

/// What a value in a string begins with when the program puts it in.
const INTERPOLATED: &[&str] = &["{", "${", "$(", "#{", "%s", "%(", "%d"];

/// One reading of a line from its begin to its end.
struct Scan<'l> {
    line: &'l str,
    around: Around,
    objects: Objects,
    /// Where what a secret is given begins: `variable "db_password" { … }`.
    head: Option<usize>,
    /// Quotes and braces that are open where the reading stands.
    single: bool,
    double: bool,
    braces: usize,
    /// The parentheses that are open, and whether each is that of a call.
    calls: Vec<bool>,
}

impl<'l> Scan<'l> {
    fn of(line: &'l str, around: Around) -> Self {
        let objects = Objects::of(line);
        let head = line.find('{').filter(|at| is_head(&line[..*at]));
        let calls = Vec::new();
        Self { line, around, objects, head, single: false, double: false, braces: 0, calls }
    }

    /// Adds the values of secrets. What is hidden already is not looked into.
    fn values(mut self, found: &mut Vec<Range<usize>>) {
        let users = found.clone();
        let bytes = self.line.as_bytes();
        let mut hidden = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let in_user = || {
                let next = users.partition_point(|user| user.end <= at);
                users.get(next).is_some_and(|user| user.contains(&at))
            };
            let begins = |at: usize| at == 0 || !is_of_name(bytes[at - 1]);
            let value = match byte {
                _ if at < hidden => None,
                b':' | b'=' if !in_user() => self.value_of_pair(at),
                b'-' if begins(at) && bytes.get(at + 1) == Some(&b'-') => {
                    value_of_option(self.line, at)
                }
                b'>' => self.value_of_element(at),
                b' ' | b'\t' if at > 0 && is_of_name(bytes[at - 1]) => self.value_of_word(at),
                _ => None,
            };
            if let Some(value) = value.filter(|value| at < value.end && value.start < value.end) {
                hidden = value.end;
                found.push(value);
            }
            self.pass(at, *byte);
        }
    }

    fn pass(&mut self, at: usize, byte: u8) {
        let line = self.line;
        let before = || &line[..at];
        match byte {
            b'"' | b'\'' if before().ends_with('\\') => {}
            b'"' => self.double = !self.double,
            // An apostrophe opens nothing.
            b'\'' => self.single = !self.single && !before().ends_with(char::is_alphanumeric),
            // `${NAME:-value}` is no object.
            b'{' if !before().ends_with('$') => self.braces += 1,
            b'}' => self.braces = self.braces.saturating_sub(1),
            b'(' if !self.double => {
                self.calls
                    .push(before().ends_with(|c: char| c.is_alphanumeric() || "_!>".contains(c)));
            }
            b')' if !self.double => drop(self.calls.pop()),
            _ => {}
        }
    }

    /// The range of the value in `name: value`, `name = "value"`, `"name" => "value"` when the name is
    /// that of a secret. Only literal values count: in code, `password = read()` shows nothing.
    fn value_of_pair(&self, separator: usize) -> Option<Range<usize>> {
        let line = self.line;
        let name = pair(line, separator)?;
        let given = || {
            let named = self.objects.named(separator).unwrap_or(self.around.named);
            named || self.head.is_some_and(|head| head < separator)
        };
        if !(names_secret(name) || gives_value(name) && given()) {
            return None;
        }
        let start = behind(line, separator)?;
        let value = line[start..].trim_end();
        // `|`, `>-`: the value stands on the lines below.
        if value.len() <= 3 && value.starts_with(['|', '>']) {
            return None;
        }
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let end = match (self.string(), quote) {
            (Some(open), Some(quote)) if open == quote => return None,
            (_, Some(quote)) => return in_quotes(line, start, quote),
            (Some(_), None) if INTERPOLATED.iter().any(|sign| value.starts_with(sign)) => {
                return None;
            }
            (Some(open), None) => {
                let value = self.to_comma(value);
                &value[..closing(value, open)]
            }
            (None, None) => self.literal(separator, value)?,
        };
        Some(start..start + end.len())
    }

    /// The quote that is open.
    fn string(&self) -> Option<char> {
        match (self.double, self.single) {
            (true, _) => Some('"'),
            (false, true) => Some('\''),
            (false, false) => None,
        }
    }

    /// The value as far as it goes: in braces a comma ends it, else one may be part of it.
    fn to_comma<'v>(&self, value: &'v str) -> &'v str {
        let end = if self.braces > 0 { begin(value).find([',', '}']) } else { None };
        value[..end.unwrap_or(value.len())].trim_end()
    }

    /// A value without quotes, unless it is code: what stands in a call or behind an arrow, and what
    /// has brackets of its own.
    fn literal<'v>(&self, separator: usize, value: &'v str) -> Option<&'v str> {
        let value = self.to_comma(value);
        let first = begin(value).split(", ").next().unwrap_or(value);
        let code = self.line[separator..].starts_with("=>")
            || self.calls.last().is_some_and(|call| *call)
            || first.contains(['(', '[', '{'])
            || looks::is_nothing(first);
        (!code).then_some(value)
    }

    /// The range of the value in `<password>value</password>`, `<entry key="password">value</entry>`.
    fn value_of_element(&self, close: usize) -> Option<Range<usize>> {
        let (before, rest) = self.line.split_at(close);
        if !names_secret(at_end(before)) {
            return None;
        }
        let end = rest.find('<')?;
        let closes = |c: char| c.is_alphabetic();
        rest[end..].strip_prefix("</").filter(|name| name.starts_with(closes))?;
        Some(close + 1..close + end)
    }

    /// The range of the value in `PASSWORD 'value'`, `requirepass value` and `ENV API_TOKEN value`.
    fn value_of_word(&self, space: usize) -> Option<Range<usize>> {
        let (before, rest) = self.line.split_at(space);
        let name = at_end(before);
        let by = || name.eq_ignore_ascii_case("by") && is_identified(before);
        if !(names_secret(name) && !name.eq_ignore_ascii_case("pass") || by()) {
            return None;
        }
        let start = space + rest.find(|c: char| !c.is_whitespace())?;
        match self.line[start..].chars().next()? {
            '"' if !self.double => in_quotes(self.line, start, '"'),
            '\'' if !self.single => in_quotes(self.line, start, '\''),
            c if c.is_alphanumeric() && (is_directive(before) || self.is_of_login(space)) => {
                Some(start..self.line.trim_end().len())
            }
            _ => looks::secret_word(name, &self.line[start..]).map(|len| start..start + len),
        }
    }
}

impl Scan<'_> {
    /// Whether it is the line `password value` of .netrc. In code, `password string` says a type.
    fn is_of_login(&self, space: usize) -> bool {
        let (before, value) = self.line.split_at(space);
        before.trim() == "password" && (self.around.login || looks::is_opaque(value.trim()))
    }
}

/// Whether what stands before a value is all that a line of configuration has before it.
fn is_directive(before: &str) -> bool {
    let mut words = before.split_whitespace();
    let is = |word: &str, known: &[&str]| known.iter().any(|it| word.eq_ignore_ascii_case(it));
    match (words.next(), words.next(), words.next()) {
        (Some(name), None, None) => is(name, &["requirepass", "masterauth"]),
        // A line of .netrc; its words are in small letters.
        (Some("machine" | "default" | "login"), ..) => before.ends_with(" password"),
        (Some(word), Some(_), None) => is(word, &["env", "arg", "set", "setenv"]),
        _ => false,
    }
}

/// The name before `:` or `=`, unless these compare or stand in an address or a path of names.
fn pair(line: &str, separator: usize) -> Option<&str> {
    let (before, sign) = line.split_at(separator);
    let compares = sign.starts_with("==")
        || before.ends_with(['=', '!', '<', '>', ':'])
        || sign.starts_with("://")
        || sign.starts_with("::");
    let name = at_end(before);
    // "first pass: …" is prose.
    let prose = sign.starts_with(':')
        && name.eq_ignore_ascii_case("pass")
        && before[..before.len() - name.len()].trim_end().ends_with(char::is_alphanumeric);
    (!compares && !prose).then_some(name)
}

/// Where the value behind `:`, `=`, `=>` or `:=` begins.
fn behind(line: &str, separator: usize) -> Option<usize> {
    let sign = &line[separator..];
    let signs = |c: char| matches!(c, ':' | '=' | ' ' | '\t') || sign.starts_with("=>") && c == '>';
    sign.find(|c: char| !signs(c)).map(|at| separator + at)
}

/// The word behind `:` or `=`, without quotes.
fn word_behind(line: &str, separator: usize) -> &str {
    let Some(start) = behind(line, separator) else { return "" };
    match line[start..].chars().next() {
        Some(quote @ ('"' | '\'')) => in_quotes(line, start, quote).map_or("", |at| &line[at]),
        _ => {
            let end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '}' | ')' | '>');
            line[start..].split(end).next().unwrap_or_default()
        }
    }
}

/// The user information in `scheme://user:password@host`.
pub(super) fn user_information(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = line[from..].find("://") {
        let start = from + at + 3;
        let end = line[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '<' | '>'))
            .map_or(line.len(), |end| start + end);
        let host = line[start..end].rfind('@').filter(|host| *host > 0);
        // Repositories are read as this user, with a key.
        if let Some(host) = host.filter(|host| line[start..start + host] != *"git") {
            found.push(start..start + host);
        }
        from = start;
    }
    found
}

/// The range of the value in `--token value`, `--token "value"` or `"--token", "value"`.
pub(super) fn value_of_option(line: &str, dashes: usize) -> Option<Range<usize>> {
    let rest = &line[dashes..];
    let name = &rest[..rest.bytes().position(|byte| !is_of_name(byte))?];
    let behind = dashes + name.len();
    // With `=` it is a pair.
    if !names_secret(name) || line[behind..].starts_with('=') {
        return None;
    }
    let between = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',');
    let start = behind + line[behind..].find(|c: char| !between(c))?;
    if line[start..].starts_with(['-', '$', ']']) {
        return None;
    }
    if let Some(quote) = line[..start].chars().next_back().filter(|c| matches!(c, '"' | '\'')) {
        return in_quotes(line, start - 1, quote);
    }
    let value = &line[start..];
    let end = value.find(|c: char| between(c) || c == ']').unwrap_or(value.len());
    Some(start..start + end)
}

/// The range of an item of a list, unless it is an option or a variable.
fn item(line: &str) -> Option<Range<usize>> {
    content(line).filter(|range| !line[range.clone()].starts_with(['-', '$', ']']))
}

/// The range of what stands on a line, without the mark of an item, quotes and comma.
fn content(line: &str) -> Option<Range<usize>> {
    let quotes = ['"', '\''];
    let text = line.trim_start();
    let text = text.strip_prefix("- ").unwrap_or(text).trim_start().trim_start_matches(quotes);
    let start = line.len() - text.len();
    let text = text.trim_end().trim_end_matches([',', ']']).trim_end_matches(quotes);
    (!text.is_empty()).then(|| start..start + text.len())
}

/// The range between a quote and the one that ends it. One behind a backslash, or doubled, does not.
fn in_quotes(line: &str, quote: usize, sign: char) -> Option<Range<usize>> {
    let value = line[quote + 1..].trim_end();
    let end = closing(value, sign);
    Some(quote + 1..quote + 1 + end).filter(|range| !range.is_empty())
}

/// Where a quote of this kind ends a text.
pub(super) fn closing(text: &str, sign: char) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' || c == sign && chars.peek().is_some_and(|(_, next)| *next == sign) {
            chars.next();
        } else if c == sign {
            return at;
        }
    }
    text.len()
}

pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether `BY` is that of `IDENTIFIED BY` or `IDENTIFIED WITH … BY`.
pub(super) fn is_identified(before: &str) -> bool {
    let mut words = before.split_whitespace().rev().take(4);
    words.any(|word| word.eq_ignore_ascii_case("identified"))
}

/// The begin of a value, in which is looked for what ends it or makes it code.
fn begin(value: &str) -> &str {
    value.char_indices().nth(200).map_or(value, |(end, _)| &value[..end])
}
