//! Which changed files a frame may stand in.

use std::cmp::Ordering;

use super::prepare::PreparedWindow;
use super::words::hash;
use crate::stack_file::{StackFile, common, components, in_package};
use crate::{Frame, FramePath, FrameRef, Mapping};

/// Most files that a frame may stand in; of more nobody knows which it is.
const MOST: usize = 3;
/// Most that are looked at before the module has chosen among them.
const CONSIDERED: usize = 40;

/// The changed files a frame may stand in, indices into [`PreparedWindow::paths`].
pub(super) fn locate(
    prepared: &PreparedWindow<'_>,
    known: &[FramePath],
    reference: FrameRef,
    frame: &Frame,
) -> Vec<usize> {
    if let Some(known) = known.iter().find(|known| known.frame == reference) {
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
    let file = StackFile::from(frame);
    let (mut longest, mut found) = (0, Vec::new());
    for path in file.paths() {
        let parts = components(&path);
        let Some(name) = parts.last() else { continue };
        for &id in prepared.by_name.get(&hash(name)).into_iter().flatten() {
            let ours = &prepared.paths[id].path;
            let common = common(&parts, ours);
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
    let package = file.package();
    let found = in_package(found, package.as_deref(), |id| prepared.paths[id].path.as_str());
    if found.len() > MOST { Vec::new() } else { found }
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
        let found = locate(&prepared, &[], FrameRef { exception: 0, frame: 0 }, frame);
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
