//! What the ranker answers: hypotheses that compete with "none of these".

use crate::FrameRef;
use crate::facts::{ErrorClass, Fact};

/// How many hypotheses of a ranking carry evidence, facts and counterfactuals.
pub const EVIDENCE_FOR: usize = 10;

/// The ranker's whole answer for one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Best first; ties in the order of their SHAs. Probabilities and [`Ranking::none`] sum to one.
    pub hypotheses: Vec<Hypothesis>,
    /// Probability that none of the candidates is the cause.
    pub none: f64,
    /// What raised and lowered "none of these"; sums to its log-odds where there are candidates.
    pub none_contributions: Vec<Contribution>,
    /// The classes of error that the incident was read as, most specific first; may be empty.
    pub classes: Vec<ErrorClass>,
    /// Whether to name a suspect at all.
    pub verdict: Verdict,
    /// Whether the weights' figures say how far the probabilities can be believed.
    pub calibrated: bool,
}

/// Whether the answer names a suspect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The first hypothesis is the suspect.
    Suspect,
    /// Nobody is named.
    NoSuspect {
        /// Why not.
        reason: Silence,
        /// The one observation that would decide it.
        decisive: Decisive,
    },
}

/// Why nobody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Silence {
    /// There are no candidates.
    NoCandidates,
    /// "None of these" is at least as probable as every candidate.
    NoneLikelier,
    /// The first is ahead, and below the threshold.
    BelowThreshold,
}

/// The observation that would decide what the ranker could not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decisive {
    /// The event has no frame of the program's own code: an event with a stack trace would.
    StackTrace,
    /// No candidate is known: the release's commits would.
    Candidates,
    /// Two candidates are level: running the first one's parent would tell them apart.
    Revert {
        /// The change whose reverting would decide.
        sha: String,
    },
    /// No candidate has evidence of its own: whether the error also occurs at the release before
    /// would.
    PreviousRelease,
}

/// "This change caused it."
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    /// The suspected change.
    pub sha: String,
    /// Probability, 0 to 1.
    pub p: f64,
    /// Log-linear score; equals the sum of its contributions.
    pub score: f64,
    /// What each signal added to the score, in the order of the signals. Signals that added
    /// nothing are left out.
    pub contributions: Vec<Contribution>,
    /// What the signals saw, strongest first. Only the first [`EVIDENCE_FOR`] hypotheses
    /// of a ranking carry evidence, facts and counterfactuals.
    pub evidence: Vec<Evidence>,
    /// What the change does that matters here, the best explanation first. The report's sentence
    /// is made from the first; empty when no fact of the change relates to the error.
    pub facts: Vec<Fact>,
    /// What the probability would be without each of the strongest signals.
    pub counterfactuals: Vec<Counterfactual>,
}

/// One addend of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The signal's name, e.g. `touched-line`.
    pub signal: &'static str,
    /// What it added (negative: spoke against).
    pub amount: f64,
}

/// "Without this signal: 31 %."
#[derive(Debug, Clone, PartialEq)]
pub struct Counterfactual {
    /// The signal that is left out, for this hypothesis alone.
    pub signal: &'static str,
    /// The probability that remains.
    pub p: f64,
}

/// Something that a signal saw and a person can check.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The signal's name.
    pub signal: &'static str,
    /// Strength between 0 and 1.
    pub strength: f64,
    /// Whether it speaks for or against the change.
    pub direction: Direction,
    /// What was seen, in typed form; the report makes the sentence.
    pub observation: Observation,
    /// The frame it is about, if any.
    pub frame: Option<FrameRef>,
    /// The place in the change it is about, if any.
    pub place: Option<Place>,
    /// Where the piece of evidence came from.
    pub provenance: Provenance,
    /// Whether the signal's weight was fitted on labelled cases. `false`: the weight is a small
    /// documented prior, "not measured for this kind of change".
    pub measured: bool,
}

/// Where a piece of evidence came from (beside the event, which all of them are about).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provenance {
    /// The change's own diff.
    Diff,
    /// The change's commit message.
    Message,
    /// The diffs of all candidates, put one on another.
    Window,
    /// The repository's blame.
    Blame,
    /// The deployments and the commit's dates.
    Deployments,
    /// Author and shape of the commit.
    Commit,
}

/// Which way evidence points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It raises suspicion.
    For,
    /// It lowers suspicion.
    Against,
}

/// A place in a change: indices into its files and their hunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into [`crate::Change::files`].
    pub file: usize,
    /// Index into [`crate::FileChange::hunks`]; `None` is the whole file.
    pub hunk: Option<usize>,
}

