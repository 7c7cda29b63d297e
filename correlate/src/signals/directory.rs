//! The change touches the directory of a frame.

use super::{Scene, Sight, Signal};
use crate::rank::prepare::PreparedWindow;
use crate::rank::query::{Query, get};
use crate::{Direction, Incident, Observation, Provenance};

pub(super) const SIGNAL: Signal = Signal {
    name: "directory",
    direction: Direction::For,
    provenance: Provenance::Diff,
    measure,
    observe,
};

/// Most frames whose directories are looked for.
const FRAMES: usize = 8;

/// By directory of the window: the nearest frame whose directory is the same.
pub(super) fn frames(
    incident: &Incident,
    prepared: &PreparedWindow<'_>,
    query: &Query,
) -> Vec<Option<usize>> {
    let seen = query.frames.iter().enumerate().filter(|(_, seen)| seen.in_app).take(FRAMES);
    let folders: Vec<(usize, &str)> = seen
        .filter_map(|(index, seen)| {
            let name = get(incident, seen.frame).filename.as_deref()?;
            Some((index, name.rsplit_once('/')?.0))
        })
        .collect();
    let nearest = |directory: &String| {
        folders
            .iter()
            .find(|(_, folder)| ends_with(directory, folder) || ends_with(folder, directory))
            .map(|&(index, _)| index)
    };
    prepared.directories.iter().map(nearest).collect()
}

/// The file and the frame whose directories are the same, nearest frame first.
fn find(scene: &Scene<'_>, position: usize) -> Option<(usize, usize)> {
    let files = scene.prepared.files[position].iter().enumerate();
    files
        .filter_map(|(file, &path)| {
            let directory = scene.prepared.paths[path].directory?;
            Some((file, scene.frame_in[directory]?))
        })
        .min_by_key(|&(_, frame)| frame)
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
