//! Which files and addresses have to do with an error although no frame stands in them.

use super::Scene;
use crate::facts::family::is_generic;
use crate::facts::{ErrorClass, Fact, FactKind, Family, Trend};
use crate::rank::note::Note;
use crate::rank::words::{is_common, parts};

/// Whether files of one change lie beside those of the trace or have a name that one of the trace
/// has; each file is asked once.
#[derive(Default)]
pub(super) struct Files(Vec<Option<bool>>);

impl Files {
    pub(super) fn are(&mut self, scene: &Scene<'_>, position: usize, file: usize) -> bool {
        if self.0.is_empty() {
            self.0.resize(scene.prepared.files[position].len(), None);
        }
        *self.0[file].get_or_insert_with(|| {
            let path = &scene.prepared.paths[scene.prepared.files[position][file]];
            let beside = path.directory.is_some_and(|at| scene.frame_in[at].is_some());
            let name = path.path.rsplit('/').next().unwrap_or_default();
            let telling = |word: &String| word.len() > 3 && !is_common(word) && !is_generic(word);
            beside || parts(name).iter().any(|word| telling(word) && scene.query.traces(word))
        })
    }
}

/// Words of keys for what lies between any two hosts.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "cidr", "dns", "egress", "firewall", "host", "ingress", "namespace", "network", "ndot", "policy", "port", "ports",
    "proxy", "resolver", "route", "security", "subnet", "vpc",
];
/// Beginnings of what errors write in front of the address they mean.
const NAMING: &[&str] =
    &["://", "could not resolve host", "getaddrinfo", "lookup ", "no such host", "host="];

/// Whether an error names the address that it could not reach, and a setting gives another: it
/// shares no word with the error, and is about nothing that lies between.
pub(super) fn is_other_address(
    scene: &Scene<'_>,
    fact: &Fact,
    note: &Note,
    class: Option<ErrorClass>,
) -> bool {
    let FactKind::Setting(setting) = &fact.kind else { return false };
    if class != Some(ErrorClass::ConnectionFailed)
        || note.families.first() != Some(&Family::Address)
        || !matches!(setting.trend, Trend::Replaced | Trend::Added | Trend::Removed)
        || !NAMING.iter().any(|naming| scene.query.text.as_str().contains(naming))
    {
        return false;
    }
    let values = [&setting.old, &setting.new].into_iter().flatten();
    let mut words = parts(&setting.key);
    if words.iter().any(|word| BETWEEN.contains(&word.as_str())) {
        return false;
    }
    words.extend(values.flat_map(|value| parts(&value.text)));
    let said = |word: &String| scene.query.said.contains(word) || scene.query.traces(word);
    let telling = |word: &&String| word.len() >= 3 && !is_common(word) && !is_generic(word);
    !words.iter().filter(telling).any(said)
}
