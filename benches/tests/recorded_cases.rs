//! The reader against cases recorded from real projects.

mod common;

use benches::case::{Trace, read_all};

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
