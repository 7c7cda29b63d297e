//! Releases by tag, and the window that a query leads to.

use gix::bstr::ByteSlice;
use sentry_correlate::release::{
    Endpoint, PredecessorRule, ReleaseRule, Resolution, Tag, find_tag, nearest_names, predecessor,
    shas_in,
};
use sentry_correlate::source::{Query, Range};
use sentry_correlate::{Deployment, SourceError};
use time::OffsetDateTime;

use crate::commit::moment;
use crate::history::History;
use crate::repository::{commit_of, first_line, unreadable};

/// How many tags before and after the onset are handed over as deployments.
const BEFORE: usize = 12;
const AFTER: usize = 3;

/// All tags that lead to a commit, oldest first.
pub(crate) fn tags(repo: &gix::Repository) -> gix::Result<Vec<Tag>> {
    let mut tags = Vec::new();
    for reference in repo.references()?.tags()? {
        let Ok(mut reference) = reference else { continue };
        let name = reference.name().shorten().to_str_lossy().into_owned();
        let tagged = reference.peel_to_tag().ok().and_then(|tag| {
            let tagger = tag.tagger().ok()??;
            Some(tagger.seconds())
        });
        let Ok(commit) = reference.peel_to_commit() else { continue };
        let Some(seconds) = tagged.or_else(|| Some(commit.time().ok()?.seconds)) else { continue };
        tags.push(Tag { name, sha: commit.id.to_string(), at: moment(seconds) });
    }
    tags.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    Ok(tags)
}

/// The window that a query leads to.
pub(crate) fn resolve(repo: &gix::Repository, query: &Query) -> Result<Resolution, SourceError> {
    match (&query.range, &query.release) {
        (Some(range), _) => given(repo, range),
        (None, Some(release)) => by_release(repo, release),
        (None, None) => Err(SourceError::NoRelease),
    }
}

/// The tags around the onset, as deployments of an environment that nobody knows.
pub(crate) fn around(tags: &[Tag], onset: Option<OffsetDateTime>) -> Vec<Deployment> {
    let until = onset.map_or(tags.len(), |onset| tags.partition_point(|tag| tag.at <= onset));
    let from = until.saturating_sub(BEFORE);
    let to = (until + AFTER).min(tags.len());
    tags[from..to]
        .iter()
        .map(|tag| Deployment {
            name: tag.name.clone(),
            sha: tag.sha.clone(),
            environment: None,
            live_at: tag.at,
            source: "git tag".to_owned(),
        })
        .collect()
}

fn given(repo: &gix::Repository, range: &Range) -> Result<Resolution, SourceError> {
    let endpoint = |name: &str| match commit_of(repo, name) {
        Ok(id) => Ok(Endpoint { name: name.to_owned(), sha: id.to_string() }),
        Err(error) => Err(SourceError::UnknownRevision {
            revision: name.to_owned(),
            detail: match first_line(&error) {
                text if text.contains("ambiguous") => text,
                _ => "no tag, branch or commit of that name".to_owned(),
            },
        }),
    };
    Ok(Resolution {
        old: Some(endpoint(&range.old)?),
        new: endpoint(&range.new)?,
        release_rule: ReleaseRule::Given,
        predecessor_rule: PredecessorRule::Given,
    })
}

fn by_release(repo: &gix::Repository, release: &str) -> Result<Resolution, SourceError> {
    let tags = tags(repo).map_err(|error| unreadable(&error))?;
    let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    let tagged = find_tag(release, &names);
    let exact = tagged.as_ref().is_some_and(|found| found.rule == ReleaseRule::ExactTag);
    let inside = if exact { None } else { commit_inside(repo, release) };
    let (new, tag, rule) = match (inside, tagged) {
        (Some(sha), _) => {
            let tag = tags.iter().position(|tag| tag.sha == sha);
            (Endpoint { name: release.to_owned(), sha }, tag, ReleaseRule::ShaInName)
        }
        (None, Some(found)) => {
            let tag = &tags[found.index];
            let new = Endpoint { name: tag.name.clone(), sha: tag.sha.clone() };
            (new, Some(found.index), found.rule)
        }
        (None, None) => {
            let nearest = nearest_names(release, &names, 3);
            return Err(SourceError::UnknownRelease { release: release.to_owned(), nearest });
        }
    };
    let before = predecessor(&new.sha, tag, &tags, &mut History::new(repo));
    let (old, predecessor_rule) = match before {
        Some((index, rule)) => {
            let tag = &tags[index];
            (Some(Endpoint { name: tag.name.clone(), sha: tag.sha.clone() }), rule)
        }
        None if tag.is_some() => (None, PredecessorRule::FirstRelease),
        None => return Err(SourceError::NoPredecessor { release: release.to_owned() }),
    };
    Ok(Resolution { new, old, release_rule: rule, predecessor_rule })
}

/// The commit whose name stands in the release's name, if this repository has it.
fn commit_inside(repo: &gix::Repository, release: &str) -> Option<String> {
    shas_in(release).into_iter().find_map(|prefix| {
        let sha = commit_of(repo, &prefix).ok()?.to_string();
        // A tag or branch of that name may lead elsewhere.
        sha.starts_with(&prefix).then_some(sha)
    })
}
