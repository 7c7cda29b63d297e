//! Code spans and fences that their content cannot leave.

/// A Markdown code span around one clean line: longer than any run of backticks inside.
pub(crate) fn code_span(line: &str) -> String {
    if line.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(line) + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// A fenced block around clean lines: longer than any run of backticks inside, at least three.
pub(crate) fn fenced(info: &'static str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{fence}{info}\n");
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
    out + &fence + "\n"
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_outgrow_their_content() {
        assert_eq!(code_span("a.b"), "`a.b`");
        assert_eq!(code_span("a`b``c"), "```a`b``c```");
        assert_eq!(code_span("`x`"), "`` `x` ``");
        assert_eq!(code_span(" "), "` `");
    }

    #[test]
    fn fences_outgrow_their_content() {
        let block = fenced("diff", &["-a".into(), "`````x".into()]);
        assert_eq!(block, "``````diff\n-a\n`````x\n``````\n");
    }
}
