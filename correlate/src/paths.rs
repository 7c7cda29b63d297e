//! Where the files of a stack live in a repository.

use std::collections::HashMap;
use std::str::FromStr;

use crate::FrameRef;
use crate::source::QueryFrame;
use crate::stack_file::{StackFile, common, components, in_package};

/// Where the file of a frame lives, as a source that knows the whole tree says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FramePath {
    /// The frame.
    pub frame: FrameRef,
    /// What was found.
    pub mapping: Mapping,
}

/// What a path of a stack means in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mapping {
    /// One file, and how it was found.
    File {
        /// Path relative to the repository's root, with `/`.
        path: String,
        /// How it was found.
        rule: MappingRule,
    },
    /// Several files end alike, and nothing tells which one is meant.
    Ambiguous {
        /// The files, sorted, at most [`Mapping::MAX_LISTED`] of them.
        paths: Vec<String>,
    },
    /// No file of the repository: foreign code, most likely.
    Unknown,
}

impl Mapping {
    /// How many files an ambiguous mapping lists at most.
    pub const MAX_LISTED: usize = 8;

    /// The file, where there is exactly one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Ambiguous { .. } | Self::Unknown => None,
        }
    }
}

/// How a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MappingRule {
    /// By a mapping from stack root to source root that the caller gave.
    Given,
    /// By the longest common end of the two paths, which only this file has.
    Suffix,
}

/// Says that what the stack calls `stack` lies under `source` in the repository.
///
/// ```
/// use sentry_correlate::SourceRoot;
///
/// let root: SourceRoot = "/app/shop=services/shop".parse().unwrap();
/// assert_eq!((root.stack.as_str(), root.source.as_str()), ("/app/shop", "services/shop"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRoot {
    /// A directory as stack frames name it.
    pub stack: String,
    /// The directory in the repository, relative to its root; empty for the root itself.
    pub source: String,
}

/// The text is not of the form `STACK_ROOT=SOURCE_ROOT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` maps nothing; write STACK_ROOT=SOURCE_ROOT, for example /app=services/shop")]
pub struct ParseSourceRootError(String);

impl FromStr for SourceRoot {
    type Err = ParseSourceRootError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((stack, source)) if !stack.trim().is_empty() => {
                Ok(Self { stack: stack.trim().to_owned(), source: source.trim().to_owned() })
            }
            _ => Err(ParseSourceRootError(text.to_owned())),
        }
    }
}

/// Maps paths of a stack to the files of one tree.
///
/// The file that shares the longest end with the stack's path is meant, if there is only one such
/// file. Where the stack names directories that the file does not have, two path components must be
/// equal, or the frame must be the program's own code: `flask/app.py` of a library is not the
/// repository's `app.py`.
///
/// ```
/// use sentry_correlate::{Mapping, PathMap};
///
/// let map = PathMap::new(["lib/shop/cart.py", "lib/shop/admin/cart.py", "setup.py"]);
/// assert_eq!(map.find("/usr/lib/python3/site-packages/shop/cart.py", true).path(),
///     Some("lib/shop/cart.py"));
/// assert!(matches!(map.find("cart.py", true), Mapping::Ambiguous { .. }));
/// assert_eq!(map.find("site-packages/wheel/setup.py", false), Mapping::Unknown);
/// ```
#[derive(Debug, Clone, Default)]
pub struct PathMap {
    paths: Vec<String>,
    by_name: HashMap<String, Vec<usize>>,
    /// Both sides as components, the longest stack root first.
    roots: Vec<(Vec<String>, Vec<String>)>,
}

