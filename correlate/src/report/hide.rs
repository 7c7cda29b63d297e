//! The last thing that is done to a report: secrets that it is known to hold go out of every text.

use super::coverage::Covered;
use super::excerpt::Excerpt;
use super::secrets::Secrets;
use super::suspect::Suspect;
use super::{Answer, Entry, Happening, Report, Sentence, mask};

/// Hides secrets in every text of the report that came from outside.
pub(super) fn hide(report: &mut Report, secrets: &Secrets) {
    let text = |text: &str| secrets.hide(&mask::forms(text));
    let text: &dyn Fn(&str) -> String = &text;
    report.headline.rewrite(text);
    if let Answer::NoSuspect { reason, decider } = &mut report.answer {
        reason.rewrite(text);
        decider.rewrite(text);
    }
    let subject = &mut report.subject;
    rewrite(&mut subject.title, text);
    rewrite_some(&mut subject.release, text);
    rewrite_some(&mut subject.environment, text);
    report.suspects.iter_mut().for_each(|suspect| in_suspect(suspect, secrets, text));
    report.meaning.rewrite(text);
    report.timeline.iter_mut().for_each(|entry| in_entry(entry, text));
}

/// Hides what sources say of themselves and their failures.
pub(super) fn coverage(coverage: &mut [Covered]) {
    let text: &dyn Fn(&str) -> String = &mask::message;
    for covered in coverage {
        rewrite(&mut covered.source, text);
        covered.sentence.rewrite(text);
        covered.window.rewrite(text);
        covered.missing.iter_mut().for_each(|missing| missing.rewrite(text));
    }
}

fn in_suspect(suspect: &mut Suspect, secrets: &Secrets, text: &dyn Fn(&str) -> String) {
    suspect.statement.rewrite(text);
    rewrite(&mut suspect.author, text);
    rewrite(&mut suspect.summary, text);
    suspect.facts.iter_mut().for_each(|fact: &mut Sentence| fact.rewrite(text));
    for seen in suspect.reasons.iter_mut().flat_map(|reason| &mut reason.seen) {
        seen.sentence.rewrite(text);
        if let Some(frame) = &mut seen.frame {
            rewrite_some(&mut frame.file, text);
            rewrite_some(&mut frame.function, text);
        }
        if let Some(place) = &mut seen.place {
            rewrite(&mut place.path, text);
        }
    }
    if let Some(excerpt) = &mut suspect.excerpt {
        in_excerpt(excerpt, secrets, text);
    }
}

/// The lines of an excerpt have lost their own secrets; those of other lines may stand in them.
fn in_excerpt(excerpt: &mut Excerpt, secrets: &Secrets, text: &dyn Fn(&str) -> String) {
    let known: &dyn Fn(&str) -> String = &|line| secrets.hide(line);
    if let Some(frame) = &mut excerpt.frame {
        rewrite(&mut frame.file, text);
        rewrite_some(&mut frame.function, text);
        frame.lines.iter_mut().for_each(|line| rewrite(&mut line.text, known));
    }
    rewrite(&mut excerpt.hunk.path, text);
    excerpt.hunk.lines.iter_mut().for_each(|line| rewrite(&mut line.text, known));
}

fn in_entry(entry: &mut Entry, text: &dyn Fn(&str) -> String) {
    match &mut entry.what {
        Happening::Suspect { summary, .. } => rewrite(summary, text),
        Happening::Deployed { name, environment, .. } => {
            rewrite(name, text);
            rewrite_some(environment, text);
        }
        Happening::OtherCommits { .. } | Happening::FirstSeen | Happening::Event => {}
    }
}

fn rewrite(own: &mut String, text: &dyn Fn(&str) -> String) {
    *own = text(own);
}

fn rewrite_some(own: &mut Option<String>, text: &dyn Fn(&str) -> String) {
    if let Some(own) = own {
        rewrite(own, text);
    }
}
