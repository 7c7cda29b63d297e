//! What all signals of one ranking share.

use crate::facts::Fact;
use crate::facts::component::Components;
use crate::facts::matter::Matters;
use crate::rank::note::Note;
use crate::rank::parts::Likeness;
use crate::rank::prepare::PreparedWindow;
use crate::rank::query::{Query, Role, Term};
use crate::rank::trace::{Touch, Trace};
use crate::rank::words::{each_word, hash};
use crate::{Incident, Observation, Place, Window};

use super::fits::{self, Fit};
use super::{Sight, company, directory, environment};

/// Rarity above which a word says no more, in nats.
const RAREST: f64 = 5.0;

/// One incident before one window.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) incident: &'a Incident,
    pub(crate) prepared: &'a PreparedWindow<'a>,
    /// Whose blame, deployments and paths count; the changes are those that were prepared.
    pub(crate) window: &'a Window,
    pub(crate) query: Query,
    pub(crate) trace: Trace,
    /// By position: indices into the query's terms that the change's lines hold.
    in_diff: Vec<Vec<usize>>,
    /// By position: … that its documents and tests hold.
    in_side: Vec<Vec<usize>>,
    /// By position: … that its message holds.
    in_message: Vec<Vec<usize>>,
    /// By position: … that its paths hold.
    in_path: Vec<Vec<usize>>,
    rarity: [Vec<f64>; 4],
    /// How alike the change's lines are to the error and its trace, by parts of names.
    pub(crate) like_diff: Likeness,
    /// … its message.
    pub(crate) like_message: Likeness,
    /// By position: indices into the window's blame that name the change.
    pub(crate) blamed: Vec<Vec<usize>>,
    /// By deployment: the position of its commit, where the window holds it.
    pub(crate) deployed_at: Vec<Option<usize>>,
    /// By directory of the window: the nearest frame that stands there.
    pub(crate) frame_in: Vec<Option<usize>>,
    /// The environment where the incident happened.
    pub(crate) here: Option<&'static str>,
    /// What the error comes from.
    pub(crate) components: Components,
    /// What its words are about besides.
    pub(crate) matters: Matters,
    /// By position: the facts of the change with their best class.
    pub(crate) fits: Vec<Vec<Fit>>,
    /// By position: a changed file, the path it goes with, how often.
    pub(crate) together: Vec<Option<(usize, usize, f64)>>,
}

