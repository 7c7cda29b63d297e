//! Which changed files a frame may stand in.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::prepare::PreparedWindow;
use super::words::hash;
use crate::{Frame, FrameRef, Mapping};

/// Most files that a frame may stand in; of more nobody knows which it is.
const MOST: usize = 3;
/// Most that are looked at before the module has chosen among them.
const CONSIDERED: usize = 40;

/// The changed files a frame may stand in, indices into [`PreparedWindow::paths`].
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
    let (mut longest, mut found) = (0, Vec::new());
    for path in paths(frame) {
        let parts: Vec<&str> =
            path.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "~")).collect();
        let Some(name) = parts.last() else { continue };
        for &id in prepared.by_name.get(&hash(name)).into_iter().flatten() {
            let ours = &prepared.paths[id].path;
            let common = ours
                .rsplit('/')
                .zip(parts.iter().rev())
                .take_while(|&(ours, theirs)| is_one(ours, theirs))
                .count();
            let whole = common == parts.len() || common == ours.split('/').count();
            // A path that ends alike but goes on differently on both sides is another file.
            if common == 0 || !whole || (common == 1 && parts.len() > 1 && !frame.in_app) {
                continue;
            }
            match common.cmp(&longest) {
                Ordering::Greater => (longest, found) = (common, vec![id]),
                Ordering::Equal if found.len() < CONSIDERED && !found.contains(&id) => {
                    found.push(id);
                }
                _ => {}
            }
        }
    }
    if found.len() > 1 {
        found = of_module(prepared, frame, found);
    }
    if found.len() > MOST { Vec::new() } else { found }
}

/// The paths that a frame gives, with `/` alone; those of its module where it gives none.
fn paths(frame: &Frame) -> Vec<Cow<'_, str>> {
    let given = [&frame.filename, &frame.abs_path].into_iter().flatten();
    let given: Vec<Cow<'_, str>> = given.filter_map(|text| path(text)).collect();
    if given.is_empty() { files_of_module(frame) } else { given }
}

/// A path without scheme, query and backslashes. `None` for what says that no file is known:
/// `<unknown>`, `native`, `Unknown Source`.
fn path(text: &str) -> Option<Cow<'_, str>> {
    let path = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let names = path.contains(['/', '\\', '.']) && !path.starts_with('<');
    names.then(|| match path.contains('\\') {
        true => Cow::Owned(path.replace('\\', "/")),
        false => Cow::Borrowed(path),
    })
}

/// The files in which languages that keep a class in a file of its name keep that of a frame.
fn files_of_module(frame: &Frame) -> Vec<Cow<'_, str>> {
    let Some(class) = frame.module.as_deref().map(outer) else { return Vec::new() };
    let path = class.replace('.', "/");
    let name = path.rsplit('/').next().unwrap_or_default();
    let by_package = ["java", "kt", "scala", "groovy"].map(|language| format!("{path}.{language}"));
    // Namespaces of .NET are not folders, so the name is all there is.
    let by_name = ["cs", "vb", "fs"].map(|language| format!("{name}.{language}"));
    let by_name = by_name.into_iter().filter(|_| frame.in_app);
    by_package.into_iter().chain(by_name).map(Cow::Owned).collect()
}

/// A module without what stands within its class: `hudson.model.Queue$Task` is in `Queue.java`.
fn outer(module: &str) -> &str {
    module.split(['$', '+', '`']).next().unwrap_or(module)
}

/// Whether a name in a frame's path is one of the repository: packages carry their version,
/// `activerecord-7.0.4`, `chi@v5.0.1`.
fn is_one(ours: &str, theirs: &str) -> bool {
    let is_version = |rest: &str| {
        let version = rest.strip_prefix(['-', '@']).unwrap_or_default();
        version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
    };
    ours == theirs || theirs.strip_prefix(ours).is_some_and(is_version)
}

/// Those of several files whose folder is the package of the frame's module: Java tells it there
/// alone.
fn of_module(prepared: &PreparedWindow<'_>, frame: &Frame, found: Vec<usize>) -> Vec<usize> {
    let Some(class) = frame.module.as_deref().map(outer) else { return found };
    let Some((package, _)) = class.rsplit_once('.') else { return found };
    let package = package.replace('.', "/");
    let fits = |&id: &usize| {
        let path = &prepared.paths[id].path;
        path.rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with(&package))
    };
    let narrowed: Vec<usize> = found.iter().copied().filter(fits).collect();
    if narrowed.is_empty() { found } else { narrowed }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{Change, FileChange, FileStatus, Window};

    /// The paths of a repository in which a frame may stand.
    fn located(paths: &[&str], frame: &Frame) -> Vec<String> {
        let file = |path: &&str| FileChange {
            path: (*path).into(),
            previous_path: None,
            status: FileStatus::Modified,
            additions: 0,
            deletions: 0,
            hunks: Vec::new(),
        };
        let change = Change {
            sha: "e".repeat(40),
            author: String::new(),
            author_email: None,
            authored_at: OffsetDateTime::UNIX_EPOCH,
            committed_at: OffsetDateTime::UNIX_EPOCH,
            message: String::new(),
            files: paths.iter().map(file).collect(),
            parents: 1,
            url: None,
            position: None,
            ignored_by: None,
        };
        let window = Window { changes: vec![change], ..Window::default() };
        let prepared = PreparedWindow::new(&window);
        let found = locate(&prepared, FrameRef { exception: 0, frame: 0 }, frame);
        found.into_iter().map(|id| prepared.paths[id].path.clone()).collect()
    }

    fn at(filename: &str) -> Frame {
        Frame { filename: Some(filename.into()), in_app: true, ..Frame::default() }
    }

    fn of(module: &str, filename: Option<&str>) -> Frame {
        Frame { filename: filename.map(Into::into), module: Some(module.into()), ..at("") }
    }

    #[test]
    fn paths_that_end_alike() {
        let repository =
            ["src/net/pool.c", "src/db/pool.c", "activerecord/lib/active_record/base.rb"];
        for (given, found) in [
            ("../../src/db/pool.c", "src/db/pool.c"),
            ("C:\\build\\src\\net\\pool.c", "src/net/pool.c"),
            ("app:///src/net/pool.c?v=3", "src/net/pool.c"),
            ("/gems/activerecord-7.0.4/lib/active_record/base.rb", repository[2]),
        ] {
            assert_eq!(located(&repository, &at(given)), [found], "{given}");
        }
        assert_eq!(located(&repository, &at("pool.c")), repository[..2]);
        assert!(located(&repository, &at("lib/pool.c")).is_empty());
        assert!(located(&repository, &at("<unknown>")).is_empty());
    }

    #[test]
    fn the_module_where_the_file_is_bare_or_missing() {
        let repository =
            ["core/src/hudson/model/Queue.java", "cli/src/hudson/cli/Queue.java", "Shop/Basket.cs"];
        let inner = of("hudson.model.Queue$Task", Some("Queue.java"));
        assert_eq!(located(&repository, &inner), repository[..1]);
        assert_eq!(located(&repository, &of("hudson.cli.Queue", None)), repository[1..2]);
        assert_eq!(
            located(&repository, &of("Shop.Sale.Basket", Some("Unknown Source"))),
            repository[2..]
        );
        assert!(located(&repository, &of("java.util.Queue", None)).is_empty());
    }
}
