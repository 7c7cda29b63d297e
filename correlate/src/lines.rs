//! Lines of text, one behind the other in one piece.

use std::fmt;
use std::iter::FusedIterator;
use std::sync::Arc;

use memchr::{memchr, memchr_iter};

/// The lines of one side of a hunk.
///
/// They stand in one text, which several hunks of a file may share: cloning copies nothing. A text
/// that holds line ends is as many lines as it has.
///
/// ```
/// use sentry_correlate::Lines;
///
/// let lines = Lines::from(["pool_size: 20", "", "timeout: 3 s"]);
/// assert_eq!(lines.len(), 3);
/// assert_eq!(lines.iter().next(), Some("pool_size: 20"));
/// assert_eq!(lines, ["pool_size: 20", "", "timeout: 3 s"]);
/// ```
#[derive(Clone, Default)]
pub struct Lines {
    /// `None` where there is no line.
    text: Option<Arc<String>>,
    start: u32,
    end: u32,
    count: u32,
}

impl Lines {
    /// Some lines of a text, each of which ends in `\n`. The place must lie in the text, on the
    /// bounds of lines.
    pub(crate) fn part(text: &Arc<String>, place: std::ops::Range<usize>, count: usize) -> Self {
        let number = |n: usize| u32::try_from(n).ok();
        match (number(place.start), number(place.end), number(count)) {
            (Some(start), Some(end), Some(count)) if count > 0 => {
                Self { text: Some(text.clone()), start, end, count }
            }
            _ => Self::default(),
        }
    }

    /// Number of lines.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The lines, without their ends.
    #[must_use]
    pub fn iter(&self) -> LinesIter<'_> {
        LinesIter { rest: self.as_text(), left: self.len() }
    }

    /// All lines, each with `\n` behind it.
    pub(crate) fn as_text(&self) -> &str {
        let text = self.text.as_deref().map_or("", String::as_str);
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Iterator over [`Lines`].
#[derive(Debug, Clone)]
pub struct LinesIter<'l> {
    /// Each line ends in `\n`.
    rest: &'l str,
    left: usize,
}

impl<'l> Iterator for LinesIter<'l> {
    type Item = &'l str;

    #[inline]
    fn next(&mut self) -> Option<&'l str> {
        let end = memchr(b'\n', self.rest.as_bytes())?;
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        self.left -= 1;
        Some(line)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for LinesIter<'_> {}
impl FusedIterator for LinesIter<'_> {}

impl<'l> IntoIterator for &'l Lines {
    type Item = &'l str;
    type IntoIter = LinesIter<'l>;

    fn into_iter(self) -> LinesIter<'l> {
        self.iter()
    }
}

/// Of lines that are longer than 4 GiB together the first ones are kept.
impl<S: AsRef<str>> FromIterator<S> for Lines {
    fn from_iter<I: IntoIterator<Item = S>>(lines: I) -> Self {
        let mut text = String::new();
        for line in lines {
            let line = line.as_ref();
            if text.len() + line.len() >= u32::MAX as usize {
                break;
            }
            text.push_str(line);
            text.push('\n');
        }
        let count = memchr_iter(b'\n', text.as_bytes()).count();
        let end = text.len();
        Self::part(&Arc::new(text), 0..end, count)
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for Lines {
    fn from(lines: [S; N]) -> Self {
        lines.into_iter().collect()
    }
}

impl<S: AsRef<str>> From<&[S]> for Lines {
    fn from(lines: &[S]) -> Self {
        lines.iter().collect()
    }
}

impl<S: AsRef<str>> From<Vec<S>> for Lines {
    fn from(lines: Vec<S>) -> Self {
        lines.into_iter().collect()
    }
}

impl PartialEq for Lines {
    fn eq(&self, other: &Self) -> bool {
        self.as_text() == other.as_text()
    }
}

impl Eq for Lines {}

impl<S: AsRef<str>> PartialEq<[S]> for Lines {
    fn eq(&self, other: &[S]) -> bool {
        self.iter().eq(other.iter().map(AsRef::as_ref))
    }
}

impl<S: AsRef<str>, const N: usize> PartialEq<[S; N]> for Lines {
    fn eq(&self, other: &[S; N]) -> bool {
        *self == other[..]
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_ends_inside_part_a_line() {
        assert_eq!(Lines::from(["a\nb", "c"]), ["a", "b", "c"]);
        assert_eq!(Lines::from(["a\n"]), ["a", ""]);
        assert_eq!(Lines::from([""; 0]), Lines::default());
        assert_ne!(Lines::from([""]), Lines::default());
    }

    proptest! {
        #[test]
        fn what_is_put_in_comes_out(lines in prop::collection::vec("[^\n]{0,8}", 0..6)) {
            let made = Lines::from(&lines[..]);
            prop_assert_eq!(made.len(), lines.len());
            prop_assert_eq!(made.iter().len(), lines.len());
            prop_assert!(made.iter().eq(lines.iter().map(String::as_str)));
            prop_assert_eq!(format!("{made:?}"), format!("{lines:?}"));
            prop_assert_eq!(made == ["x"], lines == ["x"]);
        }
    }
}
