//! The repository as a source.

use std::time::Instant;

use async_trait::async_trait;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use sentry_correlate::source::{ChangeSource, DeploymentSource, Gap, Query, Sink};
use sentry_correlate::{Blame, FramePath, Mapping, PathMap, SourceError};

use crate::answers::{Answer, Asked};
use crate::blame::{Line, blame};
use crate::commit::moment;
use crate::ignored::Ignored;
use crate::limits::{Limits, Unknown};
use crate::missing::{self, Missing};
use crate::repository::{GitRepository, unreadable};
use crate::{releases, thread, window};

#[async_trait]
impl ChangeSource for GitRepository {
    fn name(&self) -> &str {
        GitRepository::name(self)
    }

    async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        let (source, query, own) = (self.clone(), query.clone(), sink.clone());
        thread::run(sink.interrupt().clone(), move || source.gather_changes(&query, &own)).await
    }
}

#[async_trait]
impl DeploymentSource for GitRepository {
    fn name(&self) -> &str {
        GitRepository::name(self)
    }

    /// Tags, as releases whose environment is unknown; their time is the tagger's, or the commit's
    /// for a lightweight tag.
    async fn deployments(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        let (source, onset, own) = (self.clone(), query.onset, sink.clone());
        thread::run(sink.interrupt().clone(), move || {
            for deployment in releases::around(&source.tags()?, onset) {
                own.deployment(deployment);
            }
            Ok(())
        })
        .await
    }
}

impl GitRepository {
    /// Everything a query asks for, on this thread and on as many more as there are processors.
    pub(crate) fn gather_changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
        let repo = self.local();
        let resolution = self.resolve(query)?;
        sink.resolved(resolution.clone());
        let sha = resolution.new.sha.as_str();
        let mapped = self.map_frames(&repo, sha, query, sink);
        let mapped = mapped.map_err(|error| missing::explained(&repo, error))?;
        let file = self.settings.ignore_revs_file.as_deref();
        let missing = Missing::default();
        let ignored = Ignored::read(&repo, sha, file, &missing);
        let handed = window::hand_over(self, &repo, &resolution, (&ignored, &missing), sink);
        if handed.is_ok() {
            self.blame_frames(&repo, (sha, &ignored, &missing), &mapped, query, sink);
        }
        missing.tell(&repo, sink);
        handed.map_err(|error| missing::explained(&repo, error))
    }

    /// Says where the files of the stack live in the tree of the version that failed.
    fn map_frames(
        &self,
        repo: &gix::Repository,
        sha: &str,
        query: &Query,
        sink: &Sink,
    ) -> Result<Vec<FramePath>, SourceError> {
        if query.frames.is_empty() {
            return Ok(Vec::new());
        }
        let files = files(repo, sha).map_err(|error| unreadable(&error))?;
        let map = PathMap::new(files).with_roots(&self.settings.roots);
        let mapped: Vec<FramePath> = query
            .frames
            .iter()
            .map(|frame| FramePath { frame: frame.frame, mapping: map.frame(frame) })
            .collect();
        for path in &mapped {
            sink.frame_path(path.clone());
        }
        Ok(mapped)
    }

    /// Says who last touched the lines of the program's own frames.
    fn blame_frames(
        &self,
        repo: &gix::Repository,
        (sha, ignored, missing): (&str, &Ignored, &Missing),
        mapped: &[FramePath],
        query: &Query,
        sink: &Sink,
    ) {
        let lines: Vec<(usize, Line)> = query
            .frames
            .iter()
            .zip(mapped)
            .enumerate()
            .filter(|(_, (frame, _))| frame.in_app)
            .filter_map(|(index, (frame, path))| {
                let Mapping::File { path, .. } = &path.mapping else { return None };
                let line = frame.line.filter(|&line| line > 0)?;
                Some((index, Line { path: path.as_bytes().into(), number: line - 1 }))
            })
            .collect();
        let (Ok(start), false) = (sha.parse::<ObjectId>(), lines.is_empty()) else { return };
        if self.settings.blame_budget.is_zero() {
            return;
        }
        let until = Instant::now().checked_add(self.settings.blame_budget);
        let go_on =
            || !sink.interrupt().is_set() && until.is_none_or(|until| Instant::now() < until);
        let told = |frame: usize, (id, seconds): Answer| {
            sink.blame(Blame {
                frame: query.frames[frame].frame,
                sha: id.to_string(),
                committed_at: moment(seconds),
            });
        };
        let digest = ignored.digest();
        let asked = |line: &Line| Asked { start, ignored: digest, line: line.clone() };
        let mut new = Vec::new();
        for (frame, line) in lines {
            match self.with_answers(|answers| answers.get(&asked(&line))) {
                Some(answer) => told(frame, answer),
                None => new.push((frame, line)),
            }
        }
        let wanted: Vec<Line> = new.iter().map(|(_, line)| line.clone()).collect();
        let limits = Limits { go_on: &go_on, max_file_bytes: self.settings.max_file_bytes };
        let unknown = blame(repo, (start, ignored), &wanted, limits, &mut |index, id, seconds| {
            let (frame, line) = &new[index];
            self.with_answers(|answers| answers.insert(asked(line), (id, seconds)));
            told(*frame, (id, seconds));
        });
        let late = unknown.iter().filter(|why| **why == Unknown::Late).count();
        if late > 0 {
            sink.gap(Gap::Blame { frames: late });
        }
        if unknown.contains(&Unknown::Cut) {
            sink.gap(Gap::Shallow);
        }
        if unknown.contains(&Unknown::TooLarge) {
            let what = "bytes of a file whose lines are blamed".to_owned();
            sink.gap(Gap::Limit { what, limit: self.settings.max_file_bytes, left_out: None });
        }
        for why in unknown {
            if let Unknown::Unreadable(detail) = why {
                missing.add_frame(&detail);
            }
        }
    }
}

/// All files of a commit's tree. Paths that are not UTF-8 cannot be named by a stack.
fn files(repo: &gix::Repository, sha: &str) -> gix::Result<Vec<String>> {
    let id = sha.parse::<ObjectId>().map_err(gix::Error::from_error)?;
    let tree = repo.find_commit(id)?.tree()?;
    let mut recorder = gix::traverse::tree::Recorder::default();
    tree.traverse().breadthfirst(&mut recorder)?;
    let files = recorder.records.into_iter().filter(|entry| entry.mode.is_blob());
    Ok(files.filter_map(|entry| entry.filepath.to_str().ok().map(str::to_owned)).collect())
}
