//! The enclosing definition of a hunk: the text `git diff` prints after the second `@@`.
//!
//! Git looks backwards from the line before the hunk, in the old file, for a line that looks like a
//! definition. What looks like one depends on the language. The rules here are git's own for
//! Python, Ruby, Java, Rust, Go, PHP, C and C++, chosen by the file's ending, and its general rule
//! (a line that begins with a letter, `_` or `$`) for all else. A repository's `.gitattributes` are
//! not read.

/// Longest section that git prints, in bytes.
const LONGEST: usize = 80;

/// Decides whether a line is a definition; gives the part that is printed.
pub(crate) type Rule = fn(&[u8]) -> Option<&[u8]>;

/// The rule for a file.
pub(crate) fn rule_for(path: &[u8]) -> Rule {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or(path);
    let ending = name.rsplit(|&b| b == b'.').next().filter(|ending| ending.len() < name.len());
    match ending.unwrap_or_default() {
        b"py" | b"pyi" | b"pyx" => python,
        b"rb" | b"rake" | b"gemspec" => ruby,
        b"java" => java,
        b"rs" => rust,
        b"go" => go,
        b"php" => php,
        b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp" | b"hh" | b"hxx" | b"m" | b"mm" => c,
        _ => general,
    }
}

/// Walks backwards through a file's lines, hunk after hunk, and remembers what it found.
pub(crate) struct Sections {
    rule: Rule,
    /// Lines before this one have been searched.
    searched: usize,
    found: Option<usize>,
}

impl Sections {
    pub(crate) fn new(rule: Rule) -> Self {
        Self { rule, searched: 0, found: None }
    }

    /// The section of a hunk that begins at the old file's line `start`, counted from 0. Hunks come
    /// in file order.
    pub(crate) fn before<'l>(
        &mut self,
        start: usize,
        line: impl Fn(usize) -> &'l [u8],
    ) -> Option<&'l [u8]> {
        let found =
            (self.searched..start).rev().find(|&at| (self.rule)(trimmed(line(at))).is_some());
        self.searched = self.searched.max(start);
        self.found = found.or(self.found);
        let text = (self.rule)(trimmed(line(self.found?)))?;
        let text = &text[..text.len().min(LONGEST)];
        Some(text.trim_ascii_end())
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn without_indent(line: &[u8]) -> &[u8] {
    let indent = line.iter().take_while(|&&b| blank(b)).count();
    &line[indent..]
}

/// The line without the word and the blanks behind it; `None` if it begins otherwise.
fn after_word<'l>(line: &'l [u8], word: &[u8]) -> Option<&'l [u8]> {
    let rest = line.strip_prefix(word)?;
    rest.first().is_some_and(|&b| blank(b)).then(|| without_indent(rest))
}

fn general(line: &[u8]) -> Option<&[u8]> {
    let first = *line.first()?;
    (first.is_ascii_alphabetic() || matches!(first, b'_' | b'$')).then_some(line)
}

fn python(line: &[u8]) -> Option<&[u8]> {
    let line = without_indent(line);
    let rest = after_word(line, b"async").unwrap_or(line);
    let named = after_word(rest, b"def").is_some() || after_word(line, b"class").is_some();
    named.then_some(line)
}

fn ruby(line: &[u8]) -> Option<&[u8]> {
    let line = without_indent(line);
    [&b"class"[..], b"module", b"def"].iter().find_map(|word| after_word(line, word)).map(|_| line)
}

fn c(line: &[u8]) -> Option<&[u8]> {
    if is_label(line) {
        return None;
    }
    let name = match line.strip_prefix(b"::") {
        Some(rest) => rest.trim_ascii_start(),
        None => line,
    };
    let first = *name.first()?;
    (first.is_ascii_alphabetic() || first == b'_').then_some(line)
}

/// A jump target or an access declaration: `out:`, `  public:`.
fn is_label(line: &[u8]) -> bool {
    let line = without_indent(line);
    let word = line.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let Some(rest) = line[word..].strip_prefix(b":") else { return false };
    let rest = rest.trim_ascii_start();
    let begins_well = word > 0 && !line[0].is_ascii_digit();
    begins_well && (rest.is_empty() || rest.starts_with(b"//") || rest.starts_with(b"/*"))
}

