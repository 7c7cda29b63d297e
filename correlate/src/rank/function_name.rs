//! The name of a function, out of what SDKs, runtimes and debuggers write around it:
//! `block (2 levels) in Foo#bar`, `shop::pay::charge::{{closure}}`, `(*Server).serve.func2.1`,
//! `ns::Map<int, Foo>::find(int) const`, `poll_loop.isra.23`. A diff knows none of that, only the
//! name that stands in the source.

use super::query::clip;
use super::words::words;

/// Longest text that is read, in bytes: anyone may write an event.
const LONGEST: usize = 400;

/// The name of a function with the types and modules it is in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FunctionName(String);

impl FunctionName {
    /// Reads what a frame gives for its function.
    pub(crate) fn read(function: &str) -> Self {
        let text = clip(function, LONGEST);
        // Ruby's blocks, Swift's closures and Elixir's functions stand in another.
        let text = text.rsplit(" in ").next().unwrap_or(text);
        if let Some(message) = objective_c(text) {
            return Self(message);
        }
        let mut name = match implementing(text) {
            Some((ty, rest)) => Self::read(ty).0 + &outside_brackets(rest),
            None => outside_brackets(before_operator(text)),
        };
        // `memcpy@GLIBC_2.14`
        if let Some(at) = name.find('@').filter(|&at| at > 0) {
            name.truncate(at);
        }
        name.truncate(without_clone(&name).len());
        Self(name)
    }

    /// The name with the types and modules it is in, as far as these are given.
    pub(crate) fn path(&self) -> &str {
        &self.0
    }

    /// The name alone: `Retry.__init__` → `__init__`. `None` for what has no name, such as
    /// `<module>`.
    pub(crate) fn bare(&self) -> Option<&str> {
        words(&self.0)
            .filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
            .filter(|word| !ADDED.contains(word) && !is_rust_hash(word) && !is_go_function(word))
            .last()
    }
}

/// Words that compilers and languages add to a name: `find(int) const`, `lambda$main$0`.
const ADDED: &[&str] = &["const", "volatile", "noexcept", "lambda", "anonymous", "anonfun"];

/// `-[Basket addItem:count:]` → `Basket.addItem`.
fn objective_c(text: &str) -> Option<String> {
    let inner = text.strip_prefix("-[").or_else(|| text.strip_prefix("+["))?;
    let (class, selector) = inner.strip_suffix(']')?.split_once(' ')?;
    Some(format!("{class}.{}", selector.split(':').next()?))
}

/// `<Basket as Iterator>::next` → `Basket`, `::next`.
fn implementing(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let mut depth = 1;
    let mut last = ' ';
    for (at, c) in inner.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if last != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let (ty, _) = inner[..at].split_once(" as ")?;
            return Some((ty, &inner[at + 1..]));
        }
        last = c;
    }
    None
}

/// What stands before an operator of C++: its signs would look like brackets.
fn before_operator(text: &str) -> &str {
    let is_operator = |at: usize| {
        let rest = text[at..].trim_start_matches("operator");
        !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && rest.starts_with(|c: char| "<>()[]=!+-*/%&|^~,".contains(c))
    };
    text.match_indices("operator")
        .find(|&(at, _)| at > 0 && is_operator(at))
        .map_or(text, |(at, _)| &text[..at])
}

/// What stands outside of brackets: no arguments, no type parameters, no closures. A result type
/// (`-> Int`) ends it.
fn outside_brackets(text: &str) -> String {
    let mut name = String::new();
    let (mut round, mut angle) = (0_u32, 0_u32);
    for (at, c) in text.char_indices() {
        let outside = round == 0 && angle == 0;
        match c {
            '(' | '{' | '[' => round += 1,
            ')' | '}' | ']' => round = round.saturating_sub(1),
            '<' if outside => match compiled(&text[at..]) {
                Some(source) => {
                    name.push_str(source);
                    break;
                }
                None => angle += 1,
            },
            '<' => angle += 1,
            '-' if outside && text[at..].starts_with("-> ") => break,
            '>' if !text[..at].ends_with('-') => angle = angle.saturating_sub(1),
            _ if outside => name.push(c),
            _ => {}
        }
    }
    name
}

/// The method whose local function, lambda or state machine C# compiled: `<Send>g__Core|83_0`.
fn compiled(text: &str) -> Option<&str> {
    let (source, rest) = text.strip_prefix('<')?.split_once('>')?;
    let is_mark = rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest[1..].starts_with("__");
    (is_mark && words(source).next() == Some(source)).then_some(source)
}