/// What a signal saw, typed. Grows with the signals.
///
/// All texts are outside input (from the event or the repository): renderers escape them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Observation {
    /// A file of the trace was touched, and `touched_by` of `candidates` changes touch it.
    FileTouched {
        /// Path in the repository.
        path: String,
        /// How many candidates touch the file.
        touched_by: usize,
        /// How many candidates there are.
        candidates: usize,
    },
    /// Lines at or near the frame's line were touched.
    LineTouched {
        /// Path in the repository.
        path: String,
        /// The frame's line.
        line: u32,
        /// Lines between the frame's line and the nearest touched one; 0 is a hit.
        distance: u32,
    },
    /// The function (or class) that the frame ran in was touched.
    FunctionTouched {
        /// Path in the repository.
        path: String,
        /// Name of the function as the frame gives it.
        function: String,
    },
    /// Of all candidates this one was the last to touch the frame's line.
    LastTouched {
        /// Path in the repository.
        path: String,
        /// The frame's line.
        line: u32,
    },
    /// The repository's blame of the frame's line names the change.
    Blamed {
        /// Path in the repository, where known.
        path: Option<String>,
        /// The frame's line, where known.
        line: Option<u32>,
    },
    /// Rare words of the error stand in the change's lines.
    WordsInDiff {
        /// The words, rarest first; at most five.
        words: Vec<String>,
    },
    /// Rare words of the error stand in the commit message.
    WordsInMessage {
        /// The words, rarest first; at most five.
        words: Vec<String>,
    },
    /// Words of the error or of the frames stand in the names of the change's files.
    WordsInPath {
        /// The words, rarest first; at most five.
        words: Vec<String>,
    },
    /// A name that the error or a frame gives was defined, removed, renamed or changed here.
    NameChanged {
        /// The name.
        name: String,
    },
    /// What the change does fits the class of the error; [`Hypothesis::facts`] holds the fact
    /// itself.
    FactFits {
        /// The fact.
        fact: Fact,
        /// The class of error it explains.
        class: ErrorClass,
    },
    /// The error quotes a value or name that this change set, removed or renamed.
    Quoted {
        /// The quoted text.
        text: String,
        /// The fact that carries it.
        fact: Fact,
    },
    /// The words of a changed setting's key are those of the trace's files and functions.
    SettingOfTrace {
        /// The fact.
        fact: Fact,
        /// The shared words, rarest first.
        words: Vec<String>,
    },
    /// A setting or dependency took a step that innocent changes seldom take, whatever the error.
    BoldStep {
        /// The fact.
        fact: Fact,
    },
    /// A dependency changed whose code runs in the trace or is named by the error.
    DependencyInTrace {
        /// The fact.
        fact: Fact,
    },
    /// The change touches the directory (package) of a frame.
    DirectoryTouched {
        /// The directory.
        directory: String,
    },
    /// The change touches a file that usually changes together with a file of the trace.
    ChangesTogether {
        /// The touched file.
        path: String,
        /// The file of the trace.
        with: String,
    },
    /// The change stands late in the window.
    Late {
        /// How many candidates came after it.
        after: usize,
        /// How many candidates there are.
        candidates: usize,
    },
    /// The change went live shortly before the onset.
    DeployedBeforeOnset {
        /// Seconds between deployment and onset.
        seconds: i64,
        /// Where it went live, as the deployment's record names it.
        environment: Option<String>,
    },
    /// Another candidate's message names this change.
    NamedByAnother {
        /// The change that names it.
        by: String,
    },
    /// A later candidate takes this change back.
    Reverted {
        /// The change that reverts it.
        by: String,
    },
    /// Only documentation is touched.
    DocsOnly,
    /// Only tests are touched.
    TestsOnly,
    /// Nothing but form is touched: white space, comments, order.
    FormOnly,
    /// The commit's subject announces a change of form: it renames, moves, formats, tidies.
    SaysForm {
        /// The word that announces it.
        word: String,
    },
    /// The change puts back most of the words that it takes away: it moves, inlines or renames.
    Moved {
        /// How many words of its lines of code stand on both sides.
        words: u32,
        /// How many words the longer side has.
        of: u32,
    },
    /// Only settings that do not run in the incident's environment are touched.
    OtherEnvironment {
        /// The environment that the file or section names.
        environment: String,
    },
    /// The repository lists the change among the revisions that blame passes over.
    IgnoredRevision {
        /// The file that lists it.
        file: String,
    },
    /// Many files are touched at once.
    MassEdit {
        /// How many.
        files: usize,
    },
    /// It is a merge.
    Merge,
    /// A bot made it.
    Bot {
        /// Its name.
        author: String,
    },
}
