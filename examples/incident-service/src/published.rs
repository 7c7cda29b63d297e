//! A report as `serve` writes it.

use sentry_correlate::EVIDENCE_FOR;
use sentry_correlate::report::{Report, render};

use crate::cli::{Color, Format};
use crate::{printable, why};

/// A report with what divides it from the next one: as text a blank line; as JSON it is one line,
/// with the best hypotheses alone (as many as carry evidence), so that whatever collects lines
/// collects reports.
#[must_use]
pub fn published(report: &Report, format: Format, color: Color) -> String {
    match format {
        Format::Text => format!("{}\n", why::rendered(report, format, color)),
        Format::Json => line(report),
    }
}

fn line(report: &Report) -> String {
    let mut report = report.clone();
    report.suspects.truncate(EVIDENCE_FOR);
    // Nothing in the document can fail: keys are strings, and numbers that are not finite become
    // null.
    let text = serde_json::to_string(&render::document(&report)).unwrap_or_default();
    format!("{}\n", printable::json(&text))
}

#[cfg(test)]
mod tests {
    use sentry_correlate::rank::Ranker;
    use sentry_correlate::{Incident, Window};
    use sentry_correlate_git::GitRepository;
    use serde_json::Value;

    use super::*;
    use crate::shop::{self, repository};

    #[test]
    fn a_report_is_one_line_of_json_with_the_best_hypotheses() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.git");
        repository::write(&shop::HISTORY, &path).unwrap();
        let repo = GitRepository::open(&path).unwrap();
        let changes = repo.changes_between(&"v1.0.0..v1.4.0".parse().unwrap()).unwrap();
        let window = Window::of_history(changes);
        assert!(window.changes.len() > EVIDENCE_FOR);
        let incident = Incident { title: "a\n\u{202e}b\u{1b}".to_owned(), ..Incident::default() };
        let ranking = Ranker::default().rank(&incident, &window);
        let report = Report::new(&incident, &window, &ranking);
        let text = published(&report, Format::Json, Color::Never);
        assert!(text.ends_with("}\n") && text.trim_end().lines().count() == 1, "{text}");
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        let whole: Value = serde_json::from_str(&render::json(&report)).unwrap();
        assert_eq!(line["incident"]["title"], "a\n\u{202e}b\u{1b}");
        let hypotheses = line["hypotheses"].as_array().unwrap();
        assert_eq!(hypotheses, &whole["hypotheses"].as_array().unwrap()[..EVIDENCE_FOR]);
        assert_eq!(line["none"], whole["none"]);
    }
}