/// A name without what GCC adds to clones of a function: `poll_loop.isra.23`, `go.cold`.
fn without_clone(name: &str) -> &str {
    const CLONES: &[&str] = &["isra", "part", "constprop", "lto_priv", "cold"];
    let mut name = name;
    loop {
        let rest = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let rest = if rest.len() < name.len() { rest.strip_suffix('.') } else { Some(rest) };
        let Some((function, mark)) = rest.and_then(|rest| rest.rsplit_once('.')) else {
            return name;
        };
        // A method may be called `part`, but not `part.3`.
        let numbered = rest.is_some_and(|rest| rest.len() < name.len());
        if !CLONES.contains(&mark) || !(numbered || mark == "cold") {
            return name;
        }
        name = function;
    }
}

/// `h` and 16 hexadecimal digits end the names of functions in Rust's older symbols.
fn is_rust_hash(word: &str) -> bool {
    word.strip_prefix('h')
        .is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Go numbers the functions without a name: `serve.func2`.
fn is_go_function(word: &str) -> bool {
    word.strip_prefix("func")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::FunctionName;

    #[test]
    fn the_name_alone() {
        for (function, name) in [
            ("visit_select", "visit_select"),
            ("Retry.__init__", "__init__"),
            ("retry.<locals>.wrapper", "wrapper"),
            ("block in Foo#bar", "bar"),
            ("block (2 levels) in enum", "enum"),
            ("rescue in block in Foo#save!", "save"),
            ("ns::f(int, char)", "f"),
            ("ns::f<T>(int)", "f"),
            ("ns::Map<int, Foo>::find(int) const", "find"),
            ("g(void (*)(int), char)", "g"),
            ("(anonymous namespace)::f()", "f"),
            ("run()::{lambda(int)#1}::operator()(int) const", "run"),
            ("Point::operator<(Point const&)", "Point"),
            ("std::function<int (char)>::call", "call"),
            ("g_main_context_iterate.isra.23", "g_main_context_iterate"),
            ("flow_put.part.3.constprop.0", "flow_put"),
            ("flow_put.cold", "flow_put"),
            ("Engine.part", "part"),
            ("memcpy@GLIBC_2.14", "memcpy"),
            ("(*T).Method", "Method"),
            ("(*Server).serveStreams.func2.1", "serveStreams"),
            ("Object.load", "load"),
            ("Layer.handle [as handle_request]", "handle"),
            ("new Hmac", "Hmac"),
            ("Module._extensions..js", "js"),
            ("lambda$main$0", "main"),
            ("async IntakeController.Grade", "Grade"),
            ("async HttpClient.<SendAsync>g__Core|83_0(?)", "SendAsync"),
            ("Shop.Basket.<Add>b__4_1", "Add"),
            ("App\\Jobs\\Import::handle", "handle"),
            ("Lexicon.Speech.synthesize/1", "synthesize"),
            ("anonymous fn/1 in Shop.load!/2", "load"),
            ("closure #1 in Basket.add(item:)", "add"),
            ("Basket.count(of:) -> Int", "count"),
            ("-[Basket addItem:count:]", "addItem"),
            ("shop::db::connect::h0123456789abcdef", "connect"),
            ("shop::pay::charge::{{closure}}", "charge"),
            ("<shop::Basket<T> as core::iter::Iterator>::next", "next"),
        ] {
            assert_eq!(FunctionName::read(function).bare(), Some(name), "{function}");
        }
        for nameless in ["<module>", "<lambda>", "<anonymous>", "<top (required)>", "?", "", "("] {
            assert_eq!(FunctionName::read(nameless).bare(), None, "{nameless}");
        }
    }

    #[test]
    fn the_types_it_is_in() {
        for (function, path) in [
            ("<shop::Basket<T> as core::iter::Iterator>::next", "shop::Basket::next"),
            ("ns::Map<int, Foo>::find(int) const", "ns::Map::find const"),
            ("block in Foo#bar", "Foo#bar"),
        ] {
            assert_eq!(FunctionName::read(function).path(), path);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r"[a-z<>(){}\[\] .:#@$|?!-]{0,60}|\PC{0,40}") {
            let name = FunctionName::read(&text);
            prop_assert!(name.path().len() <= text.len() + 1);
        }
    }
}
