//! The `Link` header by which Sentry's lists say whether there is more.

use crate::Cursor;

/// What a `Link` header says, by relation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) next: Option<Relation>,
    pub(crate) previous: Option<Relation>,
    /// There is a next page, and no cursor that could name it.
    cut_off: bool,
}

/// One relation. Its URL is not kept: it may name another host than the one that was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) cursor: Cursor,
    pub(crate) has_results: bool,
}

impl Links {
    /// Reads a header. Relations that cannot be read are left out; the order of attributes, spaces,
    /// and commas or semicolons inside URLs and quotes do not matter.
    pub(crate) fn parse(header: &str) -> Self {
        let mut links = Self::default();
        for part in split_outside(header, ',') {
            let Some((rel, has_results, cursor)) = relation(part) else { continue };
            let relation = cursor.map(|cursor| Relation { cursor, has_results });
            match rel {
                "next" => {
                    links.cut_off = has_results && relation.is_none();
                    links.next = relation;
                }
                "previous" | "prev" => links.previous = relation,
                _ => {}
            }
        }
        links
    }

    /// Where the next page begins, when there is one.
    pub(crate) fn next_cursor(&self) -> Option<Cursor> {
        self.next.as_ref().filter(|next| next.has_results).map(|next| next.cursor.clone())
    }

    /// Whether there is a next page that nothing names.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.cut_off
    }

    /// Where the previous page begins, when there is one.
    pub(crate) fn previous_cursor(&self) -> Option<Cursor> {
        self.previous.as_ref().filter(|it| it.has_results).map(|it| it.cursor.clone())
    }
}

fn relation(part: &str) -> Option<(&str, bool, Option<Cursor>)> {
    let mut pieces = split_outside(part, ';');
    let url = pieces.next()?.trim();
    if !(url.starts_with('<') && url.ends_with('>')) {
        return None;
    }
    let (mut rel, mut results, mut cursor) = (None, None, None);
    for attribute in pieces {
        let Some((name, value)) = attribute.split_once('=') else { continue };
        let value = value.trim();
        let value =
            value.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(value).trim();
        match name.trim() {
            "rel" => rel = Some(value),
            "results" => results = Some(value),
            "cursor" => cursor = Some(value),
            _ => {}
        }
    }
    Some((rel?, results == Some("true"), cursor.and_then(|text| text.parse().ok())))
}

/// Splits at `separator` where it stands outside angle brackets and quotes.
fn split_outside(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let (mut quoted, mut bracketed) = (false, false);
        for (at, c) in current.char_indices() {
            match c {
                '"' if !bracketed => quoted = !quoted,
                '<' if !quoted => bracketed = true,
                '>' if !quoted => bracketed = false,
                c if c == separator && !quoted && !bracketed => {
                    rest = Some(&current[at + separator.len_utf8()..]);
                    return Some(&current[..at]);
                }
                _ => {}
            }
        }
        rest = None;
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_sentrys_form() {
        let links = Links::parse(
            r#"<https://us.sentry.io/x/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", <https://us.sentry.io/x/?query=a%2Cb;x,y&cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0""#,
        );
        assert_eq!(links.next_cursor().unwrap().as_str(), "0:100:0");
        assert_eq!(links.previous_cursor(), None);
        assert_eq!(links.previous.unwrap().cursor.as_str(), "0:0:1");
    }

    #[test]
    fn order_and_spaces_do_not_matter() {
        let links = Links::parse(r#"  <u> ;cursor="1:2:0";results="true" ;  rel=next  "#);
        assert_eq!(links.next_cursor().unwrap().as_str(), "1:2:0");
    }

    #[test]
    fn what_is_no_link_says_nothing() {
        for text in ["", ",,,", "next", "<u>; rel=\"next\"", "<u; rel=\"next\"; cursor=\"1\""] {
            assert_eq!(Links::parse(text).next_cursor(), None, "{text}");
        }
    }

    #[test]
    fn more_without_a_cursor_is_told_from_the_end() {
        let cut = |text| Links::parse(text).is_cut_off();
        assert!(cut(r#"<u>; rel="next"; results="true""#));
        assert!(cut(r#"<u>; rel="next"; results="true"; cursor="""#));
        assert!(!cut(r#"<u>; rel="next"; results="true"; cursor="0:1:0""#));
        assert!(!cut(r#"<u>; rel="next"; results="false""#));
        assert!(!cut(r#"<u>; rel="previous"; results="true""#));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Links::parse(&text);
        }

        #[test]
        fn attributes_in_any_order_and_urls_of_any_kind(
            order in Just(["rel=\"next\"", "results=\"true\"", "cursor=\"17:100:0\""]).prop_shuffle(),
            url in "[a-z:/?&=;,.%0-9]{0,40}",
            space in " {0,3}",
        ) {
            let attributes = order.join(&format!("{space};{space}"));
            let header = format!(
                "<http://evil.example/{url}>{space};{attributes},{space}<{url}>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\""
            );
            let links = Links::parse(&header);
            let next = links.next_cursor().unwrap();
            prop_assert_eq!(next.as_str(), "17:100:0");
            prop_assert_eq!(links.previous_cursor(), None);
        }
    }
}
