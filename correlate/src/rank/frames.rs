//! What a frame says of itself: its function, its file, its package.

use super::function_name::FunctionName;
use crate::Frame;

/// The name of a frame's function; that of its class where the function builds one.
pub(super) fn function_name(frame: &Frame) -> FunctionName {
    let function = frame.function.as_deref().unwrap_or_default();
    let builds = matches!(function, "<init>" | "<clinit>" | ".ctor" | ".cctor");
    match (builds, frame.module.as_deref()) {
        (true, Some(module)) => FunctionName::read(module),
        _ => FunctionName::read(function.trim_end_matches("..ctor").trim_end_matches("..cctor")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
