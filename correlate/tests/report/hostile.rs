//! Whoever knows a public DSN can write into an event, and whoever can push into a commit. None of
//! it may become markup, a mention, a link, or an instruction to a terminal.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use sentry_correlate::report::{Style, render};

use crate::fixture::{Case, pool};

/// The case with one outside text put in every place that can hold one.
fn poisoned(text: &str) -> Case {
    let mut case = pool();
    let own = || text.to_owned();
    let incident = &mut case.incident;
    incident.title = own();
    incident.message = own();
    incident.event_id = own();
    incident.release = Some(own());
    incident.environment = Some(own());
    let frame = &mut incident.exceptions[0].frames[0];
    frame.filename = Some(own());
    frame.function = Some(own());
    frame.context_line = Some(own());
    frame.pre_context = vec![own()];
    for change in &mut case.window.changes {
        change.author = own();
        change.message = own();
        let file = &mut change.files[0];
        file.path = own();
        let display = file.hunks[0].display.as_mut().expect("the fixture has lines");
        display.added = [own()].into();
    }
    for deployment in &mut case.window.deployments {
        deployment.name = own();
        deployment.environment = Some(own());
    }
    for hypothesis in &mut case.ranking.hypotheses {
        for evidence in &mut hypothesis.evidence {
            use sentry_correlate::Observation::LineTouched;
            if let LineTouched { path, .. } = &mut evidence.observation {
                *path = own();
            }
        }
    }
    case
}

/// Some of the characters that reorder or hide text.
const HIDDEN: [char; 5] = ['\u{202e}', '\u{200b}', '\u{2028}', '\u{feff}', '\u{ad}'];

/// Everything of a Markdown document but the text inside code.
fn skeleton(markdown: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut in_code = false;
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                out.push(format!("code block {kind:?}"));
            }
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) if in_code => {}
            Event::Code(_) => out.push("code".to_owned()),
            other => out.push(format!("{other:?}")),
        }
    }
    out
}

/// Text made of what is dangerous somewhere.
fn hostile() -> impl Strategy<Value = String> {
    let tokens = prop::sample::select(vec![
        "`",
        "``",
        "```",
        "~~~",
        "@user",
        "@org/team",
        "#12",
        "owner/repo#12",
        "GH-12",
        "fixes #1",
        "https://evil.example",
        "www.evil.example",
        "[x](javascript:alert(1))",
        "![t](//e.example/p)",
        "<img src=x onerror=y>",
        "<!--",
        "-->",
        "</details>",
        "<script>",
        "|",
        "\n",
        "\r\n",
        "\n\n# x\n",
        "\n- [ ] y",
        "\n> z",
        "$`x`$",
        "$$",
        "\u{202e}",
        "\u{200b}",
        "\u{1b}[31m",
        "\u{1b}]8;;x\u{7}",
        "\u{9b}2J",
        "\r",
        "\u{0}",
        "\\",
        "&lt;",
        "*",
        "_",
        "~",
        "    ",
        "\t",
        "a",
        "0",
        " ",
        "e4f5a6b",
        "\u{2028}",
        "日本",
        "\u{301}\u{301}\u{301}\u{301}",
        "{",
        "}",
        "\"",
        "(",
        ")",
        "]",
        "[",
    ]);
    let text = prop_oneof![
        prop::collection::vec(tokens, 0..12).prop_map(|parts| parts.concat()),
        "\\PC{0,60}",
        prop::collection::vec(any::<char>(), 0..40)
            .prop_map(|chars| chars.into_iter().collect::<String>()),
    ];
    // Blank text is left out of a report, which changes its form for an honest reason.
    text.prop_filter("blank", |text| !text.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn in_markdown_it_stays_inside_code(text in hostile()) {
        let report = poisoned(&text).report();
        let ours = skeleton(&render::markdown(&poisoned("harmless").report()));
        prop_assert_eq!(skeleton(&render::markdown(&report)), ours);
        let title = render::title(&report);
        prop_assert!(!title.contains(['@', '#', '`', '<', '[', '\n']), "{}", title);
        prop_assert!(title.chars().count() <= 120);
    }

    #[test]
    fn on_a_terminal_it_is_seen_and_bounded(text in hostile(), width in 40_usize..200) {
        let report = poisoned(&text).report();
        let shown = render::text(&report, Style::plain().width(width));
        let lines = render::text(&poisoned("harmless").report(), Style::plain().width(200)).lines().count();
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
        prop_assert!(!shown.contains(HIDDEN));
        prop_assert!(shown.lines().count() < 4 * lines + 40);
        for line in shown.lines() {
            prop_assert!(line.chars().count() <= width.max(60) + 8, "{}", line);
        }
    }

    #[test]
    fn in_json_it_is_whole_and_seen(text in hostile()) {
        let report = poisoned(&text).report();
        let json = render::json(&report);
        prop_assert!(!json.chars().any(|c| c.is_control() && c != '\n'));
        prop_assert!(!json.contains(HIDDEN));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let title = value["incident"]["title"].as_str();
        // What may be a password before the host of an address is hidden.
        let masked = text.contains("://") && text.contains('@');
        prop_assert!(title == Some(text.as_str()) || masked, "{:?}", title);
        prop_assert_eq!(value["version"].as_u64(), Some(1));
    }

    #[test]
    fn statements_are_safe_markdown(text in hostile()) {
        let report = poisoned(&text).report();
        let calm = poisoned("harmless").report();
        for (hostile, harmless) in report.suspects.iter().zip(&calm.suspects) {
            let hostile = skeleton(&render::plain(&hostile.statement));
            prop_assert_eq!(hostile, skeleton(&render::plain(&harmless.statement)));
        }
    }
}
