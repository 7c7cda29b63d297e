//! What a line may hold, known from its words alone: most lines hold nothing for a fact.

use super::{code, definition, guard};

/// Which readers of facts a line may tell something. They look again: a hint is never wrong where
/// it says no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hints(u8);

impl Hints {
    /// Nothing is known.
    pub(crate) const ALL: Self = Self(u8::MAX);
    /// A number or switch.
    pub(crate) const LITERAL: Self = Self(1);
    /// A word of a protection.
    pub(crate) const GUARD: Self = Self(1 << 1);
    /// The first word may begin a definition.
    pub(crate) const DEFINITION: Self = Self(1 << 2);

    /// Those of a word, in whatever case it is spelt.
    pub(crate) fn of_word(word: &str) -> Self {
        let one = |holds: bool, hint: Self| if holds { hint } else { Self::default() };
        one(code::SWITCHES.iter().any(|s| s.eq_ignore_ascii_case(word)), Self::LITERAL)
            .and(one(guard::guard(word).is_some(), Self::GUARD))
            .and(one(definition::begins(word), Self::DEFINITION))
    }

    /// Both.
    #[inline]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of a word that does not stand first on its line.
    #[inline]
    pub(crate) fn inside(self) -> Self {
        Self(self.0 & !Self::DEFINITION.0)
    }

    /// Whether it says what another one says.
    #[inline]
    pub(crate) fn holds(self, hint: Self) -> bool {
        self.0 & hint.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_they_may_mean() {
        for (word, hint) in [
            ("True", Hints::LITERAL),
            ("NULL", Hints::LITERAL),
            ("max_retries", Hints::GUARD),
            ("Except", Hints::GUARD),
            ("pub", Hints::DEFINITION),
            ("fn", Hints::DEFINITION),
            ("selfish", Hints::default()),
        ] {
            assert_eq!(Hints::of_word(word), hint, "{word}");
        }
        assert!(!Hints::of_word("def").inside().holds(Hints::DEFINITION));
        assert!(Hints::ALL.holds(Hints::GUARD));
    }
}
