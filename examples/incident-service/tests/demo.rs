//! The demo says the same words each time, and the right ones.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use incident_service::demo;
use sentry_correlate::report::Style;

async fn words(style: Style) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut out = Vec::new();
    demo::show(&mut out, &dir.path().join("shop.git"), style).await.unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test]
async fn the_demo_names_the_cause_and_says_the_same_twice() {
    let first = words(Style::plain()).await;
    let second = words(Style::plain()).await;
    assert_eq!(first, second);

    let headline = first
        .lines()
        .find(|line| line.contains("reduced from 20 to 5"))
        .unwrap_or_else(|| panic!("no headline in:\n{first}"));
    assert!(headline.starts_with("Database connection pool was reduced from 20 to 5 in commit "));
    assert!(headline.contains("61167a3"), "{headline}");
    for said in [
        "answered 200 accepted",
        "Suspects",
        "none of these",
        "unknown",
        "pool_size: 5",
        "the same delivery came before",
        "cools down for 30 minutes; 1 kept back so far",
        "answered 401 unauthorized",
        "refused: it was neither read nor queued",
    ] {
        assert!(first.contains(said), "`{said}` is missing in:\n{first}");
    }
}

#[tokio::test]
async fn the_front_page_shows_what_the_demo_prints() {
    let page = include_str!("../../../README.md");
    let words = words(Style::plain()).await;
    assert!(page.contains(words.trim_end()), "put this into README.md:\n{words}");
}

#[tokio::test]
async fn colours_change_no_word() {
    let coloured = words(Style::colour()).await;
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, words(Style::plain()).await);
}
