//! For programs: one versioned object.
//!
//! Texts are whole and as they came but for secrets (`***`), so a program that shows them must escape them for its own
//! medium; in the output, control characters and characters that reorder or hide text are written
//! as `\u` escapes. `statement`s are the exception: they are finished lines, safe as Markdown.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{is_hidden, plain, sections};
use crate::report::coverage::Covered;
use crate::report::suspect::{Reason, Seen};
use crate::report::{Answer, Entry, Happening, Report, Sentence, Suspect};
use crate::{Direction, Provenance};

/// Version of the JSON form. Fields may be added within a version; it is raised when one is
/// removed or changes its meaning.
pub const VERSION: u32 = 1;

/// Renders a report as pretty-printed JSON, ending with a line break.
///
/// The form in version 1; moments are RFC 3339 in UTC, unknown values are `null`:
///
/// | member | what it holds |
/// | --- | --- |
/// | `version` | [`VERSION`] |
/// | `statement` | the answer in one line, with its percentage |
/// | `suspect` | object name of the named change; `null` when nobody is named |
/// | `decided_by` | when nobody is named: the observation that would decide it |
/// | `meaning`, `calibrated` | what the probabilities mean, and whether that was measured |
/// | `incident` | `title`, `release`, `environment`, `issue_id`, `event_id`, `url` |
/// | `hypotheses` | every candidate, best first: `sha`, `p`, `statement`, `measured`, `author`, `committed_at`, `summary`, `url`, `facts`, `evidence`, `contributions`, `counterfactuals` |
/// | `hypotheses[].evidence[]` | `signal`, `direction` (`for`, `against`), `strength` (0 to 1), `statement`, `measured`, and `from`: the `source` it was read from, the stack `frame` and the place in the `change` |
/// | `hypotheses[].contributions[]` | `signal` and the `amount` it added to the score, in log-odds |
/// | `hypotheses[].counterfactuals[]` | `p` as it would be `without` a signal |
/// | `none`, `none_contributions` | probability of "none of these", and what it is made of |
/// | `impact` | `events`, `users`, `since` |
/// | `timeline[]` | `at`, `kind` (`commits`, `suspect`, `deployed`, `first_seen`, `event`), `statement`, `sha` |
/// | `coverage[]` | `source`, `status`, `statement`, `window`, `missing` |
///
/// All `p` and `none` sum to one.
#[must_use]
pub fn json(report: &Report) -> String {
    let mut out = Vec::new();
    let formatter = Visible { pretty: PrettyFormatter::new() };
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    // Nothing in the document can fail: keys are strings, and numbers that are not finite become
    // null. Writing to memory does not fail either.
    let written = document(report).serialize(&mut serializer);
    debug_assert!(written.is_ok());
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}

/// The JSON form as a value to serialise inside another document.
#[must_use]
pub fn document(report: &Report) -> Document {
    let suspect = match report.answer {
        Answer::Suspect => report.suspects.first().map(|s| s.sha.clone()),
        Answer::NoSuspect { .. } => None,
    };
    let decided_by = match &report.answer {
        Answer::Suspect => None,
        Answer::NoSuspect { decider, .. } => Some(plain(decider)),
    };
    Document {
        version: VERSION,
        statement: plain(&report.headline),
        suspect,
        decided_by,
        meaning: plain(&report.meaning),
        calibrated: report.calibrated,
        incident: Subject {
            title: report.subject.title.clone(),
            release: report.subject.release.clone(),
            environment: report.subject.environment.clone(),
            issue_id: report.subject.issue_id.clone(),
            event_id: report.subject.event_id.clone(),
            url: report.subject.page.as_ref().map(|page| page.url.to_string()),
        },
        hypotheses: report.suspects.iter().map(Hypothesis::new).collect(),
        none: report.none.p,
        none_contributions: contributions(&report.none.reasons),
        impact: Impact {
            events: report.impact.events,
            users: report.impact.users,
            since: report.impact.since.map(timestamp),
        },
        timeline: report.timeline.iter().map(Moment::new).collect(),
        coverage: report.coverage.iter().map(Coverage::new).collect(),
    }
}

/// The report's JSON form; see [`json`] for its shape. Fields are private because the JSON is the
/// interface.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    version: u32,
    statement: String,
    suspect: Option<String>,
    decided_by: Option<String>,
    meaning: String,
    calibrated: bool,
    incident: Subject,
    hypotheses: Vec<Hypothesis>,
    none: f64,
    none_contributions: Vec<Contribution>,
    impact: Impact,
    timeline: Vec<Moment>,
    coverage: Vec<Coverage>,
}

