use std::fmt;

/// Severity of an event or issue, ordered: `Fatal` is the greatest.
///
/// Words we do not know have no level; the word itself is kept beside it, see
/// [`Event::level_word`](super::Event::level_word).
///
/// ```
/// use sentry_hooks::model::Level;
///
/// assert!(Level::Fatal > Level::Error && Level::Info > Level::Debug);
/// assert_eq!(Level::from_word("warning"), Some(Level::Warning));
/// assert_eq!(Level::from_word("catastrophe"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// `sample`: found in old data, below every other level.
    Sample,
    /// `debug`.
    Debug,
    /// `info`.
    Info,
    /// `warning`.
    Warning,
    /// `error`.
    Error,
    /// `fatal`.
    Fatal,
}

impl Level {
    /// The level named by one of Sentry's words, in lower case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "fatal" => Self::Fatal,
            "error" => Self::Error,
            "warning" => Self::Warning,
            "info" => Self::Info,
            "debug" => Self::Debug,
            "sample" => Self::Sample,
            _ => return None,
        })
    }

    /// Sentry's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Sample => "sample",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::from_word(word).ok_or(UnknownLevel)
    }
}

/// The word is none of `fatal`, `error`, `warning`, `info`, `debug` and `sample`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a level is one of fatal, error, warning, info, debug and sample")]
pub struct UnknownLevel;
