//! Observations as sentences. The subject, "the change", is left unsaid.

use super::fact;
use super::secrets::Secrets;
use super::span::{Number, Sentence, Span};
use crate::facts::ErrorClass;
use crate::{Change, Evidence, Frame, Observation};

/// The sentence of one observation.
pub(super) fn sentence(
    evidence: &Evidence,
    change: Option<&Change>,
    frame: Option<&Frame>,
    secrets: &Secrets,
) -> Sentence {
    in_stack(&evidence.observation, frame)
        .or_else(|| in_words(evidence, change, secrets))
        .or_else(|| in_history(&evidence.observation))
        .unwrap_or_else(|| in_shape(&evidence.observation))
}

/// What ties the change to frames.
fn in_stack(observation: &Observation, frame: Option<&Frame>) -> Option<Sentence> {
    let s = Sentence::new();
    Some(match observation {
        Observation::FileTouched { path, touched_by, candidates } => of_candidates(
            s.word("touches").code(path).word(", a file of the trace that"),
            *touched_by,
            *candidates,
        )
        .word(if *touched_by == 1 { "changes touches" } else { "changes touch" }),
        Observation::LineTouched { path, line, distance: 0 } => in_function(
            s.word("touches line").line(*line).word("of").code(path).word(", the line of a frame"),
            frame,
        ),
        Observation::LineTouched { path, line, distance } => in_function(
            s.word("touches")
                .code(path)
                .count(*distance)
                .word(if *distance == 1 { "line away from line" } else { "lines away from line" })
                .line(*line)
                .word(", the line of a frame"),
            frame,
        ),
        Observation::FunctionTouched { path, function } => {
            s.word("touches").code(function).word("in").code(path).word(", which a frame ran in")
        }
        Observation::LastTouched { path, line } => {
            s.word("is the last of the candidates to touch line").line(*line).word("of").code(path)
        }
        Observation::Blamed { path, line } => {
            let s = s.word("is what the repository's blame names for");
            let s = match line {
                Some(line) => s.word("line").line(*line),
                None => s.word("a frame's line"),
            };
            match path {
                Some(path) => s.word("of").code(path),
                None => s,
            }
        }
        Observation::DirectoryTouched { directory } => {
            s.word("touches").code(directory).word(", the directory of a frame")
        }
        Observation::ChangesTogether { path, with } => s
            .word("touches")
            .code(path)
            .word(", which usually changes together with")
            .code(with)
            .word("of the trace"),
        _ => return None,
    })
}

/// What ties the change to the error's words.
fn in_words(evidence: &Evidence, change: Option<&Change>, secrets: &Secrets) -> Option<Sentence> {
    let s = Sentence::new();
    let list = |s: Sentence, words: &[String]| list(s, &secrets.without(words));
    Some(match &evidence.observation {
        Observation::WordsInDiff { words } => list(
            s.word(match evidence.signal {
                "function-names" => "its lines share rare words with the frames' names:",
                "source-words" => "its lines share rare words with the source around the frames:",
                "parts-in-diff" => "its lines have parts of names in common with error and trace:",
                _ => "its lines share rare words with the error:",
            }),
            words,
        ),
        Observation::WordsInMessage { words } => list(
            s.word(match evidence.signal {
                "parts-in-message" => {
                    "its message has parts of names in common with error and trace:"
                }
                _ => "its message shares rare words with the error:",
            }),
            words,
        ),
        Observation::WordsInPath { words } => {
            list(s.word("its file names share words with the error:"), words)
        }
        Observation::NameChanged { name } => {
            s.word("changes").code(secrets.word(name)).word(", which the error or a frame names")
        }
        Observation::FactFits { fact, class } => {
            s.then(fact::clause(fact, change)).word("; that can cause").word(cause(*class))
        }
        Observation::Quoted { text, fact } => {
            let s = s.word("the error quotes").code(secrets.word(text));
            s.word("; here").then(fact::clause(fact, change))
        }
        Observation::SettingOfTrace { fact, words } => list(
            s.then(fact::clause(fact, change)).word(match evidence.signal {
                "setting-named" => "; its key shares words with the error:",
                _ => "; its key or value shares words with error and trace:",
            }),
            words,
        ),
        Observation::BoldStep { fact } => {
            s.then(fact::clause(fact, change)).word(match evidence.signal {
                "leap" => "; that is a large step",
                "switched" => "; that is another value, not a little more or less",
                "removed-setting" => "; whoever reads it gets a default or nothing",
                _ => "; such a version may break what used the old one",
            })
        }
        Observation::DependencyInTrace { fact } => s
            .then(fact::clause(fact, change))
            .word("; its code runs in the trace, or the error names it or is of its kind"),
        _ => return None,
    })
}