fn java(line: &[u8]) -> Option<&[u8]> {
    const NOT: [&[u8]; 10] = [
        b"catch",
        b"do",
        b"for",
        b"if",
        b"instanceof",
        b"new",
        b"return",
        b"switch",
        b"throw",
        b"while",
    ];
    let line = without_indent(line);
    if NOT.iter().any(|word| line.starts_with(word)) {
        return None;
    }
    (is_java_type(line) || is_java_method(line)).then_some(line)
}

fn is_java_type(line: &[u8]) -> bool {
    let mut rest = line;
    loop {
        let word = rest.iter().take_while(|b| b.is_ascii_lowercase() || **b == b'-').count();
        let Some(after) = after_word(rest, &rest[..word]).filter(|_| word > 0) else {
            return false;
        };
        if matches!(&rest[..word], b"class" | b"enum" | b"interface" | b"record") {
            return true;
        }
        rest = after;
    }
}

fn is_java_method(line: &[u8]) -> bool {
    let Some(open) = line.iter().position(|&b| b == b'(') else { return false };
    if line[open..].contains(&b';') {
        return false;
    }
    let words: Vec<&[u8]> =
        line[..open].split(|&b| blank(b)).filter(|word| !word.is_empty()).collect();
    let Some((name, types)) = words.split_last() else { return false };
    let of_type = |word: &&[u8]| {
        matches!(word[0], b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'<' | b'>' | b'&')
            && word[1..].iter().all(|&b| b.is_ascii_alphanumeric() || b"][?&<>.,_".contains(&b))
    };
    !types.is_empty() && types.iter().all(of_type) && is_identifier(name)
}

fn is_identifier(word: &[u8]) -> bool {
    word.first().is_some_and(|b| !b.is_ascii_digit())
        && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

fn rust(line: &[u8]) -> Option<&[u8]> {
    const ITEMS: [&[u8]; 8] =
        [b"struct", b"enum", b"union", b"mod", b"trait", b"fn", b"impl", b"macro_rules!"];
    let line = without_indent(line);
    let mut rest = match line.strip_prefix(b"pub") {
        Some(rest) if rest.starts_with(b"(") => {
            without_indent(&rest[rest.iter().position(|&b| b == b')')? + 1..])
        }
        _ => after_word(line, b"pub").unwrap_or(line),
    };
    if let Some(after) = after_word(rest, b"extern").filter(|after| after.starts_with(b"\"")) {
        let end = after[1..].iter().position(|&b| b == b'"')? + 2;
        rest = without_indent(&after[end..]);
    } else {
        for word in [&b"async"[..], b"const", b"unsafe"] {
            rest = after_word(rest, word).unwrap_or(rest);
        }
    }
    let item = ITEMS.iter().find_map(|item| rest.strip_prefix(*item))?;
    (item.first().is_some_and(|&b| blank(b) || b == b'<') && !item.contains(&b';')).then_some(line)
}

fn go(line: &[u8]) -> Option<&[u8]> {
    let line = without_indent(line);
    let holds = |word: &[u8]| line.windows(word.len()).any(|part| part == word);
    let is_type = after_word(line, b"type").is_some() && (holds(b"struct") || holds(b"interface"));
    (line.starts_with(b"func") || is_type).then_some(line)
}

fn php(line: &[u8]) -> Option<&[u8]> {
    const MODIFIERS: [&[u8]; 6] =
        [b"public", b"protected", b"private", b"static", b"abstract", b"final"];
    let line = without_indent(line);
    let mut rest = line;
    while let Some(after) = MODIFIERS.iter().find_map(|word| after_word(rest, word)) {
        rest = after;
    }
    if rest.starts_with(b"function") {
        return Some(line);
    }
    let kind = [&b"abstract"[..], b"final"]
        .iter()
        .find_map(|word| after_word(line, word))
        .filter(|rest| rest.starts_with(b"class"))
        .unwrap_or(line);
    [&b"class"[..], b"enum", b"interface", b"trait"]
        .iter()
        .any(|word| kind.starts_with(word))
        .then_some(line)
}
