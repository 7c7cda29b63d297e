//! Renames, found as `git diff` finds them by default: same content first, then similar content
//! under the same file name, then the most similar content.

use std::collections::HashMap;

use gix::bstr::{BStr, BString, ByteSlice};

use super::trees::{Delta, Side};

/// Scores run to this number; half of it makes a rename.
const MAX_SCORE: u64 = 60_000;
const MIN_SCORE: u64 = MAX_SCORE / 2;
/// What files of the same name need before others are tried.
const MIN_NAME_SCORE: u64 = MAX_SCORE / 4 * 3;
/// Past this many pairs, squared, git gives up on similarity.
const LIMIT: usize = 1_000;
/// Best sources kept for each new file.
const CANDIDATES: usize = 4;
/// Larger files are not compared for similarity.
const MAX_BYTES: u64 = 16 << 20;

/// Joins a deleted and an added file to a renamed one where they belong together.
pub(super) fn join(repo: &gix::Repository, deltas: &mut Vec<Delta>) {
    let mut search = Search::new(repo, deltas);
    if search.gone.is_empty() || search.come.is_empty() {
        return;
    }
    search.same_content();
    search.same_name();
    search.most_alike();
    let pairs = search.pairs;
    let mut remove: Vec<usize> = Vec::with_capacity(pairs.len());
    for (gone, come) in pairs {
        let (path, old) = (deltas[gone].path.clone(), deltas[gone].old);
        deltas[come].previous = Some(path);
        deltas[come].old = old;
        remove.push(gone);
    }
    remove.sort_unstable();
    let mut index = 0;
    deltas.retain(|_| {
        index += 1;
        remove.binary_search(&(index - 1)).is_err()
    });
}

/// A file that has gone or come: its place among the deltas, and what is known of it.
#[derive(Debug, Clone)]
struct File {
    delta: usize,
    path: BString,
    side: Side,
    taken: bool,
}

impl File {
    fn name(&self) -> &BStr {
        let at = self.path.rfind_byte(b'/').map_or(0, |at| at + 1);
        self.path[at..].as_bstr()
    }
}

struct Search<'r> {
    repo: &'r gix::Repository,
    gone: Vec<File>,
    come: Vec<File>,
    contents: HashMap<gix::ObjectId, Option<Content>>,
    /// Indices of deltas: the one that has gone, the one that came.
    pairs: Vec<(usize, usize)>,
}

impl<'r> Search<'r> {
    fn new(repo: &'r gix::Repository, deltas: &[Delta]) -> Self {
        let files = |pick: fn(&Delta) -> Option<Side>| -> Vec<File> {
            let mut files: Vec<File> = deltas
                .iter()
                .enumerate()
                .filter(|(_, delta)| delta.old.is_none() || delta.new.is_none())
                .filter_map(|(index, delta)| {
                    let side = pick(delta)?;
                    Some(File { delta: index, path: delta.path.clone(), side, taken: false })
                })
                .collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            files
        };
        Self {
            repo,
            gone: files(|delta| delta.old),
            come: files(|delta| delta.new),
            contents: HashMap::new(),
            pairs: Vec::new(),
        }
    }

    fn pair(&mut self, gone: usize, come: usize) {
        self.gone[gone].taken = true;
        self.come[come].taken = true;
        self.pairs.push((self.gone[gone].delta, self.come[come].delta));
    }

    /// Pairs files whose content is the same, preferring the same file name.
    fn same_content(&mut self) {
        let mut by_id: HashMap<gix::ObjectId, Vec<usize>> = HashMap::new();
        for (index, file) in self.gone.iter().enumerate() {
            by_id.entry(file.side.id).or_default().push(index);
        }
        for come in 0..self.come.len() {
            let new = &self.come[come];
            let fits = |old: &File| {
                !old.taken
                    && (old.side.is_regular() && new.side.is_regular()
                        || old.side.mode == new.side.mode)
            };
            let sources = by_id.get(&new.side.id).map_or(&[][..], Vec::as_slice);
            let fitting = || sources.iter().copied().filter(|&gone| fits(&self.gone[gone]));
            let best = fitting()
                .find(|&gone| self.gone[gone].name() == new.name())
                .or_else(|| fitting().next());
            if let Some(gone) = best {
                self.pair(gone, come);
            }
        }
    }

