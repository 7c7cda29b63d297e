//! The reader against cases recorded from real projects.

mod common;

use std::path::Path;

use benches::case::{Trace, read_all};
use benches::facts;
use sentry_correlate::Incident;
use sentry_hooks::model::Event;

#[test]
fn recorded_cases_are_read_whole() {
    for (folder, expected) in [("regressions", 108), ("config-cases", 34)] {
        let Some(folder) = common::shared(folder) else { continue };
        let cases = read_all(&common::case_files(&folder)).unwrap();
        assert_eq!(cases.len(), expected);
        for case in &cases {
            let source = case.source().unwrap();
            let window = case.window();
            assert!(!source.culprits.is_empty() && source.trace != Trace::Unknown, "{}", case.id());
            for culprit in &source.culprits {
                assert!(window.changes.iter().any(|c| c.sha == *culprit), "{}", case.id());
            }
            let none = case.without_culprit().unwrap();
            assert_eq!(none.changes.len() + source.culprits.len(), window.changes.len());
            assert_eq!(none.blame.len(), window.blame.len());
            let named = |sha: &String| source.culprits.contains(sha);
            assert!(!none.blame.iter().any(|blame| named(&blame.sha)), "{}", case.id());
        }
    }
}

#[test]
fn shipped_facts_tell_the_recorded_incidents() {
    let Some(folder) = common::shared("regressions") else { return };
    let cases = read_all(&common::case_files(&folder)).unwrap();
    let facts = facts::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases.toml")).unwrap();
    for fact in &facts {
        let case = cases.iter().find(|case| case.id() == fact.id).unwrap();
        assert_eq!(Some(&fact.source()), case.source());
        let event = fact.event();
        let told = Incident::from_event(&Event::from_json(event.as_bytes()).unwrap());
        let recorded = case.incident();
        assert_eq!(told.exceptions, recorded.exceptions, "{}", fact.id);
        assert_eq!(told.onset, recorded.onset, "{}", fact.id);
        assert_eq!(told.release, recorded.release, "{}", fact.id);
        assert_eq!(told.environment, recorded.environment, "{}", fact.id);
        assert_eq!(told.platform, recorded.platform, "{}", fact.id);
    }
}