impl PathMap {
    /// A map to these files; paths are relative to the repository's root, with `/`.
    pub fn new<P: Into<String>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut paths: Vec<String> = paths.into_iter().map(Into::into).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, path) in paths.iter().enumerate() {
            by_name.entry(file_name(path).to_owned()).or_default().push(index);
        }
        Self { paths, by_name, roots: Vec::new() }
    }

    /// The same map with explicit roots; they come before the search by suffix.
    #[must_use]
    pub fn with_roots<'r>(mut self, roots: impl IntoIterator<Item = &'r SourceRoot>) -> Self {
        let own = |path: &str| components(path).into_iter().map(str::to_owned).collect::<Vec<_>>();
        self.roots.extend(roots.into_iter().map(|root| (own(&root.stack), own(&root.source))));
        self.roots.sort_by_key(|(stack, _)| std::cmp::Reverse(stack.len()));
        self
    }

    /// Whether the tree has this very file.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.paths.binary_search_by(|known| known.as_str().cmp(path)).is_ok()
    }

    /// What a frame's paths mean: the absolute one against explicit roots first, then the one that
    /// the SDK reported, then the absolute one. Among files that end alike the folder of the module's
    /// package decides; without any path the module itself.
    #[must_use]
    pub fn frame(&self, frame: &QueryFrame) -> Mapping {
        let file = StackFile::from(frame);
        let paths = file.paths();
        let given = paths.iter().rev().find_map(|path| self.given(&components(path)));
        if let Some(path) = given {
            return Mapping::File { path, rule: MappingRule::Given };
        }
        let package = file.package();
        let mut ambiguous = Mapping::Unknown;
        for path in &paths {
            match self.by_suffix(&components(path), frame.in_app, package.as_deref()) {
                Mapping::Unknown => {}
                found @ Mapping::File { .. } => return found,
                found @ Mapping::Ambiguous { .. } if ambiguous == Mapping::Unknown => {
                    ambiguous = found;
                }
                Mapping::Ambiguous { .. } => {}
            }
        }
        ambiguous
    }

    /// What one path of a stack means. `in_app` says that it is the program's own code.
    #[must_use]
    pub fn find(&self, stack_path: &str, in_app: bool) -> Mapping {
        let parts = components(stack_path);
        match self.given(&parts) {
            Some(path) => Mapping::File { path, rule: MappingRule::Given },
            None => self.by_suffix(&parts, in_app, None),
        }
    }

    fn given(&self, parts: &[&str]) -> Option<String> {
        self.roots.iter().find_map(|(stack, source)| {
            let below = parts.len() >= stack.len() && stack.iter().zip(parts).all(|(a, b)| a == b);
            let rest = below.then(|| &parts[stack.len()..])?;
            let path: Vec<&str> =
                source.iter().map(String::as_str).chain(rest.iter().copied()).collect();
            Some(path.join("/")).filter(|path| self.contains(path))
        })
    }

    fn by_suffix(&self, parts: &[&str], in_app: bool, package: Option<&str>) -> Mapping {
        let Some(name) = parts.last() else { return Mapping::Unknown };
        let candidates = self.by_name.get(*name).map_or(&[][..], Vec::as_slice);
        // Longer common ends first; among equals, a path that is used up rather than contradicted.
        let mut best: (usize, bool) = (0, false);
        let mut found: Vec<usize> = Vec::new();
        for &index in candidates {
            let path = &self.paths[index];
            let common = common(parts, path);
            let length = path.split('/').count();
            let whole = common == parts.len() || common == length;
            let stack_used_up = common == parts.len();
            if !stack_used_up && common < 2 && !(whole && in_app) {
                continue;
            }
            match (common, whole).cmp(&best) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => found.push(index),
                std::cmp::Ordering::Greater => {
                    best = (common, whole);
                    found = vec![index];
                }
            }
        }
        let found = in_package(found, package, |at| self.paths[at].as_str());
        // A file whose whole path the stack names is meant, even if others end alike.
        let exact = found.iter().find(|&&at| self.paths[at].split('/').count() == best.0);
        match (exact, found.as_slice()) {
            (_, []) => Mapping::Unknown,
            (Some(&only), _) | (None, &[only]) => {
                Mapping::File { path: self.paths[only].clone(), rule: MappingRule::Suffix }
            }
            (None, several) => Mapping::Ambiguous {
                paths: several
                    .iter()
                    .take(Mapping::MAX_LISTED)
                    .map(|&at| self.paths[at].clone())
                    .collect(),
            },
        }
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map() -> PathMap {
        PathMap::new([
            "app.py",
            "lib/sqlalchemy/orm/query.py",
            "lib/sqlalchemy/pool/base.py",
            "lib/sqlalchemy/engine/base.py",
            "services/shop/views.py",
            "services/admin/views.py",
            "src/index.js",
        ])
    }

    #[test]
    fn the_longest_common_end_decides() {
        let cases = [
            ("sqlalchemy/orm/query.py", "lib/sqlalchemy/orm/query.py"),
            ("/usr/lib/site-packages/sqlalchemy/pool/base.py", "lib/sqlalchemy/pool/base.py"),
            ("C:\\shop\\services\\shop\\views.py", "services/shop/views.py"),
            ("webpack:///./src/index.js?a1b2", "src/index.js"),
            ("app:///src/../src/index.js", "src/index.js"),
            ("/srv/app.py", "app.py"),
        ];
        for (stack, path) in cases {
            assert_eq!(map().find(stack, true).path(), Some(path), "{stack}");
        }
    }

    #[test]
    fn ambiguous_and_foreign_paths_are_said_so() {
        let paths = vec![
            "lib/sqlalchemy/engine/base.py".to_owned(),
            "lib/sqlalchemy/pool/base.py".to_owned(),
        ];
        assert_eq!(map().find("base.py", true), Mapping::Ambiguous { paths });
        assert_eq!(map().find("flask/app.py", false), Mapping::Unknown);
        assert_eq!(map().find("django/views.py", true), Mapping::Unknown);
        assert_eq!(map().find("", true), Mapping::Unknown);
        assert_eq!(map().find("/", true), Mapping::Unknown);
    }

    #[test]
    fn explicit_roots_come_first() {
        let roots: [SourceRoot; 2] =
            ["/app=services/admin".parse().unwrap(), "/app/shop=services/shop".parse().unwrap()];
        let map = map().with_roots(&roots);
        let found = map.find("/app/views.py", false);
        let rule = MappingRule::Given;
        assert_eq!(found, Mapping::File { path: "services/admin/views.py".into(), rule });
        assert_eq!(map.find("/app/shop/views.py", false).path(), Some("services/shop/views.py"));
        assert_eq!(map.find("/app/orm/query.py", true).path(), Some("lib/sqlalchemy/orm/query.py"));
        assert!("nothing".parse::<SourceRoot>().is_err());
    }

    #[test]
    fn a_frame_is_found_by_either_path() {
        let frame = |filename: &str, abs_path: &str| QueryFrame {
            frame: FrameRef { exception: 0, frame: 0 },
            filename: Some(filename.to_owned()),
            abs_path: Some(abs_path.to_owned()),
            module: None,
            line: None,
            in_app: true,
        };
        let found = map().frame(&frame("views.py", "/srv/services/shop/views.py"));
        assert_eq!(found.path(), Some("services/shop/views.py"));
        let lost = map().frame(&frame("views.py", "/srv/views.py"));
        assert!(matches!(lost, Mapping::Ambiguous { .. }));
    }

    #[test]
    fn the_module_decides_among_files_that_end_alike() {
        let map =
            PathMap::new(["cli/src/hudson/cli/Queue.java", "core/src/hudson/model/Queue.java"]);
        let frame = |filename: Option<&str>| QueryFrame {
            frame: FrameRef { exception: 0, frame: 0 },
            filename: filename.map(str::to_owned),
            abs_path: None,
            module: Some("hudson.model.Queue$Task".to_owned()),
            line: None,
            in_app: true,
        };
        for filename in [Some("Queue.java"), Some("Unknown Source"), None] {
            let found = map.frame(&frame(filename));
            assert_eq!(found.path(), Some("core/src/hudson/model/Queue.java"), "{filename:?}");
        }
    }

    proptest! {
        #[test]
        fn a_mapped_path_is_a_path_of_the_tree(
            tree in prop::collection::vec("[ab./]{1,8}", 0..8),
            stack in prop_oneof!["[ab./\\\\:?]{0,12}", "\\PC{0,20}"],
            root in "[ab/]{1,4}=[ab/]{0,4}",
            in_app: bool,
        ) {
            let map = PathMap::new(tree.clone());
            let map = map.with_roots(&[root.parse::<SourceRoot>().unwrap()]);
            match map.find(&stack, in_app) {
                Mapping::File { path, .. } => prop_assert!(tree.contains(&path)),
                Mapping::Ambiguous { paths } => {
                    prop_assert!(paths.len() > 1);
                    prop_assert!(paths.iter().all(|path| tree.contains(path)));
                }
                Mapping::Unknown => {}
            }
        }

        #[test]
        fn a_file_is_found_by_its_own_path(
            tree in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 1..8),
            pick in any::<prop::sample::Index>(),
        ) {
            let tree: Vec<String> = tree.into_iter().collect();
            let path = pick.get(&tree);
            let map = PathMap::new(tree.clone());
            let found = map.find(path, false);
            prop_assert_eq!(found.path(), Some(path.as_str()));
            let below = format!("/srv/{path}");
            prop_assert_eq!(map.find(&below, true).path().is_some(), true);
        }
    }
}
