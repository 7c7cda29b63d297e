//! The change touches the directory of a frame.

use super::{Scene, Sight, Signal};
use crate::{Direction, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "directory",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// The file and the frame whose directories are the same, nearest frame first.
fn find(scene: &Scene<'_>, position: usize) -> Option<(usize, usize)> {
    let files = &scene.prepared.change(position).files;
    scene.query.frames.iter().enumerate().filter(|(_, seen)| seen.in_app).take(8).find_map(
        |(index, seen)| {
            let name = crate::rank::query::get(scene.incident, seen.frame).filename.as_deref()?;
            let (folder, _) = name.rsplit_once('/')?;
            let file = files.iter().position(|file| {
                file.path
                    .rsplit_once('/')
                    .is_some_and(|(other, _)| ends_with(other, folder) || ends_with(folder, other))
            })?;
            Some((file, index))
        },
    )
}

/// Whether a path ends in whole components of another.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn measure(scene: &Scene<'_>, position: usize) -> f64 {
    find(scene, position).map_or(0.0, |(_, seen)| scene.query.frames[seen].weight())
}

fn observe(scene: &Scene<'_>, position: usize) -> Option<Sight> {
    let (file, seen) = find(scene, position)?;
    let path = &scene.prepared.change(position).files[file].path;
    let directory = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let place = crate::Place { file, hunk: None };
    Some(
        Sight::of(Observation::DirectoryTouched { directory })
            .at(place)
            .in_frame(scene.query.frames[seen].frame),
    )
}