/// Where words were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    Diff,
    Message,
    Path,
    Side,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(
        incident: &'a Incident,
        prepared: &'a PreparedWindow<'a>,
        window: &'a Window,
    ) -> Self {
        let query = Query::new(incident, prepared, &window.paths);
        let trace = Trace::follow(prepared, &query);
        let n = prepared.len();
        let mut scene = Self {
            in_diff: vec![Vec::new(); n],
            in_message: vec![Vec::new(); n],
            in_path: vec![Vec::new(); n],
            rarity: [const { Vec::new() }; 4],
            in_side: vec![Vec::new(); n],
            like_diff: Likeness::new(&query.parts, &prepared.diff_words, n),
            like_message: Likeness::new(&query.parts, &prepared.message_words, n),
            blamed: vec![Vec::new(); n],
            deployed_at: Vec::new(),
            frame_in: directory::frames(incident, prepared, &query),
            here: environment::here(incident),
            components: company::components(incident, &query),
            matters: Matters::of(&query.said),
            fits: Vec::new(),
            together: vec![None; n],
            incident,
            prepared,
            window,
            query,
            trace,
        };
        scene.find_words();
        scene.find_commits();
        scene.fits = (0..n).map(|position| fits::of(&scene, position)).collect();
        scene.find_company();
        scene
    }

    fn find_words(&mut self) {
        let n = self.prepared.len() as f64;
        let indices = [
            &self.prepared.diff_words,
            &self.prepared.message_words,
            &self.prepared.path_words,
            &self.prepared.side_words,
        ];
        for (kind, index) in indices.into_iter().enumerate() {
            for (at, term) in self.query.terms.iter().enumerate() {
                let found = match kind {
                    0 => &mut self.in_diff,
                    1 => &mut self.in_message,
                    2 => &mut self.in_path,
                    _ => &mut self.in_side,
                };
                let mut count = 0;
                for position in index.changes(term.hash) {
                    found[position].push(at);
                    count += 1;
                }
                let rarity = ((n + 1.0) / (f64::from(count) + 0.5)).ln();
                self.rarity[kind].push(rarity.clamp(0.0, RAREST) / RAREST);
            }
        }
    }

    /// Which changes blame and deployments name.
    fn find_commits(&mut self) {
        if self.window.blame.is_empty() && self.window.deployments.is_empty() {
            return;
        }
        let mut by_sha = std::collections::HashMap::new();
        for position in 0..self.prepared.len() {
            by_sha.insert(self.prepared.change(position).sha.as_str(), position);
        }
        for (index, blame) in self.window.blame.iter().enumerate() {
            if let Some(&position) = by_sha.get(blame.sha.as_str()) {
                self.blamed[position].push(index);
            }
        }
        let deployments = self.window.deployments.iter();
        self.deployed_at = deployments.map(|d| by_sha.get(d.sha.as_str()).copied()).collect();
    }

    /// Which changed files usually change together with a file of the trace.
    fn find_company(&mut self) {
        let mut of_trace: Vec<usize> =
            self.query.frames.iter().flat_map(|seen| seen.paths.iter().copied()).collect();
        of_trace.sort_unstable();
        of_trace.dedup();
        for path in of_trace {
            let touches = &self.prepared.paths[path].touches;
            if touches.len() < 2 {
                continue;
            }
            let mut company: std::collections::HashMap<usize, usize> =
                std::collections::HashMap::new();
            for &(position, _) in touches {
                let files = &self.prepared.files[position];
                if files.len() <= 30 {
                    for &path in files {
                        *company.entry(path).or_default() += 1;
                    }
                }
            }
            let mut company: Vec<_> =
                company.into_iter().filter(|&(other, count)| other != path && count >= 2).collect();
            company.sort_unstable();
            for (other, count) in company {
                let all = self.prepared.paths[other].touches.len();
                let share = count as f64 / (all.max(touches.len()) as f64 + 1.0);
                for &(position, _) in &self.prepared.paths[other].touches {
                    if self.together[position].is_none_or(|(_, _, best)| best < share) {
                        self.together[position] = Some((other, path, share));
                    }
                }
            }
        }
    }

    pub(crate) fn touches(&self, position: usize) -> &[Touch] {
        &self.trace.touches[position]
    }

    /// Weight of the frame of a touch.
    pub(crate) fn weight(&self, touch: &Touch) -> f64 {
        self.query.frames[touch.seen].weight()
    }

    /// The touch with the greatest value, and the value; zero where there is none.
    pub(crate) fn best_touch(
        &self,
        position: usize,
        value: impl Fn(&Touch) -> f64,
    ) -> Option<(&Touch, f64)> {
        self.touches(position)
            .iter()
            .map(|touch| (touch, value(touch)))
            .filter(|(_, value)| *value > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn found(&self, text: Text, position: usize) -> &[usize] {
        match text {
            Text::Diff => &self.in_diff[position],
            Text::Message => &self.in_message[position],
            Text::Path => &self.in_path[position],
            Text::Side => &self.in_side[position],
        }
    }

    fn term_value(&self, text: Text, term: usize) -> f64 {
        self.rarity[text as usize][term] * self.query.terms[term].weight
    }

    /// Sum of the rarity of shared words, saturating at 1.
    pub(crate) fn shared(&self, text: Text, position: usize, counts: impl Fn(Role) -> f64) -> f64 {
        let sum: f64 = self
            .found(text, position)
            .iter()
            .map(|&term| self.term_value(text, term) * counts(self.query.terms[term].role))
            .sum();
        1.0 - (-1.5 * sum).exp()
    }

    /// Hash and value of the words of some roles that a change shares.
    pub(crate) fn terms_of(
        &self,
        text: Text,
        position: usize,
        counts: impl Fn(Role) -> bool,
    ) -> Vec<(u64, f64)> {
        self.found(text, position)
            .iter()
            .filter(|&&term| counts(self.query.terms[term].role))
            .map(|&term| (self.query.terms[term].hash, self.term_value(text, term)))
            .collect()
    }

    /// The shared words of some terms, rarest first, at most five.
    pub(crate) fn shared_words(
        &self,
        text: Text,
        position: usize,
        wanted: impl Fn(&Term) -> bool,
    ) -> Vec<String> {
        let mut found: Vec<(f64, &str)> = self
            .found(text, position)
            .iter()
            .filter(|&&term| wanted(&self.query.terms[term]))
            .map(|&term| (self.term_value(text, term), self.query.terms[term].text.as_str()))
            .filter(|(value, _)| *value > 0.02)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        found.into_iter().take(5).map(|(_, word)| word.to_owned()).collect()
    }

    /// The shared words as evidence, at the first hunk that holds the rarest.
    pub(super) fn sight_of_shared(
        &self,
        text: Text,
        position: usize,
        counts: impl Fn(Role) -> f64,
        observation: impl FnOnce(Vec<String>) -> Observation,
    ) -> Option<Sight> {
        let words = self.shared_words(text, position, |term| counts(term.role) > 0.0);
        let place = self.place_of(position, words.first()?);
        let sight = Sight::of(observation(words));
        Some(match place {
            Some(place) => sight.at(place),
            None => sight,
        })
    }

    /// The parts of names that tie a change to the error, as evidence.
    pub(super) fn sight_of_parts(
        &self,
        likeness: &Likeness,
        position: usize,
        observation: impl FnOnce(Vec<String>) -> Observation,
    ) -> Option<Sight> {
        let parts = likeness.parts(position, &self.query.parts);
        let words: Vec<String> = parts.into_iter().map(str::to_owned).collect();
        (!words.is_empty()).then(|| Sight::of(observation(words)))
    }

    /// How rare something is that `count` of the candidates have, 0 to 1.
    pub(crate) fn rarity(&self, count: usize) -> f64 {
        let n = self.prepared.len() as f64;
        ((n + 1.0) / (count as f64 + 0.5)).ln().clamp(0.0, RAREST) / RAREST
    }

    /// The first hunk whose lines hold a word, case-blind.
    pub(crate) fn place_of(&self, position: usize, word: &str) -> Option<Place> {
        let wanted = hash(word);
        // Every word that is asked for is in an index, if lines hold it.
        let lines = [&self.prepared.diff_words, &self.prepared.side_words];
        let mut holders = lines.into_iter().flat_map(|index| index.changes(wanted));
        if !holders.any(|holder| holder == position) {
            return None;
        }
        let files = &self.prepared.change(position).files;
        files.iter().enumerate().find_map(|(file, of)| {
            let hunk = of.hunks.iter().position(|hunk| {
                hunk.removed.iter().chain(&hunk.added).any(|line| {
                    let mut holds = false;
                    each_word(line, |hash, _, _| holds |= hash == wanted);
                    holds
                })
            })?;
            Some(Place { file, hunk: Some(hunk) })
        })
    }

    pub(crate) fn fact(&self, position: usize, fact: usize) -> &Fact {
        &self.prepared.facts[position][fact]
    }

    /// What is known of that fact before any incident.
    pub(crate) fn note(&self, position: usize, fact: usize) -> &Note {
        &self.prepared.notes[position][fact]
    }
}