/// What ties the change to other changes and to time.
fn in_history(observation: &Observation) -> Option<Sentence> {
    let s = Sentence::new();
    Some(match observation {
        Observation::Late { after: 0, .. } => s.word("is the last change of the window"),
        Observation::Late { after, candidates } => {
            of_candidates(s, *after, *candidates).word("changes of the window came after it")
        }
        Observation::DeployedBeforeOnset { seconds, environment } => {
            let s = s.word("went live");
            let s = match environment {
                Some(environment) => s.word("in").code(environment),
                None => s,
            };
            s.span(duration(*seconds)).word("before the error")
        }
        Observation::NamedByAnother { by } => {
            s.word("is named in the message of commit").commit(by, None)
        }
        Observation::Reverted { by } => s.word("is taken back by commit").commit(by, None),
        _ => return None,
    })
}

/// What the change's shape says.
fn in_shape(observation: &Observation) -> Sentence {
    let s = Sentence::new();
    match observation {
        Observation::DocsOnly => s.word("touches documentation only"),
        Observation::TestsOnly => s.word("touches tests only"),
        Observation::FormOnly => s.word("touches form only: white space"),
        Observation::SaysForm { word } => {
            s.word("its message announces a change of form:").code(word)
        }
        Observation::Moved { words, of } => s
            .count(*words)
            .word("of")
            .count(*of)
            .word("words stand on both sides: it moves or rearranges"),
        Observation::OtherEnvironment { environment } => {
            s.word("touches settings of another environment only:").code(environment)
        }
        Observation::IgnoredRevision { file } => {
            s.word("is listed as a revision that blame passes over, in").code(file)
        }
        Observation::MassEdit { files } => s.word("touches").count(*files).word("files at once"),
        Observation::Merge => s.word("is a merge"),
        Observation::Bot { author } => s.word("was made by a bot,").name(author),
        _ => s.word("was noticed by this signal"),
    }
}

/// "which 3 of 31"; the caller adds the noun.
fn of_candidates(s: Sentence, some: usize, all: usize) -> Sentence {
    s.count(some).word("of").count(all)
}

fn in_function(s: Sentence, frame: Option<&Frame>) -> Sentence {
    match frame.and_then(|f| f.function.as_deref()) {
        Some(function) => s.word("in").code(function),
        None => s,
    }
}

fn list(mut s: Sentence, words: &[&str]) -> Sentence {
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            s = s.word(",");
        }
        s = s.code(*word);
    }
    s
}

/// A span of time in its natural unit.
pub(super) fn duration(seconds: i64) -> Span {
    let (per, unit) = match seconds.abs() {
        s if s < 120 => (1, "s"),
        s if s < 7_200 => (60, "min"),
        s if s < 172_800 => (3_600, "h"),
        _ => (86_400, "days"),
    };
    let whole = i32::try_from(seconds / per).unwrap_or(i32::MAX);
    Span::Number(Number { value: f64::from(whole), unit: Some(unit) })
}

/// What went wrong, as the object of "that can cause".
fn cause(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::PoolExhausted => "an exhausted pool",
        ErrorClass::TooManyClients => "a server with too many clients",
        ErrorClass::Timeout => "a time-out",
        ErrorClass::OutOfMemory => "running out of memory",
        ErrorClass::LimitExceeded => "an exceeded limit",
        ErrorClass::RateLimited => "being rate limited",
        ErrorClass::MissingKey => "a missing key or setting",
        ErrorClass::MissingAttribute => "a missing attribute or function",
        ErrorClass::NullValue => "a missing value",
        ErrorClass::BadArgument => "a call with wrong arguments",
        ErrorClass::ImportFailed => "a failed import",
        ErrorClass::TypeMismatch => "a value of the wrong type",
        ErrorClass::InvalidValue => "a value that is not allowed",
        ErrorClass::Decoding => "a decoding error",
        ErrorClass::Locale => "an error of language, calendar or time zone",
        ErrorClass::ConstraintViolated => "a violated constraint",
        ErrorClass::SchemaMismatch => "a missing table or column",
        ErrorClass::Locked => "waiting for a lock",
        ErrorClass::ConnectionFailed => "a failed connection",
        ErrorClass::NotFound => "something not found",
        ErrorClass::RemoteFailed => "a failure of the other side",
        ErrorClass::Unauthenticated => "refused credentials",
        ErrorClass::PermissionDenied => "a denied permission",
        ErrorClass::TlsFailed => "a failed TLS handshake",
        ErrorClass::Assertion => "a failed assertion",
        ErrorClass::Crash => "a crash",
        ErrorClass::OutOfRange => "an index out of range",
    }
}