#[derive(Debug, Clone, Serialize)]
struct Subject {
    title: String,
    release: Option<String>,
    environment: Option<String>,
    issue_id: Option<String>,
    event_id: String,
    url: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Hypothesis {
    sha: String,
    p: f64,
    statement: String,
    /// Whether what speaks most for it was measured on labelled cases.
    measured: bool,
    author: String,
    committed_at: Option<String>,
    summary: String,
    url: Option<String>,
    facts: Vec<String>,
    evidence: Vec<Evidence>,
    contributions: Vec<Contribution>,
    counterfactuals: Vec<Counterfactual>,
}

#[derive(Debug, Clone, Serialize)]
struct Evidence {
    signal: &'static str,
    direction: &'static str,
    strength: f64,
    statement: String,
    measured: bool,
    from: From,
}

/// Where a piece of evidence came from.
#[derive(Debug, Clone, Serialize)]
struct From {
    source: &'static str,
    frame: Option<Frame>,
    change: Option<Place>,
}

#[derive(Debug, Clone, Serialize)]
struct Frame {
    exception: usize,
    frame: usize,
    file: Option<String>,
    function: Option<String>,
    line: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
struct Place {
    path: String,
    line: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
struct Contribution {
    signal: &'static str,
    amount: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Counterfactual {
    without: &'static str,
    p: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Impact {
    events: Option<u64>,
    users: Option<u64>,
    since: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Moment {
    at: String,
    kind: &'static str,
    statement: String,
    sha: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Coverage {
    source: String,
    status: &'static str,
    statement: String,
    window: Option<String>,
    missing: Vec<String>,
}

impl Hypothesis {
    fn new(suspect: &Suspect) -> Self {
        let evidence = suspect
            .reasons
            .iter()
            .flat_map(|reason| reason.seen.iter().map(|seen| Evidence::new(reason, seen)));
        Self {
            sha: suspect.sha.clone(),
            p: suspect.p,
            statement: plain(&suspect.statement),
            measured: !suspect.is_unmeasured(),
            author: suspect.author.clone(),
            committed_at: suspect.committed_at.map(timestamp),
            summary: suspect.summary.clone(),
            url: suspect.commit.as_ref().and_then(|c| c.url()).map(ToString::to_string),
            facts: suspect.facts.iter().map(plain).collect(),
            evidence: evidence.collect(),
            contributions: contributions(&suspect.reasons),
            counterfactuals: suspect
                .counterfactuals
                .iter()
                .map(|c| Counterfactual { without: c.signal, p: c.p })
                .collect(),
        }
    }
}

fn contributions(reasons: &[Reason]) -> Vec<Contribution> {
    let moved = reasons.iter().filter(|reason| reason.amount != 0.0);
    moved.map(|r| Contribution { signal: r.signal, amount: r.amount }).collect()
}

impl Evidence {
    fn new(reason: &Reason, seen: &Seen) -> Self {
        Self {
            signal: reason.signal,
            direction: match seen.direction {
                Direction::For => "for",
                Direction::Against => "against",
            },
            strength: seen.strength,
            statement: plain(&seen.sentence),
            measured: reason.measured,
            from: From {
                source: source(seen.provenance),
                frame: seen.frame.as_ref().map(|frame| Frame {
                    exception: frame.exception,
                    frame: frame.frame,
                    file: frame.file.clone(),
                    function: frame.function.clone(),
                    line: frame.line,
                }),
                change: seen
                    .place
                    .as_ref()
                    .map(|place| Place { path: place.path.clone(), line: place.line }),
            },
        }
    }
}

fn source(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::Diff => "diff",
        Provenance::Message => "message",
        Provenance::Window => "window",
        Provenance::Blame => "blame",
        Provenance::Deployments => "deployments",
        Provenance::Commit => "commit",
    }
}

impl Moment {
    fn new(entry: &Entry) -> Self {
        let (kind, commit) = match &entry.what {
            Happening::Suspect { commit, .. } => ("suspect", commit.as_ref()),
            Happening::OtherCommits { .. } => ("commits", None),
            Happening::Deployed { commit, .. } => ("deployed", commit.as_ref()),
            Happening::FirstSeen => ("first_seen", None),
            Happening::Event => ("event", None),
        };
        Self {
            at: timestamp(entry.at),
            kind,
            statement: plain(&sections::happening(&entry.what)),
            sha: commit.map(|c| c.sha().to_owned()),
        }
    }
}

impl Coverage {
    fn new(covered: &Covered) -> Self {
        let lines = |sentences: &[Sentence]| sentences.iter().map(plain).collect();
        Self {
            source: covered.source.clone(),
            status: covered.status.word(),
            statement: plain(&covered.sentence),
            window: (!covered.window.is_empty()).then(|| plain(&covered.window)),
            missing: lines(&covered.missing),
        }
    }
}

/// RFC 3339 in UTC. Years past 9999 have no such form; they are shown as the renderers for people
/// show them.
fn timestamp(at: OffsetDateTime) -> String {
    let utc = at.to_offset(time::UtcOffset::UTC);
    utc.format(&Rfc3339).unwrap_or_else(|_| sections::moment(utc))
}

/// Pretty printing in which every character can be seen.
struct Visible<'a> {
    pretty: PrettyFormatter<'a>,
}

impl Formatter for Visible<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut from = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| is_hidden(*c)) {
            writer.write_all(&fragment.as_bytes()[from..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            from = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[from..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}
