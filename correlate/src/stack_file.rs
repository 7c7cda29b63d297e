//! What a frame of a stack says of its file, in the many ways in which SDKs say it.

use std::borrow::Cow;

use crate::Frame;
use crate::source::QueryFrame;

/// What a frame says of its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StackFile<'a> {
    /// Path as the SDK reported it.
    pub(crate) filename: Option<&'a str>,
    /// Absolute path on the machine where it ran.
    pub(crate) abs_path: Option<&'a str>,
    /// Module or class.
    pub(crate) module: Option<&'a str>,
    /// Whether it is the program's own code.
    pub(crate) in_app: bool,
}

impl<'a> From<&'a Frame> for StackFile<'a> {
    fn from(frame: &'a Frame) -> Self {
        Self {
            filename: frame.filename.as_deref(),
            abs_path: frame.abs_path.as_deref(),
            module: frame.module.as_deref(),
            in_app: frame.in_app,
        }
    }
}

impl<'a> From<&'a QueryFrame> for StackFile<'a> {
    fn from(frame: &'a QueryFrame) -> Self {
        Self {
            filename: frame.filename.as_deref(),
            abs_path: frame.abs_path.as_deref(),
            module: frame.module.as_deref(),
            in_app: frame.in_app,
        }
    }
}

impl<'a> StackFile<'a> {
    /// The paths that the frame gives, the reported one first; where it gives none, those at which
    /// languages that keep a class in a file of its name keep that of the frame.
    pub(crate) fn paths(&self) -> Vec<Cow<'a, str>> {
        let given = [self.filename, self.abs_path].into_iter().flatten();
        let given: Vec<Cow<'_, str>> =
            given.filter(|text| is_path(text)).map(Cow::Borrowed).collect();
        if given.is_empty() { self.files_of_module() } else { given }
    }

    fn files_of_module(&self) -> Vec<Cow<'a, str>> {
        let Some(class) = self.module.map(outer) else { return Vec::new() };
        let path = class.replace('.', "/");
        let name = path.rsplit('/').next().unwrap_or_default();
        let by_package = ["java", "kt", "scala", "groovy"].map(|kind| format!("{path}.{kind}"));
        // Namespaces of .NET are not folders, so the name is all there is.
        let by_name = ["cs", "vb", "fs"].map(|kind| format!("{name}.{kind}"));
        let by_name = by_name.into_iter().filter(|_| self.in_app);
        by_package.into_iter().chain(by_name).map(Cow::Owned).collect()
    }

    /// The folder that the module's package is kept in: Java tells it there alone.
    pub(crate) fn package(&self) -> Option<String> {
        let (package, _) = outer(self.module?).rsplit_once('.')?;
        Some(package.replace('.', "/"))
    }
}

/// Of several paths those that lie in a package's folder; all of them where none does.
pub(crate) fn in_package<'p, T: Copy>(
    found: Vec<T>,
    package: Option<&str>,
    path: impl Fn(T) -> &'p str,
) -> Vec<T> {
    let Some(package) = package.filter(|_| found.len() > 1) else { return found };
    let lies =
        |&at: &T| path(at).rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with(package));
    let narrowed: Vec<T> = found.iter().copied().filter(lies).collect();
    if narrowed.is_empty() { found } else { narrowed }
}

/// Whether a text names a file, and does not say that none is known: `<unknown>`, `native`,
/// `Unknown Source`.
fn is_path(text: &str) -> bool {
    text.contains(['/', '\\', '.']) && !text.starts_with('<')
}

/// A module without what stands within its class: `hudson.model.Queue$Task` is in `Queue.java`.
fn outer(module: &str) -> &str {
    module.split(['$', '+', '`']).next().unwrap_or(module)
}

/// A path's components: without scheme, drive, query and `.`; `..` goes up.
pub(crate) fn components(path: &str) -> Vec<&str> {
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    // Dart keeps what a package exports in a folder that its paths leave out.
    let package = path.strip_prefix("package:").and_then(|path| path.split_once('/'));
    let path = package.map_or(path, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let mut parts = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." | "~" => {}
            ".." => {
                parts.pop();
            }
            drive if parts.is_empty() && drive.len() == 2 && drive.ends_with(':') => {}
            part => parts.push(part),
        }
    }
    parts
}

/// How many components two paths have in common at their ends.
pub(crate) fn common(stack: &[&str], ours: &str) -> usize {
    let pairs = stack.iter().rev().zip(ours.rsplit('/'));
    pairs.take_while(|(theirs, ours)| is_one(theirs, ours)).count()
}

/// Whether a component of a stack's path is one of the repository: packages carry their version,
/// `activerecord-7.0.4`, `chi@v5.0.1`.
fn is_one(theirs: &str, ours: &str) -> bool {
    let is_version = |rest: &str| {
        let version = rest.strip_prefix(['-', '@']).unwrap_or_default();
        version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
    };
    theirs == ours || theirs.strip_prefix(ours).is_some_and(is_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_of_paths() {
        for (path, parts) in [
            ("webpack:///./src/index.js?a1b2", &["src", "index.js"][..]),
            ("C:\\shop\\views.py", &["shop", "views.py"]),
            ("app:///src/../lib/x.js", &["lib", "x.js"]),
            ("package:shop/pages/cart.dart", &["pages", "cart.dart"]),
            ("/", &[]),
        ] {
            assert_eq!(components(path), parts, "{path}");
        }
    }

    #[test]
    fn common_ends() {
        for (stack, ours, count) in [
            ("/srv/shop/views.py", "shop/views.py", 2),
            ("/gems/activerecord-7.0.4/lib/base.rb", "activerecord/lib/base.rb", 3),
            ("/go/pkg/mod/github.com/x/chi@v5.0.1/mux.go", "chi/mux.go", 2),
            ("lib/shopping/views.py", "lib/shop/views.py", 1),
        ] {
            assert_eq!(common(&components(stack), ours), count, "{stack}");
        }
    }

    #[test]
    fn a_frame_without_a_file_has_that_of_its_class() {
        let file = |filename, module| StackFile {
            filename,
            abs_path: None,
            module: Some(module),
            in_app: true,
        };
        assert_eq!(file(Some("a/Queue.java"), "x.Queue").paths(), ["a/Queue.java"]);
        let native = file(Some("Native Method"), "hudson.model.Queue$Task");
        assert_eq!(native.paths()[0], "hudson/model/Queue.java");
        assert!(native.paths().contains(&"Queue.cs".into()));
        assert_eq!(native.package().as_deref(), Some("hudson/model"));
    }
}