    /// Pairs similar files whose name occurs once among those left on either side.
    fn same_name(&mut self) {
        let unique = |files: &[File]| {
            let mut names: HashMap<BString, Option<usize>> = HashMap::new();
            for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.taken) {
                names
                    .entry(file.name().to_owned())
                    .and_modify(|place| *place = None)
                    .or_insert(Some(index));
            }
            names
        };
        let (sources, targets) = (unique(&self.gone), unique(&self.come));
        for gone in 0..self.gone.len() {
            let name = self.gone[gone].name();
            if self.gone[gone].taken || sources.get(name) != Some(&Some(gone)) {
                continue;
            }
            if let Some(&Some(come)) = targets.get(name)
                && self.score(gone, come, MIN_NAME_SCORE) >= MIN_NAME_SCORE
            {
                self.pair(gone, come);
            }
        }
    }

    /// Pairs the most similar of the rest, best first.
    fn most_alike(&mut self) {
        let left = |files: &[File]| -> Vec<usize> {
            (0..files.len()).filter(|&index| !files[index].taken).collect()
        };
        let (gone, come) = (left(&self.gone), left(&self.come));
        if gone.len().saturating_mul(come.len()) > LIMIT * LIMIT {
            return;
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for &come in &come {
            let mut best: Vec<Candidate> = Vec::with_capacity(CANDIDATES + 1);
            for &gone in &gone {
                let score = self.score(gone, come, MIN_SCORE);
                if score >= MIN_SCORE {
                    let same_name = self.gone[gone].name() == self.come[come].name();
                    best.push(Candidate { gone, come, score, same_name });
                    best.sort_by_key(Candidate::order);
                    best.truncate(CANDIDATES);
                }
            }
            candidates.append(&mut best);
        }
        candidates.sort_by_key(Candidate::order);
        for Candidate { gone, come, .. } in candidates {
            if !self.gone[gone].taken && !self.come[come].taken {
                self.pair(gone, come);
            }
        }
    }

    /// How much of the larger file both have in common, of [`MAX_SCORE`].
    fn score(&mut self, gone: usize, come: usize, least: u64) -> u64 {
        let (old, new) = (self.gone[gone].side, self.come[come].side);
        if !old.is_regular() || !new.is_regular() {
            return 0;
        }
        let (Some(old_size), Some(new_size)) = (self.size(old), self.size(new)) else { return 0 };
        let larger = old_size.max(new_size);
        let apart = larger - old_size.min(new_size);
        if new_size == 0 || larger > MAX_BYTES || larger * (MAX_SCORE - least) < apart * MAX_SCORE {
            return 0;
        }
        self.read(old);
        self.read(new);
        match (&self.contents[&old.id], &self.contents[&new.id]) {
            (Some(old), Some(new)) => old.shared_with(new) * MAX_SCORE / larger,
            _ => 0,
        }
    }

    fn size(&self, side: Side) -> Option<u64> {
        match self.contents.get(&side.id) {
            Some(known) => known.as_ref().map(|content| content.size),
            None => self.repo.find_header(side.id).ok().map(|header| header.size()),
        }
    }

    fn read(&mut self, side: Side) {
        let repo = self.repo;
        self.contents
            .entry(side.id)
            .or_insert_with(|| Some(Content::of(&repo.find_object(side.id).ok()?.data)));
    }
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    gone: usize,
    come: usize,
    score: u64,
    same_name: bool,
}

impl Candidate {
    fn order(&self) -> std::cmp::Reverse<(u64, bool)> {
        std::cmp::Reverse((self.score, self.same_name))
    }
}

/// A file's bytes counted by the hash of the chunk they stand in; a chunk ends with a line or after
/// 64 bytes.
#[derive(Debug)]
struct Content {
    size: u64,
    /// Sorted by hash, each once.
    chunks: Vec<(u32, u64)>,
}

impl Content {
    fn of(data: &[u8]) -> Self {
        const CHUNK: u64 = 64;
        const BUCKETS: u32 = 107_927;
        let text = !super::lines::is_binary(data);
        let mut counts: HashMap<u32, u64> = HashMap::new();
        let (mut low, mut high, mut length) = (0u32, 0u32, 0u64);
        for (index, &byte) in data.iter().enumerate() {
            if text && byte == b'\r' && data.get(index + 1) == Some(&b'\n') {
                continue;
            }
            let before = low;
            low = (low << 7) ^ (high >> 25);
            high = (high << 7) ^ (before >> 25);
            low = low.wrapping_add(byte.into());
            length += 1;
            if length == CHUNK || byte == b'\n' {
                let bucket = low.wrapping_add(high.wrapping_mul(0x61)) % BUCKETS;
                *counts.entry(bucket).or_default() += length;
                (low, high, length) = (0, 0, 0);
            }
        }
        if length > 0 {
            let bucket = low.wrapping_add(high.wrapping_mul(0x61)) % BUCKETS;
            *counts.entry(bucket).or_default() += length;
        }
        let mut chunks: Vec<(u32, u64)> = counts.into_iter().collect();
        chunks.sort_unstable();
        Self { size: data.len() as u64, chunks }
    }

    /// How many bytes both have in chunks of the same hash.
    fn shared_with(&self, other: &Self) -> u64 {
        let mut theirs = other.chunks.iter().peekable();
        let mut shared = 0;
        for &(hash, count) in &self.chunks {
            while theirs.next_if(|(other, _)| *other < hash).is_some() {}
            if let Some((_, theirs)) = theirs.next_if(|(other, _)| *other == hash) {
                shared += count.min(*theirs);
            }
        }
        shared
    }
}
