//! What a frame says of itself: its function, its file, its package, and which changed files it may
//! stand in.

use super::prepare::PreparedWindow;
use super::words::{hash, words};
use crate::{Frame, FrameRef, Mapping};

/// The bare name of a function: `Retry.__init__` → `__init__`, `block in Foo#bar` → `bar`,
/// `ns::f<T>(int)` → `f`, `(*T).Method` → `Method`.
pub(crate) fn simple_name(function: &str) -> Option<&str> {
    let head = match function.rfind("(") {
        Some(0) | None => function,
        Some(at) if function[..at].ends_with(['.', ')']) => function,
        Some(at) => &function[..at],
    };
    let head = head.split('<').find(|part| !part.is_empty()).unwrap_or(head);
    words(head)
        .filter(|word| {
            !matches!(*word, "block" | "in" | "rescue" | "ensure" | "levels" | "operator")
        })
        .filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|word| !is_rust_hash(word))
        .last()
        .filter(|name| {
            !matches!(*name, "module" | "anonymous" | "lambda" | "genexpr" | "listcomp" | "top")
        })
}

/// `h` and 16 hexadecimal digits end the names of functions in Rust's older symbols.
fn is_rust_hash(word: &str) -> bool {
    word.strip_prefix('h')
        .is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A function's name without its arguments.
pub(super) fn head_of(frame: &Frame) -> &str {
    frame.function.as_deref().and_then(|name| name.split('(').next()).unwrap_or_default()
}

pub(super) fn stem_of_file(frame: &Frame) -> Option<&str> {
    let path = frame.filename.as_deref().or(frame.abs_path.as_deref())?;
    let name = path.rsplit(['/', '\\']).next()?;
    name.split('.').next()
}

/// The package whose code a foreign frame runs.
pub(super) fn package(frame: &Frame) -> Option<String> {
    let path = frame.abs_path.as_deref().or(frame.filename.as_deref()).unwrap_or_default();
    let mut of_path = None;
    for marker in [
        "site-packages/",
        "dist-packages/",
        "node_modules/",
        "/gems/",
        "pkg/mod/",
        "vendor/",
        "registry/src/",
    ] {
        if let Some(at) = path.rfind(marker) {
            let rest = &path[at + marker.len()..];
            let mut parts = rest.split('/');
            let first = parts.next().unwrap_or_default();
            of_path = Some(match first.starts_with('@') {
                true => format!("{first}/{}", parts.next().unwrap_or_default()),
                false => first.to_owned(),
            });
            break;
        }
    }
    let name = match of_path {
        Some(name) => name,
        None if !frame.in_app => {
            let module = frame.module.as_deref().or(frame.filename.as_deref())?;
            module.split(['.', '/', ':']).find(|part| !part.is_empty())?.to_owned()
        }
        None => return None,
    };
    Some(package_name(&name))
}

/// A package's name without case, `-`, `_` and version.
pub(crate) fn package_name(name: &str) -> String {
    let name = name.trim_end_matches(".py").trim_start_matches("python-");
    let name = match name.rfind('-') {
        Some(at) if name[at + 1..].starts_with(|c: char| c.is_ascii_digit()) => &name[..at],
        _ => name,
    };
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

/// Which changed files a frame may stand in.
pub(super) fn locate(
    prepared: &PreparedWindow<'_>,
    reference: FrameRef,
    frame: &Frame,
) -> Vec<usize> {
    if let Some(known) = prepared.window.paths.iter().find(|known| known.frame == reference) {
        return match &known.mapping {
            Mapping::File { path, .. } => prepared.by_path.get(path).copied().into_iter().collect(),
            Mapping::Ambiguous { .. } => by_suffix(prepared, frame),
            Mapping::Unknown => Vec::new(),
        };
    }
    by_suffix(prepared, frame)
}

/// The changed files whose paths share the longest end with the frame's.
fn by_suffix(prepared: &PreparedWindow<'_>, frame: &Frame) -> Vec<usize> {
    let mut best: (usize, Vec<usize>) = (0, Vec::new());
    for text in [&frame.filename, &frame.abs_path].into_iter().flatten() {
        let path =
            text.split_once("://").map_or(text.as_str(), |(_, rest)| rest).replace('\\', "/");
        let path = path.split(['?', '#']).next().unwrap_or(&path);
        let parts: Vec<&str> =
            path.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "~")).collect();
        let Some(name) = parts.last() else { continue };
        for &id in prepared.by_name.get(&hash(name)).into_iter().flatten() {
            let common = prepared.paths[id]
                .path
                .rsplit('/')
                .zip(parts.iter().rev())
                .take_while(|(a, b)| a == *b)
                .count();
            let whole =
                common == parts.len() || common == prepared.paths[id].path.split('/').count();
            // A path that ends alike but goes on differently on both sides is another file.
            if common == 0 || !whole || (common == 1 && parts.len() > 1 && !frame.in_app) {
                continue;
            }
            match common.cmp(&best.0) {
                std::cmp::Ordering::Greater => best = (common, vec![id]),
                // Of more than a few nobody knows which it is.
                std::cmp::Ordering::Equal if best.1.len() < 40 && !best.1.contains(&id) => {
                    best.1.push(id);
                }
                _ => {}
            }
        }
    }
    // Java tells the package in the module alone.
    if best.1.len() > 1
        && let Some(module) = frame.module.as_deref()
    {
        let path = module.replace(['.', '$'], "/");
        let fits = |id: &usize| {
            let folder = prepared.paths[*id].path.rsplit_once('/').map_or("", |(folder, _)| folder);
            path.rsplit_once('/').is_some_and(|(package, _)| folder.ends_with(package))
        };
        let narrowed: Vec<usize> = best.1.iter().copied().filter(fits).collect();
        if !narrowed.is_empty() {
            best.1 = narrowed;
        }
    }
    if best.1.len() > 3 { Vec::new() } else { best.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_functions() {
        for (function, name) in [
            ("visit_select", "visit_select"),
            ("Retry.__init__", "__init__"),
            ("block in Foo#bar", "bar"),
            ("ns::f(int, char)", "f"),
            ("(*T).Method", "Method"),
            ("Object.load", "load"),
            ("shop::db::connect::h0123456789abcdef", "connect"),
        ] {
            assert_eq!(simple_name(function), Some(name), "{function}");
        }
        assert_eq!(simple_name("<module>"), None);
    }

    #[test]
    fn packages() {
        let frame = |path: &str| Frame { abs_path: Some(path.into()), ..Frame::default() };
        let name = |path| package(&frame(path)).unwrap_or_default();
        assert_eq!(name("/x/site-packages/urllib3/util/retry.py"), "urllib3");
        assert_eq!(name("/x/node_modules/@scope/pkg/i.js"), "@scope/pkg");
        assert_eq!(name("/x/gems/rack-3.0.1/lib/rack.rb"), "rack");
        assert_eq!(package_name("node-fetch"), package_name("node_fetch"));
    }
}
